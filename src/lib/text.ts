import { createHash } from 'node:crypto';

/** SHA-256 of text or bytes, hexadecimal. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

const SLUG_LENGTH = 60;

/**
 * Short name of a notebook for folders and branches: its path without extension, lower case, other characters to `-`.
 * @param taken whether another notebook has that name; then six digits of the path's hash follow
 */
export function slugOf(path: string, taken: (slug: string) => boolean = () => false): string {
  const plain = path
    .replace(/\.ipynb$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH)
    .replace(/^-+|-+$/g, '');
  const slug = plain === '' ? 'notebook' : plain;
  return taken(slug) ? `${slug}-${sha256(path).slice(0, 6)}` : slug;
}

/** File names that say nothing about what a notebook is for. */
const UNTELLING = /^(notebook|untitled\d*|main|index|analysis|model|train|training)$/;

/**
 * Name of the package and of its MLflow experiment: the notebook's file, else its folder, never `notebook`.
 * @param root name of the working tree's folder
 */
export function packageName(path: string, root: string): string {
  const parts = path.replace(/\.ipynb$/i, '').split('/');
  const names = [...parts.reverse(), root].map((part) => slugOf(part)).filter((name) => name !== 'notebook');
  return names.find((name) => !UNTELLING.test(name)) ?? names[0] ?? 'package';
}

/** Number of single-character edits between two words; two neighbours that changed places are one. */
function distance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const other = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const swap = swapped ? (before[j - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, other, swap));
    }
    before = row;
    row = next;
  }
  return row[right.length] ?? 0;
}

/** The candidate that `word` was probably meant to be, if one is near enough. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
  const best = ranked[0];
  return best !== undefined && best.edits <= Math.max(1, Math.floor(best.candidate.length / 2))
    ? best.candidate
    : undefined;
}

/** `1 file`, `2 files`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}

/** `a`, `a and b`, `a, b and c`, `a, b and 4 more`. */
export function listed(items: readonly string[], most = 4): string {
  if (items.length <= 1) return items[0] ?? '';
  if (items.length > most)
    return `${items.slice(0, most - 1).join(', ')} and ${items.length - most + 1} more`;
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
}

/** `0.3 s`, `12 s`, `2 min 5 s`. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** `3.2 MB`, in powers of ten. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/**
 * Characters that are not seen, or that turn the direction of what follows; TAG characters and variation selectors too. Breaks
 * and tabs are among them.
 */
export const INVISIBLE =
  /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{180b}-\u{180f}\u{2800}\u{3164}\u{ffa0}\u{fe00}-\u{fe0f}\u{e0100}-\u{e01ef}]/gu;

/**
 * Foreign text for a terminal: control and invisible characters, which could move the cursor, forge a line or turn
 * the writing round, become visible.
 */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
