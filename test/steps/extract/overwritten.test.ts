import { expect, test } from '@jest/globals';
import { compileCells } from '../compile-cells.ts';

const IMPORTS =
  'import joblib\nimport pickle\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.model_selection import train_test_split';
const run = (c: number): string =>
  `df = pd.read_csv('d.csv')\nX = df[['a']]\ny = df['b']\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)\n` +
  `model = LogisticRegression(C=${c})\nmodel.fit(X_train, y_train)\nprint(model.score(X_test, y_test))`;

const keptCells = async (...cells: string[]): Promise<number[]> => {
  const { extraction } = await compileCells([IMPORTS, ...cells], ['d.csv']);
  const kept = extraction.statements.filter((statement) => statement.kept && statement.cell > 0);
  return [...new Set(kept.map(({ cell }) => cell))];
};

test('a file that is written again is no reason to keep what made the first one', async () => {
  const dump = "joblib.dump(X.columns.tolist(), 'columns.pkl')";
  expect(await keptCells(run(1), dump, run(2), dump)).toEqual([3, 4]);
});

test.each([
  ["joblib.dump(X.columns.tolist(), 'columns.pkl')", "joblib.dump(X.columns.tolist(), 'other.pkl')"],
  ["pickle.dump(list(X), open('c.pkl', 'wb'))", "pickle.dump(list(X), open('c.pkl', 'ab'))"],
  ["joblib.dump(list(X), 'c.pkl')", "if len(X) > 9:\n    joblib.dump(list(X), 'c.pkl')"],
  ["joblib.dump(list(X), 'c.pkl')", "print(joblib.load('c.pkl'))\njoblib.dump(list(X), 'c.pkl')"],
])('a file stays that another, a longer or perhaps no file follows: %j', async (first, second) => {
  expect(await keptCells(run(1), first, run(2), second)).toContain(2);
});

test('a table that is read into one variable twice has two names in the package', async () => {
  const { tree } = await compileCells(
    [
      IMPORTS,
      "df = pd.read_csv('d.csv')\nrows = len(df)",
      "df = pd.read_csv('e.csv')\nX = df[['a']] * rows\ny = df['b']",
      'model = LogisticRegression()\nmodel.fit(X, y)\nprint(model.score(X, y))',
    ],
    ['d.csv', 'e.csv'],
  );
  expect(Object.values(tree).join('\n')).not.toContain('F811');
});
