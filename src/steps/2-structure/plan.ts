import type { ValueFacts } from '../../notebook/observation.ts';
import type { Hyperparameter } from '../1-extract/extraction.ts';

/** What the package is made of, for the writers of its files. Plain JSON. */

/** A value that passes between functions. */
export interface Value {
  /** The notebook's name. */
  name: string;
  /** Annotation, such as `pd.DataFrame`, `npt.NDArray[np.float64]`, `Any`. */
  annotation: string;
  /** Phrase for docstrings: `Features for training, float64, shape (n_train, 17)`; no final period. */
  description: string;
  facts?: ValueFacts;
}

/** One parameter of a generated function. */
export interface Parameter extends Value {
  /** Where the orchestrator takes it from: a value of the notebook, or a configuration key. */
  from: { kind: 'value' } | { kind: 'config'; key: string } | { kind: 'section'; section: string };
}

/** One function or class of the package that came from the notebook. */
export interface FunctionPlan {
  name: string;
  /** `src/data/loader.py`. */
  module: string;
  stage: 'data' | 'model' | 'training' | 'evaluation';
  kind: 'segment' | 'function' | 'class';
  /** Kept statements in it, in order. */
  statements: number[];
  cells: number[];
  parameters: Parameter[];
  returns: Value[];
}

/** Where the package and the notebook are compared. */
export interface Boundary {
  /** `split_data.X_train`. */
  key: string;
  /** Statement after which the notebook's value counts, and the name. */
  statement: number;
  name: string;
  /** `src.data.loader:split_data`, the number of the call, and the index in a returned tuple (null: the value itself). */
  function: string;
  occurrence: number;
  result: number | null;
}

/** A metric in the package. */
export interface MetricPlan {
  key: string;
  cell: number;
  /** `float` metrics of evaluate are recomputed from the saved model. */
  stage: 'training' | 'evaluation';
  /** Statement after which it stands in the notebook, and the name or the watched expression. */
  statement: number;
  variable: string | null;
  value?: number;
  /** Lies in [0, 1] by its definition. */
  unitInterval: boolean;
  /** Sense of the number, where its definition says. */
  better: 'higher' | 'lower' | 'unknown';
}

/** A file that the package reads. */
export interface InputPlan {
  key: string;
  path: string | null;
  cell: number;
  /** Function that reads it, `src.data.loader:load_data`, and the name of the table in its result. */
  function: string;
  variable: string | null;
  /** SHA-256 of the file, where it lies in the working tree. */
  sha256?: string;
  facts?: ValueFacts;
}

/** A file that the package writes. */
export interface ArtifactPlan {
  key: string;
  path: string;
  /** Path in the notebook, if it wrote one. */
  was: string | null;
  cell: number | null;
  kind: 'model' | 'fitted' | 'figure' | 'table' | 'config' | 'metrics' | 'evaluation' | 'other';
  description: string;
}

/** How a fitted object is saved and loaded. */
export interface FittedPlan extends Value {
  framework: 'sklearn' | 'torch' | 'xgboost' | 'lightgbm' | 'catboost' | 'keras' | 'statsmodels' | 'other';
}

/** How the MLflow model is fed. */
export type ServingPlan =
  | {
      kind: 'raw_rows';
      /** Columns of the raw table that a prediction needs; null for arrays. */
      columns: string[] | null;
    }
  | { kind: 'model_input'; reason: string };

/** How predictions are decided where the notebook scores them: a function `predict_as_scored(<input>, <model>, <keys>)`. */
export interface DecisionPlan {
  input: string;
  model: string;
  /** Its body. */
  lines: string[];
  imports: string[];
  /** `cell 24`, with the notebook function that holds the lines. */
  where: string;
  /** What it takes behind the input and the model. */
  parameters: { name: string; annotation: string; description: string; key: string }[];
  /** Metrics that are computed from these predictions and the true values. */
  scores: { key: string; function: string; arguments: string[] }[];
}

