import { lexer, type Token, type Tokens } from 'marked';
import { printable } from '../lib/text.ts';

/** How Markdown is laid out for a terminal. */
export interface TerminalOptions {
  /** Columns. */
  width: number;
  color: boolean;
}

/** One character that is seen, and how. */
interface Glyph {
  text: string;
  style: Style;
}
type Style = 'plain' | 'strong' | 'code' | 'dim' | 'title' | 'heading';
type Line = Glyph[];

const CODES: Record<Style, string> = {
  plain: '',
  strong: '1',
  code: '36',
  dim: '2',
  title: '1;4',
  heading: '1;34',
};
/** Narrower than this no column gets, if its words are longer. */
const NARROWEST = 10;
const BETWEEN = '  ';
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u{ff01}-\u{ff60}]/u;

/**
 * The Markdown of a report for a terminal: headings, tables within the width, code. What is folded stays folded: its
 * title is shown, its content is in the file.
 */
export function renderForTerminal(markdown: string, options: TerminalOptions): string {
  const lines: Line[] = [];
  let folded = 0;
  for (const token of lexer(markdown)) {
    if (token.type === 'html') {
      const title = /<summary>(.*?)<\/summary>/s.exec(token.raw)?.[1];
      if (title !== undefined && folded === 0) lines.push(glyphs(`▸ ${plainText(title)}`, 'dim'));
      folded += matches(token.raw, /<details/g) - matches(token.raw, /<\/details/g);
    } else if (folded === 0) lines.push(...block(token, options.width));
  }
  return `${withoutRepeatedBlanks(lines)
    .map((line) => paint(line, options.color))
    .join('\n')}\n`;
}

function block(token: Token, width: number): Line[] {
  switch (token.type) {
    case 'heading': {
      const { depth, tokens } = token as Tokens.Heading;
      const style = depth === 1 ? 'title' : 'heading';
      const title = inline(tokens).map((glyph) => ({ ...glyph, style: style as Style }));
      return [[], ...wrap(title, width), []];
    }
    case 'paragraph':
      return [...wrap(inline((token as Tokens.Paragraph).tokens), width), []];
    case 'table':
      return [...table(token as Tokens.Table, width), []];
    case 'code':
      return [...(token as Tokens.Code).text.split('\n').map((line) => glyphs(`    ${line}`, 'code')), []];
    case 'list':
      return [...(token as Tokens.List).items.flatMap((item) => listItem(item, width)), []];
    case 'space':
      return [];
    default:
      return [...wrap(glyphs(plainText(token.raw), 'plain'), width), []];
  }
}

function listItem(item: Tokens.ListItem, width: number): Line[] {
  const content = item.tokens.flatMap((token) =>
    'tokens' in token && token.tokens !== undefined
      ? inline(token.tokens)
      : glyphs(plainText(token.raw), 'plain'),
  );
  return wrap(content, width - 2).map((line, index) => [
    ...glyphs(index === 0 ? '- ' : '  ', 'plain'),
    ...line,
  ]);
}

function table(token: Tokens.Table, width: number): Line[] {
  const head = token.header.map((cell) =>
    inline(cell.tokens).map((glyph): Glyph => ({ ...glyph, style: 'strong' })),
  );
  const rows = token.rows.map((row) => row.map((cell) => inline(cell.tokens)));
  const widths = columnWidths([head, ...rows], width - BETWEEN.length * (head.length - 1));
  const laidOut = rows.map((row) => layRow(row, widths));
  // Rows of several lines run into one another without a line between them.
  const tall = laidOut.filter((lines) => lines.length > 1).length;
  const gap: Line[] = tall * 3 > laidOut.length ? [[]] : [];
  const rule = glyphs(widths.map((column) => '─'.repeat(column)).join(BETWEEN), 'dim');
  return [
    ...layRow(head, widths),
    rule,
    ...laidOut.flatMap((lines, index) => (index === 0 ? lines : [...gap, ...lines])),
  ];
}

/** As wide as the content; where that is too much, the widest column gives way first. */
function columnWidths(rows: Line[][], available: number): number[] {
  const count = Math.max(...rows.map((row) => row.length));
  const columns = Array.from({ length: count }, (_, index) => rows.map((row) => row[index] ?? []));
  const widths = columns.map((cells) => Math.max(1, ...cells.map(widthOf)));
  const least = columns.map((cells) =>
    Math.max(1, ...cells.flatMap((cell) => words(cell).map((word) => Math.min(widthOf(word), NARROWEST)))),
  );
  for (let total = sum(widths); total > available; total -= 1) {
    const spare = widths.map((column, index) => (column > (least[index] ?? 1) ? column : 0));
    const widest = spare.indexOf(Math.max(...spare));
    if (spare[widest] === 0) break;
    widths[widest] = (widths[widest] ?? 1) - 1;
  }
  return widths;
}

