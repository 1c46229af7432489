import type { ValueFacts } from '../../notebook/observation.ts';
import type { AnalysedStatement } from '../1-extract/extraction.ts';
import type { Callable } from './layout.ts';
import { effectsOf, type NameTable } from './liveness.ts';

/** A path of raw rows as far as its columns go. */
export interface Columned {
  raw: string;
  root: number;
  input: string;
  statements: number[];
  renames: { before: number; name: string; of: string }[];
}

/** What is known of the notebook. */
export interface ColumnKnowledge {
  flow: AnalysedStatement[];
  /** All statements, functions too. */
  all: AnalysedStatement[];
  table: NameTable;
  callables: Callable[];
}

/** Columns of the raw table that a new row need not have. */
export interface AbsentColumns {
  columns: string[];
  /** The path names them or takes the whole table, so that they must be filled. */
  filled: boolean;
}

/**
 * Follows columns from the model's input back to the raw table: a column that nothing of the input is made of is absent from new
 * rows, such as the target or an identifier that is dropped. Columns that are not known count as needed.
 */
export function absentColumns(path: Columned, known: ColumnKnowledge): AbsentColumns {
  const { flow } = known;
  const rawColumns = columnsOf(flow.find(({ id }) => id === path.root)?.values[path.raw]);
  if (rawColumns === null) return { columns: [], filled: false };
  const wanted = new Map<string, Set<string> | 'all'>([[path.input, 'all']]);
  const want = (name: string, columns: Iterable<string> | 'all'): void => {
    const before = wanted.get(name);
    if (before === 'all' || columns === 'all') wanted.set(name, 'all');
    else wanted.set(name, new Set([...(before ?? []), ...columns]));
  };
  let selects = true;
  const rename = (from: number): void => {
    for (const { before, name, of } of path.renames) {
      const columns = wanted.get(name);
      if (before < from || columns === undefined) continue;
      wanted.delete(name);
      want(of, columns);
    }
  };
  const named = new Set<string>();
  for (const id of [...path.statements].reverse()) {
    rename(id + 1);
    const statement = flow.find((item) => item.id === id);
    if (statement === undefined) return { columns: [], filled: false };
    const { binds, changes, reads } = effectsOf(statement, known.table);
    const texts = [statement.text, ...namedTexts(statement, known)];
    rawColumns
      .filter((column) => texts.some((text) => mentions(text, column)))
      .forEach((column) => named.add(column));
    const results = [...binds, ...changes].filter((name) => wanted.has(name));
    const after = results.map((name) => ({ name, columns: wanted.get(name) ?? 'all' }));
    for (const name of binds) wanted.delete(name);
    for (const source of reads) {
      const before = columnsOf(factsBefore(flow, source, id));
      if (before === null) {
        if (isTable(factsBefore(flow, source, id))) return { columns: [], filled: false };
        // One column: it is wanted whole.
        if (isRows(factsBefore(flow, source, id))) want(source, 'all');
        continue;
      }
      if (!isSelected(statement, source)) selects = false;
      for (const result of after) {
        const columns = neededOf({ statement, texts, source, before, ...result });
        want(source, columns);
      }
    }
  }
  rename(path.root + 1);
  const needed = wanted.get(path.raw) ?? 'all';
  if (needed === 'all') return { columns: [], filled: false };
  const columns = rawColumns.filter((column) => !needed.has(column));
  const isNamed = columns.some((column) => named.has(column) || besideThePath(path, flow, column));
  return { columns, filled: columns.length > 0 && (!selects || isNamed) };
}

/** `y = df['target']` or a print in a cell of the path may stand in a function that serving shares. */
function besideThePath({ statements, root }: Columned, flow: AnalysedStatement[], column: string): boolean {
  const cells = new Set(flow.filter(({ id }) => statements.includes(id)).map(({ cell }) => cell));
  return flow.some(
    ({ id, cell, calls, stores, text }) =>
      cells.has(cell) &&
      id !== root &&
      !statements.includes(id) &&
      stores.length === 0 &&
      (calls.length === 0 || calls[0]?.callee === 'print') &&
      mentions(text, column),
  );
}

interface Flowing {
  statement: AnalysedStatement;
  texts: string[];
  source: string;
  /** Columns of the source before the statement. */
  before: string[];
  /** The result, and which of its columns are wanted. */
  name: string;
  columns: Set<string> | 'all';
}

