import { artifactsOf } from '../configuration/artifacts.ts';
import type { MetricPlan, PackagePlan } from '../2-structure/plan.ts';
import { artifact, canEvaluate, fileInputs } from './observed.ts';
import { configurationUses, marks, otherValues, type Use } from './other-values.ts';
import { relativeTolerance } from './parity-reference.ts';
import { call, collection, ImportList, moduleText, quote, tupleConstant } from './python-text.ts';
import { watchedCallTests } from './watched-calls.ts';
import { learningTests, nameOf } from './test-learning.ts';

/** `tests/test_training.py`: metrics, learning, determinism, the use of the configuration, and the commands. */
export function writeTrainingTests(plan: PackagePlan, without: readonly string[] = []): string {
  const imports = new ImportList();
  const uses = configurationUses(plan);
  const constants = useConstants(plan, uses, imports);
  const tests = [
    ...usesTests(plan, imports),
    ...metricTests(plan, imports),
    ...learningTests(plan, imports).filter((test) => !without.includes(nameOf(test))),
    determinismTest(plan, imports),
    ...commandTests(plan, imports),
    pipelineTest(imports),
  ];
  if (tests.some((test) => test.includes('pytest.'))) imports.module('pytest');
  return moduleText('Tests of the training and evaluation stages and of the commands.', imports, [
    ...constants,
    ...tests,
  ]);
}

function useConstants(plan: PackagePlan, uses: Use[], imports: ImportList): string[] {
  imports.from('typing', 'Final');
  const others = otherValues(plan, uses);
  const [overrides, marked] = [others, marks(plan, uses, others)].map((list) =>
    list.map(({ key, value }) => quote(`${key}=${value}`)),
  ) as [string[], string[]];
  const rows = uses.map((use) => `(${[use.path, use.argument, use.key].map(quote).join(', ')})`);
  return [
    `# Other valid values than the notebook's.\n${tupleConstant('OVERRIDES', overrides)}`,
    `# Marks for values of which no other valid one is known: their calls get the notebook's value instead.\n${tupleConstant('MARKS', marked)}`,
    `# Call that receives a value of the configuration, its argument, the key.\n${collection('USES: Final = ', '(', rows, ')')}`,
  ];
}

function usesTests(plan: PackagePlan, imports: ImportList): string[] {
  imports.module('numpy as np');
  imports.from('collections.abc', 'Callable', 'Mapping', 'Sequence');
  imports.from('contextlib', 'ExitStack');
  imports.from('typing', 'Any');
  imports.from('tests.watching', 'Call', 'Watched', 'watch');
  imports.from('src.config', 'Config', 'flatten', 'load_config');
  imports.from('src.training.train', 'run');
  return watchedCallTests(fileInputs(plan).length > 0);
}

function metricTests(plan: PackagePlan, imports: ImportList): string[] {
  if (plan.metrics.length === 0) return [];
  imports.from('src.training.train', 'TrainingResult');
  const names = (metrics: MetricPlan[]): string[] => metrics.map((metric) => quote(metric.key));
  const finite = plan.metrics.filter((metric) => metric.value !== undefined && Number.isFinite(metric.value));
  const unit = plan.metrics.filter((metric) => metric.unitInterval);
  const all = collection('assert set(result.metrics) == ', '{', names(plan.metrics), '}', '', '    ');
  const tests = [
    `def test_metrics_are_those_of_the_notebook(result: TrainingResult) -> None:
    """The metrics have the notebook's names${finite.length > 0 ? ', and those that were finite are' : ''}."""
${all}${finite.length > 0 ? `\n${loop('name', names(finite), ['assert np.isfinite(result.metrics[name]), name'])}` : ''}`,
  ];
  if (unit.length > 0) {
    tests.push(`def test_scores_lie_in_their_range(result: TrainingResult) -> None:
    """Scores that are shares lie in [0, 1]."""
${loop('name', names(unit), ['assert 0.0 <= result.metrics[name] <= 1.0, name'])}`);
  }
  return tests;
}

function loop(variable: string, items: string[], body: string[]): string {
  return [
    collection(`for ${variable} in `, '(', items, ')', ':', '    '),
    ...body.map((line) => `        ${line}`),
  ].join('\n');
}

