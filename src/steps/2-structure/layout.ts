import type { Span } from '../../python/statement.ts';
import type { Decision } from './decision.ts';
import type { FunctionPlan } from './plan.ts';
import type { ServingPath } from './serving-path.ts';

/** Stage of generated code; the folders of the package are named after it. */
export type CodeStage = FunctionPlan['stage'];

/** A run of kept statements that becomes one function. */
export interface Segment {
  name: string;
  module: string;
  stage: CodeStage;
  statements: number[];
  cells: number[];
  /** Names of the notebook that it reads before it binds them, in order of first use. */
  inputs: string[];
  /** Names that it binds or changes and that are read after it, in order of first binding. */
  outputs: string[];
  /** Configuration keys of its literals and of the notebook functions that it calls, in order of first use. */
  keys: string[];
  /** `set_seed` comes before the call. */
  seeded: boolean;
  /** Takes the values that training keeps for new rows: some statement takes a statistic of all rows. */
  fitted?: true;
}

/** How the MLflow model is fed: by raw rows through the path, or by the model's own input. */
export type ServingLayout =
  | {
      kind: 'raw_rows';
      path: ServingPath;
      /** Segments of the path, in order. */ segments: number[];
      /** Segment that gives the raw rows. */ root: number;
    }
  | { kind: 'model_input'; reason: string };

/** A default that reads the notebook's names, so that the call must give its value: the package has no globals. */
export interface GivenDefault {
  parameter: string;
  /** Position among the arguments of a call; null for a parameter by keyword only. */
  index: number | null;
  text: string;
  /** Names in the text that stand for values or configuration keys. */
  reads: { name: string; span: Span }[];
}

/** A function or class of the notebook. */
export interface Callable {
  /** Its name in the notebook, and in the package where the frame has taken it. */
  name: string;
  newName: string;
  kind: 'function' | 'class';
  module: string;
  stage: CodeStage;
  statement: number;
  /** Its own parameters; of a class those of `__init__`. */
  parameters: string[];
  /** Values of the notebook that it, or what it calls, reads from the global namespace: they become parameters. */
  values: string[];
  /** Configuration keys likewise. */
  keys: string[];
  /** Own parameters whose default moved to the configuration: key → parameter. */
  defaults: Record<string, string>;
  /** Own parameters that every call must give, with what it gives where the notebook's did not. */
  given: GivenDefault[];
}

/** A function that writes a file of the notebook after training: figure or table. */
export interface OutputSegment extends Segment {
  /** Configuration keys of the paths that it writes. */
  paths: string[];
}

/** The shape of the package before its text is written. */
export interface Layout {
  segments: Segment[];
  callables: Callable[];
  outputs: OutputSegment[];
  /** Number of leading segments that make up `prepare_data`. */
  prepared: number;
  /** Index of the first segment of the trailing group that makes up `evaluate_model`. */
  evaluation: number;
  /**
   * Index of the first segment behind that group: what fits the scored model again, and what follows from it. The saved model is
   * then not the scored one, and an evaluation that runs alone trains that again.
   */
  refit: number;
  /** Names that `prepare_data` hands on, in order of binding. */
  data: string[];
  /** Names that evaluation takes from the file of the trained objects. */
  fitted: string[];
  /** Segments between data and evaluation that evaluation repeats instead of loading (a device, a loss), sorted. */
  repeated: number[];
  /** For torch: segments that build the untrained networks before the weights are loaded, sorted. */
  builders: number[];
  /** Names that `TrainingResult` holds besides metrics and data. */
  result: string[];
  /** Names that `evaluate_model` returns besides the metrics, for the files written after it. */
  evaluated: string[];
  /** Variable that holds each metric in the package: the notebook's own, or one made for an expression in place. */
  metrics: Record<string, string>;
  /** Lifted constants: name → key. */
  constants: Record<string, string>;
  serving: ServingLayout;
  /** How the notebook decides its predictions, where `predict` of the model does not say it all. */
  decision: Decision | null;
  /** Metrics that `predict` of the target gives on its held-out rows, where that says it all. */
  heldOutScores: Decision['scores'];
  /** All names that the notebook binds: nothing generated may be called so. */
  names: string[];
}

/** What a second round may ask for. */
export interface StructureOptions {
  /** Why the MLflow model takes its own input although raw rows could be followed. */
  modelInput?: string;
}
