import type { AnalysedStatement, Extraction, Metric } from '../1-extract/extraction.ts';
import { mayReach } from '../constant-places.ts';
import { MODULES } from '../package-modules.ts';
import { keysIn } from './callables.ts';
import type { Callable, CodeStage, Segment } from './layout.ts';
import { unique } from '../../lib/unique.ts';
import { effectsOf, liveIn, written, type Effects, type NameTable } from './liveness.ts';
import type { NameSegment } from './names-table.ts';

/** Lines of notebook code above which a function is cut in two. */
const LONGEST = 32;

/** A run of statements before it has a name. */
export interface Draft {
  stage: CodeStage;
  statements: AnalysedStatement[];
  /** All its statements prepare rows for the model: training and serving share it. */
  shared: boolean;
}

/** Stage of generated code for a statement of the flow. */
export function codeStage(statement: AnalysedStatement): CodeStage {
  switch (statement.stage) {
    case 'data':
    case 'model':
    case 'training':
    case 'evaluation':
      return statement.stage;
    case 'persistence':
    case 'visualization':
      return 'evaluation';
    default:
      return 'data';
  }
}

/** What decides where the flow is cut. */
export interface CutRules {
  /** Markdown section of each cell: runs of different sections are not joined. */
  headings: Record<number, number>;
  /** Statements that serving shares: they stand in functions of their own. */
  shared: ReadonlySet<number>;
  /** Statements that compute a held-out metric where they print it. */
  scores: ReadonlySet<number>;
  nameSegment: NameSegment;
}

/**
 * Cuts the flow into runs of one cell and one stage, joins neighbours that do one job, and cuts what is too long.
 *
 * @param flow - Kept statements without imports, definitions, constants and files written.
 */
export function cutSegments(flow: AnalysedStatement[], rules: CutRules): Draft[] {
  const { shared, scores, nameSegment } = rules;
  const drafts: Draft[] = [];
  for (const statement of assignStages(flow, scores)) {
    const last = drafts.at(-1);
    const previous = last?.statements.at(-1);
    const own = shared.has(statement.statement.id);
    // What is on the path itself is in no function that does more: serving calls the whole of it.
    const neutral = !own && (isPrint(statement.statement) || isSelection(statement.statement));
    if (
      last &&
      (neutral || last.shared === own) &&
      previous &&
      last.stage === statement.stage &&
      previous.cell === statement.statement.cell &&
      !isOwnStep(last, statement.statement, nameSegment)
    ) {
      last.statements.push(statement.statement);
    } else {
      drafts.push({ stage: statement.stage, statements: [statement.statement], shared: own });
    }
  }
  return joinNeighbours(drafts, rules).flatMap(cutLong);
}

/** `y = df['target']`: may stay in a function that serving shares, where it costs nothing. */
function isSelection(statement: AnalysedStatement): boolean {
  return statement.kind === 'assignment' && statement.calls.length === 0 && statement.stores.length === 0;
}

/** A device, a model and a loss built in one cell are three functions. */
function isOwnStep(draft: Draft, statement: AnalysedStatement, nameSegment: NameSegment): boolean {
  if (draft.stage === 'data') {
    // The choice of a device is no data: a network can be built with it alone.
    const isDevice = (some: AnalysedStatement[]): boolean => nameSegment(some, 'data') === 'get_device';
    return !isPrint(statement) && isDevice(draft.statements) !== isDevice([statement]);
  }
  if (draft.stage !== 'model' || statement.calls.length === 0 || isPrint(statement)) return false;
  const before = nameSegment(draft.statements, 'model');
  const name = nameSegment([statement], 'model');
  return before !== name && isLandmark(before) && isLandmark(name);
}

