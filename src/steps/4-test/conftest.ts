import type { ColumnFacts, ValueFacts } from '../../notebook/observation.ts';
import type { PackagePlan } from '../2-structure/plan.ts';
import { costCaps } from './fast-run.ts';
import { canEvaluate, fileInputs, schemas } from './observed.ts';
import { watchedPaths } from './test-observed.ts';
import { call, ImportList, moduleText, number, quote, tupleConstant } from './python-text.ts';

/** `tests/conftest.py`: the configuration, the data and one short run that all tests share. */
export function writeConftest(plan: PackagePlan): string {
  const imports = new ImportList();
  imports.module('pytest');
  imports.from('src.config', 'Config', 'flatten', 'load_config');
  imports.from('src.training', 'train');
  imports.from('src.training.train', 'TrainingResult', 'run');
  imports.from('collections.abc', 'Mapping');
  const blocks = [
    ...caps(plan, imports),
    watched(plan),
    ...[SHORT_RUN],
    ...inputs(plan, imports),
    config(),
    ...frames(plan, imports),
    fastOverrides(plan),
    result(plan, imports),
    ...commands(plan, imports),
  ];
  return moduleText('Fixtures of the tests; one short run of the package is shared by all.', imports, blocks);
}

function caps(plan: PackagePlan, imports: ImportList): string[] {
  const items = costCaps(plan).map((cap) => quote(`${cap.key}=${cap.value}`));
  if (items.length === 0) return [];
  imports.from('typing', 'Final');
  return [`# What only costs time; all else is the notebook's.\n${tupleConstant('COST_CAPS', items)}`];
}

function inputs(plan: PackagePlan, imports: ImportList): string[] {
  if (fileInputs(plan).length === 0) return [];
  imports.from('src.config', 'flatten');
  imports.from('tests.reference', 'INPUTS', 'changed_files', 'input_path');
  return [
    `@pytest.fixture(scope="session")
def data_files(config: Config) -> None:
    """Files that the notebook read; tests that need them are skipped where they are not there."""
    for key in INPUTS:
        if not input_path(config, key).exists():
            pytest.skip(f"{flatten(config)[key]} is not available ({key})")`,
    `@pytest.fixture(scope="session")
def observed_files(config: Config, data_files: None) -> None:
    """The files as the notebook read them; tests of observed numbers are skipped on other ones."""
    changed = changed_files(config)
    if changed:
        pytest.skip(f"changed since the reference was recorded: {', '.join(changed)}")`,
  ];
}

function config(): string {
  return `@pytest.fixture(scope="session")
def config() -> Config:
    """Configuration of the notebook."""
    return load_config()`;
}

function frames(plan: PackagePlan, imports: ImportList): string[] {
  return schemas(plan).map(({ facts, frame, input }) => {
    imports.module('pandas as pd');
    if (facts.columns.some((column) => column.missing > 0 && column.kind === 'numeric'))
      imports.module('numpy as np');
    const columns = facts.columns.map((column) => `${quote(column.name)}: ${sample(column, facts)}`);
    return `@pytest.fixture
def ${frame}() -> pd.DataFrame:
    """Two rows with the columns and kinds observed in \`\`${input.variable ?? 'the table'}\`\`; no row of the data."""
    return pd.DataFrame({${columns.join(', ')}})`;
  });
}

/** Two values of a column's kind: its range, or invented text; the text of a row is never copied. */
function sample(column: ColumnFacts, facts: ValueFacts): string {
  const missing = column.missing > 0;
  switch (column.kind) {
    case 'numeric': {
      const float = missing || /float/i.test(column.dtype);
      const low = number(column.minimum ?? 0, float);
      return `[${low}, ${missing ? 'np.nan' : number(column.maximum ?? column.minimum ?? 1, float)}]`;
    }
    case 'bool':
      return '[False, True]';
    case 'datetime':
      return 'pd.to_datetime(["2024-01-01", "2024-01-02"])';
    default: {
      const rows = facts.shape?.[0] ?? 0;
      const known = column.categories ?? [];
      const shareable = known.length > 0 && rows >= 5 * known.length;
      const [first, second] = shareable ? [known[0] ?? '', known[1] ?? known[0] ?? ''] : ['text-0', 'text-1'];
      const items = `[${quote(first)}, ${missing ? 'None' : quote(second)}]`;
      return column.kind === 'category' ? `pd.Categorical(${items})` : items;
    }
  }
}

