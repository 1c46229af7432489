import type { ValueFacts } from '../../notebook/observation.ts';
import { artifactsOf } from '../configuration/artifacts.ts';
import type {
  ArtifactPlan,
  FunctionPlan,
  InputPlan,
  PackagePlan,
  Parameter,
  Value,
} from '../2-structure/plan.ts';
import { hasAllColumns } from './fact-checks.ts';
import { tableNames } from '../table-names.ts';
import { resultField } from '../result-fields.ts';

/** What the writers of the test files ask of the plan. */

/** Inputs whose path is one text value of the configuration. */
export function fileInputs(plan: PackagePlan): InputPlan[] {
  return plan.inputs.filter(
    (input) => plan.config.find((entry) => entry.key === input.key)?.literal.kind === 'string',
  );
}

/** Tables with a schema, and the function that checks one. */
export function schemas(plan: PackagePlan): {
  input: InputPlan;
  facts: ValueFacts & { columns: NonNullable<ValueFacts['columns']> };
  name: string;
  frame: string;
}[] {
  const tables = plan.inputs.filter((input) => input.facts?.kind === 'dataframe');
  const names = tableNames(tables.map(({ variable }) => variable ?? 'df'));
  return tables.flatMap((input, index) => {
    if (input.facts === undefined || !hasAllColumns(input.facts)) return [];
    const single = tables.length === 1;
    if (!single && input.variable === null) return [];
    const table = names[index] ?? 'df';
    return [
      {
        input,
        facts: input.facts,
        name: single ? 'validate_schema' : `validate_${table}_schema`,
        frame: single ? 'raw_frame' : `${table}_frame`,
      },
    ];
  });
}

/** `config.data.path` for a parameter that comes from the configuration; null for values of the notebook. */
export function configExpression(parameter: Parameter): string | null {
  switch (parameter.from.kind) {
    case 'config':
      return `config.${parameter.from.key}`;
    case 'section':
      return parameter.from.section === '' || parameter.from.section === 'config'
        ? 'config'
        : `config.${parameter.from.section}`;
    case 'value':
      return null;
  }
}

/** Functions of the data stage that can be called with the configuration alone: they read the data. */
export function readers(plan: PackagePlan): FunctionPlan[] {
  return plan.functions.filter(
    (item) =>
      item.kind === 'segment' &&
      item.stage === 'data' &&
      item.returns.some((value) => value.facts !== undefined) &&
      item.parameters.every((parameter) => configExpression(parameter) !== null),
  );
}

/** Where a value of the plan is found in a run: `result.data.X_test`, `result.model`; null if it is in neither. */
export function inResult(
  plan: PackagePlan,
  name: string | null,
): { expression: string; value: Value } | null {
  if (name === null) return null;
  const data = plan.data.find((value) => value.name === name);
  if (data !== undefined) return { expression: `result.data.${name}`, value: data };
  const field =
    plan.result.find((value) => value.name === name) ?? plan.fitted.find((value) => value.name === name);
  return field === undefined ? null : { expression: `result.${resultField(name)}`, value: field };
}

/** Whether the saved model can be scored again. */
export function canEvaluate(plan: PackagePlan): boolean {
  return plan.entryPoints.some((entry) => entry.name === 'evaluate');
}

/** Whether the short run differs from the notebook's by a cap in the data stage: then observed shapes need not hold. */
export function capsData(keys: string[]): boolean {
  return keys.some((key) => key.startsWith('data.'));
}

/** The file of a kind that the commands write. */
export function artifact(plan: PackagePlan, kind: ArtifactPlan['kind']): ArtifactPlan | undefined {
  return artifactsOf(plan).find((item) => item.kind === kind);
}
