import type { FileTree } from '../lib/file-tree.ts';
import { count, listed } from '../lib/text.ts';
import type { Observation, ValueFacts } from '../notebook/observation.ts';
import type { Extraction } from '../steps/1-extract/extraction.ts';
import type { PackagePlan } from '../steps/2-structure/plan.ts';
import type { Bench } from './bench.ts';
import { compareDumps, decide, type Dumps, type Finding } from './compare.ts';
import { type NotebookRunResult, runNotebook } from './notebook-run.ts';
import { whyNoProof } from './not-run.ts';
import { type PackageRun, runPackage } from './package-run.ts';
import {
  dumpsFor,
  type Facts,
  factsOf,
  type Subject,
  subjectId,
  subjectsOf,
  watchedStatements,
} from './subjects.ts';
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

/** What is compared. */
export interface ParityRequest {
  plan: PackagePlan;
  extraction: Extraction;
  tree: FileTree;
  /** The run of the untouched notebook. */
  observation: Observation;
}

/** One side of a comparison: the facts of a first run, and dumps of a second one where they were needed. */
interface Side {
  facts: Facts;
  dumps: Dumps;
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
  const reason = whyNoProof(observation, plan, extraction);
  if (reason !== undefined) return { ...empty, parity: 'not-run', notRun: reason };

  const runs = new Runs(bench, request, subjects);
  bench.say('running the kept statements alone');
  const kept = await runs.kept([]);
  const cut = cutOff(kept.observation);
  if (cut !== undefined) return { ...empty, parity: 'not-run', notRun: cut };
  bench.say('running the package');
  const made = await runs.package(false);
  if (made.notRun !== undefined) return { ...empty, parity: 'not-run', notRun: made.notRun };
  const whole = await runs.wholeFacts();

  const reference = factsOf(kept.observation, subjects);
  const again = await runs.again({ whole, reference, made: made.facts });
  const findings: Record<string, Finding> = {};
  for (const subject of subjects) {
    const id = subjectId(subject);
    const ours = decideOne(subject, reference, made.facts) ?? again.made[id] ?? { verdict: 'not-run' };
    const theirs = decideOne(subject, whole, reference) ?? again.whole[id] ?? { verdict: 'not-run' };
    findings[id] = again.unstable.has(id) ? { verdict: 'not-run' } : worse(named(ours, made), slice(theirs));
  }
  const notes = [...runs.notes, ...notesOf(kept, made, again.unstable, findings, subjects)];
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

/** The runs of one proof. */
class Runs {
  readonly notes: string[] = [];
  readonly #bench: Bench;
  readonly #request: ParityRequest;
  readonly #subjects: Subject[];
  readonly #seeds: { before: readonly number[]; value: number };
  /** Whether a kept statement draws from a global generator: then the notebook, too, gets the package's seed lines. */
  readonly #draws: boolean;

  constructor(bench: Bench, request: ParityRequest, subjects: Subject[]) {
    this.#bench = bench;
    this.#request = request;
    this.#subjects = subjects;
    const { plan, extraction } = request;
    this.#seeds = { before: plan.seedBefore, value: plan.seed.value };
    this.#draws = extraction.statements.some((statement) => statement.kept && statement.random.length > 0);
  }

  /** The kept statements alone, in the notebook's order, with the package's seeds. */
  kept(dumped: Subject[]): Promise<NotebookRunResult> {
    return this.#notebook('reference', (statement) => statement.kept, this.#seeds, dumped);
  }