/** Columns of the source that the wanted columns of the result are made of. */
function neededOf({ statement, texts, source, before, name, columns }: Flowing): string[] {
  const own = columnsOf(statement.values[name]);
  const isWanted = (column: string): boolean =>
    columns === 'all' ? own?.includes(column) !== false : columns.has(column);
  const stored = statement.stores.filter(({ root, within }) => root === name && within === null);
  const [store, ...others] = stored;
  if (name === source && store?.key !== undefined && others.length === 0 && before !== own) {
    const { key } = store;
    const passed = before.filter((column) => column !== key && isWanted(column));
    if (!isWanted(key)) return passed;
    const right = statement.text.slice(store.span.end);
    const made = isSelected({ ...statement, text: right }, source)
      ? before.filter((column) => [right, ...texts.slice(1)].some((text) => mentions(text, column)))
      : before;
    return [...passed, ...made];
  }
  const dropped = before.filter((column) => droppedIn(statement, column));
  const used = before.filter(
    (column) => !dropped.includes(column) && texts.some((text) => mentions(text, column)),
  );
  const positions = positionsIn(statement.text, source, before);
  if (own !== null && own.every((column) => before.includes(column)))
    return [...before.filter((column) => own.includes(column) && isWanted(column)), ...(positions ?? used)];
  if (positions !== null) return [...positions, ...used];
  if (isSelected(statement, source)) return used;
  const passed = before.filter(
    (column) => !dropped.includes(column) && (isWanted(column) || own?.includes(column) !== true),
  );
  return [...passed, ...used];
}

/** The table stands only with columns that are chosen from it: `df['a']`, `df[names]`, `df.loc[:, names]`, `df.iloc[:, 1:4]`. */
function isSelected({ text }: { text: string }, table: string): boolean {
  const whole = new RegExp(`(?<![\\w.])${table}\\b(?!\\s*(\\[|\\.(loc|iloc)\\[\\s*:\\s*,))`);
  return !whole.test(text);
}

/** Columns of `df.iloc[:, 1:4]`; null where no columns are chosen by position, or not by literals. */
function positionsIn(text: string, table: string, columns: string[]): string[] | null {
  const found = [
    ...text.matchAll(
      new RegExp(`(?<![\\w.])${table}\\.iloc\\[\\s*:\\s*,\\s*([^\\]]*|\\[[\\d,\\s-]*\\])\\]`, 'g'),
    ),
  ];
  if (found.length === 0) return null;
  return found.flatMap(([, chosen = '']) => {
    const range = /^(-?\d+)?\s*:\s*(-?\d+)?$/.exec(chosen.trim());
    if (range)
      return columns.slice(Number(range[1] ?? 0), range[2] === undefined ? undefined : Number(range[2]));
    const places = /^\[?\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*,?\s*\]?$/.exec(chosen.trim())?.[1];
    return places === undefined
      ? columns
      : places.split(',').flatMap((place) => columns.at(Number(place)) ?? []);
  });
}

/** The texts in which columns may be named: the lists that a statement reads, and the functions that it calls. */
function namedTexts(
  statement: AnalysedStatement,
  { flow, all, callables, table }: ColumnKnowledge,
): string[] {
  const texts: string[] = [];
  const seen = new Set<number>();
  const visit = (names: readonly string[], before: number): void => {
    for (const name of names) {
      const callable = callables.find((item) => item.name === name);
      const definition =
        callable === undefined
          ? flow.findLast(({ id, defines }) => id < before && defines.includes(name))
          : all.find(({ id }) => id === callable.statement);
      if (definition === undefined || seen.has(definition.id)) continue;
      const isList =
        definition.values[name] === undefined ||
        /^(list|tuple|dict|set|string|index)$/.test(definition.values[name].kind);
      if (callable === undefined && !(table.isValue(name) && isList)) continue;
      seen.add(definition.id);
      texts.push(definition.text);
      visit(
        [...definition.uses, ...definition.deferred],
        callable === undefined ? definition.id : Number.MAX_SAFE_INTEGER,
      );
    }
  };
  visit(statement.uses, statement.id);
  return texts;
}

/** `'age'` or `.age` in a text. */
function mentions(text: string, column: string): boolean {
  const escaped = column.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(['"])${escaped}\\1|\\.${escaped}\\b(?!\\s*\\()`).test(text);
}

/** Named in a `drop` and nowhere else in the statement. */
function droppedIn({ text, calls }: AnalysedStatement, column: string): boolean {
  const drops = calls.filter(({ method, within }) => method === 'drop' && within === null);
  const [drop] = drops.filter(({ span }) => mentions(text.slice(span.start, span.end), column));
  if (drop === undefined) return false;
  const given = drop.arguments.map(({ span }) => span);
  const rest = given.reduce(
    (left, { start, end }) => left.slice(0, start) + ' '.repeat(end - start) + left.slice(end),
    text,
  );
  return !mentions(rest, column);
}

function columnsOf(facts: ValueFacts | undefined): string[] | null {
  const { columns, shape } = facts ?? {};
  if (facts?.kind !== 'dataframe' || columns === undefined || columns.length !== shape?.[1]) return null;
  return columns.every(({ text }) => text) ? columns.map(({ name }) => name) : null;
}

function isTable(facts: ValueFacts | undefined): boolean {
  return facts?.kind === 'dataframe';
}

function isRows(facts: ValueFacts | undefined): boolean {
  return facts !== undefined && ['series', 'ndarray', 'sparse', 'tensor'].includes(facts.kind);
}

function factsBefore(flow: AnalysedStatement[], name: string, statement: number): ValueFacts | undefined {
  return flow.findLast((other) => other.id < statement && other.values[name] !== undefined)?.values[name];
}
