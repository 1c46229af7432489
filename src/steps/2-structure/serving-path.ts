import type { ValueFacts } from '../../notebook/observation.ts';
import type { Call } from '../../python/statement.ts';
import { unique } from '../../lib/unique.ts';
import type { AnalysedStatement, Extraction } from '../1-extract/extraction.ts';
import type { Callable } from './layout.ts';
import { effectsOf, type NameTable } from './liveness.ts';
import { absentColumns } from './needed-columns.ts';
import { dummiesEdit, fitTransformEdit, reductionEdit, type StatefulEdit } from './stateful-forms.ts';

/** How one raw row becomes the model's input: a second slice, from the input back to the raw data (R11). */
export interface ServingPath {
  /** Name and statement that hold the raw rows. */
  raw: string;
  root: number;
  /** The model's input at the end of the path. */
  input: string;
  /** Statements of the path, in order: they become functions that training and serving share. */
  statements: number[];
  /** Between them: names that stand for others, where rows were split or filtered. Applied before the given statement. */
  renames: { before: number; name: string; of: string }[];
  /** Values of the notebook that training keeps for new rows: scalers, encoders, medians in variables. */
  kept: string[];
  stateful: StatefulEdit[];
  /** Columns that a new row does not have: the target, and what nothing of the model's input is made of. */
  absent: string[];
  /** The path names them all the same, so that new rows get values for them. */
  fills: boolean;
}

/** The path, or the reason why raw rows cannot be served. */
export type ServingTrace = { kind: 'path'; path: ServingPath } | { kind: 'none'; reason: string };

/** Methods that need other rows than the one at hand. */
const MANY_ROWS =
  /(^|\.)(groupby|sort_values|sort_index|shift|rolling|expanding|ewm|resample|merge|join|concat|append|cumsum|cumprod|diff|pct_change|rank|qcut|factorize|pivot|pivot_table|melt|stack|unstack|explode|transpose|interpolate|ffill|bfill|duplicated|value_counts|fit_resample|fit_predict|cut|corr|apply_along_axis)$/;
/** Methods that choose rows: a new row is not filtered. */
const CHOOSES_ROWS = /(^|\.)(dropna|drop_duplicates|sample|query|shuffle|reset_index)$/;
const SPLIT = /(^|\.)train_test_split$/;

/** State of the walk from the model's input to the raw data. */
interface Walk {
  wanted: Set<string>;
  statements: number[];
  renames: ServingPath['renames'];
  kept: string[];
  stateful: StatefulEdit[];
  next: number;
}

/**
 * Follows the model's input back to the raw data.
 *
 * @param flow - Kept statements, in order.
 * @param extraction - Output of step 1.
 * @param table - What is known of the names.
 * @param callables - Functions of the notebook.
 */
export function traceServing(
  flow: AnalysedStatement[],
  extraction: Extraction,
  table: NameTable,
  callables: Callable[],
): ServingTrace {
  // A notebook that predicts nothing says by its training what the model takes.
  const input = extraction.target?.input ?? extraction.target?.trainingInput ?? null;
  if (extraction.observed === 'none')
    return none('the notebook was not run, so it is not known what its rows are');
  if (input === null) return none('it is not known what rows the model takes');
  const model = factsBefore(flow, extraction.target?.name ?? '', Number.MAX_SAFE_INTEGER)?.estimator;
  if (model !== undefined && !model.predicts && model.role !== 'transformer')
    return none('the model has no prediction for new rows');
  const end = lastUse(flow, extraction, input, table);
  const walk: Walk = {
    wanted: new Set([input]),
    statements: [],
    renames: [],
    kept: [],
    stateful: [],
    next: end,
  };
  const known = { flow, extraction, table, callables };
  const before = flow.filter((statement) => statement.id < end);
  for (let index = before.length - 1; index >= 0; index -= 1) {
    const statement = flow[index];
    if (!statement) break;
    const { binds, changes } = effectsOf(statement, table);
    const touched = [...walk.wanted].filter((name) => binds.includes(name) || changes.includes(name));
    if (touched.length === 0) continue;
    const outcome = visit(statement, touched, binds, walk, known);
    if (outcome.kind === 'none') return outcome;
    if (outcome.kind === 'root')
      return { kind: 'path', path: finish(walk, outcome.raw, statement.id, input, known) };
    walk.next = statement.id;
  }
  return none(`it is not clear where the rows of ${quoted(walk.wanted)} come from`);
}

