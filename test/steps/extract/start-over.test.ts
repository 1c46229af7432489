import { beforeAll, expect, test } from '@jest/globals';
import { loadPython } from '../../../src/python/load-parser.ts';
import { readStatements } from '../../../src/python/read-statements.ts';
import { startOver } from '../../../src/steps/1-extract/start-over.ts';
import { compileCells } from '../compile-cells.ts';

beforeAll(loadPython);

const rewritten = (made: string, between: string, fit = 'model.fit(X, y)'): string[] => {
  const code = `from sklearn.linear_model import LogisticRegression, Ridge, SGDRegressor\nX, y = first()\n${made}\nmodel.fit(X, y)\n${between}\n${fit}`;
  return [...startOver(readStatements([{ index: 0, code }]).statements).values()];
};

test('a model that is fitted to other data of the same name is made anew', () => {
  expect(rewritten('model = Ridge(alpha=2)', 'model.score(X, y)\nX, y = second()')).toEqual([
    'model = Ridge(alpha=2); model.fit(X, y)',
  ]);
});

test.each([
  ['model = Ridge(alpha=2)', 'print(model.score(X, y))'],
  ['model = Ridge(alpha=2)', 'X_all, y_all = second()', 'model.fit(X_all, y_all)'],
  ['model = Ridge(alpha=2)', 'X, y = second()\nmodel.set_params(alpha=3)'],
  ['model = Ridge(alpha=2)', 'X, y = second()\nmodel.alpha = 3'],
  ['model = Ridge(alpha=strength)', 'X, y = second()'],
  ['model = LogisticRegression(warm_start=True)', 'X, y = second()'],
  ['model = own_model()', 'X, y = second()'],
  ['model = Ridge(alpha=2)', 'X, y = second()', 'model.partial_fit(X, y)'],
])('and not where it goes on or may be another: %j', (made, between, fit = 'model.fit(X, y)') => {
  expect(rewritten(made, between, fit)).toEqual([]);
});

test('the package trains the last model alone, on its own data', async () => {
  const round = (columns: string): string =>
    `X = df[[${columns}]]\ny = df['y']\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)`;
  const { extraction, layout } = await compileCells(
    [
      'import pandas as pd\nfrom sklearn.linear_model import LinearRegression\nfrom sklearn.model_selection import train_test_split',
      "df = pd.read_csv('d.csv')",
      `${round("'a', 'b', 'c'")}\nmodel = LinearRegression()\nmodel.fit(X_train, y_train)\nprint(model.score(X_test, y_test))`,
      `${round("'a', 'b'")}\nmodel.fit(X_train, y_train)\nprint(model.score(X_test, y_test))`,
    ],
    ['d.csv'],
  );
  const kept = extraction.statements.filter((statement) => statement.kept).map(({ cell }) => cell);
  expect(kept).not.toContain(2);
  expect(extraction.metrics.map(({ cell }) => cell)).toEqual([3]);
  expect(layout.refit).toBe(layout.segments.length);
});
