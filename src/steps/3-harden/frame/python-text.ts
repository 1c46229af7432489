import { formatPython } from '../../../python/format.ts';

/** Pieces of Python source. Layout is ruff's business; what ruff does not lay out (docstrings, strings) is done here. */

export const LINE_LENGTH = 100;

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;

/** Columns that a text takes, as ruff counts them. */
export function width(text: string): number {
  return [...text].length + (text.match(WIDE)?.length ?? 0);
}

/** Words in lines of at most `columns`, the first line `first` columns shorter. A word is never broken. */
export function wrap(text: string, columns: number, first = 0): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const room = lines.length === 0 ? columns - first : columns;
    if (line !== '' && width(`${line} ${word}`) > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A string literal, in double quotes unless single ones need fewer escapes, as ruff wants it. */
export function pythonString(text: string): string {
  const double = JSON.stringify(text).replace(
    // Direction marks and other invisible characters must not hide in source code.
    /[\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (text.split('"').length <= text.split("'").length) return double;
  return `'${double.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/**
 * A string as an entry of a dict: in several adjacent literals, in parentheses, if the whole line is too long.
 * @param key with its quotes
 */
export function dictEntry(key: string, text: string, indent: number): string {
  const start = `${' '.repeat(indent)}${key}: `;
  const line = `${start}${pythonString(text)},`;
  if (width(line) <= LINE_LENGTH) return line;
  const parts: string[] = [];
  let part = '';
  for (const character of text) {
    if (indent + width(pythonString(part + character)) > LINE_LENGTH - 4) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  const lines = [...parts, part].map((line) => `${' '.repeat(indent + 4)}${pythonString(line)}`);
  return [`${start}(`, ...lines, `${' '.repeat(indent)}),`].join('\n');
}

/** `Args:` and the like: a name, its text without a final period. */
export interface Entry {
  name: string;
  text: string;
}

export interface Docstring {
  /** One line, with its period. */
  summary: string;
  body?: readonly string[];
  attributes?: readonly Entry[];
  args?: readonly Entry[];
  returns?: string;
  yields?: string;
  raises?: readonly Entry[];
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

function entries(title: string, items: readonly Entry[] | undefined, indent: string): string[] {
  if (items === undefined || items.length === 0) return [];
  const lines = items.flatMap(({ name, text }) =>
    wrap(`${name}: ${sentence(text)}`, LINE_LENGTH - indent.length - 8, -4).map(
      (line, index) => `${indent}${index === 0 ? '    ' : '        '}${line}`,
    ),
  );
  return ['', `${indent}${title}:`, ...lines];
}

function paragraph(title: string, text: string | undefined, indent: string): string[] {
  if (text === undefined) return [];
  const lines = wrap(sentence(text), LINE_LENGTH - indent.length - 4);
  return ['', `${indent}${title}:`, ...lines.map((line) => `${indent}    ${line}`)];
}

/** A Google docstring at an indentation, ending without a line break. */
export function docstring(content: Docstring, indent = '    '): string {
  const lines = [
    ...(content.body ?? []).flatMap((text) => [
      '',
      ...wrap(text, LINE_LENGTH - indent.length).map((line) => `${indent}${line}`),
    ]),
    ...entries('Attributes', content.attributes, indent),
    ...entries('Args', content.args, indent),
    ...paragraph('Returns', content.returns, indent),
    ...paragraph('Yields', content.yields, indent),
    ...entries('Raises', content.raises, indent),
  ];
  const all = [content.summary, ...lines].join('\n').replaceAll('"""', "'''");
  const open = all.includes('\\') ? 'r"""' : '"""';
  const text = lines.length === 0 ? `${indent}${open}${all}"""` : `${indent}${open}${all}\n${indent}"""`;
  return text.split('\n').some((line) => width(line) > LINE_LENGTH) ? `${text}  # noqa: E501` : text;
}

const STANDARD = new Set(
  (
    'argparse ast asyncio base64 collections contextlib copy csv dataclasses datetime difflib enum functools glob ' +
    'gzip hashlib importlib io itertools json logging math operator os pathlib pickle platform random re shutil ' +
    'statistics string subprocess sys tempfile time types typing unittest urllib uuid warnings zipfile'
  ).split(' '),
);

/** Constants, then classes, then the rest, as ruff sorts the members of an import. */
function memberRank(name: string): number {
  const bare = name.split(' ')[0] ?? name;
  if (bare.length > 1 && bare === bare.toUpperCase()) return 0;
  return /^\p{Lu}/u.test(bare) ? 1 : 2;
}

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

function byMember(left: string, right: string): number {
  return (
    memberRank(left) - memberRank(right) ||
    compare(left.toLowerCase(), right.toLowerCase()) ||
    compare(left, right)
  );
}

/** Import lines merged, in sections and sorted as ruff wants them; a line may hold several members. */
export function imports(lines: readonly string[]): string {
  const plain = new Set<string>();
  const from = new Map<string, Set<string>>();
  for (const line of lines) {
    const match = /^from (\S+) import (.+)$/su.exec(line.trim());
    if (match === null) {
      plain.add(line.trim());
      continue;
    }
    const module = match[1] ?? '';
    const members = (match[2] ?? '')
      .replace(/[()]/g, '')
      .split(',')
      .map((member) => member.trim())
      .filter((member) => member !== '');
    from.set(module, new Set([...(from.get(module) ?? []), ...members]));
  }
  const sectionOf = (module: string): number => {
    const top = module.split('.')[0] ?? module;
    if (top === '__future__') return 0;
    if (STANDARD.has(top)) return 1;
    return top === 'src' || top === 'tests' ? 3 : 2;
  };
  const sections: string[][] = [[], [], [], []];
  const moduleOf = (line: string): string => line.split(' ')[1] ?? '';
  for (const line of [...plain].sort((a, b) => compare(moduleOf(a).toLowerCase(), moduleOf(b).toLowerCase())))
    sections[sectionOf(moduleOf(line))]?.push(line);
  const modules = [...from.keys()].sort((a, b) => compare(a.toLowerCase(), b.toLowerCase()));
  for (const module of modules) {
    const members = [...(from.get(module) ?? [])].sort(byMember);
    const line = `from ${module} import ${members.join(', ')}`;
    const fitting =
      width(line) <= LINE_LENGTH
        ? line
        : [`from ${module} import (`, ...members.map((member) => `    ${member},`), ')'].join('\n');
    sections[sectionOf(module)]?.push(fitting);
  }
  return sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n');
}

/** A whole file: docstring, imports, what follows them, laid out by ruff. */
export function pythonFile(summary: string, importLines: readonly string[], body: readonly string[]): string {
  const head = docstring({ summary }, '');
  const all = imports(['from __future__ import annotations', ...importLines]);
  return formatPython(`${[`${head}\n\n${all}`, ...body].join('\n\n')}\n`);
}
