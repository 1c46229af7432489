/** Changes to Python text by ranges, and small questions to a piece of it. What is not changed keeps its bytes. */
import MagicString from 'magic-string';
import { InvariantError } from './invariant-error.ts';
import { LineMap } from './lines.ts';
import { literalOf } from './literals.ts';
import { locateStatements } from './locate.ts';
import { walkCode } from './read-statements.ts';
import { home } from './scope/walk.ts';
import type { Literal, Span, Statement } from './statement.ts';
import { parseSyntax, parts, walk as descendants } from './syntax.ts';

export { literalToPython, quote } from './literals.ts';
export { functionSignature } from './signature.ts';
export type { Parameter, Piece, Signature } from './signature.ts';

/** Text that takes the place of a range; an empty range is a place to insert. */
export interface TextEdit {
  span: Span;
  replacement: string;
}

/** Applies edits in any order. Ranges must not overlap; insertions at one place keep their order. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  const result = new MagicString(text);
  let end = 0;
  for (const { span, replacement } of sorted) {
    if (span.start < end || span.end < span.start || span.end > text.length) {
      throw new InvariantError(`edit ${span.start}-${span.end} overlaps another one or leaves the text`);
    }
    end = span.end;
    if (span.end > span.start) result.update(span.start, span.end, replacement);
  }
  for (const { span, replacement } of sorted) {
    if (span.end === span.start) result.appendLeft(span.start, replacement);
  }
  return result.toString();
}

/** The statement's text with a name of the notebook replaced wherever it stands for that name. */
export function renameOccurrences(statement: Statement, name: string, replacement: string): string {
  const edits = statement.occurrences
    .filter((occurrence) => occurrence.name === name)
    .map(({ span, context, within }) => {
      const importing = context === 'store' && within === null && statement.imports.length > 0;
      return { span, replacement: importing ? importedAs(statement, name, span, replacement) : replacement };
    });
  return applyEdits(statement.text, edits);
}

/** `import numpy` becomes `import numpy as replacement`; a name behind `as` is just replaced. */
function importedAs(statement: Statement, name: string, span: Span, replacement: string): string {
  if (!statement.imports.some((item) => item.name === name)) return replacement;
  const before = statement.text.slice(0, span.start);
  if (/\bas\s+\\?\s*$/.test(before)) return replacement;
  if (!/(\bimport|,|\()[\s\\]*$/.test(before)) return replacement;
  if (statement.text[span.end] === '.')
    throw new InvariantError(`${name} of a dotted import cannot be renamed`);
  return `${statement.text.slice(span.start, span.end)} as ${replacement}`;
}

/** Lines, from 0, that start inside a string. */
export function linesInStrings(text: string): Set<number> {
  const inside = new Set<number>();
  if (!/["']/.test(text)) return inside;
  const lines = new LineMap(text);
  for (const node of descendants(parseSyntax(text).root)) {
    if (node.type !== 'string') continue;
    const last = lines.line(node.end);
    for (let line = lines.line(node.start); line < last; line += 1) inside.add(line);
  }
  return inside;
}

/** Takes away the white space that all lines start with. Blank lines and the insides of strings do not count and stay. */
export function dedent(text: string): string {
  const lines = text.split('\n');
  const inside = linesInStrings(text);
  let margin: string | null = null;
  lines.forEach((line, at) => {
    if (inside.has(at) || line.trim() === '') return;
    const own = /^[ \t]*/.exec(line)?.[0] ?? '';
    margin = margin === null ? own : commonStart(margin, own);
  });
  const common: string = margin ?? '';
  if (common === '') return text;
  return lines
    .map((line, at) =>
      inside.has(at) ? line : line.startsWith(common) ? line.slice(common.length) : line.trimStart(),
    )
    .join('\n');
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}

/** Puts spaces before every line but blank ones and those that start inside a string. */
export function indent(text: string, spaces = 4): string {
  const inside = linesInStrings(text);
  const margin = ' '.repeat(spaces);
  return text
    .split('\n')
    .map((line, at) => (inside.has(at) || line.trim() === '' ? line : margin + line))
    .join('\n');
}

/** The value of a literal; undefined for anything else. */
export function parseLiteral(text: string): Literal | undefined {
  const tree = parseSyntax(text.trim());
  const [only, more] = parts(tree.root);
  if (tree.broken || !only || more || only.type !== 'expression_statement') return undefined;
  const [expression, other] = parts(only);
  return expression && !other ? literalOf(expression, tree.text) : undefined;
}

/**
 * Names that a piece of code needs from outside, builtins included, in the order of their first reading: what its
 * top level reads before it certainly binds it, and what its functions read and its top level never binds.
 */
export function freeNames(code: string): string[] {
  const walk = walkCode(parseSyntax(code).root, code);
  const names = new Set<string>();
  for (const reference of walk.references) {
    const { name, scope } = reference;
    if (!reference.loads || !reference.effective || home(reference).parent) continue;
    if (scope.deferred ? !walk.scope.bound.has(name) : reference.exposed) names.add(name);
  }
  return [...names];
}

/** Names that a piece of code binds at its top level, in order. */
export function boundNames(code: string): string[] {
  const walk = walkCode(parseSyntax(code).root, code);
  const names = new Set<string>();
  for (const reference of walk.references) {
    const binds = reference.context === 'store' && reference.effective && !reference.scope.deferred;
    if (binds && !home(reference).parent) names.add(reference.name);
  }
  return [...names];
}

/** A top-level statement of a piece of code. */
export interface StatementText {
  span: Span;
  text: string;
  /** From 1. */
  line: number;
  endLine: number;
  comments: string[];
}

/** The top-level statements of a piece of code, in order. */
export function splitStatements(code: string): StatementText[] {
  return locateStatements(parseSyntax(code)).map(({ start, end, line, endLine, comments }) => ({
    span: { start, end },
    text: code.slice(start, end),
    line,
    endLine,
    comments,
  }));
}
