/**
 * What one watched run of a notebook showed. Written by `sandbox/architect_sandbox`, read by the steps.
 * Plain JSON; a value that is not known is absent, never guessed.
 */

/** Kind of a value, by which later steps choose annotations, digests and tests. */
export type ValueKind =
  | 'none'
  | 'bool'
  | 'int'
  | 'float'
  | 'string'
  | 'ndarray'
  | 'dataframe'
  | 'series'
  | 'index'
  | 'sparse'
  | 'tensor'
  | 'torch_module'
  | 'estimator'
  | 'list'
  | 'tuple'
  | 'dict'
  | 'set'
  | 'function'
  | 'class'
  | 'module'
  | 'other';

/** One column of an observed table. */
export interface ColumnFacts {
  name: string;
  /** True if the label is a string; other labels are given by `name` as their `repr`. */
  text: boolean;
  dtype: string;
  kind: 'numeric' | 'bool' | 'string' | 'datetime' | 'category' | 'other';
  missing: number;
  /** Distinct non-missing values, counted up to 1000. */
  distinct: number;
  minimum?: number;
  maximum?: number;
  /** The distinct values of a string, category or bool column with at most 20 of them, sorted. */
  categories?: string[];
}

/** Type, shape and content digest of one value at one moment. */
export interface ValueFacts {
  /** Public import path of the class, such as `pandas.DataFrame` or `sklearn.svm.SVC`. */
  type: string;
  kind: ValueKind;
  shape?: number[];
  dtype?: string;
  /** For tables: at most 200 columns. */
  columns?: ColumnFacts[];
  /** Length of a container. */
  length?: number;
  /** Element types of a list, tuple, set or of the values of a dict, sorted, without repeats. */
  items?: ValueFacts[];
  keys?: string[];
  /** A short literal: None, bool, int, float (finite), str of up to 200 characters. */
  value?: null | boolean | number | string;
  /** What an estimator can do and is (`sklearn.base.is_classifier` and friends). */
  estimator?: {
    role: 'classifier' | 'regressor' | 'clusterer' | 'transformer' | 'other';
    fitted: boolean;
    predicts: boolean;
    probabilities: boolean;
    search: boolean;
  };
  /** SHA-256 of the content; absent when the value has no stable content. */
  digest?: string;
  /** The digest is of a sample: head, tail and evenly spaced rows of a value above 200 MB. */
  sampled?: boolean;
  /** Shape and plain, position-weighted and absolute sum of the numbers in the value. */
  summary?: { shape: number[]; sums: [number, number, number] };
}

/** Why a statement failed. `layer` says what kind of thing is missing. */
export interface RunError {
  type: string;
  message: string;
  layer:
    | 'missing_module'
    | 'local_module'
    | 'missing_data'
    | 'removed_api'
    | 'hidden_state'
    | 'network'
    | 'system_binary'
    | 'input'
    | 'display'
    | 'gpu'
    | 'credentials'
    | 'out_of_memory'
    | 'time_out'
    | 'crash'
    | 'output'
    | 'other';
  /** Innermost line of the notebook's own code, 1-based within the cell. */
  line?: number;
  /** The missing thing: module, file, name. */
  subject?: string;
  /** Import name of the library that the error is about. */
  library?: string;
  /** Functions of libraries that the error came through, from the notebook's call inwards. */
  frames?: string[];
}

/** What one top-level statement did. */
export interface StatementRecord {
  id: number;
  /** `skipped`: an earlier statement of the same cell failed. */
  outcome: 'ran' | 'failed' | 'skipped';
  seconds: number;
  /** Facts of the watched names after the statement. */
  values: Record<string, ValueFacts>;
  /** Names of `mayMutate` whose content changed during the statement. */
  mutated: string[];
  /** Global generators that the statement moved. */
  random: ('random' | 'numpy' | 'torch')[];
  /** Facts of the watched expressions, at their last evaluation. */
  expressions: Record<string, ValueFacts>;
  /** Files opened by the statement, relative to the working tree where they lie in it. */
  reads: string[];
  writes: string[];
  /** Printed text, at most 2,000 characters. */
  stdout: string;
  error?: RunError;
}

/** One watched run of a list of statements. */
export interface Observation {
  /** `none`: nothing was run (static); then `statements` is empty and `reason` says why. */
  state: 'complete' | 'partial' | 'none';
  reason?: string;
  python?: string;
  /** Installed versions of the distributions, by distribution name. */
  versions: Record<string, string>;
  statements: StatementRecord[];
  seconds: number;
  /** Set when the run as a whole was cut off. */
  cutOff?: 'time_out' | 'out_of_memory' | 'output' | 'crash';
}
