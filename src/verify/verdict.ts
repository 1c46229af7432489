/** Result of a comparison of two values: equal; floats within the tolerance; not equal; not compared. */
export type Comparison = 'same' | 'close' | 'different' | 'not-run';

/** Where two values differ first, and what each side has there. */
export interface Difference {
  /** `column 'Churn' row 3`; empty or absent where it is the value itself. */
  path?: string;
  reference?: string;
  candidate?: string;
  /** The sides are the whole notebook and its kept statements alone: a statement that counts was dropped. */
  dropped?: true;
}

/** One value of the notebook beside the package's. */
export interface BoundaryVerdict extends Difference {
  /** `split_data.X_train`. */
  name: string;
  verdict: Comparison;
}

/** One metric of the notebook beside the package's. */
export interface MetricVerdict extends Difference {
  name: string;
  /** In the reference run: the notebook, with the package's seed lines where it draws at random. */
  notebook: number | null;
  package: number | null;
  /** In the run of the notebook as it is, where that differs from the reference. */
  untouched?: number;
  verdict: Comparison;
}

/** One check besides parity, tests and lint: `training twice`, `mlflow run`. */
export interface CheckVerdict {
  name: string;
  outcome: 'passed' | 'failed' | 'skipped';
  /** One line: what was seen, or why it was not done. */
  detail: string;
}

/** Why there is no proof. */
export interface NotRun {
  /** What is missing: a layer of `RunError`, or `no_engine`, `install`, `static`, `syntax`, `crash`. */
  layer: string;
  message: string;
  /** What to do next. */
  help: string;
}

/** What the proof found. Plain JSON, computed outside the process that foreign code ran in. */
export interface Verdict {
  status: 'verified' | 'unverified' | 'failed';
  parity: Comparison;
  boundaries: BoundaryVerdict[];
  metrics: MetricVerdict[];
  tests: { passed: number; failed: number; skipped: number };
  /** Number of findings; null if the tool was not run. */
  lint: { ruff: number | null; types: number | null };
  checks: CheckVerdict[];
  /** Sentences for the report, such as why the untouched notebook has other metrics. */
  notes: string[];
  notRun?: NotRun;
}
