import { beforeAll, expect, test } from '@jest/globals';
import type { ValueFacts } from '../../../src/notebook/observation.ts';
import { loadPython } from '../../../src/python/load-parser.ts';
import { readStatements } from '../../../src/python/read-statements.ts';
import type { AnalysedStatement } from '../../../src/steps/1-extract/extraction.ts';
import { absentColumns, type AbsentColumns } from '../../../src/steps/2-structure/needed-columns.ts';

beforeAll(loadPython);

const RAW = ['id', 'age', 'job', 'left'];

function table(columns: string[]): ValueFacts {
  return {
    type: 'pandas.DataFrame',
    kind: 'dataframe',
    shape: [9, columns.length],
    columns: columns.map((name) => ({
      name,
      text: true,
      dtype: 'int64',
      kind: 'numeric',
      missing: 0,
      distinct: 9,
    })),
  };
}

const TABLE = { isValue: (name: string) => name !== 'pd', hidden: () => [] };

function analysed(
  cells: { index: number; code: string }[],
  columnsOf: (name: string, statement: number) => string[] | null,
): AnalysedStatement[] {
  return readStatements(cells).statements.map((statement) => {
    const name = statement.defines[0] ?? statement.stores[0]?.root ?? '';
    const columns = columnsOf(name, statement.id);
    const facts: ValueFacts = columns
      ? table(columns)
      : { type: 'numpy.ndarray', kind: statement.value?.literal ? 'list' : 'ndarray', shape: [9, 2] };
    return {
      ...statement,
      stage: 'data',
      kept: true,
      reason: '',
      reaches: {},
      mutates: statement.stores.map(({ root }) => root),
      random: [],
      values: { [name]: facts },
    };
  });
}

/** What is absent from new rows where these lines lead from `df`, with the columns of RAW, to `X`. */
function absent(...lines: [code: string, columns: string[] | null][]): AbsentColumns {
  const cells = ["df = pd.read_csv('people.csv')", ...lines.map(([code]) => code)];
  const flow = analysed(
    cells.map((code, index) => ({ index, code })),
    (_, statement) => (statement === 0 ? RAW : (lines[statement - 1]?.[1] ?? null)),
  );
  const onPath = flow
    .slice(1)
    .filter(({ values }) => !Object.values(values).some(({ kind }) => kind === 'list'));
  return absentColumns(
    { raw: 'df', root: 0, input: 'X', statements: onPath.map(({ id }) => id), renames: [] },
    { flow, all: flow, table: TABLE, callables: [] },
  );
}

test('what a list of names does not choose is absent, and nothing has to be filled', () => {
  const found = absent(["numeric = ['age']", null], ["X = df[numeric + ['job']]", ['age', 'job']]);
  expect(found).toEqual({ columns: ['id', 'left'], filled: false });
});

test('what stands beside the path in its cell is filled', () => {
  const cells = [
    { index: 0, code: "df = pd.read_csv('people.csv')" },
    { index: 1, code: "X = df[['age']]\ny = df['left']" },
  ];
  const flow = analysed(cells, (name) => (name === 'df' ? RAW : name === 'X' ? ['age'] : null));
  const path = { raw: 'df', root: 0, input: 'X', statements: [1], renames: [] };
  expect(absentColumns(path, { flow, all: flow, table: TABLE, callables: [] }).filled).toBe(true);
});

test('an array of chosen columns needs these alone', () => {
  expect(absent(["X = df[['age', 'job']].values", null]).columns).toEqual(['id', 'left']);
  expect(absent(['X = df.iloc[:, 1:3].values', null]).columns).toEqual(['id', 'left']);
});

test('a column that is dropped behind a change of itself is absent, but named on the way', () => {
  const found = absent(
    ["df['left'] = df['left'].map({'no': 0})", RAW],
    ["X = df.drop(columns=['id', 'left'])", ['age', 'job']],
  );
  expect(found).toEqual({ columns: ['id', 'left'], filled: true });
});

test('a column that another one is made of is needed although it is dropped', () => {
  const found = absent(
    ["df['size'] = df['id'].str.len()", [...RAW, 'size']],
    ["X = df.drop(columns=['id', 'left'])", ['age', 'job', 'size']],
  );
  expect(found.columns).toEqual(['left']);
});

test('a column that the whole table may be made of is needed', () => {
  expect(absent(['X = pd.get_dummies(df)', ['age', 'id', 'left', 'job_a', 'job_b']]).columns).toEqual([]);
  expect(
    absent(["df['sum'] = df.sum(axis=1)", [...RAW, 'sum']], ["X = df[['sum']]", ['sum']]).columns,
  ).toEqual([]);
});

test('where a new row has every column of the table, nothing is filled', () => {
  const found = absent(
    ["df['sum'] = df.total", [...RAW, 'sum']],
    ["X = df.drop(['sum'], axis='columns')", RAW],
  );
  expect(found).toEqual({ columns: [], filled: false });
});