function determinismTest(plan: PackagePlan, imports: ImportList): string {
  imports.from('src.training.train', 'TrainingResult');
  const metrics = artifact(plan, 'metrics');
  if (plan.metrics.length > 0 && metrics !== undefined) {
    imports.module('json');
    imports.from('pathlib', 'Path');
    imports.from('collections.abc', 'Mapping');
    imports.from('src.config', 'Config');
    const exact =
      plan.target?.framework === 'sklearn'
        ? 'result.metrics'
        : `pytest.approx(result.metrics, rel=${relativeTolerance(plan)})`;
    return `${call('def test_same_seed_same_metrics', ['result: TrainingResult', 'commands: Mapping[str, int]', 'fast_config: Config'], ' -> None:')}
    """A second run with the same seed, that of the command, gives the same metrics."""
    path = Path(fast_config.${metrics.key})
    assert json.loads(path.read_text(encoding="utf-8")) == ${exact}`;
  }
  imports.from('src.config', 'Config');
  imports.from('src.training.train', 'run');
  imports.from('tests.reference', 'assert_same', 'observe');
  return `def test_same_seed_same_values(result: TrainingResult, fast_config: Config) -> None:
    """A second run with the same seed gives the same values."""
    assert_same(observe(run(fast_config)), observe(result))`;
}

function commandTests(plan: PackagePlan, imports: ImportList): string[] {
  imports.from('collections.abc', 'Mapping');
  imports.from('pathlib', 'Path');
  imports.from('src.config', 'Config', 'flatten');
  imports.from('src.training', 'train');
  const evaluate = canEvaluate(plan);
  const keys = artifactsOf(plan)
    .filter((item) => evaluate || item.kind !== 'evaluation')
    .map((item) => quote(item.key));
  const tests = [
    `${call('def test_commands_write_their_files', ['commands: Mapping[str, int]', 'fast_config: Config'], ' -> None:')}
    """The command${evaluate ? 's end' : ' ends'} well and leave${evaluate ? '' : 's'} every file that the configuration names."""
    assert set(commands.values()) == {0}
    values = flatten(fast_config)
${loop('key', keys, ['assert Path(values[key]).exists(), key'])}`,
    `def test_a_mistake_ends_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A mistake of the user gives exit status 1 and one line without a traceback."""
    assert train.main(["colour=red"]) == 1
    error = capsys.readouterr().err
    assert "colour" in error
    assert "Traceback" not in error`,
  ];
  const metrics = artifact(plan, 'metrics');
  const evaluation = artifact(plan, 'evaluation');
  if (!evaluate) return tests;
  if (metrics !== undefined && evaluation !== undefined) {
    imports.module('json');
    tests.push(`${call('def test_the_saved_model_has_the_same_metrics', ['commands: Mapping[str, int]', 'fast_config: Config'], ' -> None:')}
    """A model that was saved and loaded is scored as it was after the training."""
    trained, evaluated = (
        json.loads(Path(path).read_text(encoding="utf-8"))
        for path in (fast_config.${metrics.key}, fast_config.${evaluation.key})
    )
    expected = {name: trained[name] for name in evaluated}
    assert evaluated == pytest.approx(expected, rel=${relativeTolerance(plan)})`);
  }
  imports.from('src.config', 'load_config');
  imports.from('src.errors', 'ConfigError');
  imports.from('src.evaluation', 'evaluate');
  tests.push(`${call('def test_evaluation_refuses_another_split', ['commands: Mapping[str, int]', 'fast_config: Config', 'fast_overrides: list[str]'], ' -> None:')}
    """Another seed could turn training rows into test rows."""
    other = load_config(overrides=[*fast_overrides, f"seed={fast_config.seed + 1}"])
    with pytest.raises(ConfigError, match=f"seed={fast_config.seed}"):
        evaluate.run(other)`);
  return tests;
}

function pipelineTest(imports: ImportList): string {
  imports.from('omegaconf', 'OmegaConf');
  imports.from('src.config', 'PROJECT_ROOT', 'Config', 'flatten');
  imports.from('src.training.train', 'TrainingResult');
  return `def test_pipeline_description(result: TrainingResult, config: Config) -> None:
    """\`\`mlflow_pipeline.yaml\`\` names the parameters and metrics that are logged."""
    pipeline = OmegaConf.load(PROJECT_ROOT / "configs" / "mlflow_pipeline.yaml")
    assert set(pipeline.parameters) == set(flatten(config))
    assert set(pipeline.metrics or {}) == set(result.metrics)`;
}
