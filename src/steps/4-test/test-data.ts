import type { ConfigEntry, FunctionPlan, InputPlan, PackagePlan } from '../2-structure/plan.ts';
import { factChecks } from './fact-checks.ts';
import { costCaps } from './fast-run.ts';
import { capsData, configExpression, fileInputs, readers, schemas } from './observed.ts';
import { moduleName } from './other-values.ts';
import {
  call,
  ImportList,
  keyPattern,
  moduleText,
  parametrize,
  quote,
  tupleConstant,
} from './python-text.ts';

/** `tests/test_data.py`: what was observed in the data, and what is refused. */
export function writeDataTests(plan: PackagePlan): string {
  const imports = new ImportList();
  const constants = new Map<string, string[]>();
  const tests = [
    ...readerTests(plan, imports, constants),
    ...missingFileTests(plan, imports),
    ...schemaTests(plan, imports),
    ...preparedTests(plan, imports, constants),
    ...configTests(plan, imports),
  ];
  const tuples = [...constants].map(([name, items]) => tupleConstant(name, items));
  if (tuples.length > 0) imports.from('typing', 'Final');
  if (tests.some((test) => test.includes('pytest.'))) imports.module('pytest');
  return moduleText(
    "Tests of the data stage; expected values were observed at the notebook's run.",
    imports,
    [...tuples, ...tests],
  );
}

function readerTests(plan: PackagePlan, imports: ImportList, constants: Map<string, string[]>): string[] {
  const drawn = new Set(plan.seedBefore);
  return readers(plan).flatMap((item) => {
    const names = item.returns.map((value) => value.name);
    const lines = item.returns.flatMap((value) =>
      value.facts === undefined
        ? []
        : factChecks(value.name, value.facts, constants, value.name, {
            missing: !item.statements.some((id) => drawn.has(id)),
            numbers: false,
          }),
    );
    if (lines.length === 0) return [];
    const used = item.returns.map((value) =>
      lines.some((line) => mentions(line, value.name)) ? value.name : '_',
    );
    imports.from(moduleName(item.module), item.name);
    const values = item.parameters.map((parameter) => configExpression(parameter) ?? '');
    const fixtures = parametersFor(plan, values.length > 0 ? ['config: Config'] : [], 'observed_files');
    if (values.length > 0) imports.from('src.config', 'Config');
    const left = names.length === 1 ? (used[0] ?? '_') : used.join(', ');
    return [
      `${call(`def test_${item.name}_matches_the_run`, fixtures, ' -> None:')}
    """What is read has the observed shape, columns, dtypes and missing values."""
${call(`${left} = ${item.name}`, values, '', '    ')}
${lines.join('\n')}`,
    ];
  });
}

function mentions(line: string, name: string): boolean {
  return new RegExp(`(?<![\\w.])${name.replaceAll('$', '\\$')}(?!\\w)`).test(line);
}

/** Fixtures that a test asks for, the files only where there are any. */
function parametersFor(plan: PackagePlan, first: string[], files: 'data_files' | 'observed_files'): string[] {
  return fileInputs(plan).length > 0 ? [...first, `${files}: None`] : first;
}

function missingFileTests(plan: PackagePlan, imports: ImportList): string[] {
  const files = fileInputs(plan);
  const early = files.filter((input) => input.function.startsWith('src.data.'));
  if (early.length === 0 || plan.data.length === 0) return [];
  // What is read behind a training is read by no data stage.
  const reads = early.every((input) => isRead(plan, input)) ? 'prepare_data' : 'run';
  imports.from('src.config', 'load_config');
  imports.from(reads === 'run' ? 'src.training.train' : 'src.data.loader', reads);
  imports.from('src.errors', 'SchemaError');
  imports.from('pathlib', 'Path');
  const keys = early.map((input) => quote(input.key));
  const others = files.length > 1 ? ', data_files: None' : '';
  return [
    `${parametrize('"key"', keys)}
def test_a_missing_file_is_named(tmp_path: Path, key: str${others}) -> None:
    """A file that is not there is named in the error."""
    config = load_config(overrides=[f"{key}={tmp_path / 'absent.csv'}"])
    with pytest.raises(SchemaError, match="absent.csv"):
        ${reads}(config)`,
  ];
}

/** Whether the function that reads a file stands before everything that trains or builds. */
function isRead(plan: PackagePlan, input: InputPlan): boolean {
  const first = ({ statements }: FunctionPlan): number => Math.min(...statements);
  const segments = plan.functions.filter(({ kind }) => kind === 'segment');
  const reader = segments.find((item) => `${moduleName(item.module)}:${item.name}` === input.function);
  const others = segments.filter(({ stage }) => stage !== 'data').map(first);
  return reader === undefined || first(reader) < Math.min(...others);
}

/** As many columns as are tried one by one. */
const MOST_COLUMNS = 40;

