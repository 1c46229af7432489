/** The entries of a written-out dict. */
import { literalOf } from './literals.ts';
import type { Literal, Span } from './statement.ts';
import { child, parseSyntax, parts, unwrap, walk, type SyntaxNode } from './syntax.ts';

/** One entry whose key is text. */
export interface DictEntry {
  key: string;
  /** Range of the value. */
  span: Span;
  /** The value, where it is a literal; the numbers of a short `range(…)`. */
  literal?: Literal;
}

/** Numbers that a reader takes in at a glance; a longer `range` is clearer as it is. */
const MOST_NUMBERS = 30;

/** Places of the dict that stands here, or of those that a list written out here holds; none if it holds anything else. */
export function dictsAt(text: string, place: Span): Span[] {
  if (text[place.start] === '{') return [place];
  if (text[place.start] !== '[') return [];
  for (const node of walk(parseSyntax(text).root)) {
    if (node.type !== 'list' || node.start !== place.start || node.end !== place.end) continue;
    const items = parts(node);
    return items.every(({ type }) => type === 'dictionary')
      ? items.map(({ start, end }) => ({ start, end }))
      : [];
  }
  return [];
}

/** Entries of the dict at this place of a text, in order; empty if there is no dict. */
export function readDictEntries(text: string, place: Span): DictEntry[] {
  if (text[place.start] !== '{') return [];
  for (const node of walk(parseSyntax(text).root)) {
    if (node.type === 'dictionary' && node.start === place.start && node.end === place.end)
      return parts(node).flatMap((pair) => entryOf(pair, text));
  }
  return [];
}

function entryOf(pair: SyntaxNode, text: string): DictEntry[] {
  const key = child(pair, 'key');
  const value = child(pair, 'value');
  const name = key === null ? undefined : literalOf(key, text);
  if (value === null || name?.kind !== 'string') return [];
  const literal = literalOf(value, text) ?? numbersOf(value, text);
  const { start, end } = unwrap(value);
  return [{ key: name.value, span: { start, end }, ...(literal === undefined ? {} : { literal }) }];
}

/** `range(1, 20, 2)` with plain integers, as the list of its numbers. */
function numbersOf(node: SyntaxNode, text: string): Literal | undefined {
  const match = /^range\(\s*(-?\d{1,9})(?:\s*,\s*(-?\d{1,9}))?(?:\s*,\s*(-?\d{1,9}))?\s*,?\s*\)$/.exec(
    text.slice(node.start, node.end),
  );
  if (match === null) return undefined;
  const first = Number(match[1]);
  const [start, stop] = match[2] === undefined ? [0, first] : [first, Number(match[2])];
  const step = match[3] === undefined ? 1 : Number(match[3]);
  const count = step === 0 ? 0 : Math.ceil((stop - start) / step);
  if (count < 1 || count > MOST_NUMBERS) return undefined;
  const items = Array.from({ length: count }, (_, at) => ({
    kind: 'int' as const,
    value: start + at * step,
  }));
  return { kind: 'list', items };
}
