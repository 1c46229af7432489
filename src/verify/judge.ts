import type { Finding } from './compare.ts';
import { type Subject, subjectId } from './subjects.ts';
import type { Comparison, NotRun } from './verdict.ts';

/** What came of the comparisons, and what is known of them. */
export interface Findings {
  /** By {@link subjectId}. */
  findings: Record<string, Finding>;
  /** Values that two equal runs give differently, by {@link subjectId}. */
  unstable: ReadonlySet<string>;
  /** Those of them that the notebook's statements give alike, and only the package does not. */
  restless: ReadonlySet<string>;
  /** Name of the model that the package is about. */
  target: string | null;
}

/**
 * The verdict on all values. `same` and `close` need every metric, at least one value between the stages, and a model that
 * is not another one in each run: a score can be the same by luck.
 */
export function judge(
  subjects: readonly Subject[],
  { findings, unstable, restless, target }: Findings,
): { parity: Comparison; notRun?: NotRun } {
  const of = (subject: Subject): Comparison => findings[subjectId(subject)]?.verdict ?? 'not-run';
  if (subjects.some((subject) => of(subject) === 'different')) return { parity: 'different' };
  const boundaries = subjects.filter(({ kind }) => kind === 'boundary');
  const left = subjects
    .filter(({ kind }) => kind === 'metric')
    .filter((subject) => of(subject) === 'not-run');
  const model = boundaries.find((subject) => subject.name === target && unstable.has(subjectId(subject)));
  const moving = subjects.find((subject) => restless.has(subjectId(subject)));
  const missing =
    moving !== undefined
      ? `The package gives another \`${moving.key}\` in each run, so it could not be compared`
      : left.length > 0
        ? `The ${left.length === 1 ? 'metric' : 'metrics'} ${left.map(({ key }) => `\`${key}\``).join(', ')} could not be compared`
        : boundaries.every((subject) => of(subject) === 'not-run')
          ? 'No value between the stages could be compared'
          : model !== undefined
            ? `The model \`${model.name}\` could not be compared`
            : undefined;
  if (missing !== undefined) {
    return {
      parity: 'not-run',
      notRun: {
        layer: 'not_comparable',
        message: `${missing}: the values have no stable content, or change from run to run.`,
        help: 'Seed what is random in the notebook (random_state=…), then run this again.',
      },
    };
  }
  return { parity: subjects.some((subject) => of(subject) === 'close') ? 'close' : 'same' };
}
