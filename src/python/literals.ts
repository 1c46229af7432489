/** Python literals: from syntax, and back to text. */
import type { Literal } from './statement.ts';
import { child, parts, unwrap } from './syntax.ts';
import type { SyntaxNode } from './syntax.ts';

/** The value of a literal expression; undefined for everything that has to be computed, or would lose digits. */
export function literalOf(node: SyntaxNode, text: string): Literal | undefined {
  const inner = unwrap(node);
  const source = text.slice(inner.start, inner.end);
  switch (inner.type) {
    case 'none':
      return { kind: 'none' };
    case 'true':
      return { kind: 'bool', value: true };
    case 'false':
      return { kind: 'bool', value: false };
    case 'integer':
      return integer(source);
    case 'float':
      return float(source);
    case 'unary_operator':
      return signed(inner, text);
    case 'string':
    case 'concatenated_string':
      return stringLiteral(inner, text);
    case 'list':
      return collection('list', inner, text);
    case 'set':
      return collection('set', inner, text);
    case 'tuple':
    case 'expression_list':
      return collection('tuple', inner, text);
    case 'dictionary':
      return dictionary(inner, text);
    default:
      return undefined;
  }
}

function integer(source: string): Literal | undefined {
  const digits = source.replaceAll('_', '').toLowerCase();
  if (!/^(0x[0-9a-f]+|0o[0-7]+|0b[01]+|\d+)$/.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isSafeInteger(value) ? { kind: 'int', value } : undefined;
}

function float(source: string): Literal | undefined {
  const value = Number(source.replaceAll('_', ''));
  return Number.isFinite(value) ? { kind: 'float', value, text: source } : undefined;
}

function signed(node: SyntaxNode, text: string): Literal | undefined {
  const argument = child(node, 'argument');
  const literal = argument ? literalOf(argument, text) : undefined;
  const operator = node.children[0]?.type;
  if (literal?.kind !== 'int' && literal?.kind !== 'float') return undefined;
  if (operator === '+') return literal;
  if (operator !== '-') return undefined;
  if (literal.kind === 'int') return { kind: 'int', value: literal.value === 0 ? 0 : -literal.value };
  return literal.text.startsWith('-')
    ? { kind: 'float', value: -literal.value, text: literal.text.slice(1) }
    : { kind: 'float', value: -literal.value, text: `-${literal.text}` };
}

function collection(kind: 'list' | 'tuple' | 'set', node: SyntaxNode, text: string): Literal | undefined {
  const items: Literal[] = [];
  for (const part of parts(node)) {
    const item = literalOf(part, text);
    if (!item) return undefined;
    items.push(item);
  }
  return { kind, items };
}

function dictionary(node: SyntaxNode, text: string): Literal | undefined {
  const entries: { key: Literal; value: Literal }[] = [];
  for (const part of parts(node)) {
    const keyNode = part.type === 'pair' ? child(part, 'key') : null;
    const valueNode = part.type === 'pair' ? child(part, 'value') : null;
    const key = keyNode ? literalOf(keyNode, text) : undefined;
    const value = valueNode ? literalOf(valueNode, text) : undefined;
    if (!key || !value) return undefined;
    entries.push({ key, value });
  }
  return { kind: 'dict', entries };
}

function stringLiteral(node: SyntaxNode, text: string): Literal | undefined {
  const value = stringValue(node, text);
  return value === undefined ? undefined : { kind: 'string', value };
}

/** The value of a string that is not computed; undefined for bytes, f-strings and `\N{…}`. */
export function stringValue(node: SyntaxNode, text: string): string | undefined {
  if (node.type === 'concatenated_string') {
    const values = parts(node).map((part) => stringValue(part, text));
    return values.includes(undefined) ? undefined : values.join('');
  }
  const open = node.children.find((part) => part.type === 'string_start');
  const close = node.children.findLast((part) => part.type === 'string_end');
  if (!open || !close) return undefined;
  const prefix = text
    .slice(open.start, open.end)
    .replace(/['"]+$/, '')
    .toLowerCase();
  const body = text.slice(open.end, close.start);
  if (/[bft]/.test(prefix)) return undefined;
  return prefix.includes('r') ? body : unescape(body);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

function unescape(body: string): string | undefined {
  if (!body.includes('\\')) return body;
  let known = true;
  const value = body.replace(
    /\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[0-7]{1,3}|N\{[^}]*\}|[^])/g,
    (whole: string, escape: string) => {
      if (Object.hasOwn(ESCAPES, escape)) return ESCAPES[escape] as string;
      if (/^[0-7]/.test(escape)) return String.fromCodePoint(parseInt(escape, 8));
      if (/^[xuU]./.test(escape)) {
        const code = parseInt(escape.slice(1), 16);
        if (code <= 0x10ffff) return String.fromCodePoint(code);
      }
      if (/^[xuUN]/.test(escape)) known = false;
      return whole;
    },
  );
  return known ? value : undefined;
}

/** A literal as JSON has it. */
export function plainValue(literal: Literal): unknown {
  switch (literal.kind) {
    case 'none':
      return null;
    case 'bool':
    case 'int':
    case 'float':
    case 'string':
      return literal.value;
    case 'list':
    case 'tuple':
    case 'set':
      return literal.items.map(plainValue);
    case 'dict':
      return Object.fromEntries(
        literal.entries.map(({ key, value }) => [String(plainValue(key)), plainValue(value)]),
      );
  }
}

/** Python text of a literal, strings in double quotes as `ruff format` wants them. */
export function literalToPython(literal: Literal): string {
  switch (literal.kind) {
    case 'none':
      return 'None';
    case 'bool':
      return literal.value ? 'True' : 'False';
    case 'int':
      return String(literal.value);
    case 'float':
      return literal.text;
    case 'string':
      return quote(literal.value);
    case 'list':
      return `[${literal.items.map(literalToPython).join(', ')}]`;
    case 'set':
      return literal.items.length === 0 ? 'set()' : `{${literal.items.map(literalToPython).join(', ')}}`;
    case 'tuple':
      return `(${literal.items.map(literalToPython).join(', ')}${literal.items.length === 1 ? ',' : ''})`;
    case 'dict':
      return `{${literal.entries.map(({ key, value }) => `${literalToPython(key)}: ${literalToPython(value)}`).join(', ')}}`;
  }
}

/** A Python string literal in double quotes. */
export function quote(value: string): string {
  const quoteMark = value.includes('"') && !value.includes("'") ? "'" : '"';
  const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
  let body = '';
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (Object.hasOwn(named, character)) body += named[character];
    else if (character === quoteMark) body += `\\${character}`;
    else if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(character)) body += escapeCode(code);
    else body += character;
  }
  return quoteMark + body + quoteMark;
}

function escapeCode(code: number): string {
  const hexadecimal = code.toString(16);
  if (code <= 0xff) return `\\x${hexadecimal.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hexadecimal.padStart(4, '0')}` : `\\U${hexadecimal.padStart(8, '0')}`;
}