/** One call of an estimator by the kept code, as the notebook's run showed it. */
export interface EstimatorCall {
  /** Import path of the class. */
  type: string;
  method: string;
  /** Of the first argument. */
  shape: number[];
  /** The arguments, with the digest that they had. */
  input: { name: string; digest?: string };
  labels?: { name: string; digest?: string };
}

/** A library call that gets a configuration value through a name of the notebook. */
export interface ConstantUse {
  key: string;
  /** Import path. */
  callee: string;
  argument: string;
  /** Nothing else reads the name. */
  only: boolean;
}

/** What the text of a training loop says for sure. */
export interface NetworkTraining {
  /** Each step of the optimizer follows one backward pass from cleared gradients. */
  steps: boolean;
  /** The loop switches the network to training. */
  trainMode: boolean;
  /** Scoring switches it to evaluation. */
  evalMode: boolean;
}

/** A reported metric that a library's function gives for `predict` of the target on held-out rows. */
export interface HeldOutScore {
  key: string;
  /** Import path. */
  function: string;
  /** Further arguments: `average="macro"`. */
  arguments: string[];
}

/** A module of the repository that stays where it is. */
export interface LocalModule {
  /** Its top-level name. */
  name: string;
  /** Folder that Python must look in, relative to the repository. */
  folder: string;
  /** File or package in it, relative to the repository. */
  path: string;
}

/** Which configuration values an entry point needs. */
export interface EntryPoint {
  name: 'train' | 'evaluate';
  module: string;
  keys: string[];
}

/** The configuration in sections, in the order of the file. */
export interface ConfigEntry extends Hyperparameter {
  /** Python annotation: `int`, `list[int | None]`, `str | None`. */
  annotation: string;
  /** Comment in default.yaml: `cell 22, train_test_split`. */
  comment: string;
}

/** The whole package. */
export interface PackagePlan {
  /** Short name: MLflow experiment, project name. From the notebook's file, else its folder, never `notebook`. */
  name: string;
  notebook: { path: string; file: string; sha256: string };
  /** `paths.root` of default.yaml. */
  root: string;
  seed: { value: number; cells: number[]; added: boolean; torch: boolean };
  /** Unpinned distributions of the kept code, plus those that the frame needs. */
  requirements: string[];
  config: ConfigEntry[];
  /** Turns after which a training loop has looked at itself once, if it does so only now and then. */
  loggedEvery?: number;
  functions: FunctionPlan[];
  /** Fields of `PreparedData` (empty: no data stage) and of `TrainingResult` besides `metrics` and `data`. */
  data: Value[];
  result: Value[];
  /** Objects that evaluation needs from training: fields of `TrainingResult`, saved by `save_model`. */
  fitted: FittedPlan[];
  /** Name in `TrainingResult` of the target, its input and output in `PreparedData`. */
  target: {
    name: string;
    role: 'classifier' | 'regressor' | 'clusterer' | 'transformer' | 'other';
    framework: FittedPlan['framework'];
    type: string | null;
    testInput: string | null;
    testOutput: string | null;
    trainInput: string | null;
    trainOutput: string | null;
    probabilities: boolean;
  } | null;
  metrics: MetricPlan[];
  inputs: InputPlan[];
  artifacts: ArtifactPlan[];
  boundaries: Boundary[];
  /** Statements before which the package calls `set_seed`. */
  seedBefore: number[];
  serving: ServingPlan;
  decision?: DecisionPlan;
  /** Calls of estimators, in the order of the notebook; only classes and methods of which every call is known. */
  estimatorCalls?: EstimatorCall[];
  /** Metrics that a test can compute again without a {@link DecisionPlan}. */
  heldOutScores?: HeldOutScore[];
  constantUses?: ConstantUse[];
  networkTraining?: NetworkTraining;
  /** Modules of the repository that the code imports. */
  localModules?: LocalModule[];
  entryPoints: EntryPoint[];
}
