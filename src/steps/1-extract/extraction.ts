import type { Diagnostic } from '../../lib/diagnostic.ts';
import type { ValueFacts } from '../../notebook/observation.ts';
import type { Literal, Span, Statement } from '../../python/statement.ts';

/** What a statement is for. */
export type Stage =
  | 'imports'
  | 'config'
  | 'data'
  | 'model'
  | 'training'
  | 'evaluation'
  | 'persistence'
  | 'exploration'
  | 'visualization';

/** A statement with what the data flow and the run say about it. */
export interface AnalysedStatement extends Statement {
  stage: Stage;
  kept: boolean;
  /** Why it is kept or dropped, as a phrase: `defines X_train`, `plot that is not saved`, `display only`. */
  reason: string;
  /** Statements whose value it reads, by name; through called functions too. Sorted ids. */
  reaches: Record<string, number[]>;
  /** Names whose object it changes in place: proved by the run where there is one, else presumed. */
  mutates: string[];
  /** Global random generators that it moves: seen by the run, else by knowledge. */
  random: ('random' | 'numpy' | 'torch')[];
  /** Facts of the names that it defines or mutates, after it ran. */
  values: Record<string, ValueFacts>;
  /** Class and kind of names that it defines and no run has shown, where the code alone makes them certain. */
  inferred?: Record<string, ValueFacts>;
  /** It did not run, or failed. */
  failed?: string;
  /**
   * Not in the package, but a run of the kept statements alone needs it: makes a folder that a kept statement writes to,
   * changes `sys.path` or the working directory.
   */
  auxiliary?: true;
}

/** A file that the kept code reads. */
export interface InputFile {
  statement: number;
  /** The string literal in the statement, or of the constant that the call reads. */
  span: Span;
  written: string;
  /** Relative to the working tree, or absolute as the notebook has it; null if it is no file (remote). */
  path: string | null;
  /** It is there. */
  present: boolean;
  key: string;
  /** Set if the path is a constant of the notebook: then `span` lies in that statement. */
  constant?: { statement: number; name: string };
  /** Name that receives the data, if a plain one does, and the reader: `pandas.read_csv`. */
  variable: string | null;
  reader: string;
}

/** A file that the kept code writes. */
export interface OutputFile {
  statement: number;
  span: Span;
  written: string;
  /** `artifacts/<basename>`. */
  path: string;
  key: string;
  /** Set if the path is a constant of the notebook: then `span` lies in that statement. */
  constant?: { statement: number; name: string };
  kind: 'model' | 'figure' | 'table' | 'other';
  /** Name of the object that is written; `pyplot` for figures. */
  object: string | null;
}

/** A literal that moves to `configs/default.yaml`. */
export interface Hyperparameter {
  /** Dotted: `training.param_grid.max_depth`, `seed`. */
  key: string;
  literal: Literal;
  /** Everywhere it stands; the same seed may stand often. */
  places: HyperparameterPlace[];
  source: 'constant' | 'argument' | 'grid' | 'default' | 'path' | 'seed' | 'added';
  /** For the report: `train_test_split(test_size=)`, `THRESHOLD`, `param_grid['max_depth']`. */
  description: string;
}

/** One place of a hyperparameter. */
export interface HyperparameterPlace {
  statement: number;
  cell: number;
  line: number;
  /** Range of the literal in the statement's text. */
  span: Span;
  /** Import path of the call and the argument that get it, if it stands in a call. */
  callee?: string;
  argument?: string;
  /** For a constant: the name that holds it; its readers get the key. */
  constant?: string;
}

/** A number that the notebook reports about its model. */
export interface Metric {
  /** `accuracy`, `best_score`, `rmse`: unique, snake_case. */
  key: string;
  statement: number;
  cell: number;
  line: number;
  /** Name that holds it after the statement; null: the expression at `span` is computed in place (in a print or shown). */
  variable: string | null;
  span: Span | null;
  /** `sklearn.metrics.accuracy_score`, `score`, `cross_val_score`, null for a number computed by hand. */
  function: string | null;
  /** Text of the expression for the report. */
  text: string;
  /** Observed value. */
  value?: number;
  /** Held out: computed from data that the model was not fitted on, as far as names tell; training: during the fit (best_score_, epoch losses). */
  kind: 'held_out' | 'training';
}

/** The model that the package is about. */
export interface Target {
  /** Notebook name of the fitted object that predictions come from (`best_model`). */
  name: string;
  /** Statements that fit it, sorted. */
  fits: number[];
  /** Nothing but cross-validation fits it, and that fits copies. */
  onlyValidated: boolean;
  /** Names of other networks that learn by the same loss in the same statement: without them it is half a model. */
  trainedWith?: string[];
  /** Statement that constructs it, and the construction in it. */
  constructor: { statement: number; span: Span; qualified: string } | null;
  framework: 'sklearn' | 'torch' | 'xgboost' | 'lightgbm' | 'catboost' | 'keras' | 'statsmodels' | 'other';
  role: 'classifier' | 'regressor' | 'clusterer' | 'transformer' | 'other';
  /** Public import path of its class, where known. */
  type: string | null;
  /** Why this one: `saved in cell 31`, `scored last, in cell 29`. */
  reason: string;
  /** Names read by its last prediction or score, input first: `X_test_s`. */
  input: string | null;
  output: string | null;
  /** Training data, where a fit names them. */
  trainingInput: string | null;
  trainingOutput: string | null;
}

/** A fault of the notebook that a human should know. */
export interface Finding {
  code: string;
  severity: 'high' | 'medium' | 'low';
  cell: number;
  line: number;
  message: string;
  /** What to do, and what the package does about it. */
  advice: string;
  /** The statement is in the package. */
  kept: boolean;
  statement: number | null;
}

/** Verdict on one cell, for the plan and the report. */
export interface CellVerdict {
  cell: number;
  executionCount: number | null;
  kind: 'code' | 'markdown' | 'raw';
  stages: Stage[];
  verdict: 'kept' | 'partly' | 'dropped';
  why: string;
}

/** Step 1: what matters in the notebook, and why. Plain JSON. */
export interface Extraction {
  notebook: { path: string; sha256: string; title: string | null };
  /** The run that it rests on: `complete`, `partial`, `none`. */
  observed: 'complete' | 'partial' | 'none';
  statements: AnalysedStatement[];
  cells: CellVerdict[];
  target: Target | null;
  /** Names of the other fitted models that `--target` may choose. */
  candidates: string[];
  metrics: Metric[];
  inputs: InputFile[];
  outputs: OutputFile[];
  hyperparameters: Hyperparameter[];
  findings: Finding[];
  diagnostics: Diagnostic[];
  /** Seed of the package and the cells it comes from; `added` if the notebook has none. */
  seed: { value: number; cells: number[]; added: boolean };
  /** Distributions that the whole notebook and the kept code import: `scikit-learn`. */
  distributions: { notebook: string[]; kept: string[] };
  /** Sibling modules of the repository that kept code imports: `helpers` → `lib/helpers.py`. */
  localModules: { module: string; path: string }[];
}
