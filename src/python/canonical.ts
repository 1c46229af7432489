/**
 * What a module does, without the words that say it: comments, docstrings, annotations of functions, messages, names of locals.
 * Two modules with the same canonical statements do the same.
 */
import { applyEdits, linesInStrings } from './edit.ts';
import { PythonSyntaxError } from './format.ts';
import { LineMap } from './lines.ts';
import { literalOf } from './literals.ts';
import { renamedLocals } from './local-names.ts';
import { walkCode } from './read-statements.ts';
import { withRuff } from './ruff.ts';
import type { ImportedName, Span } from './statement.ts';
import { child, parseSyntax, parts, type SyntaxNode, undecorated, walk as descendants } from './syntax.ts';
import { isDocstring, isLogCall, type Message, readMessages, wordEdits } from './words.ts';

/** A statement of a module or of a body: what it does, and where it stands as it was written. Plain JSON. */
export interface CanonicalStatement {
  /** Its text without words; equal for statements that do the same. */
  form: string;
  kind: CanonicalKind;
  /** As written. */
  span: Span;
  /** From 1, as written. */
  line: number;
  /** Texts for people in it. */
  messages: Message[];
  definition: CanonicalDefinition | null;
}

/**
 * `constant`: a name in capitals for a literal; `guard`: `if …: raise …` and nothing else; `log`: a call of `logger`.
 */
export type CanonicalKind =
  'import' | 'function' | 'class' | 'constant' | 'assert' | 'guard' | 'raise' | 'log' | 'other';

/** A function or class: what is said before its body, and the body. */
export interface CanonicalDefinition {
  name: string;
  /** Decorators and signature. */
  header: string;
  decorators: string[];
  parameters: string[];
  body: CanonicalStatement[];
}

/** A module in canonical statements. Plain JSON. */
export interface CanonicalModule {
  text: string;
  statements: CanonicalStatement[];
  /** Names that it imports at its top. */
  imports: ImportedName[];
  comments: string[];
}

/** Layout that hangs on the text alone: no comma of the author's decides anything. */
const LAYOUT = {
  'target-version': 'py311',
  'line-length': 320,
  format: { 'skip-magic-trailing-comma': true },
};

/**
 * Reads a module.
 *
 * @throws PythonSyntaxError where it is no Python, or Python that cannot be compared.
 */
export function readCanonical(text: string): CanonicalModule {
  const tree = parseSyntax(text);
  if (tree.broken) throw new PythonSyntaxError('the code uses syntax that cannot be compared');
  const walk = walkCode(tree.root, text);
  const bare = applyEdits(text, wordEdits(tree, renamedLocals(walk, tree.root)));
  const canonical = parseSyntax(withoutBlankLines(layOut(bare)));
  return {
    text,
    statements: pair(tree.root, canonical.root, {
      written: text,
      form: canonical.text,
      lines: new LineMap(text),
    }),
    imports: walk.imports
      .filter(({ scope }) => scope.parent === null)
      .map(({ name, module, member }) => ({ name, module, member })),
    comments: [...descendants(tree.root)]
      .filter(({ type }) => type === 'comment')
      .map(({ start, end }) => text.slice(start, end)),
  };
}

interface Texts {
  written: string;
  form: string;
  lines: LineMap;
}

/** The statements of a block beside what became of them: nothing that was changed makes or removes one. */
function pair(written: SyntaxNode, form: SyntaxNode, texts: Texts): CanonicalStatement[] {
  const nodes = statementsOf(written);
  const forms = statementsOf(form);
  if (nodes.length !== forms.length) throw new PythonSyntaxError('the code cannot be compared');
  return nodes.map((node, index): CanonicalStatement => {
    const own = forms[index] as SyntaxNode;
    return {
      form: texts.form.slice(own.start, own.end),
      kind: kindOf(node, texts.written),
      span: { start: node.start, end: node.end },
      line: texts.lines.line(node.start),
      messages: readMessages(node, texts.written),
      definition: definitionOf(node, own, texts),
    };
  });
}

function definitionOf(node: SyntaxNode, form: SyntaxNode, texts: Texts): CanonicalDefinition | null {
  const [inner, innerForm] = [undecorated(node), undecorated(form)];
  if (inner.type !== 'function_definition' && inner.type !== 'class_definition') return null;
  const [name, body, formBody] = [child(inner, 'name'), child(inner, 'body'), child(innerForm, 'body')];
  if (name === null || body === null || formBody === null) return null;
  const parameters = child(inner, 'parameters');
  const text = ({ start, end }: SyntaxNode): string => texts.written.slice(start, end);
  return {
    name: text(name).normalize('NFKC'),
    header: texts.form.slice(form.start, formBody.start).trimEnd(),
    decorators: node.children.filter(({ type }) => type === 'decorator').map(text),
    parameters: (parameters === null ? [] : parts(parameters)).map(
      (one) => /[\w]+/.exec(text(one))?.[0] ?? '',
    ),
    body: pair(body, formBody, texts),
  };
}

function kindOf(node: SyntaxNode, text: string): CanonicalKind {
  const inner = undecorated(node);
  switch (inner.type) {
    case 'import_statement':
    case 'import_from_statement':
    case 'future_import_statement':
      return 'import';
    case 'function_definition':
      return 'function';
    case 'class_definition':
      return 'class';
    case 'assert_statement':
      return 'assert';
    case 'raise_statement':
      return 'raise';
    case 'if_statement':
      return isGuard(inner) ? 'guard' : 'other';
    case 'expression_statement':
      return kindOfExpression(inner, text);
    default:
      return 'other';
  }
}

function isGuard(node: SyntaxNode): boolean {
  const body = child(node, 'consequence');
  const [only, more] = body === null ? [] : parts(body);
  return child(node, 'alternative') === null && only?.type === 'raise_statement' && more === undefined;
}

function kindOfExpression(node: SyntaxNode, text: string): CanonicalKind {
  const [only, more] = parts(node);
  if (only === undefined || more !== undefined) return 'other';
  if (isLogCall(only, text)) return 'log';
  const [left, right] = [child(only, 'left'), child(only, 'right')];
  if (only.type !== 'assignment' || left?.type !== 'identifier' || right === null) return 'other';
  const isConstant = /^[A-Z][A-Z0-9_]*$/.test(text.slice(left.start, left.end));
  return isConstant && literalOf(right, text) !== undefined ? 'constant' : 'other';
}

/** The statements of a block but for its docstring, which stays only where nothing else stands. */
function statementsOf(block: SyntaxNode): SyntaxNode[] {
  const all = parts(block).filter((node) => node.end > node.start);
  const [first, second] = all;
  return first !== undefined && second !== undefined && isDocstring(first) ? all.slice(1) : all;
}

function layOut(text: string): string {
  try {
    return withRuff(LAYOUT, text, (workspace) => workspace.format(text));
  } catch (error) {
    throw new PythonSyntaxError(error instanceof Error ? error.message : String(error));
  }
}

function withoutBlankLines(text: string): string {
  const inside = linesInStrings(text);
  return text
    .split('\n')
    .filter((line, at) => inside.has(at) || line.trim() !== '')
    .join('\n');
}
