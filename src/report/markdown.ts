/**
 * Markdown from text that others wrote. Foreign text never becomes markup: no mention, no reference, no link, no image,
 * no HTML, no table cell or line of its own, and nothing that cannot be seen.
 */
import { INVISIBLE } from '../lib/text.ts';

/** Longest foreign text in a table cell. */
const CELL_LENGTH = 400;

/** Words that GitHub would turn into a mention, a reference or a link outside of code. */
const LINKING = /@|#\d|\$|https?:|www\.|\/\/|\b(gh|GH)-\d|^[0-9a-f]{7,40}$/u;

/** Foreign text as one line of what can be seen. */
export function visible(text: string, most = CELL_LENGTH): string {
  const line = text
    .replace(/[\s\u0085\u2028\u2029]+/gu, ' ')
    .replace(INVISIBLE, '')
    .trim();
  const characters = [...line];
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`;
}

/** Foreign text as a code span. */
export function code(text: string, most = 120): string {
  const content = visible(text, most);
  if (content === '') return '` `';
  const longest = Math.max(0, ...[...content.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = content.startsWith('`') || content.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${content}${pad}${fence}`;
}

/** A foreign sentence: its own code spans stay, words that would link become code, all other markup is escaped. */
export function prose(text: string, most = CELL_LENGTH): string {
  const parts = visible(text, most).split('`');
  // Without pairs of marks there are no code spans.
  if (parts.length % 2 === 0) return notABlock(words(parts.join("'")));
  return notABlock(parts.map((part, index) => (index % 2 === 1 ? code(part, most) : words(part))).join(''));
}

/** At the start of a line these would open a heading, a list or a rule. */
function notABlock(text: string): string {
  return text.replace(/^([#+=-])/, '\\$1').replace(/^(\d+)([.)])/, '$1\\$2');
}

function words(text: string): string {
  return text
    .split(/( )/)
    .map((word) => (LINKING.test(word) ? code(word) : escape(word)))
    .join('');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\*[\]~>]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&');
}

/** A table; cells are Markdown already, but for bars. */
export function table(head: string[], rows: string[][]): string[] {
  if (rows.length === 0) return [];
  return [line(head), line(head.map(() => '---')).replaceAll(' ', ''), ...rows.map(line)];
}

function line(cells: string[]): string {
  return `| ${cells.map((cell) => (cell === '' ? '-' : barless(cell))).join(' | ')} |`;
}

/** Bars are escaped, in code spans too; a backslash before one would take its escape away. */
function barless(cell: string): string {
  return cell.replace(/\\(?=\|)/g, '\\ ').replaceAll('|', '\\|');
}

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** `three`, `17`. */
export function numeral(count: number): string {
  return NUMBERS[count] ?? String(count);
}

/** `three findings`, `one finding`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${numeral(count)} ${count === 1 ? noun : plural}`;
}

/** First letter in upper case. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A number as Python prints it. */
export function python(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '-';
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${String(value)}.0`;
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

/** `3`, `3-5, 9` of a list of cells. */
export function ranges(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const parts: [number, number][] = [];
  for (const number of sorted) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else parts.push([number, number]);
  }
  return parts
    .map(([first, last]) =>
      first === last
        ? String(first)
        : last === first + 1
          ? `${String(first)}, ${String(last)}`
          : `${String(first)}-${String(last)}`,
    )
    .join(', ');
}
