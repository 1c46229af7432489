import type { ColumnFacts, ValueFacts } from '../../notebook/observation.ts';
import { assertEqual, number, quote } from './python-text.ts';

/** What may be asserted besides shapes, dtypes and columns. */
export interface Exactness {
  /** Counts of missing values: not where rows are drawn at random. */
  missing: boolean;
  /** Numbers: not where they are drawn at random. */
  numbers: boolean;
}

/**
 * Assertions that a value is what the run showed: shape, dtype, columns, length.
 *
 * @param expression - Python expression of the value, evaluated in each line.
 * @param facts - What was observed.
 * @param constants - Receives the column tuples that the lines name.
 * @param name - Prefix of such a constant.
 * @param exact - What else is the same in every run.
 */
export function factChecks(
  expression: string,
  facts: ValueFacts,
  constants: Map<string, string[]>,
  name: string,
  exact: Exactness,
): string[] {
  switch (facts.kind) {
    case 'dataframe':
      return [...shape(expression, facts), ...columns(expression, facts, constants, name, exact.missing)];
    case 'series':
    case 'index':
      return [...shape(expression, facts), ...dtype(expression, facts)];
    case 'ndarray':
    case 'sparse':
    case 'tensor':
      return [...shape(expression, facts), ...dtype(expression, facts)];
    case 'list':
    case 'tuple':
    case 'dict':
    case 'set':
      return facts.length === undefined ? [] : [assertEqual(`len(${expression})`, String(facts.length))];
    case 'int':
    case 'bool':
      return exact.numbers ? plain(expression, facts) : [];
    case 'float':
      return exact.numbers && typeof facts.value === 'number'
        ? [assertEqual(expression, `pytest.approx(${number(facts.value, true)})`)]
        : [];
    case 'estimator':
    case 'torch_module':
      return [assertEqual(`type(${expression}).__name__`, quote(className(facts)))];
    default:
      return facts.length === undefined ? [] : [assertEqual(`len(${expression})`, String(facts.length))];
  }
}

/** Last part of the public import path of the class. */
export function className(facts: ValueFacts): string {
  return facts.type.split('.').at(-1) ?? facts.type;
}

/** Whether every column of the table is known and has a text label. */
export function hasAllColumns(facts: ValueFacts): facts is ValueFacts & { columns: ColumnFacts[] } {
  const known = facts.columns ?? [];
  return (
    facts.kind === 'dataframe' &&
    known.length > 0 &&
    known.length === facts.shape?.[1] &&
    known.every((column) => column.text)
  );
}

function shape(expression: string, facts: ValueFacts): string[] {
  if (facts.shape === undefined) return [];
  const comma = facts.shape.length === 1 ? ',' : '';
  const found = facts.kind === 'tensor' ? `tuple(${expression}.shape)` : `${expression}.shape`;
  return [assertEqual(found, `(${facts.shape.join(', ')}${comma})`)];
}

function dtype(expression: string, facts: ValueFacts): string[] {
  if (facts.dtype === undefined || !isStableDtype(facts.dtype)) return [];
  if (facts.kind !== 'tensor') return [assertEqual(`str(${expression}.dtype)`, quote(facts.dtype))];
  return [assertEqual(`str(${expression}.dtype)`, quote(`torch.${facts.dtype.replace(/^torch\./, '')}`))];
}

function columns(
  expression: string,
  facts: ValueFacts,
  constants: Map<string, string[]>,
  name: string,
  countMissing: boolean,
): string[] {
  if (!hasAllColumns(facts)) return [];
  const constant = columnConstant(name, facts.columns, constants);
  const lines = [assertEqual(`list(${expression}.columns)`, `list(${constant})`)];
  const numbers = facts.columns.filter((column) => column.kind === 'numeric' || column.kind === 'bool');
  const dtypes = [...new Set(numbers.map((column) => column.dtype))].sort();
  if (numbers.length === facts.columns.length) {
    lines.push(
      assertEqual(`{str(dtype) for dtype in ${expression}.dtypes}`, `{${dtypes.map(quote).join(', ')}}`),
    );
  }
  if (!countMissing) return lines;
  const missing = facts.columns.filter((column) => column.missing > 0);
  if (missing.length === 0) lines.push(`    assert not ${expression}.isna().any(axis=None)`);
  else if (missing.length <= 40) {
    const counts = `{${missing.map((column) => `${quote(column.name)}: ${String(column.missing)}`).join(', ')}}`;
    lines.push(
      `    missing = ${expression}.isna().sum()`,
      assertEqual('missing[missing > 0].to_dict()', counts),
    );
  }
  return lines;
}

/** Name of the tuple of columns; tables with other columns get another one. */
function columnConstant(name: string, known: ColumnFacts[], constants: Map<string, string[]>): string {
  const items = known.map((column) => quote(column.name));
  const base = `${name.toUpperCase()}_COLUMNS`;
  for (let number = 1; ; number += 1) {
    const constant = number === 1 ? base : `${base}_${String(number)}`;
    const taken = constants.get(constant);
    if (taken !== undefined && taken.join() !== items.join()) continue;
    constants.set(constant, items);
    return constant;
  }
}

function plain(expression: string, facts: ValueFacts): string[] {
  if (typeof facts.value === 'boolean') return [`    assert ${facts.value ? '' : 'not '}${expression}`];
  return typeof facts.value === 'number' ? [assertEqual(expression, String(facts.value))] : [];
}

/** Text columns have another dtype in each pandas; their length and columns say enough. */
function isStableDtype(name: string): boolean {
  return /^(torch\.)?(u?int|float|bfloat|complex|bool|datetime64|timedelta64|category)/.test(name);
}