/** Columns that must be there: those that a prediction needs, where that is known, else all. */
function requiredColumns(plan: PackagePlan, known: string[], first: boolean): string[] {
  const served = plan.serving.kind === 'raw_rows' && first ? plan.serving.columns : null;
  const columns = served === null ? known : known.filter((column) => served.includes(column));
  // The error shows names as Python writes them: an escaped one would not be found.
  return columns
    .filter((column) => /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(column) && !/[\\']/.test(column))
    .slice(0, MOST_COLUMNS);
}

function schemaTests(plan: PackagePlan, imports: ImportList): string[] {
  const tables = schemas(plan);
  return tables.flatMap(({ facts, name, frame }, index) => {
    imports.module('pandas as pd');
    imports.from('src.data.loader', name);
    imports.from('src.errors', 'SchemaError');
    const subject = tables.length === 1 ? '' : `_of_${frame.replace(/_frame$/, '')}`;
    const tests = [
      `def test_schema${subject}_accepts_the_observed_columns(${frame}: pd.DataFrame) -> None:
    """Rows like those that were observed are accepted."""
    ${name}(${frame})`,
      `def test_schema${subject}_refuses_a_table_without_columns(${frame}: pd.DataFrame) -> None:
    """A table of something else is refused."""
    with pytest.raises(SchemaError):
        ${name}(${frame}[[]])`,
      `def test_schema${subject}_refuses_a_table_without_rows(${frame}: pd.DataFrame) -> None:
    """A table without rows is refused."""
    with pytest.raises(SchemaError, match="no rows"):
        ${name}(${frame}.head(0))`,
    ];
    const required = requiredColumns(
      plan,
      facts.columns.map((column) => column.name),
      index === 0,
    );
    if (required.length > 0) {
      imports.module('re');
      tests.push(`${parametrize('"column"', required.map(quote))}
${call(`def test_schema${subject}_names_the_missing_column`, [`${frame}: pd.DataFrame`, 'column: str'], ' -> None:')}
    """Every column that is used is required."""
    with pytest.raises(SchemaError, match=re.escape(column)):
        ${name}(${frame}.drop(columns=[column]))`);
    }
    return tests;
  });
}

function preparedTests(plan: PackagePlan, imports: ImportList, constants: Map<string, string[]>): string[] {
  const caps = costCaps(plan).map((cap) => cap.key);
  const fields = plan.data.filter((value) => value.facts !== undefined);
  if (fields.length === 0) return [];
  // A notebook without all its seeds draws other rows than the package does.
  const same = plan.seedBefore.length === 0;
  const exact = { missing: same, numbers: same };
  const single = capsData(caps);
  const blocks = fields.flatMap((value) =>
    value.facts === undefined
      ? []
      : factChecks(`data.${value.name}`, value.facts, constants, value.name, exact),
  );
  if (blocks.length === 0) return [];
  if (single) {
    imports.from('src.config', 'Config');
    imports.from('src.data.loader', 'prepare_data');
    imports.from('src.runtime', 'set_seed');
    return [
      `${call('def test_prepared_data_matches_the_run', parametersFor(plan, ['config: Config'], 'observed_files'), ' -> None:')}
    """At the end of the data stage, shapes, dtypes and columns are the observed ones."""
    set_seed(config.seed)
    data = prepare_data(config)
${blocks.join('\n')}`,
    ];
  }
  imports.from('src.training.train', 'TrainingResult');
  return [
    `${call('def test_prepared_data_matches_the_run', parametersFor(plan, ['result: TrainingResult'], 'observed_files'), ' -> None:')}
    """At the end of the data stage, shapes, dtypes and columns are the observed ones."""
    data = result.data
${blocks.join('\n')}`,
  ];
}

function configTests(plan: PackagePlan, imports: ImportList): string[] {
  imports.from('pathlib', 'Path');
  imports.from('src.config', 'load_config');
  imports.from('src.errors', 'ConfigError');
  const typed = typedKey(plan);
  const misspelt = misspell(typed);
  const cases: [string, string][] = [
    [`${typed}=large`, keyPattern(typed)],
    ['colour=red', '"colour"'],
    ['seed', '"seed"'],
  ];
  const rows = cases.map(([override, match]) => `(${quote(override)}, ${match})`);
  return [
    `${parametrize('("override", "match")', rows)}
def test_load_config_refuses_bad_overrides(override: str, match: str) -> None:
    """A value of another type, an unknown key and an override without a value are refused."""
    with pytest.raises(ConfigError, match=match):
        load_config(overrides=[override])`,
    `def test_load_config_proposes_the_nearest_key() -> None:
    """A misspelt key is answered with the one that was meant."""
    with pytest.raises(ConfigError, match=${nearestPattern(typed)}):
        load_config(overrides=[${quote(`${misspelt}=1`)}])`,
    `def test_load_config_refuses_a_missing_file(tmp_path: Path) -> None:
    """A missing configuration file is named in the error."""
    with pytest.raises(ConfigError, match="absent.yaml"):
        load_config(tmp_path / "absent.yaml")`,
    `def test_load_config_refuses_a_broken_file(tmp_path: Path) -> None:
    """A file that is not YAML is named in the error."""
    path = tmp_path / "broken.yaml"
    path.write_text("seed: [1\\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="broken.yaml"):
        load_config(path)`,
  ];
}

/** What the error proposes. */
function nearestPattern(key: string): string {
  const pattern = keyPattern(key);
  return pattern.replace('"', '"did you mean \'').replace(/"$/, '\'"');
}

/** A number of the configuration, the first one below a section where there is one. */
function typedKey(plan: PackagePlan): string {
  const isNumber = (entry: ConfigEntry): boolean =>
    (entry.literal.kind === 'int' || entry.literal.kind === 'float') &&
    /^(int|float)$/.test(entry.annotation);
  return plan.config.find((entry) => entry.key.includes('.') && isNumber(entry))?.key ?? 'seed';
}

/** `data.test_size` → `data.test_siez`: the last two letters change places. */
function misspell(key: string): string {
  const swapped = `${key.slice(0, -2)}${key.slice(-1)}${key.slice(-2, -1)}`;
  return swapped === key ? `${key}${key.slice(-1)}` : swapped;
}
