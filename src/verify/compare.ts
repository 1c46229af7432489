import type { ValueFacts } from '../notebook/observation.ts';
import { type Bench, inContainer, runHelper } from './bench.ts';
import { type Facts, type Subject, subjectId } from './subjects.ts';
import type { Comparison, Difference } from './verdict.ts';

/** Floats of the same computation on the same machine that differ by less are called close. */
export const RELATIVE_TOLERANCE = 1e-6;

/** How two sides compare in one value. */
export interface Finding extends Difference {
  verdict: Comparison;
}

/** Dumps by {@link subjectId}. */
export type Dumps = Record<string, Uint8Array>;

/**
 * What digests and plain numbers say.
 * @returns undefined where they do not decide: equal content always has equal digests, close content never has
 */
export function decide(
  subject: Subject,
  reference: ValueFacts | undefined,
  candidate: ValueFacts | undefined,
): Finding | undefined {
  if (reference === undefined && candidate === undefined) return { verdict: 'not-run' };
  if (reference === undefined || candidate === undefined) {
    return { verdict: 'different', reference: describe(reference), candidate: describe(candidate) };
  }
  // A package returns `float(…)` where the notebook has numpy's: the same metric.
  if (
    subject.kind === 'metric' &&
    typeof reference.value === 'number' &&
    typeof candidate.value === 'number'
  ) {
    // Counts are exact: a million rows and one more are not close.
    const exact = [reference.kind, candidate.kind].includes('int');
    const found = compareNumbers(reference.value, candidate.value);
    return exact && found.verdict === 'close' ? notEqual(reference.value, candidate.value) : found;
  }
  if (reference.digest !== undefined && reference.digest === candidate.digest) return { verdict: 'same' };
  return undefined;
}

/** Two numbers: equal bits, within the tolerance, or not. */
export function compareNumbers(reference: number, candidate: number): Finding {
  if (reference === candidate) return { verdict: 'same' };
  const scale = Math.max(Math.abs(reference), Math.abs(candidate));
  if (Math.abs(reference - candidate) <= RELATIVE_TOLERANCE * scale) return { verdict: 'close' };
  return notEqual(reference, candidate);
}

function notEqual(reference: number, candidate: number): Finding {
  return { verdict: 'different', reference: String(reference), candidate: String(candidate) };
}

/** Compares what digests left open, in a container that holds nothing but the dumps. */
export async function compareDumps(
  bench: Bench,
  subjects: readonly Subject[],
  reference: { facts: Facts; dumps: Dumps },
  candidate: { facts: Facts; dumps: Dumps },
): Promise<Record<string, Finding>> {
  const files: Record<string, Uint8Array> = {};
  const pairs: { name: string; reference: string; candidate: string }[] = [];
  for (const [index, subject] of subjects.entries()) {
    const id = subjectId(subject);
    const left = reference.dumps[id];
    const right = candidate.dumps[id];
    if (left === undefined || right === undefined) continue;
    files[`dumps/${index}-reference.zip`] = left;
    files[`dumps/${index}-candidate.zip`] = right;
    pairs.push({
      name: id,
      reference: inContainer(`dumps/${index}-reference.zip`),
      candidate: inContainer(`dumps/${index}-candidate.zip`),
    });
  }
  const answers = pairs.length === 0 ? {} : await runCompare(bench, pairs, files);
  return Object.fromEntries(
    subjects.map((subject) => {
      const id = subjectId(subject);
      return [id, answers[id] ?? withoutDumps(reference.facts[id], candidate.facts[id])];
    }),
  );
}

async function runCompare(
  bench: Bench,
  pairs: { name: string; reference: string; candidate: string }[],
  files: Record<string, Uint8Array>,
): Promise<Record<string, Finding>> {
  const { value } = await runHelper(bench, 'compare', { pairs }, { name: 'compare', files });
  const results = typeof value === 'object' && value !== null && 'results' in value ? value.results : [];
  const answers: Record<string, Finding> = {};
  for (const result of Array.isArray(results) ? (results as unknown[]) : []) {
    const found = readFinding(result);
    if (found !== undefined) answers[found.name] = found.finding;
  }
  return answers;
}

function readFinding(value: unknown): { name: string; finding: Finding } | undefined {
  if (typeof value !== 'object' || value === null || !('name' in value) || !('verdict' in value))
    return undefined;
  const { name, verdict } = value;
  if (typeof name !== 'string') return undefined;
  if (verdict !== 'same' && verdict !== 'close' && verdict !== 'different') return undefined;
  const text = (key: 'path' | 'reference' | 'candidate'): Difference => {
    const found = (value as Record<string, unknown>)[key];
    if (found === undefined || found === null) return {};
    return { [key]: typeof found === 'string' ? found : JSON.stringify(found) };
  };
  return { name, finding: { verdict, ...text('path'), ...text('reference'), ...text('candidate') } };
}

/** Neither equal digests nor two dumps: different where the digests or the types differ, unknown where there are none. */
function withoutDumps(reference: ValueFacts | undefined, candidate: ValueFacts | undefined): Finding {
  const known = reference?.digest !== undefined && candidate?.digest !== undefined;
  const alike =
    reference?.type === candidate?.type &&
    JSON.stringify(reference?.shape) === JSON.stringify(candidate?.shape);
  if (!known && alike && reference?.digest === candidate?.digest) return { verdict: 'not-run' };
  return { verdict: 'different', reference: describe(reference), candidate: describe(candidate) };
}

/** `pandas.DataFrame [600, 17]`, `0.595`, `missing`. */
export function describe(facts: ValueFacts | undefined): string {
  if (facts === undefined) return 'missing';
  if (facts.value !== undefined) return JSON.stringify(facts.value);
  const shape = facts.shape === undefined ? '' : ` [${facts.shape.join(', ')}]`;
  const digest = facts.digest === undefined ? '' : `, content ${facts.digest.slice(0, 12)}`;
  return `${facts.type}${shape}${digest}`;
}