/** Prints, constants and other statements without a stage of their own go with their neighbour in the cell. */
function assignStages(
  flow: AnalysedStatement[],
  scores: ReadonlySet<number>,
): { statement: AnalysedStatement; stage: CodeStage }[] {
  const own = (statement: AnalysedStatement): CodeStage | null => {
    // `print(model.score(X_test, y_test))` evaluates, whatever stands beside it.
    if (scores.has(statement.id) && isPrint(statement)) return 'evaluation';
    const follows = ['config', 'exploration', 'imports'].includes(statement.stage) || isPrint(statement);
    return follows ? null : codeStage(statement);
  };
  return flow.map((statement, index) => {
    const stage =
      own(statement) ??
      neighbour(flow, index, -1, statement.cell, own, !isPrint(statement)) ??
      neighbour(flow, index, 1, statement.cell, own, false) ??
      neighbour(flow, index, isPrint(statement) ? -1 : 1, null, own, false) ??
      codeStage(statement);
    return { statement, stage };
  });
}

function neighbour(
  flow: AnalysedStatement[],
  index: number,
  step: 1 | -1,
  cell: number | null,
  own: (statement: AnalysedStatement) => CodeStage | null,
  skip: boolean,
): CodeStage | null {
  if (skip) return null;
  for (let i = index + step; i >= 0 && i < flow.length; i += step) {
    const other = flow[i];
    if (!other || (cell !== null && other.cell !== cell)) return null;
    const stage = own(other);
    if (stage) return stage;
  }
  return null;
}

function isPrint(statement: AnalysedStatement): boolean {
  return statement.kind === 'expression' && statement.calls[0]?.callee === 'print';
}

function joinNeighbours(drafts: Draft[], rules: CutRules): Draft[] {
  const joined: Draft[] = [];
  for (const draft of drafts) {
    const last = joined.at(-1);
    if (last && mayJoin(last, draft, rules)) last.statements.push(...draft.statements);
    else joined.push({ ...draft, statements: [...draft.statements] });
  }
  return joined;
}

function mayJoin(a: Draft, b: Draft, { headings, nameSegment }: CutRules): boolean {
  if (a.stage !== b.stage || a.shared !== b.shared || lines(a) + lines(b) > LONGEST) return false;
  const first = nameSegment(a.statements, a.stage);
  const second = nameSegment(b.statements, b.stage);
  const section = headings[a.statements.at(-1)?.cell ?? -1] === headings[b.statements[0]?.cell ?? -1];
  if (first === second) return true;
  if (first === 'train_model' && lines(b) <= 2 && !isLandmark(second)) return true;
  const small = Math.min(lines(a), lines(b)) <= 2;
  return section && small && !isLandmark(first) && !isLandmark(second);
}

/** Functions that a reviewer looks for by name stay alone. */
function isLandmark(name: string): boolean {
  return /^(load_data|split_data|build_model|train_model|make_loaders|get_device|build_criterion|build_optimizer)$/.test(
    name,
  );
}

function lines(draft: Draft): number {
  return draft.statements.reduce((sum, statement) => sum + statement.text.split('\n').length, 0);
}

function cutLong(draft: Draft): Draft[] {
  const parts: Draft[] = [];
  for (const statement of draft.statements) {
    const last = parts.at(-1);
    const room = last ? LONGEST - lines(last) : 0;
    if (last && statement.text.split('\n').length <= room) last.statements.push(statement);
    else parts.push({ ...draft, statements: [statement] });
  }
  return parts;
}

/** Cuts a draft before statements that need a fresh seed of their own: a dropped statement drew random numbers between. */
export function cutAtSeeds(draft: Draft, all: AnalysedStatement[]): Draft[] {
  const parts: Draft[] = [];
  let lastMover: number | null = null;
  for (const statement of draft.statements) {
    const moves = statement.random.length > 0;
    const disturbed: boolean =
      moves &&
      lastMover !== null &&
      all.slice(lastMover + 1, statement.id).some((other) => !other.kept && other.random.length > 0);
    const last = parts.at(-1);
    if (last && !disturbed) last.statements.push(statement);
    else parts.push({ ...draft, statements: [statement] });
    if (moves) lastMover = statement.id;
  }
  return parts;
}

