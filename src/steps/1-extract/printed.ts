/** What a statement shows: the expressions that it prints, or that Jupyter displays. */

import type { Argument, Span, Statement } from '../../python/statement.ts';

/** One shown expression. */
export interface Shown {
  text: string;
  span: Span;
  /** The text in front of it: `test acc` of `print('test acc:', acc)`. */
  label: string;
  /** A format that only numbers take: `.4f`. */
  numeric: boolean;
  /** Set if it is just a name. */
  name: string | null;
}

/**
 * Expressions that a statement shows, in order; those of its loops too, not those of functions.
 * `within`: those of the body of this function instead.
 */
export function shownBy(statement: Statement, within: string | null = null): Shown[] {
  const found: Shown[] = [];
  for (const call of statement.calls) {
    if (
      call.within !== within ||
      !/^(print|display|IPython\.display\.display|logging\.info)$/.test(call.qualified)
    )
      continue;
    let label = '';
    for (const argument of call.arguments) {
      if (argument.keyword !== null) continue;
      if (argument.literal?.kind === 'string') label = argument.literal.value;
      else {
        found.push(...shownIn(argument, statement, label));
        label = '';
      }
    }
  }
  if (statement.displayed && statement.value !== undefined && found.length === 0) {
    for (const span of items(statement.text, statement.value.span))
      found.push(expression(statement.text, span));
  }
  return found;
}

function shownIn({ text, span }: Argument, statement: Statement, label: string): Shown[] {
  if (/^[rR]?[fF][rR]?["']/.test(text)) return fields(statement.text, span);
  const format = /^(?:["'][^"']*["']\s*)+\.format\(/.exec(text);
  if (format) {
    const call = statement.calls.find(
      ({ method, span: own }) => method === 'format' && own.start >= span.start && own.end <= span.end,
    );
    const labels = text.split(/\{[^}]*\}/);
    const specs = text.match(/\{[^}]*\}/g) ?? [];
    return (call?.arguments ?? []).map((argument, index) => ({
      ...expression(statement.text, argument.span, clean(labels[index] ?? '')),
      numeric: /[feg%]\}$/.test(specs[index] ?? ''),
    }));
  }
  const percent = /^(["'])((?:(?!\1).)*)\1\s*%\s*/s.exec(text);
  if (percent) {
    const start = span.start + percent[0].length;
    const labels = (percent[2] ?? '').split(/%[-+.\d]*[a-z]/);
    const specs = (percent[2] ?? '').match(/%[-+.\d]*[a-z]/g) ?? [];
    return items(statement.text, { start, end: span.end }).map((item, index) => ({
      ...expression(statement.text, item, clean(labels[index] ?? '')),
      numeric: /[feg]$/.test(specs[index] ?? ''),
    }));
  }
  return [expression(statement.text, span, label)];
}

function expression(source: string, span: Span, label = ''): Shown {
  const text = source.slice(span.start, span.end);
  return { text, span, label: clean(label), numeric: false, name: /^[A-Za-z_]\w*$/.test(text) ? text : null };
}

/** `Test accuracy (%): ` → `Test accuracy`. */
function clean(label: string): string {
  return label
    .replace(/\\[nt]/g, ' ')
    .replace(/^[rRfF]*["']+/, '')
    .replace(/[^\p{L}\p{N}@_\s-]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The replacement fields of an f-string. */
function fields(source: string, { start, end }: Span): Shown[] {
  const found: Shown[] = [];
  let label = '';
  for (let at = start; at < end; at += 1) {
    if (source[at] !== '{') {
      label += source[at] ?? '';
      continue;
    }
    if (source[at + 1] === '{') {
      at += 1;
      continue;
    }
    const close = closingBrace(source, at + 1, end);
    const colon = topLevel(source, { start: at + 1, end: close }, /[:!=]/);
    const span = trimmed(source, { start: at + 1, end: colon ?? close });
    if (span.end > span.start) {
      const spec = colon === null ? '' : source.slice(colon, close);
      found.push({ ...expression(source, span, label), numeric: /[feg%]$/.test(spec) });
    }
    label = '';
    at = close;
  }
  return found;
}

function closingBrace(source: string, from: number, end: number): number {
  let depth = 1;
  for (let at = from; at < end; at += 1) {
    if (/[{[(]/.test(source[at] ?? '')) depth += 1;
    else if (/[}\])]/.test(source[at] ?? '') && (depth -= 1) === 0) return at;
  }
  return end;
}

/** First match of a character outside brackets and strings. */
function topLevel(source: string, { start, end }: Span, wanted: RegExp): number | null {
  let depth = 0;
  let quote = '';
  for (let at = start; at < end; at += 1) {
    const letter = source[at] ?? '';
    if (quote !== '') {
      if (letter === '\\') at += 1;
      else if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (/[{[(]/.test(letter)) depth += 1;
    else if (/[}\])]/.test(letter)) depth -= 1;
    else if (
      depth === 0 &&
      wanted.test(letter) &&
      !/[=!<>]=/.test(source.slice(at, at + 2)) &&
      !/[=!<>]/.test(source[at - 1] ?? '')
    )
      return at;
  }
  return null;
}

/** The items of a tuple, with or without parentheses; anything else is its own only item. */
export function items(source: string, span: Span): Span[] {
  let { start, end } = trimmed(source, span);
  if (source[start] === '(' && closingBrace(source, start + 1, end) === end - 1) {
    start += 1;
    end -= 1;
  }
  const found: Span[] = [];
  for (;;) {
    const comma = topLevel(source, { start, end }, /,/);
    const item = trimmed(source, { start, end: comma ?? end });
    if (item.end > item.start) found.push(item);
    if (comma === null) return found;
    start = comma + 1;
  }
}

function trimmed(source: string, { start, end }: Span): Span {
  const text = source.slice(start, end);
  const from = start + text.length - text.trimStart().length;
  return { start: from, end: Math.max(from, end - (text.length - text.trimEnd().length)) };
}