type Visit = { kind: 'on' } | { kind: 'root'; raw: string } | { kind: 'none'; reason: string };

interface Known {
  flow: AnalysedStatement[];
  extraction: Extraction;
  table: NameTable;
  callables: Callable[];
}

function visit(
  statement: AnalysedStatement,
  touched: string[],
  binds: string[],
  walk: Walk,
  known: Known,
): Visit {
  const split = statement.calls.find((call) => SPLIT.test(call.qualified) && call.parent === null);
  if (split) return followSplit(statement, split, touched, walk);
  const facts = touched.map((name) => statement.values[name]).find((item) => item?.shape !== undefined);
  const rows = facts?.shape?.[0];
  if (rows === undefined) return none(`${quoted(touched)} of cell ${statement.cell} is no table or array`);
  const inputs = rowInputs(statement, rows, known);
  if (inputs.length === 0) {
    const [raw, ...others] = walk.wanted;
    if (others.length > 0 || raw === undefined || !binds.includes(raw))
      return none(`the model's input is made of several tables, the last in cell ${statement.cell}`);
    return { kind: 'root', raw };
  }
  if (statement.stage !== 'data')
    return none(`cell ${statement.cell} prepares rows in the middle of the training`);
  const chooses = choosesRows(statement, touched, known);
  if (chooses !== null) {
    walk.renames.unshift(
      ...touched.flatMap((name) => (name === chooses ? [] : [{ before: walk.next, name, of: chooses }])),
    );
    for (const name of touched) walk.wanted.delete(name);
    walk.wanted.add(chooses);
    return { kind: 'on' };
  }
  const stateful = statefulEdits(statement, inputs, known);
  if (typeof stateful === 'string') return none(stateful);
  walk.stateful.unshift(...stateful);
  walk.statements.unshift(statement.id);
  for (const name of binds) walk.wanted.delete(name);
  const { output, trainingOutput } = known.extraction.target ?? {};
  for (const name of inputs) if (name !== output && name !== trainingOutput) walk.wanted.add(name);
  const { reads } = effectsOf(statement, known.table);
  const constants = reads.filter((name) => !inputs.includes(name) && !binds.includes(name));
  walk.kept.push(...constants, ...stateful.flatMap((edit) => edit.transformer ?? []));
  walk.kept = unique(walk.kept).filter((name) => !walk.wanted.has(name));
  return { kind: 'on' };
}

/** `X_train, X_test = train_test_split(X)`: a new row stands where the test rows stood. */
function followSplit(statement: AnalysedStatement, call: Call, touched: string[], walk: Walk): Visit {
  const parts = call.arguments.filter((argument) => argument.keyword === null);
  for (const name of touched) {
    const source = parts[Math.floor(statement.defines.indexOf(name) / 2)];
    if (source?.name === undefined) return none(`cell ${statement.cell} splits an expression, not a name`);
    walk.renames.unshift({ before: walk.next, name, of: source.name });
    walk.wanted.delete(name);
    walk.wanted.add(source.name);
  }
  return { kind: 'on' };
}

/** Values with as many rows as the result: they are rows too; other values are the same for every row. */
function rowInputs(statement: AnalysedStatement, rows: number, { flow, table }: Known): string[] {
  const { reads } = effectsOf(statement, table);
  return reads.filter((name) => {
    const facts = factsBefore(flow, name, statement.id);
    return (
      isRows(facts) && (facts?.shape?.[0] === rows || statement.defines.includes(name) || chooser(statement))
    );
  });
}

function isRows(facts: ValueFacts | undefined): boolean {
  return (
    facts !== undefined &&
    ['dataframe', 'series', 'ndarray', 'sparse', 'tensor'].includes(facts.kind) &&
    (facts.shape?.length ?? 0) > 0
  );
}

