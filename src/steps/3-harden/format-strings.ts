import type { Span } from '../../python/statement.ts';

/** A replacement field of an f-string, and the text in front of it. */
export interface Field {
  before: string;
  /** Range of the expression, relative to the start of the literal. */
  span: Span;
}

/**
 * Finds the replacement fields of an f-string (PEP 498, PEP 701); conversions and format specifications are left out.
 *
 * @param literal - The literal with its prefix and quotes.
 * @returns The fields and the text behind the last one; null if it is not one f-string literal.
 */
export function readFormatString(literal: string): { fields: Field[]; after: string } | null {
  const opening = /^([rR]?[fF][rR]?)("""|'''|"|')/.exec(literal);
  const quote = opening?.[2];
  if (
    !opening ||
    quote === undefined ||
    !literal.endsWith(quote) ||
    literal.length < opening[0].length + quote.length
  )
    return null;
  const end = literal.length - quote.length;
  const fields: Field[] = [];
  let text = '';
  let index = opening[0].length;
  while (index < end) {
    const pair = literal.slice(index, index + 2);
    const character = literal.charAt(index);
    if (pair === '{{' || pair === '}}') {
      text += character;
      index += 2;
    } else if (character === '{') {
      const field = readField(literal, index + 1, end);
      if (!field) return null;
      fields.push({ before: text, span: field.span });
      text = '';
      index = field.next;
    } else if (literal.startsWith(quote, index)) {
      return null;
    } else {
      text += character === '\\' ? ' ' : character;
      index += character === '\\' ? 2 : 1;
    }
  }
  return { fields, after: text };
}

/**
 * Finds the fields of several string literals that stand side by side, `f"loss {a:.2f}" f", score {b}"`: Python joins them.
 *
 * @returns As {@link readFormatString}; null if the text is something else, or no literal of it is an f-string.
 */
export function readJoinedStrings(text: string): { fields: Field[]; after: string } | null {
  const fields: Field[] = [];
  let before = '';
  let index = 0;
  while (index < text.length) {
    const literal = /^([a-zA-Z]{0,2})("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/.exec(text.slice(index))?.[0];
    if (literal === undefined) return null;
    const read = readFormatString(literal);
    if (read === null && /^\w*[fF]/.test(literal)) return null;
    for (const field of read?.fields ?? []) {
      fields.push({
        before: before + field.before,
        span: { start: index + field.span.start, end: index + field.span.end },
      });
      before = '';
    }
    before += read === null ? literal.replace(/^\w*["']|["']$/g, '') : read.after;
    index += literal.length;
    index += /^\s*/.exec(text.slice(index))?.[0].length ?? 0;
  }
  return fields.length === 0 ? null : { fields, after: before };
}

/** Reads one field from behind its brace: the expression ends at `!r`, `=`, `:` or the closing brace of its own depth. */
function readField(literal: string, start: number, limit: number): { span: Span; next: number } | null {
  let depth = 0;
  let quote: string | null = null;
  let end = -1;
  for (let index = start; index < limit; index += 1) {
    const character = literal.charAt(index);
    if (quote !== null) {
      if (character === '\\') index += 1;
      else if (character === quote) quote = null;
      continue;
    }
    if ((character === '"' || character === "'") && end < 0) quote = character;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]'.includes(character)) depth -= 1;
    else if (character === '}' && depth > 0) depth -= 1;
    else if (character === '}') {
      return { span: trimmed(literal, start, end < 0 ? index : end), next: index + 1 };
    } else if (depth === 0 && end < 0 && endsExpression(literal, index)) end = index;
  }
  return null;
}

function endsExpression(literal: string, index: number): boolean {
  const character = literal.charAt(index);
  const next = literal.charAt(index + 1);
  if (character === ':') return next !== '=';
  if (character === '!') return next !== '=';
  return (
    character === '=' &&
    next !== '=' &&
    !'=!<>'.includes(literal.charAt(index - 1)) &&
    /^\s*[:!}]/.test(literal.slice(index + 1))
  );
}

function trimmed(literal: string, start: number, end: number): Span {
  let first = start;
  let last = end;
  while (first < last && /\s/.test(literal.charAt(first))) first += 1;
  while (last > first && /\s/.test(literal.charAt(last - 1))) last -= 1;
  return { start: first, end: last };
}
