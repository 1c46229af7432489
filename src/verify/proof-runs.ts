import type { FileTree } from '../lib/file-tree.ts';
import type { Observation, ValueFacts } from '../notebook/observation.ts';
import type { Extraction } from '../steps/1-extract/extraction.ts';
import type { PackagePlan } from '../steps/2-structure/plan.ts';
import type { Bench } from './bench.ts';
import { compareDumps, decide, type Dumps, type Finding } from './compare.ts';
import { type NotebookRunResult, runNotebook } from './notebook-run.ts';
import { type PackageRun, runPackage } from './package-run.ts';
import { dumpsFor, type Facts, factsOf, type Subject, subjectId, watchedStatements } from './subjects.ts';
import { untouchedFacts } from './untouched.ts';

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

/** The runs of one proof. */
export class ProofRuns {
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

  /** The kept statements alone, in the notebook's order, with the package's seeds; with what only prepares their run (`os.chdir`). */
  kept(dumped: Subject[]): Promise<NotebookRunResult> {
    this.#bench.say('running the kept statements alone');
    return this.#notebook(
      'reference',
      ({ kept, auxiliary }) => kept || auxiliary === true,
      this.#seeds,
      dumped,
    );
  }

  package(dump: boolean): Promise<PackageRun> {
    const { plan, tree } = this.#request;
    this.#bench.say('running the package');
    return runPackage(this.#bench, plan, tree, { name: 'package', dump });
  }

  /**
   * The whole notebook: as it was observed where nothing of it hangs on a seed and all was seen,
   * else once more, with the seed lines where kept statements draw.
   */
  async wholeFacts(): Promise<Facts> {
    const { observation, extraction } = this.#request;
    if (!this.#draws) {
      const observed = untouchedFacts(observation, extraction, this.#subjects);
      if (this.#subjects.every((subject) => observed[subjectId(subject)] !== undefined)) return observed;
    }
    this.#bench.say('running the whole notebook again');
    const again = await this.#whole([]);
    if (this.#draws) {
      this.notes.push(
        'Kept cells draw random numbers, so the notebook was compared with the seed lines of the package before the same statements.',
      );
    }
    return factsOf(again.observation, this.#subjects);
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
      sums: name === 'reference',
    });
  }

  /** The second round, for what the first left open or found different. */
  async again(first: { whole: Facts; reference: Facts; made: Facts }): Promise<SecondRound> {
    const doubtful = (reference: Facts, candidate: Facts): Subject[] =>
      this.#subjects.filter((subject) => {
        const id = subjectId(subject);
        if (reference[id] === undefined || candidate[id] === undefined) return false;
        return (decide(subject, reference[id], candidate[id])?.verdict ?? 'different') === 'different';
      });
    const made = doubtful(first.reference, first.made);
    const whole = doubtful(first.whole, first.reference);
    const open = [...new Set([...made, ...whole])];
    if (open.length === 0) return { made: {}, whole: {}, unstable: new Set(), restless: new Set() };
    const reference = side(await this.kept(open), this.#subjects, open);
    const unstable = new Set(
      open.map(subjectId).filter((id) => differs(first.reference[id], reference.facts[id])),
    );
    const ours = made.length === 0 ? undefined : await this.package(true);
    const theirs = whole.length === 0 ? undefined : side(await this.#whole(whole), this.#subjects, whole);
    const found = ours === undefined ? {} : await compareDumps(this.#bench, made, reference, ours);
    // What the second run of the package gives must not hide what the first one gave.
    const restless = new Set(
      made
        .map(subjectId)
        .filter((id) => !unstable.has(id) && found[id]?.verdict !== 'different')
        .filter((id) => differs(first.made[id], ours?.facts[id])),
    );
    return {
      made: found,
      whole: theirs === undefined ? {} : await compareDumps(this.#bench, whole, theirs, reference),
      unstable: new Set([...unstable, ...restless]),
      restless,
    };
  }
}

/** What the second round found, by {@link subjectId}. */
export interface SecondRound {
  made: Record<string, Finding>;
  whole: Record<string, Finding>;
  /** Differs between two runs of the same statements, or of the package. */
  unstable: Set<string>;
  /** Those of them that only the package gives differently. */
  restless: Set<string>;
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
