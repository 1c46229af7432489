/** Where the values of a written-out dict stand. */

import type { Span } from '../../python/statement.ts';

/** Ranges of the values of the dict literal at a range, in order. */
export function dictValues(text: string, { start, end }: Span): Span[] {
  const found: Span[] = [];
  let depth = 0;
  let quote = '';
  let from = -1;
  for (let at = start; at < end; at += 1) {
    const letter = text[at] ?? '';
    if (quote !== '') {
      if (letter === '\\') at += 1;
      else if (letter === quote) quote = '';
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '#') at = Math.max(at, text.indexOf('\n', at) - 1);
    else if (/[[({]/.test(letter)) depth += 1;
    else if (letter === ':' && depth === 1) from = at + 1;
    else if (depth === 1 && (letter === ',' || letter === '}') && from >= 0) {
      found.push(trim(text, { start: from, end: at }));
      from = -1;
    }
    if (quote === '' && /[\])}]/.test(letter)) depth -= 1;
  }
  return found;
}

function trim(text: string, { start, end }: Span): Span {
  const part = text.slice(start, end).replace(/#.*$/gm, (comment) => ' '.repeat(comment.length));
  return {
    start: start + part.length - part.trimStart().length,
    end: end - (part.length - part.trimEnd().length),
  };
}
