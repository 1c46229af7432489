import { unique } from '../../lib/unique.ts';
import type { ColumnFacts } from '../../notebook/observation.ts';
import type { PackagePlan } from '../2-structure/plan.ts';
import {
  constant,
  OBSERVED_TEST,
  type ObservedTest,
  type Place,
  places,
  test,
  tuple,
  where,
} from './observed-test.ts';
import { collection, number, quote } from './python-text.ts';

/** As many rows as a table of expectations has. */
const MOST_ROWS = 80;

/** Shapes of what passes between the functions, and the ranges and categories of its columns. */
export function tableTests(plan: PackagePlan): ObservedTest[] {
  return [...shapeTest(plan), ...rangeTest(plan), ...categoryTest(plan)];
}

/** Shapes of what passes between the functions; what the data stage hands on stands in `test_data.py`. */
function shapeTest(plan: PackagePlan): ObservedTest[] {
  const last = new Set(plan.data.map(({ name }) => name));
  const rows = places(plan)
    .filter(({ value }) => !last.has(value.name))
    .map((place) => `(${where(place)}, ${tuple(place.value.facts?.shape ?? [])})`);
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
        [],
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
    const names = facts.columns?.map(({ name }) => name) ?? [];
    if (unique(names).length < names.length) return [];
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
          `(${where(place)}, ${quote(name)}, ${number(minimum, false)}, ${number(maximum, false)}, ${missing})`,
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
        [],
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
      `(${where(place)}, ${quote(name)}, ${collection('', '(', categories.map(quote), ')')}, ${missing})`,
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
        [],
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
