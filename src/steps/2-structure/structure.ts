import type { AnalysedStatement, Extraction } from '../1-extract/extraction.ts';
import { withGridsInPlace } from '../grids-in-place.ts';
import { collectCallables, FRAME_NAMES } from './callables.ts';
import { findDecision } from './decision.ts';
import { groupForEvaluation } from './evaluation-group.ts';
import type { Callable, Layout, Segment, StructureOptions } from './layout.ts';
import { unique } from '../../lib/unique.ts';
import { type NameTable } from './liveness.ts';
import { collectOutputs, collectWritten } from './output-segments.ts';
import { placeServing, servingTrace, withFittedValues } from './serving-layout.ts';
import type { ServingTrace } from './serving-path.ts';
import { segmentNames } from './names-table.ts';
import { codeStage, cutAtSeeds, cutSegments, finishSegments, type Draft } from './segments.ts';

/**
 * Step 2: decides which function of which module every kept statement goes to, and what passes between them.
 *
 * @param source - Output of step 1.
 * @returns The shape of the package; no text yet.
 */
export function structure(source: Extraction, options: StructureOptions = {}): Layout {
  const extraction = withGridsInPlace(source);
  const constants = liftedConstants(extraction);
  const callables = collectCallables(extraction, constants, codeStage);
  const names = unique(extraction.statements.flatMap((statement) => statement.defines));
  const table = nameTable(extraction, constants, callables);
  const flow = flowOf(extraction, constants, callables);
  const written = collectWritten(flow, extraction, table, endsOf(extraction));
  const calculated = flow.filter((statement) => !written.includes(statement));

  const taken = new Set([...FRAME_NAMES, ...names, ...callables.map((callable) => callable.newName)]);
  const trace = servingTrace(calculated, extraction, table, callables, options);
  const shared = new Set(trace.kind === 'path' ? trace.path.statements : []);
  const heldOut = new Set(
    extraction.metrics.filter(({ kind }) => kind === 'held_out').map(({ statement }) => statement),
  );
  const nameSegment = segmentNames(extraction);
  const rules = { headings: sectionsOf(extraction), shared, scores: heldOut, nameSegment };
  const drafts = cutSegments(calculated, rules).flatMap((draft) => cutAtSeeds(draft, extraction.statements));
  const outputs = collectOutputs(
    written,
    extraction,
    { table, callables, taken },
    new Set(written.length > 0 ? names : []),
  );
  const needed = unique(outputs.flatMap((output) => output.inputs));
  const metrics = metricVariables(extraction, names);
  const wanted = (index: number): string[] => [
    ...wantedNames(drafts, index, extraction, needed),
    ...rawRows(drafts[index], trace),
  ];
  const segments = finishSegments(drafts, extraction, {
    callables,
    table,
    taken,
    wanted,
    metrics,
    nameSegment,
  });
  const groups = groupForEvaluation(segments, extraction, needed);
  if (groups.refit < segments.length) nameRefit(segments.slice(groups.refit), taken);
  const found = findDecision(flow, extraction, constants, callables);
  const serving = placeServing(trace, segments, groups.prepared, names);
  const refits = groups.refit < segments.length;
  return {
    segments: serving.kind === 'raw_rows' ? withFittedValues(segments, serving.path) : segments,
    serving,
    decision: refits && found.decision !== null ? { ...found.decision, scores: [] } : found.decision,
    heldOutScores: refits || found.decision !== null ? [] : found.scores,
    callables,
    outputs,
    metrics,
    constants,
    names,
    ...groups,
  };
}

/** What fits the scored model again is no second `train_model`. */
function nameRefit(segments: Segment[], taken: Set<string>): void {
  const first = segments.find(({ stage, name }) => stage === 'training' && name.startsWith('train_model'));
  if (first === undefined || taken.has('refit_model')) return;
  taken.add('refit_model');
  first.name = 'refit_model';
}

/** Constants whose value moved to the configuration: name → key. */
function liftedConstants(extraction: Extraction): Record<string, string> {
  const lifted: Record<string, string> = {};
  for (const { key, places } of extraction.hyperparameters) {
    for (const place of places) if (place.constant !== undefined) lifted[place.constant] = key;
  }
  return lifted;
}

