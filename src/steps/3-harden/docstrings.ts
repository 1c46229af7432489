/** Text of Google docstrings, wrapped to the line length of the generated code. */

const WIDTH = 100;

/** One line of an `Args:` or `Attributes:` section. */
export interface Entry {
  name: string;
  text: string;
}

/** Sections of a docstring; empty ones are left out. */
export interface Docstring {
  summary: string;
  body?: string;
  attributes?: Entry[];
  args?: Entry[];
  returns?: string;
  raises?: Entry[];
}

/**
 * Writes a docstring with its quotes.
 *
 * @param parts - What it says; plain text without line breaks.
 * @param indent - Columns that the code around it is indented by.
 */
export function renderDocstring(parts: Docstring, indent: number): string {
  const pad = ' '.repeat(indent);
  const sections: string[] = [wrap(sentence(parts.summary), indent, indent, 3).trimStart()];
  if (parts.body) sections.push(wrap(parts.body, indent, indent));
  const lists: [string, Entry[] | undefined][] = [
    ['Attributes', parts.attributes],
    ['Args', parts.args],
  ];
  for (const [title, entries] of lists)
    if (entries && entries.length > 0) sections.push(list(title, entries, indent));
  if (parts.returns)
    sections.push(`${pad}Returns:\n${wrap(sentence(parts.returns), indent + 4, indent + 4)}`);
  if (parts.raises && parts.raises.length > 0) sections.push(list('Raises', parts.raises, indent));
  const text = sections.join('\n\n');
  return text.includes('\n') ? `${pad}"""${text}\n${pad}"""` : `${pad}"""${text}"""`;
}

function list(title: string, entries: Entry[], indent: number): string {
  const pad = ' '.repeat(indent);
  const lines = entries.map(({ name, text }) => wrap(`${name}: ${sentence(text)}`, indent + 4, indent + 8));
  return `${pad}${title}:\n${lines.join('\n')}`;
}

/** The text with a capital and a final period; text in backquotes first stays as it is. */
function sentence(text: string): string {
  const clean = text.replace(/\\/g, '/').replace(/"""/g, "'''").replace(/\s+/g, ' ').trim();
  const first = clean.charAt(0).toUpperCase() + clean.slice(1);
  return /[.!?:]$/.test(first) ? first : `${first}.`;
}

function wrap(text: string, first: number, rest: number, quotes = 0): string {
  const lines: string[] = [];
  let line = ' '.repeat(first);
  let room = WIDTH - quotes * 2;
  let empty = true;
  for (const word of text.split(' ')) {
    if (!empty && line.length + 1 + word.length > room) {
      lines.push(line);
      line = ' '.repeat(rest);
      room = WIDTH;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line].join('\n');
}
