import { expect, test } from '@jest/globals';
import { compileCells } from '../compile-cells.ts';

test('the model of a loop is what gets the result of the training, not the variable of the loop', async () => {
  const { extraction } = await compileCells(
    [
      'import pandas as pd\nimport lightgbm as lgb\nfrom sklearn.model_selection import KFold\n' +
        "df = pd.read_csv('d.csv')\nX = df[['a']]\ny = df['y']",
      'for rows, held in KFold(n_splits=3).split(X):\n' +
        '    part = lgb.Dataset(X.iloc[rows], y.iloc[rows])\n' +
        "    booster = lgb.train({'objective': 'binary'}, part)\n" +
        '    print(booster.predict(X.iloc[held]))',
    ],
    ['d.csv'],
  );
  expect(extraction.target?.name).toBe('booster');
});

test('what a chain of calls gives in the end is no model', async () => {
  const { extraction } = await compileCells(
    [
      'import pandas as pd\nfrom sklearn.linear_model import LinearRegression\n' +
        "df = pd.read_csv('d.csv')\nX = df[['a']]\ny = df['y']",
      'line = LinearRegression().fit(X, y).predict(X)\nprint(line)',
    ],
    ['d.csv'],
  );
  expect(extraction.target?.name).not.toBe('line');
});
