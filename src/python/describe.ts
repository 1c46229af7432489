/** One located statement → its complete record. */
import { describeCalls, spanOf } from './calls.ts';
import type { Context } from './calls.ts';
import type { Environment } from './environment.ts';
import { literalOf } from './literals.ts';
import type { Located } from './locate.ts';
import { home } from './scope/walk.ts';
import type { ImportSite, Reference, Walk } from './scope/walk.ts';
import type { ImportedName, Occurrence, Statement, StatementKind } from './statement.ts';
import { describeAliases, describeStores } from './stores.ts';
import { child, parts, undecorated } from './syntax.ts';
import type { SyntaxNode } from './syntax.ts';

/** What the walk over a statement says, in the words of the later steps. */
export function describe(
  located: Located,
  walk: Walk,
  { id, cell, environment }: { id: number; cell: number; environment: Environment },
): Statement {
  const { node } = located;
  const context: Context = {
    walk,
    environment,
    offset: located.start,
    references: new Map(walk.references.map((reference) => [reference.node, reference])),
  };
  const kind = kindOf(node);
  const names = describeNames(walk);
  const statement: Statement = {
    id,
    cell,
    line: located.line,
    endLine: located.endLine,
    kind,
    text: walk.text.slice(located.start, located.end),
    comments: located.comments,
    ...names,
    stores: describeStores(context),
    calls: describeCalls(context),
    imports: importedNames(walk, (site) => site.scope.parent === null),
    occurrences: describeOccurrences(context),
    aliases: describeAliases(node, context),
    displayed: located.last && kind === 'expression' && !located.silenced,
  };
  const inner = importedNames(walk, (site) => site.scope.parent !== null);
  if (inner.length > 0) statement.innerImports = inner;
  if (located.trailing !== null) statement.trailing = located.trailing;
  const value = valueOf(node);
  if (value) {
    statement.value = { span: spanOf(value, context) };
    const literal = literalOf(value, walk.text);
    if (literal) statement.value.literal = literal;
  }
  return statement;
}

const KINDS: Readonly<Record<string, StatementKind>> = {
  import_statement: 'import',
  import_from_statement: 'import',
  future_import_statement: 'import',
  assignment: 'assignment',
  augmented_assignment: 'augmented',
  function_definition: 'function',
  class_definition: 'class',
  for_statement: 'for',
  while_statement: 'while',
  with_statement: 'with',
  if_statement: 'if',
  try_statement: 'try',
  delete_statement: 'delete',
};

function kindOf(node: SyntaxNode): StatementKind {
  const inner = node.type === 'expression_statement' ? parts(node)[0] : undecorated(node);
  const kind = inner && Object.hasOwn(KINDS, inner.type) ? KINDS[inner.type] : undefined;
  return kind ?? (node.type === 'expression_statement' ? 'expression' : 'other');
}

function inNotebook(reference: Reference): boolean {
  return home(reference).parent === null;
}

type Names = Pick<Statement, 'defines' | 'conditional' | 'uses' | 'deferred' | 'globals'>;

function describeNames(walk: Walk): Names {
  const defines = new Set<string>();
  const uses = new Set<string>();
  const deferred = new Set<string>();
  const globals = new Set<string>();
  for (const reference of walk.references) {
    if (!reference.effective || !inNotebook(reference)) continue;
    const { name, scope, context } = reference;
    if (context === 'store') (scope.deferred ? globals : defines).add(name);
    if (!reference.loads) continue;
    if (scope.deferred) deferred.add(name);
    else if (reference.exposed) uses.add(name);
  }
  const { flow } = walk;
  return {
    defines: [...defines],
    conditional: [...defines].filter((name) => flow !== null && !flow.has(name)),
    uses: [...uses],
    deferred: [...deferred],
    globals: [...globals],
  };
}

function describeOccurrences(context: Context): Occurrence[] {
  const occurrences: Occurrence[] = [];
  for (const reference of context.walk.references) {
    if (!inNotebook(reference)) continue;
    const { name, scope } = reference;
    const within = scope.deferred ? scope.owner : null;
    occurrences.push({ name, span: spanOf(reference.node, context), context: reference.context, within });
  }
  return occurrences.sort((a, b) => a.span.start - b.span.start);
}

function importedNames(walk: Walk, wanted: (site: ImportSite) => boolean): ImportedName[] {
  return walk.imports.filter(wanted).map(({ name, module, member }) => ({ name, module, member }));
}

/** What an assignment to plain names assigns, or the expression that the statement is. */
function valueOf(node: SyntaxNode): SyntaxNode | null {
  if (node.type !== 'expression_statement') return null;
  const [first] = parts(node);
  if (first?.type === 'augmented_assignment') return null;
  // A tuple without parentheses that starts with a call has no node of its own.
  if (first?.type !== 'assignment') return parts(node).length > 1 ? node : (first ?? null);
  let value: SyntaxNode | null = first;
  for (; value?.type === 'assignment'; value = child(value, 'right')) {
    const left = child(value, 'left');
    if (!left || !isPlain(left)) return null;
  }
  return value;
}

function isPlain(target: SyntaxNode): boolean {
  if (target.type === 'identifier') return true;
  return (
    /^(pattern_list|tuple_pattern|list_pattern|list_splat_pattern)$/.test(target.type) &&
    parts(target).every(isPlain)
  );
}
