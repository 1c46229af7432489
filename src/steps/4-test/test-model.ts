import { isServable, modelInput } from '../configuration/serving.ts';
import type { PackagePlan } from '../2-structure/plan.ts';
import { artifact, canEvaluate, inResult } from './observed.ts';
import { call, ImportList, keyPattern, moduleText } from './python-text.ts';

/** `tests/test_model.py`: what the model gives, and what is refused as a model. */
export function writeModelTests(plan: PackagePlan): string {
  const imports = new ImportList();
  const tests = [
    ...predictionTests(plan, imports),
    ...savedModelTests(plan, imports),
    ...servedModelTests(plan, imports),
  ];
  if (tests.length === 0) {
    imports.from('src.training.train', 'TrainingResult');
    tests.push(`def test_a_run_gives_its_result(result: TrainingResult) -> None:
    """The stages run in the notebook's order."""
    assert result is not None`);
  }
  if (tests.some((test) => test.includes('pytest.'))) imports.module('pytest');
  return moduleText('Tests of the model stage.', imports, tests);
}

function predictionTests(plan: PackagePlan, imports: ImportList): string[] {
  const { target } = plan;
  if (target === null) return [];
  const model = inResult(plan, target.name);
  const input = inResult(plan, target.testInput) ?? inResult(plan, target.trainInput);
  if (model === null) return [];
  if (target.framework === 'torch')
    return input === null ? [] : forwardTest(model.expression, input, imports);
  const estimator = model.value.facts?.estimator;
  if (target.role === 'clusterer') return clusterTest(plan, model.expression, imports);
  if (input === null || estimator?.predicts !== true) return [];
  imports.module('numpy as np');
  imports.from('src.training.train', 'TrainingResult');
  switch (target.role) {
    case 'classifier':
      return classifierTests(plan, model.expression, input.expression, imports);
    case 'regressor':
      return [
        `def test_predictions(result: TrainingResult) -> None:
    """There is one finite prediction for every row."""
    predictions = np.asarray(${model.expression}.predict(${input.expression}))
    assert len(predictions) == ${rows(input.expression, input.value.facts?.kind)}
    assert np.isfinite(predictions).all()`,
      ];
    default:
      return [];
  }
}

/** Lists have a length, arrays and sparse matrices a shape. */
function rows(expression: string, kind: string | undefined): string {
  return kind === 'sparse' ? `${expression}.shape[0]` : `len(${expression})`;
}

function classifierTests(plan: PackagePlan, model: string, input: string, imports: ImportList): string[] {
  const { target } = plan;
  const output = inResult(plan, target?.trainOutput ?? null) ?? inResult(plan, target?.testOutput ?? null);
  if (output !== null && (output.value.facts?.shape?.length ?? 1) > 1) return [];
  const kind =
    inResult(plan, target?.testInput ?? null)?.value.facts?.kind ??
    inResult(plan, target?.trainInput ?? null)?.value.facts?.kind;
  const classes =
    output === null ? '' : `\n    assert set(predictions.ravel()) <= set(np.unique(${output.expression}))`;
  const tests = [
    `def test_predictions(result: TrainingResult) -> None:
    """There is one prediction for every row, and it is one of the classes."""
    predictions = np.asarray(${model}.predict(${input}))
    assert len(predictions) == ${rows(input, kind)}${classes}`,
  ];
  if (target?.probabilities !== true) return tests;
  if (output === null) imports.from('src.training.train', 'TrainingResult');
  const count =
    output === null ? '' : `\n    assert probabilities.shape[1] == len(np.unique(${output.expression}))`;
  tests.push(`def test_probabilities(result: TrainingResult) -> None:
    """Probabilities of the classes lie in [0, 1] and add up to 1."""
    probabilities = np.asarray(${model}.predict_proba(${input}))${count}
    assert probabilities.min() >= 0.0
    assert probabilities.max() <= 1.0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, rtol=1e-5)`);
  return tests;
}

function clusterTest(plan: PackagePlan, model: string, imports: ImportList): string[] {
  const input = inResult(plan, plan.target?.trainInput ?? null);
  if (input === null || plan.target?.framework !== 'sklearn') return [];
  imports.module('numpy as np');
  imports.from('src.training.train', 'TrainingResult');
  return [
    `def test_every_row_has_a_cluster(result: TrainingResult) -> None:
    """There is one whole number for every row; -1 stands for noise."""
    labels = getattr(${model}, "labels_", None)
    if labels is None:
        pytest.skip("this model keeps no labels")
    assert len(labels) == ${rows(input.expression, input.value.facts?.kind)}
    assert np.issubdtype(np.asarray(labels).dtype, np.integer)`,
  ];
}

