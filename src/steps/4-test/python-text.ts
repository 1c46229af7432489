import { fixPython, formatPython, lintPython } from '../../python/format.ts';

/** Small writer of Python source. Lines are broken and imports are sorted by `ruff`, at the end. */

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

/** `prefix(a, b)suffix`; `ruff` breaks it over lines. */
export function collection(
  prefix: string,
  open: string,
  items: string[],
  close: string,
  suffix = '',
  indent = '',
): string {
  const comma = open === '(' && items.length === 1 ? ',' : '';
  return `${indent}${prefix}${open}${items.join(', ')}${comma}${close}${suffix}`;
}

/** `name: Final = ("a", "b")`. */
export function tupleConstant(name: string, items: string[]): string {
  return collection(`${name}: Final = `, '(', items, ')');
}

/** `assert left == right`. */
export function assertEqual(left: string, right: string): string {
  return `    assert ${left} == ${right}`;
}

/** A call or the head of a `def`. */
export function call(head: string, items: string[], tail: string, indent = ''): string {
  return `${indent}${head}(${items.join(', ')})${tail}`;
}

/** `@pytest.mark.parametrize(names, [rows])`. */
export function parametrize(names: string, rows: string[]): string {
  return `@pytest.mark.parametrize(${names}, [${rows.join(', ')}])`;
}

/** A module: docstring, imports in their three groups, then the blocks two blank lines apart. */
export function moduleText(docstring: string, imports: ImportList, blocks: string[]): string {
  const head = [`"""${docstring}"""`, 'from __future__ import annotations', imports.lines().join('\n')].join(
    '\n\n',
  );
  const [constants, rest] = [blocks.filter((block) => !isDefinition(block)), blocks.filter(isDefinition)];
  const middle = constants.length > 0 ? `\n\n${constants.join('\n')}` : '';
  const text = formatPython(`${[head + middle, ...rest].join('\n\n\n')}\n`);
  return withLongLines(formatPython(fixPython(text, ['I001', 'F401'])));
}

/** Names of the notebook may be longer than a line: nothing breaks those. */
function withLongLines(text: string): string {
  const long = new Set(lintPython(text, { select: ['E501'] }).map((finding) => finding.line));
  if (long.size === 0) return text;
  const lines = text.split('\n').map((line, index) => (long.has(index + 1) ? `${line}  # noqa: E501` : line));
  return formatPython(lines.join('\n'));
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

  /** The imports, in the order of their first use. */
  lines(): string[] {
    const from = [...this.#from].map(([module, names]) => `from ${module} import ${[...names].join(', ')}`);
    return [...[...this.#plain].map((name) => `import ${name}`), ...from];
  }
}
