import type { ServingPath } from '../2-structure/serving-path.ts';
import type { PackagePlan, Parameter } from '../2-structure/plan.ts';
import { servedModel } from '../configuration/serving.ts';
import type { CodeContext } from './code-context.ts';
import { renderDocstring } from './docstrings.ts';
import {
  decisionArguments,
  keepsFittedValues,
  predictInput,
  servedType,
  parameterList,
  type Fragment,
} from './frame/index.ts';
import { dottedName } from './module-text.ts';
import { keepsValues } from './serving-data.ts';
import { indentCode, type SegmentSignature } from './segment-code.ts';

/**
 * Writes `predict_rows`: one raw row goes through the functions of the data stage, in their order, and into the model.
 *
 * @param signatures - Functions of all segments.
 * @returns The function and that of the last part, or undefined where the model takes its own input.
 */
export function predictRowsCode(
  plan: PackagePlan,
  signatures: SegmentSignature[],
  context: CodeContext,
): Fragment | undefined {
  const { serving } = context.layout;
  const served = servedModel(plan);
  if (serving.kind !== 'raw_rows' || served === undefined) return undefined;
  const last = predictInput(plan, served, 'predict_input');
  const keeps = keepsFittedValues(plan);
  const models = plan.fitted.map((item) => ({ name: item.name, type: servedType(plan, item) }));
  const { path } = serving;
  const body: string[] = [];
  const start = path.fills ? 'fitted.complete(rows, TRAINING_ONLY)' : 'rows';
  body.push(`${path.raw} = ${start}`);
  const imports = [...last.imports];
  if (path.fills) imports.push('from src.data.loader import TRAINING_ONLY');
  const known = new Set([path.raw]);
  let renames = path.renames;
  const rename = (until: number): void => {
    const due = renames.filter(({ before }) => before <= until);
    renames = renames.filter(({ before }) => before > until);
    for (const { name, of } of due) body.push(`${name} = ${of}`);
    due.forEach(({ name }) => known.add(name));
  };
  for (const index of serving.segments) {
    const signature = signatures[index];
    if (!signature) continue;
    const { segment, parameters, returns } = signature;
    rename(segment.statements[0] ?? 0);
    const passed = parameters.map((parameter) => argument(parameter, known));
    body.push(`${returns.map((value) => value.name).join(', ')} = ${segment.name}(${passed.join(', ')})`);
    returns.forEach((value) => known.add(value.name));
    imports.push(
      `from ${dottedName(plan.functions.find((item) => item.name === segment.name)?.module ?? segment.module)} import ${segment.name}`,
    );
  }
  rename(Number.MAX_SAFE_INTEGER);
  const passed = [path.input, served.name, ...decisionArguments(plan, 'config')];
  body.push(`return predict_input(${passed.join(', ')})`);
  const isTable = path.absent.length > 0 || plan.inputs.length > 0;
  const parameters = parameterList([
    { name: 'rows', annotation: isTable ? 'pd.DataFrame' : rowsAnnotation(plan) },
    ...models.map(({ name, type }) => ({ name, annotation: type.annotation })),
    ...(keeps ? [{ name: 'fitted', annotation: 'FittedValues' }] : []),
    { name: 'config', annotation: 'Config' },
  ]);
  models.forEach(({ type }) => imports.push(...type.imports));
  if (keepsValues(context)) imports.push('from src.data.fitted import FittedValues');
  if (body.some((line) => line.includes('kept('))) imports.push('from typing import Any');
  const docstring = renderDocstring(
    {
      summary: 'Predict raw rows by the functions of the data stage',
      args: [
        {
          name: 'rows',
          text: describeRows(serving.path),
        },
        ...models.map(({ name }) => ({ name, text: 'Trained model' })),
        ...(keeps ? [{ name: 'fitted', text: 'Values of the training run' }] : []),
        { name: 'config', text: 'Configuration of the training run' },
      ],
      returns: 'What :func:`predict_input` gives',
    },
    4,
  );
  const code = `def predict_rows(${parameters}) -> pd.DataFrame:\n${docstring}\n${body.map(indentCode).join('\n')}`;
  return { imports: [...imports, 'import pandas as pd'], code: `${last.code}\n\n\n${code}` };
}

/** What new rows look like. */
function describeRows({ absent, fills }: ServingPath): string {
  if (absent.length === 0) return 'New rows, like those that training read';
  const where = fills ? '``TRAINING_ONLY``' : '``TRAINING_ONLY`` of the data stage';
  return `New rows, with the columns that training read but for those in ${where}`;
}

function rowsAnnotation(plan: PackagePlan): string {
  const raw = plan.data.find(({ name }) => name === 'raw');
  return raw?.facts?.kind === 'dataframe' ? 'pd.DataFrame' : 'np.ndarray';
}

/** What a function of the path gets: rows that are on their way, values that training kept, or the configuration. */
function argument(parameter: Parameter, known: ReadonlySet<string>): string {
  if (parameter.from.kind === 'config') return `config.${parameter.from.key}`;
  if (parameter.from.kind === 'section')
    return parameter.from.section === '' ? 'config' : `config.${parameter.from.section}`;
  if (parameter.name === 'fitted' || known.has(parameter.name)) return parameter.name;
  return `fitted.kept(${JSON.stringify(parameter.name)})`;
}
