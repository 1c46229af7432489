import { INVISIBLE } from '../lib/text.ts';
import type { Violation } from './violation.ts';

/** Breaks and tabs are seen by what they do. */
const LAYOUT = new Set(['\n', '\r', '\t', '\f']);

/** Looks for characters that a reviewer cannot see: by them code reads otherwise than it runs. One violation a line. */
export function checkInvisible(place: string, text: string): Violation[] {
  return text.split('\n').flatMap((line, index): Violation[] => {
    const found = [...line.matchAll(INVISIBLE)]
      .map(([character]) => character)
      .filter((one) => !LAYOUT.has(one));
    if (found[0] === undefined) return [];
    return [
      {
        rule: 'invisible_character',
        severity: 'block',
        path: place,
        line: index + 1,
        message: `this line holds ${String(found.length)} of the characters that cannot be seen (the first is ${codePoint(found[0])}).`,
        help: 'Delete it in the notebook, or write it as an escape such as \\u200b.',
      },
    ];
  });
}

/** `U+200B`. */
function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
