import { listed } from '../lib/text.ts';
import type { Observation } from '../notebook/observation.ts';
import type { Bench } from './bench.ts';
import { decide, type Finding } from './compare.ts';
import { judge } from './judge.ts';
import type { NotebookRunResult } from './notebook-run.ts';
import { whyNoProof } from './not-run.ts';
import type { PackageRun } from './package-run.ts';
import { type ParityRequest, ProofRuns, type SecondRound } from './proof-runs.ts';
import { type Facts, factsOf, type Subject, subjectId, subjectsOf } from './subjects.ts';
import { together } from './together.ts';
import type { Comparison, NotRun } from './verdict.ts';

/** The two comparisons of the proof. */
export interface Parity {
  parity: Comparison;
  /** By {@link subjectId}: the worse of package ↔ reference and reference ↔ whole notebook. */
  findings: Record<string, Finding>;
  subjects: Subject[];
  /** Those that are not the same in two equal runs, by {@link subjectId}. */
  unstable: ReadonlySet<string>;
  /** Those of them that only the package gives differently. */
  restless: ReadonlySet<string>;
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
  const empty = {
    ...{
      subjects,
      findings: {},
      unstable: new Set<string>(),
      restless: new Set<string>(),
      reference: {},
      package: {},
    },
    ...{ observation: null, notes: [] },
  };
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
  const notes = [...runs.notes, ...notesOf({ kept, made, reference, findings, subjects, again })];
  return {
    subjects,
    findings,
    reference,
    package: made.facts,
    observation: kept.observation,
    notes,
    unstable: again.unstable,
    restless: again.restless,
    ...judge(subjects, { findings, ...again, target: plan.target?.name ?? null }),
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
  return finding.verdict === 'different' ? { ...finding, dropped: true } : finding;
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

function notesOf({
  kept,
  made,
  reference,
  findings,
  subjects,
  again: { unstable, restless },
}: {
  kept: NotebookRunResult;
  made: PackageRun;
  reference: Facts;
  findings: Record<string, Finding>;
  subjects: readonly Subject[];
  again: SecondRound;
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
  for (const [some, whose] of [
    [moving.filter((subject) => !restless.has(subjectId(subject))), "the notebook's statements"],
    [moving.filter((subject) => restless.has(subjectId(subject))), 'the package'],
  ] as const) {
    if (some.length > 0)
      notes.push(`Not reproducible, two equal runs of ${whose} differ, so not compared: ${quoted(some)}.`);
  }
  const left = subjects.filter(
    (subject) => findings[subjectId(subject)]?.verdict === 'not-run' && !unstable.has(subjectId(subject)),
  );
  const sampled = subjects.filter((subject) => reference[subjectId(subject)]?.sampled === true);
  if (sampled.length > 0) {
    notes.push(
      `Above 200 MB, so compared by sums of all numbers and by a sample of the rows: ${quoted(sampled)}. Texts and objects outside of the sample were not compared.`,
    );
  }
  if (left.length > 0) notes.push(`Not compared, because the content cannot be told: ${quoted(left)}.`);
  return notes;
}
