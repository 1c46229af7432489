/** How knowledge about libraries is written down. Data only: the tables next to this file hold it, `lookup.ts` reads it. */

/** A global random generator. */
export type Generator = 'random' | 'numpy' | 'torch';

/** What a call is for, where that decides anything. */
export type CallRole =
  | 'read' // reads a file into a value
  | 'dataset' // makes or loads data that ships with a library
  | 'write' // writes a value that is not a model
  | 'save' // writes a model
  | 'load' // reads a model
  | 'folder' // makes a folder
  | 'figure' // starts a new figure
  | 'plot' // draws on the current figure or on the receiver
  | 'savefig'
  | 'show' // shows and ends the current figure
  | 'display' // only shows
  | 'settings' // changes how things are shown, not what they are
  | 'seed'
  | 'split' // cuts rows into parts
  | 'folds' // describes a cross-validation
  | 'train'
  | 'predict'
  | 'score'
  | 'crossvalidate'
  | 'transform'
  | 'learn' // takes a statistic of all rows that are given
  | 'optimizer'
  | 'scheduler'
  | 'loss'
  | 'loader'
  | 'baseline';

/**
 * What a call changes in place: `receiver`; `contents`: the objects inside the receiver (an optimizer's model);
 * a number: that positional argument; `contents:0`: what is inside that argument; `name:0`: that argument if it is a name,
 * because what an expression makes is nobody else's; another word: that keyword argument.
 */
export type Effect = 'receiver' | 'contents' | number | string;

/** What is known about one function, constructor or method. Nothing said means: pure, gives a fresh value. */
export interface CallFacts {
  role?: CallRole;
  mutates?: readonly Effect[];
  /** `inplace=True` changes the receiver. */
  inplace?: boolean;
  /** What the result shares memory or identity with; `fresh` if absent. */
  returns?: 'fresh' | 'receiver' | 'view' | 'first' | 'all';
  /** The result holds its arguments (a pipeline its steps). */
  holds?: boolean;
  /** Import path of the result's class. */
  type?: string;
  /** Generator it moves, unless one of `unless` is given; `when`: only if that keyword is given as True. */
  draws?: { generator: Generator; unless?: readonly string[]; when?: string };
  /** Where the path stands. */
  path?: { index: number; keyword: string };
  /** Position of the object that is written; the receiver if absent. */
  object?: number;
  /** Keyword arguments with a literal are hyperparameters: all of them, or these. */
  hyperparameters?: boolean | readonly string[];
  /** Names of the positional parameters that are hyperparameters when they are literals; null for others. */
  positional?: readonly (string | null)[];
  stage?: 'data' | 'model' | 'training' | 'evaluation';
}

/** What a class can do, by what its instances are. */
export interface EstimatorFacts {
  role: 'classifier' | 'regressor' | 'clusterer' | 'transformer' | 'other';
  framework: 'sklearn' | 'torch' | 'xgboost' | 'lightgbm' | 'catboost' | 'keras' | 'statsmodels' | 'other';
  /** Has `predict`. */
  predicts: boolean;
  /** Searches hyperparameters: `best_estimator_`. */
  search: boolean;
  /** Fits the objects given to it in place, not clones of them. */
  inPlace: boolean;
  /**
   * `fit` draws from NumPy's global generator unless `random_state` is given; `when`: it does so at every fit or only with that
   * keyword, but what it draws counts with that keyword alone (and, where given, that value).
   */
  draws: boolean | { when: string; value?: string };
}

/** A function whose result says how good a model is. */
export interface MetricFacts {
  /** Key of the metric in the package. */
  key: string;
  unitInterval: boolean;
  better: 'higher' | 'lower' | 'unknown';
  /** `text` and `array` are not numbers; a `scores` is a number for each class or fold. */
  result: 'number' | 'text' | 'array';
}

/** Table from import paths, `pandas.read_csv`, or `type.method`, `pandas.DataFrame.drop`, to facts. */
export type CallTable = Readonly<Record<string, CallFacts>>;

/** The same facts for several names below one prefix. */
export function each(prefix: string, names: string, facts: CallFacts): CallTable {
  return Object.fromEntries(
    names
      .split(/\s+/)
      .filter(Boolean)
      .map((name) => [`${prefix}${name}`, facts]),
  );
}