/** What the segments are finished with. */
export interface Surroundings {
  callables: Callable[];
  table: NameTable;
  /** Names that functions may not have. */
  taken: Set<string>;
  /** Names that must come out of the draft of this index, besides metrics: fitted objects. */
  wanted: (index: number) => string[];
  /** Variable of each metric. */
  metrics: Record<string, string>;
  nameSegment: NameSegment;
}

function isIn(draft: Draft, metric: Metric): boolean {
  return draft.statements.some((statement) => statement.id === metric.statement);
}

/**
 * Gives every draft its name, what goes in and what comes out.
 *
 * @param drafts - Runs of statements in the notebook's order.
 */
export function finishSegments(
  drafts: Draft[],
  extraction: Extraction,
  { callables, table, taken, wanted, metrics, nameSegment }: Surroundings,
): Segment[] {
  const effects = drafts.map((draft) => draft.statements.map((statement) => effectsOf(statement, table)));
  const bound = new Set<string>();
  return drafts.map((draft, index) => {
    const own = effects[index] ?? [];
    const later = effects.slice(index + 1).flat();
    const names = written(own);
    const scored = extraction.metrics
      .filter((metric) => isIn(draft, metric))
      .flatMap((metric) => metrics[metric.key] ?? []);
    const needed = new Set([...wanted(index), ...scored]);
    const outputs = unique([...names.filter((name) => isLive(name, later) || needed.has(name)), ...scored]);
    // What changes only because another name leads to it, as a part of a fitted pipeline does, need not come in.
    const named = new Set(
      draft.statements.flatMap(({ occurrences, uses }) => [
        ...occurrences.map(({ name }) => name),
        ...uses.flatMap((name) => table.hidden(name)),
      ]),
    );
    const inputs = liveIn(own, bound).filter((name) => named.has(name) || outputs.includes(name));
    for (const name of names) bound.add(name);
    const statements = draft.statements.map((statement) => statement.id);
    return {
      name: freeName(nameSegment(draft.statements, draft.stage), outputs, taken),
      module: MODULES[draft.stage],
      stage: draft.stage,
      statements,
      cells: unique(draft.statements.map((statement) => statement.cell)),
      inputs,
      outputs,
      keys: unique(draft.statements.flatMap((statement) => keysOf(statement, extraction, callables))),
      seeded: draft.statements.some((statement) => statement.random.length > 0),
    };
  });
}

function isLive(name: string, later: Effects[]): boolean {
  for (const { reads, binds } of later) {
    if (reads.includes(name)) return true;
    if (binds.includes(name)) return false;
  }
  return false;
}

/** Keys that a statement needs: its own literals, constants that it reads, functions that it calls. */
export function keysOf(
  statement: AnalysedStatement,
  extraction: Extraction,
  callables: Callable[],
): string[] {
  const called = callables.filter((callable) => statement.uses.includes(callable.name));
  const given = called.flatMap((callable) => callable.given.flatMap(({ reads }) => reads));
  const used = [...statement.uses, ...given.map(({ name }) => name)];
  const constants = extraction.hyperparameters.flatMap(({ key, places }) =>
    places.flatMap((place) =>
      place.constant !== undefined && used.includes(place.constant) && mayReach(statement, place)
        ? [key]
        : [],
    ),
  );
  return [...keysIn(extraction, statement.id), ...constants, ...called.flatMap(({ keys }) => keys)];
}

function freeName(name: string, outputs: string[], taken: Set<string>): string {
  const words = outputs.map((output) => output.toLowerCase().replace(/^_+|_+$/g, ''));
  const stem = name.replace(/_(data|model|features|predictions|held_out)$/, '');
  const choices = [
    name,
    ...words.map((word) => `${stem}_${word}`),
    ...words.map((word) => `${name}_${word}`),
  ];
  for (let number = 2; ; number += 1) {
    const choice = choices.shift() ?? `${name}_${number}`;
    if (!taken.has(choice)) {
      taken.add(choice);
      return choice;
    }
  }
}
