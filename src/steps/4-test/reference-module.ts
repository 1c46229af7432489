import type { PackagePlan } from '../2-structure/plan.ts';
import { costCaps } from './fast-run.ts';
import { fileInputs } from './observed.ts';
import { referenceFields, relativeTolerance } from './parity-reference.ts';
import { call, ImportList, moduleText, quote, tupleConstant } from './python-text.ts';
import { resultField } from '../result-fields.ts';

/** `tests/reference.py`: how a run is summed up and compared with `tests/reference.json`. */
export function writeReferenceModule(plan: PackagePlan): string {
  const imports = new ImportList();
  imports.module('json', 'platform', 'numpy as np', 'pytest');
  imports.from('collections.abc', 'Mapping');
  imports.from('pathlib', 'Path');
  imports.from('typing', 'Any', 'Final');
  imports.from('src.config', 'Config', 'flatten', 'load_config');
  imports.from('src.training.train', 'TrainingResult', 'run');
  const files = fileInputs(plan);
  if (files.length > 0) {
    imports.module('hashlib');
    imports.from('src.config', 'PROJECT_ROOT');
  }
  const summary = referenceFields(plan).length > 0 ? [SUMMARIZE, numbers(plan, imports)] : [];
  const note = relativeTolerance(plan) === '1e-4' ? '  # float32: other processors round differently' : '';
  return moduleText(
    `What the notebook's run gave, in \`\`reference.json\`\`, and how a run is compared with it.

\`\`python -m tests.reference\`\` records this package's values instead, after an intended change.
`,
    imports,
    [
      'REFERENCE_PATH: Final = Path(__file__).with_name("reference.json")',
      ...inputKeys(plan),
      `RELATIVE_TOLERANCE: Final = ${relativeTolerance(plan)}${note}`,
      ...summary,
      observe(plan),
      ASSERT_SAME,
      HYPERPARAMETERS,
      ...digests(plan),
      record(plan),
      'if __name__ == "__main__":\n    record()',
    ],
  );
}

const SUMMARIZE = `def summarize(values: Any) -> dict[str, Any]:  # noqa: ANN401 - any kind of numbers
    """Describe values by a few numbers that change with any of them and with their order.

    Args:
        values: A table, an array, a list of numbers or a number.

    Returns:
        \`\`shape\`\` and \`\`sums\`\`: the plain sum, the sum weighted by position, the absolute sum.
    """
    flat = to_numbers(values).ravel()
    flat = np.where(np.isnan(flat), 0.0, flat)
    weights = np.linspace(0.0, 1.0, flat.size)
    sums = [float(flat.sum()), float((flat * weights).sum()), float(np.abs(flat).sum())]
    return {"shape": list(np.shape(values)), "sums": sums}`;

/** The conversion knows only the kinds of values that this package has. */
function numbers(plan: PackagePlan, imports: ImportList): string {
  imports.module('numpy.typing as npt');
  const names = new Set(referenceFields(plan).map((field) => field.name));
  const kinds = new Set(
    [...plan.data, ...plan.result].filter((value) => names.has(value.name)).map((value) => value.facts?.kind),
  );
  const branches: string[] = [];
  if (kinds.has('dataframe')) {
    imports.module('pandas as pd');
    branches.push(`    if isinstance(values, pd.DataFrame):
        columns = [values.iloc[:, place] for place in range(values.shape[1])]
        kept = [to_numbers(c) for c in columns if pd.api.types.is_numeric_dtype(c.dtype)]
        return np.column_stack(kept)`);
  }
  if (kinds.has('dataframe') || kinds.has('series') || kinds.has('index')) {
    imports.module('pandas as pd');
    branches.push(`    if isinstance(values, pd.Series | pd.Index):
        return values.to_numpy(dtype=np.float64, na_value=np.nan)`);
  }
  if (kinds.has('tensor')) {
    imports.module('torch');
    branches.push(`    if isinstance(values, torch.Tensor):
        return values.detach().cpu().double().numpy()`);
  }
  if (kinds.has('sparse')) {
    imports.from('scipy', 'sparse');
    branches.push(`    if isinstance(values, sparse.spmatrix | sparse.sparray):
        return np.asarray(values.todense(), dtype=np.float64)`);
  }
  const what = kinds.has('dataframe')
    ? 'A table, of which the numeric and boolean columns count, or other numbers.'
    : 'Numbers of any shape.';
  return `def to_numbers(values: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - as above
    """Give values as one array of numbers.

    Args:
        values: ${what}

    Returns:
        The numbers; missing ones are NaN.
    """
${[...branches, '    return np.asarray(values, dtype=np.float64)'].join('\n')}`;
}

function observe(plan: PackagePlan): string {
  const fields = referenceFields(plan);
  const head = `def observe(result: TrainingResult) -> dict[str, Any]:
    """Collect what is compared: the values of the stages and the metrics.

    Args:
        result: Output of a training run.

    Returns:
        Entries \`\`boundaries\`\` and \`\`metrics\`\`.
    """`;
  if (fields.length === 0) return `${head}\n    return {"boundaries": {}, "metrics": result.metrics}`;
  const rows = fields.map(
    ({ name, holder }) =>
      `        ${quote(name)}: ${holder === 'data' ? `result.data.${name}` : `result.${resultField(name)}`},`,
  );
  return `${head}
    boundaries = {
${rows.join('\n')}
    }
    return {
        "boundaries": {name: summarize(values) for name, values in boundaries.items()},
        "metrics": result.metrics,
    }`;
}

