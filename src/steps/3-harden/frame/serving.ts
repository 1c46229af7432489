import { isServable, modelInput, servedModel } from '../../configuration/serving.ts';
import type { DecisionPlan, FittedPlan, PackagePlan, Value } from '../../2-structure/plan.ts';
import type { Fragment } from './fragment.ts';
import { indent } from '../../../python/edit.ts';
import { docstring, pythonFile, wrap } from './python-text.ts';
import { keepsFittedValues } from './save-and-load.ts';
import { isNetwork, shapeOf, typeName, type Shape } from './types.ts';

/** Writes `src/models/serving.py`: the model as MLflow serves it. */

const MODULE = 'src/models/serving.py';

/** What the notebook's part gives to the frame of serving. */
export interface ServingParts {
  /** For `raw_rows`: the whole function `predict_rows(rows, <fitted…>, [fitted: FittedValues,] config)`. */
  predictRows?: Fragment;
  /** For every network in `plan.fitted`: the untrained one, as an expression of `config`. */
  untrained?: Record<string, { imports: string[]; expression: string }>;
}

/** Names that `predict_rows` has for itself. */
const OWN = new Set(['rows', 'predictions', 'prediction', 'probabilities', 'names', 'pd', 'np']);
const argument = (name: string): string => (OWN.has(name) ? `${name}_` : name);

/** The expression that predicts, and what it imports. */
function prediction(plan: PackagePlan, served: FittedPlan): { expression: string; imports: string[] } {
  const name = argument(served.name);
  const type = served.facts?.type ?? plan.target?.type ?? '';
  const isBooster = served.framework === 'xgboost' && type.endsWith('Booster');
  const imported = isBooster ? ['import xgboost as xgb'] : [];
  const rows = isBooster ? 'xgb.DMatrix(rows)' : 'rows';
  if (plan.decision !== undefined) {
    const { parameters, imports } = plan.decision;
    const passed = [rows, name, ...parameters.map((parameter) => parameter.name)];
    return { expression: `predict_as_scored(${passed.join(', ')})`, imports: [...imports, ...imported] };
  }
  const role = served.facts?.estimator?.role ?? plan.target?.role;
  if (isBooster) return { expression: `${name}.predict(${rows})`, imports: imported };
  if (served.framework === 'keras') return { expression: `${name}.predict(rows, verbose=0)`, imports: [] };
  const transforms = role === 'transformer' && served.facts?.estimator?.predicts !== true;
  return { expression: `${name}.${transforms ? 'transform' : 'predict'}(rows)`, imports: [] };
}

const FRAME = (values: string, name: string): string => `    predictions = pd.DataFrame(
        ${values}.reshape(len(rows), -1), index=getattr(rows, "index", None)
    )
    predictions.columns = ["${name}", *(f"${name}_{i}" for i in predictions.columns[1:])]`;

function networkBody(served: FittedPlan, input: Value | undefined): string {
  const name = argument(served.name);
  const dtype = /^torch\.(?:int|uint|float|bfloat|bool)\w*$/.test(input?.facts?.dtype ?? '')
    ? input?.facts?.dtype
    : 'torch.float32';
  return `    ${name}.eval()
    device = next(${name}.parameters()).device
    with torch.no_grad():
        outputs = ${name}(torch.as_tensor(np.asarray(rows), dtype=${dtype}, device=device))
${FRAME('outputs.cpu().numpy()', 'output')}
    return predictions`;
}

/** One column of probabilities for each class: not where several targets are predicted at once. */
function givesProbabilities(plan: PackagePlan, output: Value | undefined): boolean {
  return plan.target?.probabilities === true && (output?.facts?.shape?.[1] ?? 1) === 1;
}

/** Arguments of `predict_input` behind the model: what the notebook's decision takes from the configuration. */
export function decisionArguments({ decision }: PackagePlan, config: string): string[] {
  return decision?.parameters.map(({ key }) => `${config}.${key}`) ?? [];
}

/** The notebook's lines between the model and the predictions that it scores. */
function decisionFunction(decision: DecisionPlan, rows: string, model: string): string {
  const parameters = parameterList([
    { name: decision.input, annotation: rows },
    { name: decision.model, annotation: model },
    ...decision.parameters,
  ]);
  const text = docstring({
    summary: `Predict as the notebook does where it scores (${decision.where}).`,
    args: [
      { name: decision.input, text: "Rows of the model's own input" },
      { name: decision.model, text: 'Trained model' },
      ...decision.parameters.map(({ name, description }) => ({ name, text: description })),
    ],
    returns: 'One prediction for each row',
  });
  const body = decision.lines.map((line) => indent(line)).join('\n');
  return `def predict_as_scored(${parameters}) -> np.ndarray:\n${text}\n${body}\n\n\n`;
}