  package(dump: boolean): Promise<PackageRun> {
    const { plan, tree } = this.#request;
    return runPackage(this.#bench, plan, tree, { name: 'package', dump });
  }

  /** The whole notebook: as it was observed where nothing of it hangs on a seed, else once more with the seed lines. */
  async wholeFacts(): Promise<Facts> {
    if (!this.#draws) {
      const observed = {
        ...observedMetrics(this.#request),
        ...factsOf(this.#request.observation, this.#subjects),
      };
      const complete = this.#subjects.every((subject) => observed[subjectId(subject)] !== undefined);
      if (complete) return observed;
    }
    this.#bench.say('running the whole notebook again');
    const { observation } = await this.#whole([]);
    if (this.#draws) {
      this.notes.push(
        'Kept cells draw random numbers, so the notebook was compared with the seed lines of the package before the same statements.',
      );
    }
    return factsOf(observation, this.#subjects);
  }

  #whole(dumped: Subject[]): Promise<NotebookRunResult> {
    const statements = this.#request.extraction.statements;
    // What comes after the last compared value cannot change it; it may be slow, or never end.
    const last = Math.max(
      ...statements.filter(({ kept }) => kept).map(({ id }) => id),
      ...this.#subjects.map(({ statement }) => statement),
    );
    return this.#notebook('notebook', ({ id }) => id <= last, this.#draws ? this.#seeds : null, dumped);
  }

  #notebook(
    name: string,
    wanted: (statement: Extraction['statements'][number]) => boolean,
    seeds: { before: readonly number[]; value: number } | null,
    dumped: Subject[],
  ): Promise<NotebookRunResult> {
    const { plan, extraction } = this.#request;
    return runNotebook(this.#bench, {
      name,
      statements: watchedStatements(extraction.statements, wanted, this.#subjects, seeds),
      libraries: plan.seed.torch ? ['random', 'numpy', 'torch'] : ['random', 'numpy'],
      dump: dumpsFor(dumped),
    });
  }

  /** The second round, for what the first left open or found different. */
  async again(first: { whole: Facts; reference: Facts; made: Facts }): Promise<SecondRound> {
    const doubtful = (reference: Facts, candidate: Facts): Subject[] =>
      this.#subjects.filter((subject) => {
        const id = subjectId(subject);
        if (reference[id] === undefined || candidate[id] === undefined) return false;
        return (decideOne(subject, reference, candidate)?.verdict ?? 'different') === 'different';
      });
    const made = doubtful(first.reference, first.made);
    const whole = doubtful(first.whole, first.reference);
    const open = [...new Set([...made, ...whole])];
    if (open.length === 0) return { made: {}, whole: {}, unstable: new Set() };
    this.#bench.say(`looking closer at ${count(open.length, 'value')}`);
    const reference = side(await this.kept(open), this.#subjects, open);
    const unstable = new Set(
      open.map(subjectId).filter((id) => differs(first.reference[id], reference.facts[id])),
    );
    const ours = made.length === 0 ? undefined : await this.package(true);
    const theirs = whole.length === 0 ? undefined : side(await this.#whole(whole), this.#subjects, whole);
    return {
      made: ours === undefined ? {} : await compareDumps(this.#bench, made, reference, ours),
      whole: theirs === undefined ? {} : await compareDumps(this.#bench, whole, theirs, reference),
      unstable,
    };
  }
}

/** Numbers that the first run saw in place, where an expression has no name to watch. */
function observedMetrics({ plan, extraction }: ParityRequest): Facts {
  const facts: Facts = {};
  for (const metric of plan.metrics) {
    const value = extraction.metrics.find(
      ({ key, statement }) => key === metric.key && statement === metric.statement,
    )?.value;
    if (value !== undefined)
      facts[subjectId({ kind: 'metric', key: metric.key })] = { type: 'float', kind: 'float', value };
  }
  return facts;
}

/** What the second round found, by {@link subjectId}. */
interface SecondRound {
  made: Record<string, Finding>;
  whole: Record<string, Finding>;
  /** Differs between two runs of the same statements. */
  unstable: Set<string>;
}

function differs(one: ValueFacts | undefined, two: ValueFacts | undefined): boolean {
  if (one?.digest !== undefined && two?.digest !== undefined) return one.digest !== two.digest;
  return typeof one?.value === 'number' && typeof two?.value === 'number' && one.value !== two.value;
}

function side(run: NotebookRunResult, subjects: Subject[], dumped: Subject[]): Side {
  const dumps: Dumps = {};
  for (const subject of dumped) {
    const bytes = run.dumps[`${subject.statement}:${subject.name}`];
    if (bytes !== undefined) dumps[subjectId(subject)] = bytes;
  }
  return { facts: factsOf(run.observation, subjects), dumps };
}

const ORDER: Comparison[] = ['same', 'close', 'not-run', 'different'];

function worse(left: Finding, right: Finding): Finding {
  return ORDER.indexOf(right.verdict) > ORDER.indexOf(left.verdict) ? right : left;
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

function notesOf(
  kept: NotebookRunResult,
  made: PackageRun,
  unstable: ReadonlySet<string>,
  findings: Record<string, Finding>,
  subjects: readonly Subject[],
): string[] {
  const notes: string[] = [];
  const quoted = (some: readonly Subject[]): string =>
    listed(
      some.map(({ key }) => `\`${key}\``),
      6,
    );
  const failed = kept.observation.statements.find((record) => record.outcome === 'failed');
  if (failed?.error !== undefined) {
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