const ASSERT_SAME = `def assert_same(observed: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Fail with the first value, in the notebook's order, that differs.

    Args:
        observed: Output of :func:\`observe\`.
        expected: The same, from the reference.
    """
    for name, summary in expected["boundaries"].items():
        found = observed["boundaries"][name]
        tolerance = RELATIVE_TOLERANCE * summary["sums"][2]
        assert found["shape"] == summary["shape"], name
        assert found["sums"] == pytest.approx(summary["sums"], rel=0, abs=tolerance), name
    for name, value in expected["metrics"].items():
        assert observed["metrics"][name] == pytest.approx(value, rel=RELATIVE_TOLERANCE), name`;

const HYPERPARAMETERS = `def hyperparameters(config: Config) -> dict[str, Any]:
    """List the values that decide the result.

    Args:
        config: Whole configuration.

    Returns:
        Dotted keys, without paths of artifacts, of tracking and of the root.
    """
    flat = flatten(config)
    return {k: flat[k] for k in flat if not k.startswith(("artifacts.", "tracking.", "paths."))}`;

/** Keys of the files that the notebook read. */
function inputKeys(plan: PackagePlan): string[] {
  const keys = fileInputs(plan).map((input) => quote(input.key));
  return keys.length > 0
    ? [`# Keys of the files that the notebook read.\n${tupleConstant('INPUTS', keys)}`]
    : [];
}

function digests(plan: PackagePlan): string[] {
  if (fileInputs(plan).length === 0) return [];
  return [
    `def input_path(config: Config, key: str) -> Path:
    """Place of a file that the notebook read.

    Args:
        config: Whole configuration.
        key: Key of its path.

    Returns:
        The path as configured, below \`\`paths.root\`\` where it is relative.
    """
    return PROJECT_ROOT / config.paths.root / flatten(config)[key]`,
    `def data_digests(config: Config) -> dict[str, str | None]:
    """Digests of the files that the notebook read.

    Args:
        config: Whole configuration.

    Returns:
        SHA-256 by key of the path; None where there is no such file.
    """
    paths = {key: input_path(config, key) for key in INPUTS}
    return {
        key: hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None
        for key, path in paths.items()
    }`,
    `def changed_files(config: Config) -> list[str]:
    """Files that are not those of the recorded run.

    Args:
        config: Whole configuration.

    Returns:
        Keys of their paths; none if nothing was recorded.
    """
    if not REFERENCE_PATH.is_file():
        return []
    recorded = json.loads(REFERENCE_PATH.read_text(encoding="utf-8"))["data_sha256"]
    return [key for key, value in data_digests(config).items() if recorded.get(key) != value]`,
  ];
}

const record = (plan: PackagePlan): string => `def record() -> None:
    """Write \`\`reference.json\`\` from this package's values."""
    config = load_config()
    reference = {
        "recorded_from": "package",
        "python": platform.python_version(),
        "hyperparameters": hyperparameters(config),
        "data_sha256": ${fileInputs(plan).length > 0 ? 'data_digests(config)' : '{}'},
        **observe(run(config)),
    }
    REFERENCE_PATH.write_text(json.dumps(reference, indent=2) + "\\n", encoding="utf-8")`;

/** `tests/test_parity.py`: the comparison with the notebook, again at every test run. */
export function writeParityTest(plan: PackagePlan): string {
  const imports = new ImportList();
  imports.module('json', 'pytest');
  imports.from('typing', 'Any');
  imports.from('src.config', 'Config');
  imports.from('src.training.train', 'TrainingResult');
  imports.from('tests.reference', 'REFERENCE_PATH', 'assert_same', 'hyperparameters', 'observe');
  const shared = costCaps(plan).length === 0;
  if (!shared) imports.from('src.training.train', 'run');
  const files = fileInputs(plan).length > 0;
  const observed = files ? ['observed_files: None'] : [];
  const fixture = shared
    ? `@pytest.fixture(scope="module")
def notebook_run(result: TrainingResult) -> TrainingResult:
    """The run with the notebook's values; the shared one has no other."""
    return result`
    : `@pytest.fixture(scope="module")
${call('def notebook_run', ['config: Config', ...(files ? ['data_files: None'] : [])], ' -> TrainingResult:')}
    """A run with the notebook's values, without the caps of the shared one."""
    return run(config)`;
  return moduleText(
    'Parity: the package computes what the notebook computed (``reference.json``).',
    imports,
    [
      `@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    """Values of the notebook's run."""
    if not REFERENCE_PATH.is_file():
        pytest.skip(f"{REFERENCE_PATH.name} is not there: no run of the notebook was recorded")
    return json.loads(REFERENCE_PATH.read_text(encoding="utf-8"))`,
      `def test_defaults_are_the_notebooks(config: Config, reference: dict[str, Any]) -> None:
    """\`\`default.yaml\`\` holds the notebook's values; so does the record."""
    assert json.loads(json.dumps(hyperparameters(config))) == reference["hyperparameters"]`,
      fixture,
      `${call('def test_parity_with_the_notebook', ['reference: dict[str, Any]', ...observed, 'notebook_run: TrainingResult'], ' -> None:')}
    """Every recorded value and metric equals the notebook's."""
    assert_same(observe(notebook_run), reference)`,
    ],
  );
}
