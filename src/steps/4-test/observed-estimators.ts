import { unique } from '../../lib/unique.ts';
import type { EstimatorCall, PackagePlan } from '../2-structure/plan.ts';
import { canEvaluate, inResult } from './observed.ts';
import { constant, OBSERVED_TEST, type ObservedTest, test, tuple } from './observed-test.ts';
import { collection, quote } from './python-text.ts';
import { resultField } from '../result-fields.ts';
import { ownArguments, servedScores } from './test-serving.ts';

/** What computes the metrics. */
export const SCORING = 'src.evaluation.evaluate.evaluate_model';

/** What the estimators are asked, and what is reported of their predictions. */
export function estimatorTests(plan: PackagePlan): ObservedTest[] {
  return [...callTest(plan), ...fitTest(plan), ...pairTest(plan), ...scoreTest(plan), ...borderTest(plan)];
}

function callTest(plan: PackagePlan): ObservedTest[] {
  const calls = plan.estimatorCalls ?? [];
  if (calls.length === 0) return [];
  const groups = unique(calls.map(({ type, method }) => `${type}.${method}`));
  const rows = groups.map((path) => {
    const shapes = calls
      .filter(({ type, method }) => `${type}.${method}` === path)
      .map(({ shape }) => tuple(shape));
    return `(${quote(path)}, ${collection('', '[', shapes, ']')})`;
  });
  const name = `${OBSERVED_TEST}calls_of_estimators`;
  return [
    {
      name,
      constants: [
        constant(
          'Method, and the shapes of what the code of the package gives it, call by call.',
          'ESTIMATOR_CALLS',
          rows,
        ),
      ],
      text: test(
        plan,
        name,
        'Each estimator is fitted and applied as often, and on as many rows, as in the notebook.',
        `    watched = short_run.calls[path]
    if not watched.possible:
        pytest.skip(f"the calls of {path} cannot be seen")
    inputs = [[*call.arguments.values()][1] for call in watched.calls]
    assert [shape_of(rows) for rows in inputs] == shapes`,
        [],
        {
          names: '("path", "shapes")',
          types: ['path: str', 'shapes: list[tuple[int, ...]]'],
          constant: 'ESTIMATOR_CALLS',
        },
      ),
    },
  ];
}

/** A fit of the target on what the data stage hands on, as the digests of the run say. */
function fitTest(plan: PackagePlan): ObservedTest[] {
  const { target } = plan;
  const fits = (plan.estimatorCalls ?? []).filter(({ method }) => method === 'fit');
  const found = fits.find(
    ({ input, labels }) =>
      labels !== undefined &&
      input.name === target?.trainInput &&
      labels.name === target.trainOutput &&
      isHandedOn(plan, input) &&
      isHandedOn(plan, labels),
  );
  const input = inResult(plan, found?.input.name ?? null);
  const labels = inResult(plan, found?.labels?.name ?? null);
  if (found === undefined || input === null || labels === null) return [];
  if (input.value.facts?.kind === 'sparse') return [];
  const name = `${OBSERVED_TEST}training_rows`;
  return [
    {
      name,
      constants: [],
      text: test(
        plan,
        name,
        'The model is fitted on the training rows with their own labels, in their order.',
        `    result, watched = short_run.result, short_run.calls[${quote(`${found.type}.fit`)}]
    if not watched.possible:
        pytest.skip("the calls of this model cannot be seen")
    wanted = [${input.expression}, ${labels.expression}]
    fits = [[*call.arguments.values()][1:] for call in watched.calls]
    assert any(all(map(is_equal, fit, wanted)) for fit in fits)`,
      ),
    },
  ];
}

/** Tables know which row is which: labels that are turned round or shuffled do not go with their rows. */
function pairTest(plan: PackagePlan): ObservedTest[] {
  const fits = (plan.estimatorCalls ?? []).filter(
    ({ method, labels }) => method === 'fit' && labels !== undefined,
  );
  if (fits.length === 0) return [];
  const name = `${OBSERVED_TEST}labels_go_with_their_rows`;
  const paths = unique(fits.map(({ type }) => `${type}.fit`)).map(quote);
  return [
    {
      name,
      constants: [],
      text: test(
        plan,
        name,
        'Where rows and labels have an index of the same entries, the entries have the same order.',
        `    for call in short_run.calls[path].calls:
        rows, labels = ([*call.arguments.values()] + [None])[1:3]
        if isinstance(rows, pd.DataFrame | pd.Series) and isinstance(labels, pd.DataFrame | pd.Series):
            same = set(rows.index) == set(labels.index)
            assert rows.index.equals(labels.index) or not same`,
        [],
        { names: '"path"', types: ['path: str'], constant: collection('', '[', paths, ']') },
      ),
    },
  ];
}

