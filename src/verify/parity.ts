import { listed } from '../lib/text.ts';
import type { Observation } from '../notebook/observation.ts';
import type { Bench } from './bench.ts';
import { decide, type Finding } from './compare.ts';
import type { NotebookRunResult } from './notebook-run.ts';
import { whyNoProof } from './not-run.ts';
import type { PackageRun } from './package-run.ts';
import { type ParityRequest, ProofRuns } from './proof-runs.ts';
import { type Facts, factsOf, type Subject, subjectId, subjectsOf } from './subjects.ts';
import { together } from './together.ts';
import type { Comparison, NotRun } from './verdict.ts';

/** The two comparisons of the proof. */
export interface Parity {
  parity: Comparison;
  /** By {@link subjectId}: the worse of package ↔ reference and reference ↔ whole notebook. */
  findings: Record<string, Finding>;
  subjects: Subject[];
  reference: Facts;
  package: Facts;
  /** The reference run; the package's own parity test is written from it. */
  observation: Observation | null;
  notes: string[];
  notRun?: NotRun;
}

/**
 * Runs the kept statements alone, the whole notebook and the package, and compares them.
 * Digests decide nearly everything; only what they leave open is run a second time, with dumps: then a value
 * that differs between two equal runs is seen too, and nobody is blamed for it.
 */
export async function compareRuns(bench: Bench, request: ParityRequest): Promise<Parity> {
  const { plan, extraction, observation } = request;
  const subjects = subjectsOf(plan, extraction);
  const empty = { subjects, findings: {}, reference: {}, package: {}, observation: null, notes: [] };
  const reason = whyNoProof(observation, plan, extraction, bench.source);
  if (reason !== undefined) return { ...empty, parity: 'not-run', notRun: reason };

  const runs = new ProofRuns(bench, request, subjects);
  // A training may use two.
  const [kept, made, whole] = await together<[NotebookRunResult, PackageRun, Facts]>(2, [
    () => runs.kept([]),
    () => runs.package(false),
    () => runs.wholeFacts(),
  ]);
  const stopped = cutOff(kept.observation) ?? made.notRun;
  if (stopped !== undefined) return { ...empty, parity: 'not-run', notRun: stopped };

  const reference = factsOf(kept.observation, subjects);
  const again = await runs.again({ whole, reference, made: made.facts });
  const findings: Record<string, Finding> = {};
  for (const subject of subjects) {
    const id = subjectId(subject);
    const ours = decideOne(subject, reference, made.facts) ?? again.made[id] ?? { verdict: 'not-run' };
    const theirs = decideOne(subject, whole, reference) ?? again.whole[id] ?? { verdict: 'not-run' };
    findings[id] = again.unstable.has(id) ? { verdict: 'not-run' } : worse(named(ours, made), slice(theirs));
  }
  const notes = [
    ...runs.notes,
    ...notesOf({ kept, made, reference, findings, subjects, unstable: again.unstable }),
  ];
  return {
    subjects,
    findings,
    reference,
    package: made.facts,
    observation: kept.observation,
    notes,
    ...judge(subjects, findings),
  };
}

function decideOne(subject: Subject, reference: Facts, candidate: Facts): Finding | undefined {
  const id = subjectId(subject);
  return decide(subject, reference[id], candidate[id]);
}

const ORDER: Comparison[] = ['same', 'close', 'not-run', 'different'];

function worse(ours: Finding, theirs: Finding): Finding {
  // What the kept statements alone never came to says more about them than about the package.
  if (theirs.verdict === 'different' && ours.reference === 'missing') return theirs;
  return ORDER.indexOf(theirs.verdict) > ORDER.indexOf(ours.verdict) ? theirs : ours;
}

/** A value that the package never came to: what it raised says more than `missing`. */
function named(finding: Finding, made: PackageRun): Finding {
  if (finding.verdict !== 'different' || made.error === undefined || finding.candidate !== 'missing')
    return finding;
  return { ...finding, candidate: `missing: ${made.error}` };
}

/** The kept statements alone give something else than in the whole notebook: the package is a faithful copy of a wrong choice. */
function slice(finding: Finding): Finding {
  if (finding.verdict !== 'different') return finding;
  const { path, reference, candidate } = finding;
  return {
    verdict: 'different',
    path: `${path ?? ''} (kept statements beside the whole notebook)`.trim(),
    ...(reference === undefined ? {} : { reference }),
    ...(candidate === undefined ? {} : { candidate }),
  };
}

function cutOff(observation: Observation): NotRun | undefined {
  if (observation.cutOff === undefined) return undefined;
  const failed = observation.statements.find((record) => record.outcome === 'failed');
  return {
    layer: failed?.error?.layer ?? 'other',
    message: `The run of the kept statements was cut off: ${failed?.error?.message ?? observation.cutOff}.`,
    help: 'Give the run more time or memory: `limits` in the configuration file.',
  };
}

/** `same` needs something that was compared, and a metric among it where there are metrics. */
function judge(
  subjects: readonly Subject[],
  findings: Record<string, Finding>,
): Pick<Parity, 'parity' | 'notRun'> {
  const verdicts = subjects.map((subject) => ({
    subject,
    verdict: findings[subjectId(subject)]?.verdict ?? 'not-run',
  }));
  if (verdicts.some(({ verdict }) => verdict === 'different')) return { parity: 'different' };
  const compared = (kind: Subject['kind']): boolean =>
    verdicts.some(({ subject, verdict }) => subject.kind === kind && verdict !== 'not-run');
  const hasMetrics = subjects.some((subject) => subject.kind === 'metric');
  if (!compared('boundary') || (hasMetrics && !compared('metric'))) {
    const what = compared('boundary') ? 'metric' : 'value between the stages';
    return {
      parity: 'not-run',
      notRun: {
        layer: 'not_comparable',
        message: `No ${what} could be compared: the values have no stable content, or change from run to run.`,
        help: 'Seed what is random in the notebook (random_state=…), then run this again.',
      },
    };
  }
  return { parity: verdicts.some(({ verdict }) => verdict === 'close') ? 'close' : 'same' };
}

function notesOf({
  kept,
  made,
  reference,
  findings,
  subjects,
  unstable,
}: {
  kept: NotebookRunResult;
  made: PackageRun;
  reference: Facts;
  findings: Record<string, Finding>;
  subjects: readonly Subject[];
  unstable: ReadonlySet<string>;
}): string[] {
  const notes: string[] = [];
  const quoted = (some: readonly Subject[]): string =>
    listed(
      some.map(({ key }) => `\`${key}\``),
      6,
    );
  const failed = kept.observation.statements.find((record) => record.outcome === 'failed');
  // A file that cannot be written where the notebook wrote it stops nothing that is compared.
  const lacking = subjects.some((subject) => reference[subjectId(subject)] === undefined);
  if (failed?.error !== undefined && lacking) {
    notes.push(
      `Without the dropped statements the kept ones do not run: ${failed.error.type}: ${failed.error.message}. A statement that they need was dropped.`,
    );
  }
  if (made.error !== undefined) notes.push(`The package stopped: ${made.error}`);
  const moving = subjects.filter((subject) => unstable.has(subjectId(subject)));
  if (moving.length > 0) {
    notes.push(
      `Not reproducible, two equal runs of the notebook's statements differ, so not compared: ${quoted(moving)}.`,
    );
  }
  const left = subjects.filter(
    (subject) => findings[subjectId(subject)]?.verdict === 'not-run' && !unstable.has(subjectId(subject)),
  );
  if (left.length > 0) notes.push(`Not compared, because the content cannot be told: ${quoted(left)}.`);
  return notes;
}