function fastOverrides(plan: PackagePlan): string {
  const first = costCaps(plan).length > 0 ? '*COST_CAPS, ' : '';
  return `@pytest.fixture(scope="session")
def fast_overrides(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Overrides of one short run that writes to a temporary folder."""
    folder = tmp_path_factory.mktemp("run")
    values = flatten(load_config())
    artifacts = [f"{key}={folder / values[key]}" for key in values if key.startswith("artifacts.")]
    return [${first}*artifacts, f"tracking.uri=sqlite:///{folder / 'mlflow.db'}"]


@pytest.fixture(scope="session")
def fast_config(fast_overrides: list[str]) -> Config:
    """Configuration of one short run."""
    return load_config(overrides=fast_overrides)`;
}

const SHORT_RUN = `@dataclass(frozen=True)
class ShortRun:
    """One short run.

    Attributes:
        result: What it gave.
        calls: Calls that were seen, by import path.
    """

    result: TrainingResult
    calls: Mapping[str, Watched]

    def given(self, path: str, place: int | None) -> Any:  # noqa: ANN401 - any value
        """What a function of the package gave at its first call.

        Args:
            path: Import path of the function.
            place: Place in a tuple that it gave; None for the value itself.

        Returns:
            The value.
        """
        result: Any = self.calls[path].calls[0].result
        value = result if place is None else result[place]
        if isinstance(value, Large):
            pytest.skip(f"what {path} gave is too large to be kept")
        return value`;

function watched(plan: PackagePlan): string {
  return `# Watched in the short run: functions of the package, and what its code asks of estimators.\n${tupleConstant('WATCHED', watchedPaths(plan).map(quote))}`;
}

function result(plan: PackagePlan, imports: ImportList): string {
  imports.from('contextlib', 'ExitStack');
  imports.from('dataclasses', 'dataclass');
  imports.from('typing', 'Any', 'Final');
  imports.from('tests.watching', 'Large', 'Watched', 'watch');
  const needs =
    fileInputs(plan).length > 0 ? ['fast_config: Config', 'data_files: None'] : ['fast_config: Config'];
  return `@pytest.fixture(scope="session")
${call('def short_run', needs, ' -> ShortRun:')}
    """One short run, watched and shared by the tests."""
    with ExitStack() as stack:
        calls = {path: watch(path, stack) for path in WATCHED}
        return ShortRun(run(fast_config), calls)


@pytest.fixture(scope="session")
def result(short_run: ShortRun) -> TrainingResult:
    """What the short run gave."""
    return short_run.result`;
}

function commands(plan: PackagePlan, imports: ImportList): string[] {
  const evaluate = canEvaluate(plan);
  imports.from('collections.abc', 'Mapping');
  if (evaluate) imports.from('src.evaluation', 'evaluate');
  const status = evaluate
    ? '{"train": train.main(fast_overrides), "evaluate": evaluate.main(fast_overrides)}'
    : '{"train": train.main(fast_overrides)}';
  const parameters = ['fast_overrides: list[str]', 'tmp_path_factory: pytest.TempPathFactory'];
  if (fileInputs(plan).length > 0) parameters.push('data_files: None');
  return [
    `@pytest.fixture(scope="session")
${call('def commands', parameters, ' -> Mapping[str, int]:')}
    """Exit status of the command${evaluate ? 's' : ''}, run once as on the command line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("MLFLOW_TRACKING_URI", raising=False)
        patch.delenv("MLFLOW_RUN_ID", raising=False)
        patch.chdir(tmp_path_factory.mktemp("commands"))
        return ${status}`,
  ];
}
