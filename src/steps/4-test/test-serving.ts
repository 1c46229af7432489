import type { DecisionPlan, PackagePlan } from '../2-structure/plan.ts';
import { isServable } from '../configuration/serving.ts';
import { ImportList, moduleText } from './python-text.ts';
import { resultField } from '../result-fields.ts';

/** Start of the names of these tests: where one fails, the model is logged on its own input instead. */
export const SERVING_TEST = 'test_serving_';

/**
 * `tests/test_serving.py`: raw rows are predicted as training would, together and alone, and what is served has the metrics that
 * are reported; null where `predict` of the model is served on its own input.
 */
export function writeServingTests(plan: PackagePlan): string | null {
  const imports = new ImportList();
  if (!isServable(plan)) return null;
  const raw = plan.serving.kind === 'raw_rows';
  const tests = [
    ...(raw ? [alone(plan, imports), ...likeTraining(plan, imports)] : []),
    ...likeReported(plan, imports),
  ];
  if (tests.length === 0) return null;
  imports.from('src.config', 'Config');
  imports.from('src.training.train', 'TrainingResult');
  return moduleText(
    raw ? 'Tests of the model that takes raw rows.' : 'Tests of the model that is served.',
    imports,
    tests,
  );
}

/** Arguments of `predict_rows` behind the rows. */
function served(plan: PackagePlan): string {
  const keeps = plan.artifacts.some(({ kind }) => kind === 'fitted');
  return [
    ...plan.fitted.map(({ name }) => `result.${resultField(name)}`),
    ...(keeps ? ['result.data.fitted'] : []),
    'fast_config',
  ].join(', ');
}

function isTable(plan: PackagePlan): boolean {
  return plan.data.find(({ name }) => name === 'raw')?.facts?.kind === 'dataframe';
}

function alone(plan: PackagePlan, imports: ImportList): string {
  imports.module('pandas as pd');
  imports.from('src.models.serving', 'predict_rows');
  if (isTable(plan)) imports.module('numpy as np');
  const rows = isTable(plan)
    ? `    raw = result.data.raw
    gaps = [int(np.flatnonzero(raw[column].isnull())[0]) for column in raw if raw[column].isnull().any()]
    rows = raw.iloc[sorted({0, 1, 2, *gaps[:8]})]`
    : '    rows = result.data.raw[:4]';
  const one = isTable(plan) ? 'rows.iloc[[place]]' : 'rows[[place]]';
  return `def ${SERVING_TEST}predicts_a_row_alone_as_among_others(
    result: TrainingResult, fast_config: Config
) -> None:
    """A row gets the same prediction alone as together with others, complete or with gaps."""
${rows}
    together = predict_rows(rows, ${served(plan)})
    for place in range(len(rows)):
        found = predict_rows(${one}, ${served(plan)})
        expected = together.iloc[[place]]
        pd.testing.assert_frame_equal(
            found.reset_index(drop=True), expected.reset_index(drop=True), check_dtype=False
        )`;
}

/** Rows keep their index where the true values do: their raw rows must give the predictions of training. */
function likeTraining(plan: PackagePlan, imports: ImportList): string[] {
  const { target } = plan;
  const heldOut = target !== null && target.testInput !== null;
  const input = heldOut ? target.testInput : target?.trainInput;
  const wanted = heldOut ? target.testOutput : target?.trainOutput;
  const output = plan.data.find(({ name }) => name === wanted);
  if (target === null || !input || output?.facts?.kind !== 'series' || !isTable(plan)) return [];
  imports.module('pandas as pd');
  imports.from('src.models.serving', 'predict_input');
  const what = heldOut
    ? 'The raw rows of the held-out data get the predictions that the evaluation makes.'
    : 'The raw rows get the predictions of what the model was trained on.';
  return [
    `def ${SERVING_TEST}equals_training(result: TrainingResult, fast_config: Config) -> None:
    """${what}"""
    rows = result.data.raw.loc[result.data.${output.name}.index]
    found = predict_rows(rows, ${served(plan)})
    expected = predict_input(${ownArguments(plan, input, target.name)})
    pd.testing.assert_frame_equal(
        found.reset_index(drop=True), expected.reset_index(drop=True), check_dtype=False
    )`,
  ];
}

/** Arguments of the function that predicts the model's own input. */
export function ownArguments(plan: PackagePlan, input: string, model: string): string {
  const keys = plan.decision?.parameters.map(({ key }) => `fast_config.${key}`) ?? [];
  return [`result.data.${input}`, `result.${resultField(model)}`, ...keys].join(', ');
}

/** Reported metrics that the served predictions give. */
export function servedScores({ decision, metrics }: PackagePlan): DecisionPlan['scores'] {
  return decision?.scores.filter(({ key }) => metrics.some((metric) => metric.key === key)) ?? [];
}

/** Where the notebook decides by more than `predict`, the served predictions have the metrics that are reported. */
function likeReported(plan: PackagePlan, imports: ImportList): string[] {
  const { target, decision } = plan;
  if (decision === undefined || !target?.testInput || !target.testOutput) return [];
  const reported = servedScores(plan);
  if (reported.length === 0) return [];
  const predicts = plan.serving.kind === 'raw_rows' ? 'predict_input' : 'predict_rows';
  imports.module('pytest');
  imports.from('src.models.serving', predicts);
  const checks = reported.map(({ key, function: path, arguments: given }) => {
    const [name = '', ...module] = path.split('.').reverse();
    imports.from(module.reverse().join('.'), name);
    const call = `${name}(${[`result.data.${target.testOutput ?? ''}`, 'predicted', ...given].join(', ')})`;
    return `    assert ${call} == pytest.approx(result.metrics["${key}"])`;
  });
  return [
    `def test_served_predictions_have_the_reported_metrics(
    result: TrainingResult, fast_config: Config
) -> None:
    """What is served is what the evaluation scores, not another decision of the same model."""
    predicted = ${predicts}(${ownArguments(plan, target.testInput, target.name)})["prediction"]
${checks.join('\n')}`,
  ];
}