function chooser(statement: AnalysedStatement): boolean {
  return statement.calls.some((call) => CHOOSES_ROWS.test(call.qualified));
}

/** The table of which the statement only chooses rows, or null. */
function choosesRows(statement: AnalysedStatement, touched: string[], { flow }: Known): string | null {
  const [name] = touched;
  const value = statement.value;
  if (name === undefined) return null;
  const after = statement.values[name];
  const sources = statement.uses.filter((item) => isRows(factsBefore(flow, item, statement.id)));
  const [source] = sources;
  if (source === undefined) return null;
  const before = factsBefore(flow, source, statement.id);
  const sameColumns = before?.kind === after?.kind && before?.shape?.[1] === after?.shape?.[1];
  const fewer = (after?.shape?.[0] ?? 0) < (before?.shape?.[0] ?? 0);
  const outer = statement.calls.find(
    (call) => call.parent === null && (value === undefined || call.span.end === value.span.end),
  );
  const named = outer !== undefined && CHOOSES_ROWS.test(outer.qualified) && outer.root === source;
  return sameColumns && (fewer || named) ? source : null;
}

/** Edits that make the statement fit for one row, or the reason why there are none. */
function statefulEdits(
  statement: AnalysedStatement,
  inputs: string[],
  known: Known,
): StatefulEdit[] | string {
  const edits: StatefulEdit[] = [];
  for (const call of statement.calls.filter((item) => item.within === null)) {
    if (MANY_ROWS.test(call.callee) && !isFrameless(call))
      return `\`${call.method}\` in cell ${statement.cell} needs many rows`;
    const callable = known.callables.find((item) => item.name === call.callee);
    const body = callable && known.extraction.statements.find((item) => item.id === callable.statement);
    if (
      body?.calls.some(
        (item) =>
          (MANY_ROWS.test(item.callee) && !isFrameless(item)) ||
          reductionEdit(item, body, []) !== null ||
          /\.fit(_transform)?$/.test(item.callee),
      )
    ) {
      return `the function \`${call.callee}\` of cell ${body.cell} takes a statistic of all rows`;
    }
    if (/(^|\.)fit$/.test(call.callee))
      return `cell ${statement.cell} fits and changes rows in one statement`;
    const edit =
      dummiesEdit(call, statement) ??
      fitTransformEdit(call, statement) ??
      reductionEdit(call, statement, inputs);
    if (edit) edits.push(edit);
  }
  return edits;
}

/** `', '.join(…)` and the like are no table methods; `pd.cut` with literal bins works on one row. */
function isFrameless(call: Call): boolean {
  if (/^<str>|^os\.path|^<string>/.test(call.qualified)) return true;
  const bins =
    call.arguments.find((argument) => argument.keyword === 'bins') ??
    call.arguments.filter((argument) => argument.keyword === null)[1];
  return call.method === 'cut' && bins !== undefined && bins.literal?.kind !== 'int';
}

function finish(
  { statements, renames, kept, stateful }: Walk,
  raw: string,
  root: number,
  input: string,
  { flow, extraction, table, callables }: Known,
): ServingPath {
  const path = { raw, root, input, statements, renames };
  const absent = absentColumns(path, { flow, all: extraction.statements, table, callables });
  return { ...path, kept, stateful, absent: absent.columns, fills: absent.filled };
}

function factsBefore(flow: AnalysedStatement[], name: string, statement: number): ValueFacts | undefined {
  return flow.findLast((other) => other.id < statement && other.values[name] !== undefined)?.values[name];
}

/** The last statement that reads the model's input together with the model. */
function lastUse(flow: AnalysedStatement[], extraction: Extraction, input: string, table: NameTable): number {
  const target = extraction.target?.name ?? '';
  const uses = flow.filter((statement) => {
    const { reads } = effectsOf(statement, table);
    return reads.includes(input) && reads.includes(target);
  });
  return uses.at(-1)?.id ?? (flow.at(-1)?.id ?? 0) + 1;
}

function none(reason: string): { kind: 'none'; reason: string } {
  return { kind: 'none', reason };
}

function quoted(names: Iterable<string>): string {
  return [...names].map((name) => `\`${name}\``).join(', ');
}
