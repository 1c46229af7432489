import type { AnalysedStatement, Extraction } from '../1-extract/extraction.ts';
import type { Callable, Segment, ServingLayout, StructureOptions } from './layout.ts';
import type { NameTable } from './liveness.ts';
import { traceServing, type ServingPath, type ServingTrace } from './serving-path.ts';

/** The path of raw rows, unless a second round has given it up. */
export function servingTrace(
  flow: AnalysedStatement[],
  extraction: Extraction,
  table: NameTable,
  callables: Callable[],
  { modelInput }: StructureOptions,
): ServingTrace {
  if (modelInput !== undefined) return { kind: 'none', reason: modelInput };
  const trace = traceServing(flow, extraction, table, callables);
  return trace.kind === 'path' ? { kind: 'path', path: withUniqueKeys(trace.path) } : trace;
}

/**
 * One column may be reduced twice, before and after a change, and one encoder be fitted on two columns: each value has its own key.
 * The first fit of a transformer that is handed around keeps it under its name.
 */
function withUniqueKeys(path: ServingPath): ServingPath {
  const taken = new Set<string>(path.kept);
  const named = new Set<string>();
  const stateful = path.stateful.map((edit) => {
    if (edit.kind === 'fit_transform' && path.kept.includes(edit.key) && !named.has(edit.key)) {
      named.add(edit.key);
      return edit;
    }
    let key = edit.key;
    for (let number = 2; taken.has(key); number += 1) key = `${edit.key}_${number}`;
    taken.add(key);
    return { ...edit, key };
  });
  return { ...path, stateful };
}

/** Finds the functions of the path; where one of them mixes in other work, the model takes its own input. */
export function placeServing(
  trace: ServingTrace,
  segments: Segment[],
  prepared: number,
  names: readonly string[],
): ServingLayout {
  if (trace.kind === 'none') return { kind: 'model_input', reason: trace.reason };
  const { path } = trace;
  const onPath = new Set(path.statements);
  const own = segments.flatMap((segment, index) =>
    segment.statements.some((id) => onPath.has(id)) ? [index] : [],
  );
  const root = segments.findIndex((segment) => segment.statements.includes(path.root));
  if (own.some((index) => index >= prepared) || root < 0 || root >= prepared) {
    return { kind: 'model_input', reason: 'rows are prepared in the middle of the training' };
  }
  if (names.includes('raw') || names.includes('fitted')) {
    return { kind: 'model_input', reason: 'the notebook uses the name `raw` or `fitted` itself' };
  }
  return { kind: 'raw_rows', path, segments: own, root };
}

/** Marks the segments that take a statistic of all rows. */
export function withFittedValues(segments: Segment[], path: ServingPath): Segment[] {
  const stateful = new Set(path.stateful.map((edit) => edit.statement));
  return segments.map((segment) =>
    segment.statements.some((id) => stateful.has(id)) ? { ...segment, fitted: true as const } : segment,
  );
}