function layRow(cells: Line[], widths: number[]): Line[] {
  const wrapped = widths.map((column, index) => wrap(cells[index] ?? [], column));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    wrapped.flatMap((lines, index) => {
      const line = lines[row] ?? [];
      if (index === wrapped.length - 1) return line;
      const pad = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(line)));
      return [...line, ...glyphs(pad + BETWEEN, 'plain')];
    }),
  );
}

/** What stands in a line of text. */
function inline(tokens: readonly Token[], style: Style = 'plain'): Glyph[] {
  return tokens.flatMap((token): Glyph[] => {
    switch (token.type) {
      case 'strong':
      case 'em':
        return inline((token as Tokens.Strong).tokens, 'strong');
      case 'codespan':
        return glyphs((token as Tokens.Codespan).text, 'code');
      case 'link':
      case 'del':
        return inline((token as Tokens.Link).tokens, style);
      case 'br':
        return glyphs(' ', style);
      case 'html':
        return [];
      case 'escape':
        return glyphs((token as Tokens.Escape).text, style);
      default:
        return glyphs(decoded(token.raw), style);
    }
  });
}

function glyphs(text: string, style: Style): Glyph[] {
  return [...printable(text).replaceAll('\n', ' ').replaceAll('\t', '    ')].map((one) => ({
    text: one,
    style,
  }));
}

/** Breaks at spaces; a word that is longer than a line, where the line ends. */
function wrap(line: Line, width: number): Line[] {
  const lines: Line[] = [];
  let current: Line = [];
  for (const word of words(line)) {
    if (current.length > 0 && widthOf(current) + 1 + widthOf(word) > width) {
      lines.push(current);
      current = [];
    }
    // The space belongs to what it stands in: between two words of code it is code.
    if (current.length > 0)
      current.push({ text: ' ', style: current.at(-1)?.style === word[0]?.style ? styleOf(word) : 'plain' });
    for (const glyph of word) {
      if (widthOf(current) + widthOf([glyph]) > Math.max(width, 1)) {
        const at = breakOf(current);
        lines.push(current.slice(0, at));
        current = current.slice(at);
      }
      current.push(glyph);
    }
  }
  if (current.length > 0 || lines.length === 0) lines.push(current);
  return lines;
}

/** Where a word that is too long is broken: behind the last separator of its second half, else at its end. */
function breakOf(line: Line): number {
  const at = line.findLastIndex(({ text }) => /[/._-]/.test(text)) + 1;
  return at * 2 > line.length ? at : line.length;
}

function words(line: Line): Line[] {
  const found: Line[] = [[]];
  for (const glyph of line) {
    if (glyph.text === ' ') found.push([]);
    else found.at(-1)?.push(glyph);
  }
  return found.filter((word) => word.length > 0);
}

const styleOf = (line: Line): Style => line[0]?.style ?? 'plain';
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const widthOf = (line: Line): number => sum(line.map(({ text }) => (WIDE.test(text) ? 2 : 1)));
const matches = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

function paint(padded: Line, color: boolean): string {
  const line = padded.slice(0, padded.findLastIndex(({ text }) => text !== ' ') + 1);
  if (!color) return line.map(({ text }) => text).join('');
  let painted = '';
  for (let from = 0; from < line.length;) {
    const style = line[from]?.style ?? 'plain';
    let to = from;
    while (to < line.length && line[to]?.style === style) to += 1;
    const run = line
      .slice(from, to)
      .map(({ text }) => text)
      .join('');
    painted += style === 'plain' ? run : `\u001b[${CODES[style]}m${run}\u001b[0m`;
    from = to;
  }
  return painted;
}

function withoutRepeatedBlanks(lines: Line[]): Line[] {
  const first = lines.findIndex((line) => line.length > 0);
  const last = lines.findLastIndex((line) => line.length > 0);
  return lines
    .slice(Math.max(first, 0), last + 1)
    .filter((line, index, all) => line.length > 0 || (all[index - 1]?.length ?? 0) > 0);
}

/** The words of HTML. */
function plainText(html: string): string {
  return decoded(html.replace(/<[^>]*>/g, '')).trim();
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };

function decoded(text: string): string {
  return text.replace(/&(amp|lt|gt|quot);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
