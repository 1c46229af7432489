import { describe, expect, test } from '@jest/globals';
import type { ValueFacts } from '../../../src/notebook/observation.ts';
import type { PackagePlan } from '../../../src/steps/2-structure/plan.ts';
import { writeTests } from '../../../src/steps/4-test/write-tests.ts';
import { compileCells } from '../compile-cells.ts';

const array = (rows: number, digest: string): ValueFacts => ({
  type: 'numpy.ndarray',
  kind: 'ndarray',
  shape: [rows, 2],
  dtype: 'float64',
  digest,
});
const estimator = (type: string): ValueFacts => ({ type, kind: 'estimator' });
const SEEN: Record<string, ValueFacts> = {
  X_train: array(75, 'train'),
  X_test: array(25, 'test'),
  y_train: { ...array(75, 'y'), shape: [75] },
  y_test: { ...array(25, 'z'), shape: [25] },
  scaler: estimator('sklearn.preprocessing.StandardScaler'),
  model: {
    ...estimator('sklearn.svm.SVC'),
    estimator: { role: 'classifier', fitted: true, predicts: true, probabilities: false, search: false },
  },
};
const START = [
  'import pandas as pd\nfrom sklearn.metrics import accuracy_score\nfrom sklearn.model_selection import train_test_split\n' +
    'from sklearn.preprocessing import StandardScaler\nfrom sklearn.svm import SVC',
  "df = pd.read_csv('people.csv')\nX = df[['a', 'b']].values\ny = df['left'].values\n" +
    'X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)',
];
const END = [
  'model = SVC()\nmodel.fit(X_train, y_train)',
  'predicted = model.predict(X_test)\naccuracy = accuracy_score(y_test, predicted)\nprint("accuracy", accuracy)',
];

async function plan(...cells: string[]): Promise<PackagePlan> {
  return (await compileCells([...START, ...cells, ...END], ['people.csv'], SEEN)).plan;
}

const summed = ({ estimatorCalls = [] }: PackagePlan): string[] =>
  estimatorCalls.map(
    ({ type, method, shape }) => `${type.split('.').at(-1) ?? ''}.${method} ${shape.join('x')}`,
  );

const SCALED =
  'scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)';

test('calls of estimators are listed with the shapes that the run showed', async () => {
  expect(summed(await plan(SCALED))).toEqual([
    'StandardScaler.fit_transform 75x2',
    'StandardScaler.transform 25x2',
    'SVC.fit 75x2',
    'SVC.predict 25x2',
  ]);
});

describe('no call of a method is counted where one of them is not known', () => {
  test.each([
    [
      'in a loop',
      'scaler = StandardScaler()\nfor _ in range(2):\n    X_train = scaler.fit_transform(X_train)',
    ],
    [
      'in a function, whose argument may be anything',
      'def scaled(tool, rows):\n    return tool.fit_transform(rows)\nscaler = StandardScaler()\nX_train = scaled(scaler, X_train)',
    ],
    [
      'on a condition',
      'scaler = StandardScaler()\nif len(X_train) > 3:\n    X_train = scaler.fit_transform(X_train)',
    ],
    ['of a part', 'scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train[:, :1])'],
  ])('%s', async (_, cell) => {
    expect(summed(await plan(cell))).toEqual(['SVC.fit 75x2', 'SVC.predict 25x2']);
  });
});

test('the fit, and the metric of plain predictions, are tested on what the data stage hands on', async () => {
  const tests = writeTests(await plan(SCALED))['tests/test_observed.py'] ?? '';
  expect(tests).toContain('wanted = [result.data.X_train, result.data.y_train]');
  expect(tests).toContain('sklearn.metrics.accuracy_score(result.data.y_test, predicted)');
});

test('a test that a proved package fails is left out by its name', async () => {
  const made = await plan(SCALED);
  const text = (without: string[]): string => writeTests(made, { without })['tests/test_observed.py'] ?? '';
  expect(text([])).toContain('def test_observed_scores');
  expect(text(['test_observed_scores'])).not.toContain('def test_observed_scores');
  expect(text(['test_observed_scores'])).toContain('def test_observed_training_rows');
});

describe('a constant with no other valid value is marked', () => {
  const marked = async (...cells: string[]): Promise<string[]> => {
    const model = 'model = SVC(kernel=KERNEL)\nmodel.fit(X_train, y_train)';
    const { plan: made } = await compileCells(
      [...START, "KERNEL = 'rbf'", ...cells, model, ...END.slice(1)],
      ['people.csv'],
      SEEN,
    );
    const tests = writeTests(made)['tests/test_training.py'] ?? '';
    expect(tests).toMatch(/MARKS: Final = \("\w+\.kernel=another",\)/);
    return [...tests.matchAll(/\("([\w.]+)", "\w+", "\w+\.kernel"\)/g)].map(([, path = '']) => path);
  };

  test('at the one call that reads it', async () => {
    expect(await marked()).toEqual(['sklearn.svm.SVC']);
  });

  test('at every function that takes it, where other code reads it too', async () => {
    const paths = await marked("if KERNEL == 'rbf':\n    X_train = X_train * 2");
    expect(paths.length).toBeGreaterThan(1);
    expect(paths.every((path) => path.startsWith('src.'))).toBe(true);
  });
});

describe('columns of a table have all its rows', () => {
  test.each([
    ["table[['a', 'b']], table['c']", '75x2'],
    ['table["a"].values, table["c"]', '75'],
  ])('%s', async (given, shape) => {
    const seen: Record<string, ValueFacts> = {
      ...SEEN,
      table: { type: 'pandas.DataFrame', kind: 'dataframe', shape: [75, 4] },
    };
    const fit = `table = pd.DataFrame(X_train)\nmodel = SVC()\nmodel.fit(${given})`;
    const { plan: made } = await compileCells([...START, fit, ...END.slice(1)], ['people.csv'], seen);
    expect(summed(made)[0]).toBe(`SVC.fit ${shape}`);
  });

  test.each(["table[['a'] + more]", "table[table['a'] > 1]", 'table[names]', 'table[1:]'])(
    'but %s may have others',
    async (given) => {
      const seen: Record<string, ValueFacts> = {
        ...SEEN,
        table: { type: 'pandas.DataFrame', kind: 'dataframe', shape: [75, 4] },
      };
      const fit = `more = ['b']\nnames = ['a']\ntable = pd.DataFrame(X_train)\nmodel = SVC()\nmodel.fit(${given}, y_train)`;
      const { plan: made } = await compileCells([...START, fit, ...END.slice(1)], ['people.csv'], seen);
      expect(summed(made)).toEqual(['SVC.predict 25x2']);
    },
  );
});

test('a model that is fitted again is tested on what it was fitted on in the end', async () => {
  const again = 'A_train = X_train * 2\nB_train = y_train\nmodel = SVC()\nmodel.fit(X_train, y_train)';
  const { plan: made } = await compileCells(
    [...START, again, 'model.fit(A_train, B_train)', ...END.slice(1)],
    ['people.csv'],
    SEEN,
  );
  expect(made.target).toMatchObject({ trainInput: 'A_train', trainOutput: 'B_train' });
});
