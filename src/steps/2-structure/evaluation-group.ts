import type { Extraction } from '../1-extract/extraction.ts';
import type { Layout, Segment } from './layout.ts';
import { unique } from '../../lib/unique.ts';

type Grouping = Pick<
  Layout,
  'prepared' | 'evaluation' | 'refit' | 'data' | 'fitted' | 'repeated' | 'builders' | 'result' | 'evaluated'
>;

/**
 * Divides the segments into the data stage, what trains, and the trailing evaluation that also runs alone on
 * the saved model.
 *
 * @param segments - All segments in order.
 * @param needed - Names that the files written after training need.
 */
export function groupForEvaluation(segments: Segment[], extraction: Extraction, needed: string[]): Grouping {
  const prepared = leadingData(segments);
  const { evaluation, refit } = evaluated(segments, prepared, extraction);
  const target = extraction.target;
  const handed = unique(segments.slice(0, prepared).flatMap((segment) => segment.outputs));
  const readLater = unique(segments.slice(prepared).flatMap((segment) => segment.inputs));
  const ends = [target?.input, target?.output, target?.trainingInput, target?.trainingOutput, ...needed];
  const data = handed.filter((name) => readLater.includes(name) || ends.includes(name));

  const trained = [...segments.slice(prepared, evaluation), ...segments.slice(refit)];
  const { fitted, repeated } = sourcesOf(segments, { prepared, evaluation, refit }, extraction);
  const builders = target?.framework === 'torch' ? buildersOf(segments, prepared, evaluation, fitted) : [];
  const later = segments.slice(refit);
  const scored = unique(segments.slice(evaluation, refit).flatMap((segment) => segment.outputs));
  const readAgain = later.flatMap((segment) => segment.inputs);
  const rebound = later.flatMap((segment) => segment.outputs);
  const handedOn = unique([...needed, ...readAgain]).filter(
    (name) => scored.includes(name) && !rebound.includes(name),
  );
  const result = needed.filter(
    (name) =>
      !handedOn.includes(name) &&
      !fitted.includes(name) &&
      trained.some((segment) => segment.outputs.includes(name)),
  );
  return { prepared, evaluation, refit, data, fitted, repeated, builders, result, evaluated: handedOn };
}

function leadingData(segments: Segment[]): number {
  const index = segments.findIndex((segment) => segment.stage !== 'data');
  return index < 0 ? segments.length : index;
}

/** Trailing segments that neither train nor build: what evaluates, with the data that is prepared for it alone. */
function trailingEvaluation(segments: Segment[], prepared: number): number {
  const follows = ({ stage }: Segment): boolean => stage === 'evaluation' || stage === 'data';
  const last = segments.findLastIndex((segment) => !follows(segment));
  const index = Math.max(last + 1, prepared);
  return segments.slice(index).some(({ stage }) => stage === 'evaluation') ? index : segments.length;
}

/**
 * The segments that make up the evaluation. Where the notebook fits the target again behind its last held-out score, they are
 * those before that: the score is not one of the model that is saved.
 */
function evaluated(
  segments: Segment[],
  prepared: number,
  { metrics, target }: Extraction,
): { evaluation: number; refit: number } {
  const last = { evaluation: trailingEvaluation(segments, prepared), refit: segments.length };
  if (target === null || target.framework === 'torch') return last;
  const holds = (segment: Segment, all = false): boolean =>
    metrics.some(
      ({ statement, kind }) => segment.statements.includes(statement) && (all || kind === 'held_out'),
    );
  const scored = segments.findLastIndex((segment) => segment.stage === 'evaluation' && holds(segment));
  const refit = segments.findIndex(
    (segment, index) =>
      index > scored &&
      segment.stage === 'training' &&
      segment.statements.some((id) => target.fits.includes(id)),
  );
  const fitted = segments
    .slice(prepared, scored)
    .some(({ statements }) => statements.some((id) => target.fits.includes(id)));
  if (scored < 0 || refit < 0 || !fitted || segments.slice(refit).some((segment) => holds(segment, true)))
    return last;
  const before = trailingEvaluation(segments.slice(0, refit), prepared);
  return before < refit ? { evaluation: before, refit } : last;
}

/** Where evaluation takes its inputs from: the saved objects, or segments that it repeats. */
function sourcesOf(
  segments: Segment[],
  { prepared, evaluation, refit }: { prepared: number; evaluation: number; refit: number },
  extraction: Extraction,
): { fitted: string[]; repeated: number[] } {
  const fitted: string[] = [];
  const repeated = new Set<number>();
  const isRefit = refit < segments.length;
  const visit = (name: string, before: number): void => {
    let writer = before - 1;
    while (writer >= prepared && !segments[writer]?.outputs.includes(name)) writer -= 1;
    const segment = segments[writer];
    if (writer < prepared || !segment) return;
    if (
      isRefit ||
      segment.stage === 'model' ||
      (segment.stage === 'evaluation' && !trainedAfter(segments, segment, writer, evaluation))
    ) {
      if (repeated.has(writer)) return;
      repeated.add(writer);
      for (const input of segment.inputs) visit(input, writer);
    } else if (!fitted.includes(name)) {
      fitted.push(name);
    }
  };
  const inputs: string[] = [];
  const own = new Set<string>();
  for (const segment of segments.slice(evaluation, refit)) {
    for (const name of segment.inputs) if (!own.has(name)) inputs.push(name);
    for (const name of segment.outputs) own.add(name);
  }
  for (const name of unique(inputs)) visit(name, evaluation);
  const target = extraction.target?.name;
  // The scored model is trained again, with all that it is made of; saved is the one that is fitted last.
  if (fitted.length === 0 && target !== undefined) visitTarget(target, segments, prepared, fitted);
  for (const name of extraction.target?.trainedWith ?? [])
    if (target !== undefined && fitted.includes(target) && !fitted.includes(name))
      visitTarget(name, segments, prepared, fitted);
  return { fitted, repeated: [...repeated].sort((a, b) => a - b) };
}

/** Whether a later training segment changes what an interleaved evaluation segment has read: its result cannot be had again. */
function trainedAfter(segments: Segment[], segment: Segment, index: number, evaluation: number): boolean {
  return segments
    .slice(index + 1, evaluation)
    .some((other) => other.outputs.some((name) => segment.inputs.includes(name)));
}

function visitTarget(target: string, segments: Segment[], prepared: number, fitted: string[]): void {
  if (segments.slice(prepared).some((segment) => segment.outputs.includes(target))) fitted.push(target);
}

function buildersOf(segments: Segment[], prepared: number, evaluation: number, fitted: string[]): number[] {
  const chosen = new Set<number>();
  const visit = (name: string, before: number): void => {
    for (let index = before - 1; index >= prepared; index -= 1) {
      const segment = segments[index];
      if (!segment || segment.stage !== 'model' || !segment.outputs.includes(name)) continue;
      if (chosen.has(index)) return;
      chosen.add(index);
      for (const input of segment.inputs) visit(input, index);
      return;
    }
  };
  for (const name of fitted) visit(name, evaluation);
  return [...chosen].sort((a, b) => a - b);
}