/** Kept statements that are neither imports, definitions, lifted constants nor the saving of the model. */
function flowOf(
  extraction: Extraction,
  constants: Record<string, string>,
  callables: Callable[],
): AnalysedStatement[] {
  const definitions = new Set(callables.map((callable) => callable.statement));
  const saves = new Set(
    extraction.outputs.filter((output) => output.kind === 'model').map((output) => output.statement),
  );
  const lifted = new Set(
    extraction.hyperparameters.flatMap(({ places }) =>
      places.filter((place) => place.constant !== undefined).map((place) => place.statement),
    ),
  );
  return extraction.statements.filter(
    (statement) =>
      statement.kept &&
      statement.kind !== 'import' &&
      statement.kind !== 'function' &&
      statement.kind !== 'class' &&
      !definitions.has(statement.id) &&
      !saves.has(statement.id) &&
      !isSeedCall(statement) &&
      !(lifted.has(statement.id) && statement.defines.every((name) => constants[name] !== undefined)),
  );
}

/** `np.random.seed(0)` and its likes: `set_seed` does it in the package. */
function isSeedCall(statement: AnalysedStatement): boolean {
  const call = statement.calls[0];
  return (
    statement.kind === 'expression' &&
    call !== undefined &&
    call.parent === null &&
    /^(numpy\.random\.seed|random\.seed|torch\.(cuda\.)?manual_seed(_all)?|tensorflow\.random\.set_seed)$/.test(
      call.qualified,
    )
  );
}

function nameTable(
  extraction: Extraction,
  constants: Record<string, string>,
  callables: Callable[],
): NameTable {
  const imported = new Set(
    extraction.statements.flatMap((statement) => statement.imports.map((item) => item.name)),
  );
  const bound = new Set(
    extraction.statements.filter((statement) => statement.kept).flatMap((statement) => statement.defines),
  );
  const byName = new Map(callables.map((callable) => [callable.name, callable]));
  return {
    isValue: (name) =>
      bound.has(name) && !imported.has(name) && !byName.has(name) && constants[name] === undefined,
    hidden: (name) => {
      const callable = byName.get(name);
      const given = callable?.given.flatMap(({ reads }) => reads.map((read) => read.name)) ?? [];
      return unique([...(callable?.values ?? []), ...given.filter((read) => constants[read] === undefined)]);
    },
  };
}

/**
 * A metric that is computed in place gets a variable of its name, unless the notebook uses that name; so does one whose variable kept
 * code binds anew: `score = …` for the test rows, then `score = …` for the training rows.
 */
function metricVariables({ metrics, statements }: Extraction, names: string[]): Record<string, string> {
  const free = (key: string): string => (names.includes(key) ? `${key}_metric` : key);
  const isRebound = (name: string, after: number): boolean =>
    statements.some(({ id, kept, defines }) => kept && id > after && defines.includes(name));
  return Object.fromEntries(
    metrics.map(({ key, variable, statement }) => [
      key,
      variable === null || isRebound(variable, statement) ? free(key) : variable,
    ]),
  );
}

/** Names that the package hands on whatever reads them: metrics, the target and its data. */
function endsOf({ metrics, target }: Extraction): Set<string> {
  const names = [target?.name, target?.input, target?.output, target?.trainingInput, target?.trainingOutput];
  return new Set(
    [...metrics.map((metric) => metric.variable), ...names].filter(
      (name): name is string => typeof name === 'string',
    ),
  );
}

/** Number of markdown headings before each cell. */
function sectionsOf(extraction: Extraction): Record<number, number> {
  const sections: Record<number, number> = {};
  let section = 0;
  for (const cell of extraction.cells) {
    if (cell.kind === 'markdown') section += 1;
    sections[cell.cell] = section;
  }
  return sections;
}

/** Names that must come out of a run because the model file or a written file takes them from there. */
function wantedNames(drafts: Draft[], index: number, extraction: Extraction, outputs: string[]): string[] {
  const own = drafts[index]?.statements ?? [];
  const evaluates = drafts[index]?.stage === 'evaluation';
  const later = drafts
    .slice(index + 1)
    .filter((draft) => draft.stage !== 'evaluation')
    .flatMap((draft) => draft.statements);
  const binds = (name: string): boolean =>
    own.some((statement) => statement.defines.includes(name) || statement.mutates.includes(name));
  const last = (name: string): boolean =>
    !later.some((statement) => statement.defines.includes(name) || statement.mutates.includes(name));
  const target = extraction.target;
  const ends = [
    evaluates ? undefined : target?.name,
    target?.input,
    target?.output,
    target?.trainingInput,
    target?.trainingOutput,
    ...outputs,
  ];
  return ends.filter((name): name is string => typeof name === 'string' && binds(name) && last(name));
}

/** The raw rows are handed on from where they are read, even if nothing but the serving of new ones asks for them. */
function rawRows(draft: Draft | undefined, trace: ServingTrace): string[] {
  return trace.kind === 'path' && draft?.statements.some(({ id }) => id === trace.path.root) === true
    ? [trace.path.raw]
    : [];
}
