/** Small writer of Python source: literals, and lists broken over lines the way `ruff format` does. */

/** Longest line of the generated code. */
const WIDTH = 100;

/** A Python string literal in the quotes that `ruff format` prefers; invisible characters are escaped. */
export function quote(text: string): string {
  const doubles = text.split('"').length - 1;
  const singles = text.split("'").length - 1;
  const mark = doubles > singles ? "'" : '"';
  let body = '';
  for (const character of text) body += escape(character, mark);
  return mark + body + mark;
}

function escape(character: string, mark: string): string {
  if (character === '\\' || character === mark) return '\\' + character;
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) ?? 0;
  if (/[\p{C}\p{Zl}\p{Zp}]|[\p{Zs}--\u0020]/v.test(character)) {
    return code > 0xffff
      ? `\\U${code.toString(16).padStart(8, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  }
  return character;
}

/** A raw pattern for `match=` that finds a dotted key. */
export function keyPattern(key: string): string {
  return key.includes('.') ? `r"${key.replaceAll('.', '\\.')}"` : `"${key}"`;
}

/** A Python number; floats keep their point. */
export function number(value: number, float: boolean): string {
  if (Number.isNaN(value)) return 'float("nan")';
  if (!Number.isFinite(value)) return value > 0 ? 'float("inf")' : 'float("-inf")';
  const text = String(value).replace(/e\+?/, 'e');
  return float && /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** `( a, b, )` behind a prefix: on one line where it fits, else one item a line. */
export function collection(
  prefix: string,
  open: string,
  items: string[],
  close: string,
  suffix = '',
  indent = '',
): string {
  const comma = open === '(' && items.length === 1 ? ',' : '';
  const line = `${indent}${prefix}${open}${items.join(', ')}${comma}${close}${suffix}`;
  if (items.length === 0 || (line.length <= WIDTH && !items.some((item) => item.includes('\n')))) return line;
  const body = items.map((item) => `${indent}    ${item.replaceAll('\n', `\n${indent}    `)},`);
  return [`${indent}${prefix}${open}`, ...body, `${indent}${close}${suffix}`].join('\n');
}

/** `name: Final = ("a", "b")`. */
export function tupleConstant(name: string, items: string[]): string {
  return collection(`${name}: Final = `, '(', items, ')');
}

/** `assert <left> == <right>` with the right side in brackets where the line is too long. */
export function assertEqual(left: string, right: string, indent = '    '): string {
  const line = `${indent}assert ${left} == ${right}`;
  if (line.length <= WIDTH) return line;
  const bracketed = /^([[{(])(.*)([\])}])$/s.exec(right);
  if (bracketed?.[2] === undefined) return line;
  return collection(
    `assert ${left} == `,
    bracketed[1] ?? '[',
    splitItems(bracketed[2]),
    bracketed[3] ?? ']',
    '',
    indent,
  );
}

/** Splits the inside of a literal at its top-level commas; strings are respected. */
function splitItems(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let start = 0;
  let mark = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (mark !== '') {
      if (character === '\\') index += 1;
      else if (character === mark) mark = '';
    } else if (character === '"' || character === "'") mark = character;
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) depth -= 1;
    else if (character === ',' && depth === 0) {
      items.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  items.push(text.slice(start).trim());
  return items.filter((item) => item !== '');
}

/** A call or a `def` head: on one line, else its arguments on the next, else one argument a line. */
export function call(head: string, items: string[], tail: string, indent = ''): string {
  const flat = `${indent}${head}(${items.join(', ')})${tail}`;
  if (flat.length <= WIDTH) return flat;
  const inner = `${indent}    ${items.join(', ')}`;
  if (inner.length <= WIDTH) return `${indent}${head}(\n${inner}\n${indent})${tail}`;
  return [`${indent}${head}(`, ...items.map((item) => `${indent}    ${item},`), `${indent})${tail}`].join(
    '\n',
  );
}

/** `@pytest.mark.parametrize(names, [rows])`. */
export function parametrize(names: string, rows: string[]): string {
  const head = '@pytest.mark.parametrize';
  const list = `[${rows.join(', ')}]`;
  const short = call(head, [names, list], '');
  if (!short.split('\n').some((line) => line.length > WIDTH) && !short.includes(',\n')) return short;
  return [`${head}(`, `    ${names},`, `${collection('', '[', rows, ']', '', '    ')},`, ')'].join('\n');
}

/** One import of a module: names sorted as `ruff` sorts them (constants, classes, the rest). */
export function fromImport(module: string, names: string[]): string {
  const sorted = [...new Set(names)].sort((a, b) => group(a) - group(b) || (a < b ? -1 : 1));
  return collectionOfNames(`from ${module} import `, sorted);
}

function collectionOfNames(prefix: string, names: string[]): string {
  const line = prefix + names.join(', ');
  if (line.length <= WIDTH) return line;
  return [`${prefix}(`, ...names.map((name) => `    ${name},`), ')'].join('\n');
}

function group(name: string): number {
  const last = name.split(' as ')[0] ?? name;
  if (last.length > 1 && last === last.toUpperCase() && /[A-Z]/.test(last)) return 0;
  return /^[A-Z]/.test(last) ? 1 : 2;
}

/** A module: docstring, imports in their three groups, then the blocks two blank lines apart. */
export function moduleText(docstring: string, imports: ImportList, blocks: string[]): string {
  const groups = imports.groups();
  const head = [`"""${docstring}"""`, 'from __future__ import annotations', ...groups].join('\n\n');
  const [constants, rest] = [blocks.filter((block) => !isDefinition(block)), blocks.filter(isDefinition)];
  const middle = constants.length > 0 ? `\n\n${constants.join('\n')}` : '';
  return `${[head + middle, ...rest].join('\n\n\n')}\n`;
}

function isDefinition(block: string): boolean {
  return /^(def |class |@|if )/.test(block);
}

/** Imports collected while a module is written. */
export class ImportList {
  readonly #plain = new Set<string>();
  readonly #from = new Map<string, Set<string>>();

  /** Adds `import module`, such as `numpy as np`. */
  module(...names: string[]): void {
    for (const name of names) this.#plain.add(name);
  }

  /** Adds `from module import names`. */
  from(module: string, ...names: string[]): void {
    const known = this.#from.get(module) ?? new Set<string>();
    for (const name of names) known.add(name);
    this.#from.set(module, known);
  }

  /** Text of the groups: standard library, third party, first party. Empty groups are left out. */
  groups(): string[] {
    const texts = [0, 1, 2].map((group) => {
      const plain = [...this.#plain].filter((name) => origin(name) === group).sort();
      const from = [...this.#from.keys()].filter((name) => origin(name) === group).sort();
      return [
        ...plain.map((name) => `import ${name}`),
        ...from.map((module) => fromImport(module, [...(this.#from.get(module) ?? [])])),
      ].join('\n');
    });
    return texts.filter((text) => text !== '');
  }
}

const STANDARD = new Set(
  'collections contextlib dataclasses functools hashlib inspect json math os pathlib pickle pkgutil platform re sys types typing unittest'.split(
    ' ',
  ),
);

function origin(module: string): number {
  const root = (module.split(/[. ]/)[0] ?? module).trim();
  if (root === 'src' || root === 'tests') return 2;
  return STANDARD.has(root) ? 0 : 1;
}
