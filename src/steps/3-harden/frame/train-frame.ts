import { artifactsOf, dottedKey } from '../../configuration/artifacts.ts';
import { isServable, modelInput } from '../../configuration/serving.ts';
import { configuration, type Configuration } from '../../configuration/table.ts';
import type { InputPlan, PackagePlan, Value } from '../../2-structure/plan.ts';
import { renderMain } from './evaluate-frame.ts';
import { definitions, type Fragment } from './fragment.ts';
import { pythonString } from './python-text.ts';
import { keepsFittedValues } from './save-and-load.ts';
import { predictArguments } from './serving.ts';
import { shapeOf } from './types.ts';
import { resultField } from '../../result-fields.ts';

/** What the notebook's part gives to the frame of training. */
export interface TrainParts {
  /**
   * Calls in `train` that write a file and return its path, by the plan's key of the artifact:
   * `plot_loss_curve(result.train_losses, config.artifacts.loss_curve_path)`. Other figures and tables are written by
   * `run`, and logged where they exist.
   */
  writes?: Record<string, string>;
  /** Step of the final metrics, for a run that logs its epochs: `config.training.epochs`. */
  step?: string;
}

const safeKey = (table: Configuration, key: string): string => table.byKey.get(key)?.key ?? key;

/** A table or an array of the data stage that MLflow can fingerprint, and the file it was read from. */
function inputData(plan: PackagePlan): { value: Value; input: InputPlan | undefined } | null {
  const loggable = (value: Value | undefined): value is Value =>
    value !== undefined && ['table', 'array'].includes(shapeOf(value));
  const field = (name: string | null | undefined): Value | undefined =>
    plan.data.find((value) => value.name === name);
  const [first] = plan.inputs.filter(({ path }) => path !== null);
  const raw = field('raw');
  if (plan.serving.kind === 'raw_rows' && loggable(raw)) return { value: raw, input: first };
  for (const input of plan.inputs) {
    const value = field(input.variable);
    if (loggable(value)) return { value, input: input.path === null ? undefined : input };
  }
  const trained = field(plan.target?.trainInput);
  return loggable(trained) ? { value: trained, input: undefined } : null;
}

function logInput(plan: PackagePlan, table: Configuration): { lines: string[]; imports: string[] } {
  const found = inputData(plan);
  if (found === null) return { lines: [], imports: [] };
  const { value, input } = found;
  const data = `result.data.${value.name}`;
  if (shapeOf(value) === 'array') {
    const name = pythonString(input === undefined ? plan.name : (input.path ?? plan.name));
    return {
      lines: [`        mlflow.log_input(from_numpy(${data}, name=${name}), context="training")`],
      imports: ['from mlflow.data.numpy_dataset import from_numpy'],
    };
  }
  const imports = ['from mlflow.data.pandas_dataset import from_pandas'];
  if (input === undefined) {
    const name = pythonString(plan.name);
    return {
      lines: [`        mlflow.log_input(from_pandas(${data}, name=${name}), context="training")`],
      imports,
    };
  }
  const key = safeKey(table, dottedKey(input.key, 'data'));
  return {
    lines: [
      `        source = resolve_input(config.${key}, config.paths.root)`,
      `        mlflow.log_input(from_pandas(${data}, str(source), name=source.stem), context="training")`,
    ],
    imports: [...imports, 'from src.config import resolve_input'],
  };
}

/** Example rows and the rows that the signature is read from; null where MLflow has no form for them. */
function exampleRows(plan: PackagePlan): { example: string; all: string } | null {
  const raw = plan.serving.kind === 'raw_rows';
  const name = raw ? 'raw' : modelInput(plan)?.name;
  if (name === undefined) return null;
  const value = plan.data.find((field) => field.name === name);
  // MLflow's schema has no categories, and refuses the example for them.
  if (value?.facts?.columns?.some(({ kind }) => kind === 'category' || kind === 'other') === true)
    return null;
  const data = `result.data.${name}`;
  switch (shapeOf(value)) {
    case 'table':
      return { example: `${data}.head()`, all: data };
    case 'column':
      return { example: `${data}.head().to_frame(${pythonString(name)})`, all: 'example' };
    case 'tensor':
      return { example: `${data}[:5].cpu().numpy()`, all: 'example' };
    case 'array':
      return { example: `${data}[:5]`, all: 'example' };
    case 'other':
      // raw rows are a table where the plan names their columns, whatever else is known of them
      if (!raw || value !== undefined) return null;
      return plan.serving.kind === 'raw_rows' && plan.serving.columns !== null
        ? { example: `${data}.head()`, all: data }
        : { example: `${data}[:5]`, all: 'example' };
  }
}

/** What the served model imports: the package, and the modules of the repository that the notebook imports. */
function codePaths({ localModules = [], root }: PackagePlan): string {
  const own = localModules.map(
    ({ path }) => `str((PROJECT_ROOT / ${pythonString(`${root}/${path}`.replace(/^\.\//, ''))}).resolve())`,
  );
  return ['str(PROJECT_ROOT / "src")', ...own].join(', ');
}