function estimatorBody(plan: PackagePlan, served: FittedPlan, shape: Shape): Fragment {
  const { expression, imports } = prediction(plan, served);
  const output = plan.data.find(({ name }) => name === plan.target?.testOutput);
  const name = argument(served.name);
  const transforms = expression.endsWith('.transform(rows)');
  const column =
    shape === 'column' ? '    rows = rows.iloc[:, 0]  # one column, as the notebook gives it\n' : '';
  const probabilities = givesProbabilities(plan, output)
    ? `
    probabilities = np.asarray(${name}.predict_proba(rows))
    names = getattr(${name}, "classes_", range(probabilities.shape[1]))
    for name, values in zip(names, probabilities.T, strict=True):
        predictions[f"probability_{name}"] = values`
    : plan.decision !== undefined && served.framework === 'keras'
      ? `
    outputs = np.asarray(${name}.predict(rows, verbose=0)).reshape(len(rows), -1)
    for place, values in enumerate(outputs.T):
        predictions[f"output_{place}"] = values`
      : '';
  const values = plan.decision === undefined ? `np.asarray(${expression})` : expression;
  return {
    imports: ['import numpy as np', ...imports],
    code: `${column}${FRAME(values, transforms ? 'output' : 'prediction')}${probabilities}
    return predictions`,
  };
}

/**
 * The prediction on the model's own input, as a function of its own.
 * @param functionName `predict_rows` where that is what MLflow serves, else the name of the last part of it
 */
export function predictInput(plan: PackagePlan, served: FittedPlan, functionName = 'predict_rows'): Fragment {
  const input = modelInput(plan);
  const network = isCalled(plan, served);
  const shape = shapeOf(input);
  const { annotation, imports } = servedType(plan, served);
  const rows = rowsType(plan, functionName !== 'predict_rows');
  const body = network
    ? { imports: ['import numpy as np', 'import torch'], code: networkBody(served, input) }
    : estimatorBody(plan, served, shape);
  const text = docstring({
    summary: "Predict rows of the model's own input.",
    args: [
      {
        name: 'rows',
        text:
          input === undefined
            ? 'Rows as the model was trained on them'
            : `New rows like \`\`${input.name}\`\``,
      },
      { name: argument(served.name), text: 'Trained model' },
      ...(plan.decision?.parameters.map(({ name, description }) => ({ name, text: description })) ?? []),
    ],
    returns: network
      ? 'Output of the network, one column for each number'
      : givesProbabilities(
            plan,
            plan.data.find(({ name }) => name === plan.target?.testOutput),
          )
        ? 'Column ``prediction`` and the probability of each class'
        : 'One column for each number that is predicted',
  });
  const parameters = parameterList([
    { name: 'rows', annotation: rows.annotation },
    { name: argument(served.name), annotation },
    ...(plan.decision?.parameters ?? []),
  ]);
  const decision =
    plan.decision === undefined ? '' : decisionFunction(plan.decision, rows.annotation, annotation);
  return {
    imports: ['import pandas as pd', ...body.imports, ...rows.imports, ...imports],
    code: `${decision}def ${functionName}(${parameters}) -> pd.DataFrame:\n${text}\n${body.code}`,
  };
}

/** It predicts by being called: a network. One that needs the data to be built is saved whole, but called like any other. */
function isCalled({ target }: PackagePlan, served: FittedPlan): boolean {
  if (isNetwork(served) || served.facts !== undefined)
    return isNetwork(served) || served.facts?.kind === 'torch_module';
  return target?.framework === 'torch' && !served.annotation.includes('Tensor');
}

/** Type of a served model: a network of an unknown class is a module still. */
export function servedType(plan: PackagePlan, served: FittedPlan): { annotation: string; imports: string[] } {
  const type = typeName(plan, served, MODULE);
  const network = isCalled(plan, served);
  return type.annotation === 'Any' && network
    ? { annotation: 'nn.Module', imports: ['from torch import nn'] }
    : type;
}

/** What stands between the parentheses of a function; each on a line of its own where one is silenced: its class is not known. */
export function parameterList(parameters: readonly { name: string; annotation: string }[]): string {
  if (parameters.every(({ annotation }) => annotation !== 'Any'))
    return parameters.map(({ name, annotation }) => `${name}: ${annotation}`).join(', ');
  const lines = parameters.map(
    ({ name, annotation }) =>
      `    ${name}: ${annotation},${annotation === 'Any' ? '  # noqa: ANN401 - its class is not known' : ''}`,
  );
  return `\n${lines.join('\n')}\n`;
}

/** Annotation of the rows that are served. */
function rowsType(plan: PackagePlan, ownInput = false): { annotation: string; imports: string[] } {
  const raw = plan.serving.kind === 'raw_rows' && !ownInput;
  const input = raw ? plan.data.find(({ name }) => name === 'raw') : modelInput(plan);
  const table = { annotation: 'pd.DataFrame', imports: ['import pandas as pd'] };
  if (raw && input === undefined && plan.serving.kind === 'raw_rows' && plan.serving.columns !== null)
    return table;
  const shape = shapeOf(input);
  if (shape === 'table' || shape === 'column') return table;
  return { annotation: 'np.ndarray', imports: ['import numpy as np'] };
}

const heading = (plan: PackagePlan): string =>
  plan.serving.kind === 'raw_rows'
    ? "The model as MLflow serves it: raw rows in, the notebook's prediction out."
    : "The model as MLflow serves it: the model's own input in, its prediction out.";

