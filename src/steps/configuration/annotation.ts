import type { Literal } from '../../python/statement.ts';

/** Annotations that OmegaConf can check. Anything else becomes the nearest one that it can, at last `Any`. */

type Type =
  | { kind: 'name'; name: string }
  | { kind: 'list'; item: Type }
  | { kind: 'dict'; key: Type; value: Type }
  | { kind: 'union'; members: Type[] };

const ANY: Type = { kind: 'name', name: 'Any' };
const NONE: Type = { kind: 'name', name: 'None' };
const PRIMITIVES = new Set(['int', 'float', 'bool', 'str']);

const isPrimitive = (type: Type): boolean => type.kind === 'name' && PRIMITIVES.has(type.name);
const same = (left: Type, right: Type): boolean => text(left) === text(right);

function text(type: Type): string {
  switch (type.kind) {
    case 'name':
      return type.name;
    case 'list':
      return `list[${text(type.item)}]`;
    case 'dict':
      return `dict[${text(type.key)}, ${text(type.value)}]`;
    case 'union':
      return type.members.map(text).join(' | ');
  }
}

/** Union of types, flat, `None` last; `Any` where OmegaConf has no such union. */
function union(types: readonly Type[]): Type {
  const flat = types.flatMap((type) => (type.kind === 'union' ? type.members : [type]));
  const distinct = flat.filter((type, index) => flat.findIndex((other) => same(type, other)) === index);
  if (distinct.some((type) => same(type, ANY))) return ANY;
  const members = distinct.filter((type) => !same(type, NONE));
  if (members.length > 1 && !members.every(isPrimitive)) return ANY;
  const all = distinct.length > members.length ? [...members, NONE] : members;
  if (members.length === 0) return ANY;
  return all.length === 1 ? (all[0] ?? ANY) : { kind: 'union', members: all };
}

/** Splits at a separator that stands outside of brackets. */
function split(source: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of source) {
    if (character === '[') depth += 1;
    if (character === ']') depth -= 1;
    if (character === separator && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return [...parts, part.trim()];
}

function parse(source: string): Type {
  const members = split(source, '|');
  if (members.length > 1) return union(members.map(parse));
  const atom = source.trim();
  const generic = /^(\w+)\[(.*)\]$/su.exec(atom);
  const name = generic?.[1] ?? atom;
  const inside = generic?.[2] === undefined ? [] : split(generic[2], ',').filter((part) => part !== '...');
  switch (name.toLowerCase()) {
    case 'int':
    case 'float':
    case 'bool':
    case 'str':
      return { kind: 'name', name };
    case 'none':
      return NONE;
    case 'optional':
      return union([...inside.map(parse), NONE]);
    case 'union':
      return union(inside.map(parse));
    case 'list':
    case 'sequence':
    case 'tuple':
    case 'set':
    case 'frozenset': {
      const item = union(inside.map(parse));
      return { kind: 'list', item };
    }
    case 'dict':
    case 'mapping': {
      const key = parse(inside[0] ?? 'Any');
      return { kind: 'dict', key: isPrimitive(key) ? key : ANY, value: parse(inside[1] ?? 'Any') };
    }
    default:
      return ANY;
  }
}

/** Type of a literal by its value. */
function typeOf(literal: Literal): Type {
  switch (literal.kind) {
    case 'none':
      return NONE;
    case 'bool':
    case 'int':
    case 'float':
      return { kind: 'name', name: literal.kind };
    case 'string':
      return { kind: 'name', name: 'str' };
    case 'list':
    case 'tuple':
    case 'set':
      return { kind: 'list', item: union(literal.items.map(typeOf)) };
    case 'dict': {
      const key = union(literal.entries.map((entry) => typeOf(entry.key)));
      const value = union(literal.entries.map((entry) => typeOf(entry.value)));
      return { kind: 'dict', key: isPrimitive(key) ? key : ANY, value };
    }
  }
}

/** Would OmegaConf take the literal for this type, and give it back as it is? An int for a float is meant so. */
function fits(literal: Literal, type: Type): boolean {
  if (type.kind === 'union') return type.members.some((member) => fits(literal, member));
  if (type.kind === 'list') return 'items' in literal && literal.items.every((item) => fits(item, type.item));
  if (type.kind === 'dict')
    return (
      literal.kind === 'dict' &&
      literal.entries.every(({ key, value }) => fits(key, type.key) && fits(value, type.value))
    );
  if (type.name === 'Any') return true;
  const own = typeOf(literal);
  return same(own, type) || (type.name === 'float' && literal.kind === 'int');
}

/** The annotation of a field of the configuration: the wanted one where OmegaConf can check it and the value fits. */
export function configAnnotation(wanted: string, literal: Literal): string {
  const type = parse(wanted);
  if (same(type, NONE)) return 'Any';
  if (fits(literal, type)) return text(type);
  const widened = union([type, typeOf(literal)]);
  return text(literal.kind === 'none' || fits(literal, widened) ? widened : ANY);
}