function logServingModel(plan: PackagePlan): Fragment {
  const rows = exampleRows(plan);
  const trained = (name: string): string => `result.${resultField(name)}`;
  const call = ['example', ...predictArguments(plan, trained, 'result.data.fitted', 'config')].join(', ');
  const prepare =
    rows === null
      ? ''
      : `        example = ${rows.example}
        signature = infer_signature(${rows.all}, predict_rows(${call}))
`;
  const described =
    rows === null ? '' : '            signature=signature,\n            input_example=example,\n';
  const needsResult = rows !== null;
  const parameters = `${needsResult ? 'result: TrainingResult, ' : ''}config: Config, artifacts: dict[str, str]`;
  const about = needsResult ? '        result: Output of the training run.\n' : '';
  return {
    imports: [
      'from mlflow.pyfunc import log_model',
      'from src.config import PROJECT_ROOT',
      'from src.models.serving import ServingModel',
      ...(rows === null
        ? []
        : ['from mlflow.models import infer_signature', 'from src.models.serving import predict_rows']),
    ],
    code: `def log_serving_model(${parameters}) -> None:
    """Log the model to MLflow; what MLflow cannot take costs a warning, not the training run.

    Args:
${about}        config: Whole configuration.
        artifacts: Saved files by name.
    """
    try:
${prepare}        log_model(
            name="model",
            python_model=ServingModel(config),
            artifacts=artifacts,
${described}            code_paths=[${codePaths(plan)}],
            pip_requirements=str(PROJECT_ROOT / "requirements.txt"),
        )
    except Exception as error:  # the model, pickle and MLflow raise whatever they like
        logger.warning("model_not_logged", reason=repr(error))
        mlflow.set_tag("model_logged", "no")`,
  };
}

/** Local names of `train` for the paths of what was written. */
function pathName(key: string): string {
  const name = key.split('.').at(-1) ?? key;
  return name.endsWith('_path') ? name : `${name}_path`;
}

/**
 * The end of `src/training/train.py`. Before it stand the notebook's part with `run(config) -> TrainingResult` and
 * the module's `logger`.
 */
export function renderTrainFrame(plan: PackagePlan, parts: TrainParts = {}): Fragment {
  const table = configuration(plan);
  const artifacts = artifactsOf(plan);
  const servable = isServable(plan);
  const keeps = keepsFittedValues(plan);
  const keyOf = (kind: string): string =>
    safeKey(table, artifacts.find((artifact) => artifact.kind === kind)?.key ?? `artifacts.${kind}_path`);
  const [only] = plan.fitted;
  const model = plan.fitted.length > 1 ? 'trained' : `result.${resultField(only?.name ?? '')}`;
  const input = logInput(plan, table);
  const lines: string[] = [];
  const written: string[] = [];
  if (plan.fitted.length > 1) {
    const fields = plan.fitted.map(({ name }) => `${name}=result.${resultField(name)}`);
    lines.push(`        trained = TrainedModels(${fields.join(', ')})`);
  }
  const write = (name: string, call: string): void => {
    lines.push(`        ${name} = ${call}`);
    written.push(name);
  };
  if (only !== undefined) write('model_path', `save_model(${model}, config.${keyOf('model')})`);
  if (keeps) write('fitted_path', `save_fitted(result.data.fitted, config.${keyOf('fitted')})`);
  const own = artifacts.filter(({ kind }) => ['figure', 'table', 'other'].includes(kind));
  const calls = new Map(
    Object.entries(parts.writes ?? {}).map(([key, call]) => [dottedKey(key, 'artifacts'), call]),
  );
  const left: string[] = [];
  for (const { key } of own) {
    const call = calls.get(key);
    if (call === undefined) left.push(`config.${safeKey(table, key)}`);
    else write(pathName(safeKey(table, key)), call);
  }
  write('metrics_path', `write_metrics(result.metrics, config.${keyOf('metrics')})`);
  write('config_path', `write_config(config, config.${keyOf('config')})`);
  if (left.length > 0) {
    const items = left.length === 1 ? `${left[0] ?? ''},` : left.join(', ');
    lines.push(`        others = [resolve_path(path) for path in (${items})]`);
    lines.push(`        for path in (${written.join(', ')}, *(path for path in others if path.exists())):`);
  } else lines.push(`        for path in (${written.join(', ')}):`);
  lines.push('            mlflow.log_artifact(str(path))');
  const serving = servable ? logServingModel(plan) : null;
  if (serving !== null) {
    const files = ['"model": str(model_path)', ...(keeps ? ['"fitted": str(fitted_path)'] : [])];
    const result = exampleRows(plan) === null ? '' : 'result, ';
    lines.push(`        log_serving_model(${result}config, {${files.join(', ')}})`);
  }
  const step = parts.step === undefined ? '' : `, step=${parts.step}`;
  const train = `def train(config: Config) -> None:
    """Run the stages inside an MLflow run and save what they made.

    Args:
        config: Whole configuration.
    """
    with start_run(config.tracking, stage="train"):
        mlflow.log_params(flatten(config))
        result = run(config)
${[...input.lines, `        mlflow.log_metrics(result.metrics${step})`, ...lines].join('\n')}
        logger.info("training_finished", metrics=result.metrics)`;
  return {
    imports: [
      'import sys',
      'from collections.abc import Sequence',
      'import mlflow',
      'from src.config import Config, flatten, write_config',
      'from src.evaluation.evaluate import write_metrics',
      'from src.runtime import run_command',
      'from src.tracking import start_run',
      ...(left.length > 0 ? ['from src.config import resolve_path'] : []),
      ...(only === undefined ? [] : ['from src.models.model import save_model']),
      ...(plan.fitted.length > 1 ? ['from src.models.model import TrainedModels'] : []),
      ...(keeps ? ['from src.models.model import save_fitted'] : []),
      ...input.imports,
      ...(serving?.imports ?? []),
    ],
    code: definitions([
      ...(serving === null ? [] : [serving.code]),
      train,
      renderMain('src.training.train', 'train'),
    ]),
  };
}
