/** Python without characters that cannot be seen, with the same meaning. */
import { INVISIBLE } from '../lib/text.ts';
import { parseSyntax, type SyntaxNode, walk } from './syntax.ts';

/** Breaks, tabs and form feeds are layout. */
const LAYOUT = new Set(['\n', '\r', '\t', '\f']);

/** The source, and what was done to it. */
export interface VisibleSource {
  code: string;
  /** Code points as `U+200B`, each once: written as escapes in strings, taken out of everything else. */
  escaped: string[];
  removed: string[];
}

/**
 * Writes invisible characters of string literals as escapes and takes them out of comments and code. In raw and byte strings
 * they stay: there is no other way to write them there.
 */
export function visibleSource(code: string): VisibleSource {
  const places = [...code.matchAll(INVISIBLE)].filter(([character]) => !LAYOUT.has(character));
  if (places.length === 0) return { code, escaped: [], removed: [] };
  const strings = [...walk(parseSyntax(code).root)].filter(({ type }) => type === 'string');
  const escaped = new Set<string>();
  const removed = new Set<string>();
  let text = '';
  let from = 0;
  for (const place of places) {
    const [character] = place;
    const name = `U+${hexadecimal(character).padStart(4, '0').toUpperCase()}`;
    const kind = kindOfPlace(place.index, strings, code);
    if (kind === 'raw') continue;
    text += code.slice(from, place.index) + (kind === 'string' ? escapeOf(character) : '');
    from = place.index + character.length;
    (kind === 'string' ? escaped : removed).add(name);
  }
  return { code: text + code.slice(from), escaped: [...escaped], removed: [...removed] };
}

/** Whether a place is text of a literal, of one that knows no escapes, or something else. */
function kindOfPlace(
  offset: number,
  strings: readonly SyntaxNode[],
  code: string,
): 'string' | 'raw' | 'other' {
  // The innermost: an expression inside of an f-string can hold a literal of its own.
  const holder = strings.findLast(({ start, end }) => start <= offset && offset < end);
  const content = holder?.children.find(({ start, end }) => start <= offset && offset < end);
  if (holder === undefined || content?.type !== 'string_content') return 'other';
  const start = holder.children[0];
  return start !== undefined && /[rb]/i.test(code.slice(start.start, start.end)) ? 'raw' : 'string';
}

function escapeOf(character: string): string {
  const digits = hexadecimal(character);
  return digits.length <= 4 ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
}

function hexadecimal(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16);
}
