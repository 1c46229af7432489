import type { Literal } from '../../../python/statement.ts';
import type { Configuration, Section } from '../../configuration/table.ts';

/** How generated code reads a value of the configuration. */

/** Does OmegaConf give back another type than the literal's: a list for a tuple or a set? */
function changes(literal: Literal): boolean {
  if (literal.kind === 'tuple' || literal.kind === 'set') return true;
  if (literal.kind === 'list') return literal.items.some(changes);
  return literal.kind === 'dict' && literal.entries.some(({ value }) => changes(value));
}

/** `expression`, turned back into what the literal was. Items of a list that are alike are converted one by one. */
function restored(expression: string, literal: Literal, depth = 0): string {
  if (!changes(literal)) return expression;
  const item = depth === 0 ? 'item' : `item_${depth}`;
  if (literal.kind === 'list' || literal.kind === 'tuple' || literal.kind === 'set') {
    const first = literal.items.find(changes);
    const inner = first === undefined ? null : restored(item, first, depth + 1);
    const mixed = inner !== null && !literal.items.every(changes);
    const element = mixed ? `${inner} if isinstance(${item}, list) else ${item}` : inner;
    if (literal.kind === 'list') return `[${element ?? item} for ${item} in ${expression}]`;
    const items = element === null ? expression : `${element} for ${item} in ${expression}`;
    return `${literal.kind}(${items})`;
  }
  return expression;
}

/**
 * The value of a configuration key, with the notebook's type: tuples and sets are lists in YAML.
 * @param key the plan's key
 * @param receiver expression that holds `section`, the whole configuration if that is empty
 */
export function valueExpression(
  table: Configuration,
  key: string,
  receiver = 'config',
  section = '',
): string {
  const leaf = table.byKey.get(key);
  if (leaf === undefined) throw new Error(`no configuration key ${key}`);
  return restored(`${receiver}.${relative(leaf.key, table, section)}`, leaf.literal);
}

/** `param_grid.max_depth` of `training.param_grid.max_depth` in `training`. */
function relative(key: string, table: Configuration, section: string): string {
  if (section === '') return key;
  const prefix = `${table.sections.get(section)?.key ?? section}.`;
  return key.startsWith(prefix) ? key.slice(prefix.length) : key;
}

/**
 * A nested section as the dictionary that the notebook had: `dataclasses.asdict(…)`, or entry by entry where a key is
 * not a Python name or a value is not a list.
 */
export function dictionaryExpression(
  table: Configuration,
  key: string,
  receiver = 'config',
  section = '',
): string {
  const found = table.sections.get(key);
  if (found === undefined) throw new Error(`no configuration section ${key}`);
  const name = (planned: string): string => planned.split('.').at(-1) ?? planned;
  const plannedOf = (member: Section): string =>
    [...table.sections].find(([, other]) => other === member)?.[0] ?? member.key;
  const exact = (part: Section): boolean =>
    part.members.every((member) =>
      member.kind === 'section'
        ? member.name === name(plannedOf(member)) && exact(member)
        : member.name === name(member.planned) && !changes(member.literal),
    );
  const expression = `${receiver}.${relative(found.key, table, section)}`;
  if (exact(found)) return `dataclasses.asdict(${expression})`;
  const entries = found.members.map((member) =>
    member.kind === 'section'
      ? `${JSON.stringify(name(plannedOf(member)))}: ${dictionaryExpression(table, plannedOf(member), receiver, section)}`
      : `${JSON.stringify(name(member.planned))}: ${valueExpression(table, member.planned, receiver, section)}`,
  );
  return `{${entries.join(', ')}}`;
}

/** Class of a section for annotations: `DataConfig`. */
export function sectionClass(table: Configuration, section: string): string {
  return table.sections.get(section)?.className ?? 'Config';
}