/** Tensors go through the network as they are; of a loader, the first of two parts of the first batch. */
function forwardTest(
  model: string,
  input: NonNullable<ReturnType<typeof inResult>>,
  imports: ImportList,
): string[] {
  const facts = input.value.facts;
  const isLoader = facts?.type.endsWith('DataLoader') === true;
  if (facts?.kind !== 'tensor' && !isLoader) return [];
  imports.module('torch');
  imports.from('src.training.train', 'TrainingResult');
  const take = isLoader
    ? `    batch = next(iter(${input.expression}))
    if not (isinstance(batch, list | tuple) and len(batch) == 2):
        pytest.skip("a batch is not a pair of features and target")
    features = batch[0]`
    : `    features = ${input.expression}[:8]`;
  return [
    `def test_forward_pass(result: TrainingResult) -> None:
    """The network gives one finite output for every row of a batch."""
${take}
    device = next(iter(${model}.parameters())).device
    ${model}.eval()
    with torch.no_grad():
        output = ${model}(features.to(device))
    if not isinstance(output, torch.Tensor):
        pytest.skip("the network gives more than one output")
    assert len(output) == len(features)
    assert bool(torch.isfinite(output).all())`,
  ];
}

/** Loading is tested through the evaluation, which needs the saved model first. */
function savedModelTests(plan: PackagePlan, imports: ImportList): string[] {
  const model = artifact(plan, 'model');
  if (!canEvaluate(plan) || model === undefined || plan.fitted.length === 0) return [];
  imports.module('pickle');
  imports.from('collections.abc', 'Mapping');
  imports.from('pathlib', 'Path');
  imports.from('src.config', 'load_config');
  imports.from('src.errors', 'ModelError');
  imports.from('src.evaluation', 'evaluate');
  const parameters = ['fast_overrides: list[str]', 'commands: Mapping[str, int]', 'tmp_path: Path'];
  const load = ['config = load_config(overrides=[*fast_overrides, model])'];
  const test = (name: string, docstring: string, lines: string[]): string =>
    `${call(`def test_evaluation_refuses_${name}`, parameters, ' -> None:')}
    """${docstring}"""
${lines.map((line) => `    ${line}`).join('\n')}`;
  return [
    test('a_missing_model', 'The error says how to make the model.', [
      `model = f"${model.key}={tmp_path / 'absent.bin'}"`,
      ...load,
      `with pytest.raises(ModelError, match=${keyPattern('src.training.train')}):`,
      '    evaluate.run(config)',
    ]),
    test('a_broken_model', 'A file that holds no model is named in the error.', [
      'path = tmp_path / "broken.bin"',
      'path.write_bytes(b"x")',
      `model = f"${model.key}={path}"`,
      ...load,
      'with pytest.raises(ModelError, match="broken.bin"):',
      '    evaluate.run(config)',
    ]),
    test('another_object', 'A file that holds something else is named in the error.', [
      'path = tmp_path / "other.bin"',
      'path.write_bytes(pickle.dumps({"a": 1}, protocol=2))',
      `model = f"${model.key}={path}"`,
      ...load,
      'with pytest.raises(ModelError, match="other.bin"):',
      '    evaluate.run(config)',
    ]),
  ];
}

/** Input that MLflow has a form for: then the model must be there. */
function hasExample(plan: PackagePlan): boolean {
  const raw = plan.serving.kind === 'raw_rows';
  const facts = (raw ? plan.data.find(({ name }) => name === 'raw') : modelInput(plan))?.facts;
  const odd = facts?.columns?.some(({ kind }) => kind === 'category' || kind === 'other') ?? false;
  return ['dataframe', 'ndarray', 'tensor'].includes(facts?.kind ?? '') && !odd && facts?.dtype !== 'object';
}

function servedModelTests(plan: PackagePlan, imports: ImportList): string[] {
  if (plan.target === null || plan.fitted.length === 0 || !isServable(plan)) return [];
  imports.module('mlflow');
  imports.from('collections.abc', 'Mapping');
  imports.from('src.config', 'Config');
  const what = plan.serving.kind === 'raw_rows' ? 'raw rows' : 'what the model was fitted on';
  const must = hasExample(plan);
  const refuse = (condition: string, reason: string): string =>
    must ? `    assert ${condition}` : `    if not (${condition}):\n        pytest.skip("${reason}")`;
  return [
    `${call('def test_the_logged_model_predicts', ['commands: Mapping[str, int]', 'fast_config: Config'], ' -> None:')}
    """The logged MLflow model takes ${what} and predicts its example."""
    mlflow.set_tracking_uri(fast_config.tracking.uri)
    experiment = mlflow.get_experiment_by_name(fast_config.tracking.experiment)
    assert experiment is not None
    logged = mlflow.search_logged_models([experiment.experiment_id], output_format="list")
${refuse('logged', 'MLflow did not take this model; the run of the training says why')}
    model = mlflow.pyfunc.load_model(logged[0].model_uri)
    example = model.input_example
${refuse('example is not None', 'MLflow has no form for an example of this input')}
    assert len(model.predict(example)) == len(example)`,
  ];
}
