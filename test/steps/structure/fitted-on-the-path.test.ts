import { expect, test } from '@jest/globals';
import type { ColumnFacts, ValueFacts } from '../../../src/notebook/observation.ts';
import { compileCells } from '../compile-cells.ts';

const START =
  'import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import LinearRegression\nfrom sklearn.metrics import r2_score\n' +
  'from sklearn.model_selection import train_test_split\nfrom sklearn.preprocessing import LabelEncoder, StandardScaler';
const END =
  'X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)\nmodel = LinearRegression()\n' +
  "model.fit(X_train, y_train)\nprint('r2', r2_score(y_test, model.predict(X_test)))";

const column = (name: string): ColumnFacts => ({
  name,
  text: true,
  dtype: 'float64',
  kind: 'numeric',
  missing: 0,
  distinct: 5,
});
const table = (...names: string[]): ValueFacts => ({
  type: 'pandas.DataFrame',
  kind: 'dataframe',
  shape: [50, names.length],
  columns: names.map(column),
});

async function loader(...cells: string[]): Promise<string> {
  const read = "df = pd.read_csv('d.csv')\nX = df.drop(columns=['y'])\ny = df['y']";
  const { tree } = await compileCells([START, read, ...cells, END], ['d.csv'], {
    df: table('a', 'b', 'y'),
    X: table('a', 'b'),
    le: { type: 'sklearn.preprocessing.LabelEncoder', kind: 'estimator' },
    scaler: { type: 'sklearn.preprocessing.StandardScaler', kind: 'estimator' },
  });
  return tree['src/data/loader.py'] ?? '';
}

test('a transformer is kept where it is fitted, not as it was constructed', async () => {
  const code = await loader('scaler = StandardScaler()', 'X = np.array(scaler.fit_transform(X))');
  expect(code).toContain('fitted.fit_transform("scaler", scaler, X)');
  expect(code).not.toContain('fitted.value("scaler"');
});

test('an encoder that is fitted on two columns is kept twice', async () => {
  const code = await loader(
    'le = LabelEncoder()',
    "X['a'] = le.fit_transform(X['a'])\nX['b'] = le.fit_transform(X['b'])",
  );
  expect(code).toContain(`fitted.fit_transform("le", le, X["a"])`);
  expect(code).toContain(`fitted.fit_transform("le_2", le, X["b"])`);
});
