import { unique } from '../../lib/unique.ts';
import type { ColumnFacts, ValueFacts } from '../../notebook/observation.ts';
import type { EstimatorCall, FunctionPlan, PackagePlan, Value } from '../2-structure/plan.ts';
import { costCaps } from './fast-run.ts';
import { canEvaluate, capsData, fileInputs, inResult } from './observed.ts';
import { pathOf } from './other-values.ts';
import { networkTests, SCORING } from './test-networks.ts';
import { call, collection, ImportList, moduleText, number, quote } from './python-text.ts';

/** Start of the names of these tests: one that a proved package fails states what does not hold of it, and is left out. */
export const OBSERVED_TEST = 'test_observed_';

/** As many rows as a table of expectations has. */
const MOST_ROWS = 80;

/** A test that can be left out by its name. */
export interface ObservedTest {
  name: string;
  constants: string[];
  text: string;
  /** Modules and names that it imports. */
  imports?: [module: string, ...names: string[]][];
}

/**
 * `tests/test_observed.py`: what the notebook's run showed between the functions of the package, and what its estimators were
 * asked; null where it showed nothing.
 *
 * @param without - Names of tests that are left out.
 */
export function writeObservedTests(plan: PackagePlan, without: readonly string[]): string | null {
  const imports = new ImportList();
  const tests = observedTests(plan).filter(({ name }) => !without.includes(name));
  if (tests.length === 0) return null;
  imports.module('numpy as np', 'pandas as pd', 'pytest');
  imports.from('typing', 'Any', 'Final');
  imports.from('collections.abc', 'Mapping', 'Sequence');
  imports.from('src.config', 'Config');
  imports.from('tests.conftest', 'ShortRun');
  for (const { imports: needed = [], text } of tests) {
    for (const [module, ...names] of needed) {
      if (names.length === 0) imports.module(module);
      else imports.from(module, ...names);
    }
    for (const [, name = ''] of text.matchAll(/\b(sklearn\.metrics\.\w+)\(/g)) imports.module(moduleOf(name));
  }
  return moduleText(
    "What the notebook's run showed between the functions, and asked of its estimators.",
    imports,
    [...tests.flatMap(({ constants }) => constants), ...tests.map(({ text }) => text)],
  );
}

/** Paths that the short run watches for these tests. */
export function watchedPaths(plan: PackagePlan): string[] {
  const functions = plainFunctions(plan).filter(({ returns }) =>
    returns.some(({ facts }) => hasShape(facts)),
  );
  const methods = (plan.estimatorCalls ?? []).map(({ type, method }) => `${type}.${method}`);
  const scoring = plan.networkTraining?.evalMode === true && canEvaluate(plan) ? [SCORING] : [];
  return unique([...functions.map(pathOf), ...methods, ...scoring]);
}

function observedTests(plan: PackagePlan): ObservedTest[] {
  if (capsData(costCaps(plan).map(({ key }) => key))) return [];
  return [
    ...shapeTest(plan),
    ...rangeTest(plan),
    ...categoryTest(plan),
    ...estimatorTest(plan),
    ...fitTest(plan),
    ...scoreTest(plan),
    ...networkTests(plan),
  ];
}

/** Functions whose values are the same in every run: up to the first one before which the package sets a seed. */
function plainFunctions(plan: PackagePlan): FunctionPlan[] {
  const drawn = new Set(plan.seedBefore);
  const functions = plan.functions.filter(({ kind, stage }) => kind === 'segment' && stage === 'data');
  const first = functions.findIndex(({ statements }) => statements.some((id) => drawn.has(id)));
  return first < 0 ? functions : functions.slice(0, first);
}

function hasShape(facts: ValueFacts | undefined): facts is ValueFacts & { shape: number[] } {
  return facts?.shape !== undefined && /^(dataframe|series|ndarray|sparse)$/.test(facts.kind);
}

/** A value that a function gives: where a test finds it in a call. */
interface Place {
  path: string;
  index: number;
  value: Value;
}

function places(plan: PackagePlan): Place[] {
  return plainFunctions(plan).flatMap((item) =>
    item.returns.flatMap((value, index) =>
      hasShape(value.facts)
        ? [{ path: pathOf(item), index: item.returns.length === 1 ? -1 : index, value }]
        : [],
    ),
  );
}

function fixtures(plan: PackagePlan, ...more: string[]): string[] {
  return [...more, 'short_run: ShortRun', ...(fileInputs(plan).length > 0 ? ['observed_files: None'] : [])];
}

function test(
  plan: PackagePlan,
  name: string,
  docstring: string,
  body: string,
  parameters?: { names: string; types: string[]; constant: string },
): string {
  const mark =
    parameters === undefined ? '' : `@pytest.mark.parametrize(${parameters.names}, ${parameters.constant})\n`;
  return `${mark}${call(`def ${name}`, fixtures(plan, ...(parameters?.types ?? [])), ' -> None:')}
    """${docstring}"""
${body}`;
}

function constant(comment: string, name: string, rows: string[]): string {
  return `# ${comment}\n${collection(`${name}: Final = `, '(', rows, ')')}`;
}

const tuple = (shape: readonly number[]): string => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;

const WHERE = ({ path, index }: Place): string => `${quote(path)}, ${index < 0 ? 'None' : index}`;

/** Shapes of what passes between the functions; what the data stage hands on stands in `test_data.py`. */
function shapeTest(plan: PackagePlan): ObservedTest[] {
  const last = new Set(plan.data.map(({ name }) => name));
  const rows = places(plan)
    .filter(({ value }) => !last.has(value.name))
    .map((place) => `(${WHERE(place)}, ${tuple(place.value.facts?.shape ?? [])})`);
  if (rows.length === 0) return [];
  const name = `${OBSERVED_TEST}shapes`;
  return [
    {
      name,
      constants: [constant('Function, place in what it gives, shape.', 'SHAPES', rows.slice(0, MOST_ROWS))],
      text: test(
        plan,
        name,
        'What passes between the functions has as many rows and columns as in the notebook.',
        '    assert short_run.given(path, place).shape == shape',
        {
          names: '("path", "place", "shape")',
          types: ['path: str', 'place: int | None', 'shape: tuple[int, ...]'],
          constant: 'SHAPES',
        },
      ),
    },
  ];
}

/** Columns that a function makes or changes: those whose facts are not what an earlier function gave under that name. */
function changedColumns(plan: PackagePlan): { place: Place; column: ColumnFacts }[] {
  const known = new Map<string, string>();
  const all = places(plan);
  return all.flatMap((place) => {
    const { facts } = place.value;
    if (facts?.kind !== 'dataframe' || all.some((other) => isOtherPart(other, place))) return [];
    return (facts.columns ?? []).flatMap((column) => {
      if (!column.text) return [];
      const { minimum, maximum, categories, missing, kind } = column;
      const found = JSON.stringify([minimum, maximum, categories, missing, kind]);
      if (known.get(column.name) === found) return [];
      known.set(column.name, found);
      return [{ place, column }];
    });
  });
}

/** The parts of a split hold the columns of one table: which rows they got says nothing of the columns. */
function isOtherPart(other: Place, place: Place): boolean {
  const names = ({ value }: Place): string => (value.facts?.columns ?? []).map(({ name }) => name).join('\n');
  return other.path === place.path && other.index !== place.index && names(other) === names(place);
}

function rangeTest(plan: PackagePlan): ObservedTest[] {
  const rows = changedColumns(plan).flatMap(({ place, column: { name, kind, minimum, maximum, missing } }) =>
    kind === 'numeric' && minimum !== undefined && maximum !== undefined
      ? [
          `(${WHERE(place)}, ${quote(name)}, ${number(minimum, false)}, ${number(maximum, false)}, ${missing})`,
        ]
      : [],
  );
  if (rows.length === 0) return [];
  const name = `${OBSERVED_TEST}ranges`;
  return [
    {
      name,
      constants: [
        constant(
          'Function, place in what it gives, column that it changes, smallest, largest, number of missing.',
          'RANGES',
          rows.slice(0, MOST_ROWS),
        ),
      ],
      text: test(
        plan,
        name,
        'Columns of numbers lie in the range that they had in the notebook.',
        `    values = short_run.given(path, place)[column]
    assert [values.min(), values.max()] == pytest.approx([low, high])
    assert values.isna().sum() == missing`,
        {
          names: '("path", "place", "column", "low", "high", "missing")',
          types: [
            'path: str',
            'place: int | None',
            'column: str',
            'low: float',
            'high: float',
            'missing: int',
          ],
          constant: 'RANGES',
        },
      ),
    },
  ];
}

/** Text of few kinds may stand in a test; text that names rows may not. */
function categoryTest(plan: PackagePlan): ObservedTest[] {
  const rows = changedColumns(plan).flatMap(({ place, column: { name, kind, categories, missing } }) => {
    if (kind === 'bool') return [];
    const count = place.value.facts?.shape?.[0] ?? 0;
    if (categories === undefined || categories.length === 0 || count < 5 * categories.length) return [];
    if (categories.some((text) => text.length > 40)) return [];
    return [
      `(${WHERE(place)}, ${quote(name)}, ${collection('', '(', categories.map(quote), ')')}, ${missing})`,
    ];
  });
  if (rows.length === 0) return [];
  const name = `${OBSERVED_TEST}categories`;
  return [
    {
      name,
      constants: [
        constant(
          'Function, place in what it gives, column that it changes, its categories, number of missing.',
          'CATEGORIES',
          rows.slice(0, MOST_ROWS),
        ),
      ],
      text: test(
        plan,
        name,
        'Columns of few kinds have those that they had in the notebook.',
        `    values = short_run.given(path, place)[column]
    assert sorted(str(value) for value in values.dropna().unique()) == sorted(categories)
    assert values.isna().sum() == missing`,
        {
          names: '("path", "place", "column", "categories", "missing")',
          types: [
            'path: str',
            'place: int | None',
            'column: str',
            'categories: tuple[str, ...]',
            'missing: int',
          ],
          constant: 'CATEGORIES',
        },
      ),
    },
  ];
}

function estimatorTest(plan: PackagePlan): ObservedTest[] {
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
    assert [np.shape(rows) for rows in inputs] == shapes`,
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
    fits = [[*call.arguments.values()][1:3] for call in watched.calls]
    wanted = [np.asarray(${input.expression}), np.asarray(${labels.expression})]
    assert any(
        all(np.array_equal(np.asarray(a), b) for a, b in zip(fit, wanted, strict=True)) for fit in fits
    )`,
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

function moduleOf(path: string): string {
  return path.slice(0, path.lastIndexOf('.'));
}