function isHandedOn(plan: PackagePlan, { name, digest }: EstimatorCall['input']): boolean {
  const facts = plan.data.find((value) => value.name === name)?.facts;
  return digest !== undefined && facts?.digest === digest;
}

/** The metrics of plain predictions, computed once more. */
function scoreTest(plan: PackagePlan): ObservedTest[] {
  const { target } = plan;
  const model = inResult(plan, target?.name ?? null);
  const input = inResult(plan, target?.testInput ?? null);
  const output = inResult(plan, target?.testOutput ?? null);
  const scores = (plan.heldOutScores ?? []).filter(({ key }) =>
    plan.metrics.some((item) => item.key === key),
  );
  if (scores.length === 0 || model === null || input === null || output === null) return [];
  const checks = unique(scores.map(({ key }) => key)).flatMap((key) => {
    const score = scores.find((item) => item.key === key);
    if (score === undefined) return [];
    const given = [output.expression, 'predicted', ...score.arguments].join(', ');
    return [`    assert result.metrics[${quote(key)}] == pytest.approx(${score.function}(${given}))`];
  });
  const name = `${OBSERVED_TEST}scores`;
  return [
    {
      name,
      constants: [],
      text: test(
        plan,
        name,
        'The reported metrics are those of the predictions for the held-out rows.',
        `    result = short_run.result
    predicted = ${model.expression}.predict(${input.expression})
${checks.join('\n')}`,
      ),
    },
  ];
}

/** Whether the decision is a threshold on the probabilities of the target. */
export function hasBorder({ target, decision, fitted }: PackagePlan): boolean {
  const [parameter, ...more] = decision?.parameters ?? [];
  const decides = decision?.lines.some((line) => line.includes('predict_proba')) === true;
  return (
    decides &&
    target?.probabilities === true &&
    parameter?.annotation === 'float' &&
    more.length === 0 &&
    fitted.length > 0
  );
}

/** With a threshold that is one of the probabilities, both sides of it count: `>` and `>=` differ by that row. */
function borderTest(plan: PackagePlan): ObservedTest[] {
  const { target, decision } = plan;
  const [parameter] = decision?.parameters ?? [];
  const scores = servedScores(plan);
  if (!hasBorder(plan) || !canEvaluate(plan) || parameter === undefined) return [];
  if (target?.testInput == null || target.testOutput === null || scores.length === 0) return [];
  const predicts = plan.serving.kind === 'raw_rows' ? 'predict_input' : 'predict_rows';
  const model = `result.${resultField(target.name)}`;
  const checks = scores.map(
    ({ key, function: path, arguments: given }) =>
      `    assert ${path}(${[`result.data.${target.testOutput ?? ''}`, 'predicted', ...given].join(', ')}) == pytest.approx(metrics[${quote(key)}])`,
  );
  const name = `${OBSERVED_TEST}border_of_the_decision`;
  return [
    {
      name,
      constants: [],
      imports: [
        ['src.config', 'load_config'],
        ['src.evaluation', 'evaluate'],
        ['src.models.serving', predicts],
      ],
      text: test(
        plan,
        name,
        'A row whose probability is the threshold is decided alike where it is served and scored.',
        `    result = short_run.result
    scoring = short_run.calls["${SCORING}"].calls[-1]
    probabilities = np.sort(${model}.predict_proba(result.data.${target.testInput})[:, 1])
    border = float(probabilities[len(probabilities) // 2])
    fast_config = load_config(overrides=[*fast_overrides, f"${parameter.key}={border!r}"])
    metrics = evaluate.evaluate_model(**{**scoring.arguments, "config": fast_config})
    predicted = ${predicts}(${ownArguments(plan, target.testInput, target.name)})["prediction"]
${checks.join('\n')}`,
        ['fast_overrides: list[str]'],
      ),
    },
  ];
}