/** Why raw rows cannot be served, as a comment. */
function reason(plan: PackagePlan): string[] {
  if (plan.serving.kind === 'raw_rows') return [];
  const text = `Raw rows cannot be served: ${plan.serving.reason.replace(/\s+/g, ' ').replace(/\.$/, '')}.`;
  return [
    wrap(text, 98)
      .map((line) => `# ${line}`)
      .join('\n'),
  ];
}

/** Return annotation of a function's source. */
function returned(code: string): string {
  return /^def predict_rows\([\s\S]*?\)\s*->\s*([\s\S]+?):\s*\n/mu.exec(code)?.[1] ?? 'pd.DataFrame';
}

/** Arguments of `predict_rows` after the rows; `trained` holds what `load_model` gave. */
export function predictArguments(
  plan: PackagePlan,
  trained: (name: string) => string,
  values: string,
  config: string,
): string[] {
  if (plan.serving.kind === 'model_input')
    return [trained(servedModel(plan)?.name ?? ''), ...decisionArguments(plan, config)];
  const models = plan.fitted.map(({ name }) => trained(name));
  return [...models, ...(keepsFittedValues(plan) ? [values] : []), config];
}

function servingClass(plan: PackagePlan, parts: ServingParts, code: string): string {
  const keeps = keepsFittedValues(plan);
  const networks = plan.fitted.filter(isNetwork);
  const expressions = networks.map(({ name }) => {
    const untrained = parts.untrained?.[name];
    if (untrained === undefined) throw new Error(`no expression for the untrained network ${name}`);
    return untrained.expression;
  });
  const load = ['context.artifacts["model"]', ...expressions].join(', ');
  const values = keeps && plan.serving.kind === 'raw_rows';
  const trained = (name: string): string =>
    plan.fitted.length > 1 ? `self._trained.${name}` : 'self._trained';
  const rows = rowsType(plan);
  const given = rows.annotation === 'pd.DataFrame' ? 'model_input' : 'np.asarray(model_input)';
  const call = [given, ...predictArguments(plan, trained, 'self._fitted_values', 'self.config')].join(', ');
  const raw = plan.serving.kind === 'raw_rows';
  const init = docstring(
    {
      summary: 'Keep the configuration.',
      args: [{ name: 'config', text: 'Configuration of the training run' }],
    },
    '        ',
  );
  const context = docstring(
    {
      summary: 'Load the files that were logged with the model.',
      args: [{ name: 'context', text: 'Paths of the files' }],
    },
    '        ',
  );
  const predict = docstring(
    {
      summary: raw ? 'Predict raw rows.' : "Predict rows of the model's own input.",
      args: [
        { name: 'context', text: 'Not used' },
        { name: 'model_input', text: 'New rows' },
        { name: 'params', text: 'Not used' },
      ],
      returns: 'What :func:`predict_rows` gives',
    },
    '        ',
  );
  return `
class ServingModel(PythonModel):
    """MLflow model around :func:\`predict_rows\`.

    Attributes:
        config: Configuration of the training run.
    """

    def __init__(self, config: Config) -> None:
${init}
        self.config = config

    def load_context(self, context: PythonModelContext) -> None:
${context}
${expressions.some((expression) => /\bconfig\b/.test(expression)) ? '        config = self.config\n' : ''}        self._trained = load_model(${load})${values ? '\n        self._fitted_values = load_fitted(context.artifacts["fitted"])' : ''}

    def predict(
        self,
        context: PythonModelContext,
        model_input: ${rows.annotation},
        params: dict[str, Any] | None = None,
    ) -> ${returned(code)}:
${predict}
        return predict_rows(${call})`;
}

/**
 * Text of `src/models/serving.py`; null if the model cannot predict new rows, or nothing is fitted.
 * The notebook's own `predict_rows` comes in `parts` for raw rows; on the model's own input it is written here.
 */
export function renderServing(plan: PackagePlan, parts: ServingParts): string | null {
  const served = servedModel(plan);
  if (!isServable(plan)) return null;
  const raw = plan.serving.kind === 'raw_rows';
  if (raw && parts.predictRows === undefined) throw new Error('serving raw rows needs predict_rows');
  const rows = raw || served === undefined ? parts.predictRows : predictInput(plan, served);
  if (rows === undefined) return null;
  const values = keepsFittedValues(plan) && raw;
  const untrained = Object.values(parts.untrained ?? {}).flatMap(({ imports }) => imports);
  return pythonFile(
    heading(plan),
    [
      'from typing import Any',
      'from mlflow.pyfunc.model import PythonModel, PythonModelContext',
      'from src.config import Config',
      `from src.models.model import ${values ? 'load_fitted, load_model' : 'load_model'}`,
      ...rowsType(plan).imports,
      ...rows.imports,
      ...(plan.fitted.some(isNetwork) ? untrained : []),
    ],
    [...reason(plan), `\n${rows.code.trim()}`, servingClass(plan, parts, rows.code)],
  );
}
