import { expect, test } from '@jest/globals';
import { compileCells } from '../compile-cells.ts';

const CELLS = [
  'import pandas as pd\nfrom sklearn.linear_model import *\nfrom sklearn.metrics import *\n' +
    "df = pd.read_csv('d.csv')\nX = df[['a']]\ny = df['y']",
  'model = LogisticRegression()\nmodel.fit(X, y)',
  "predicted = model.predict(X)\nprint('accuracy', accuracy_score(y, predicted))",
];

test('what comes from a star import is imported by name, and known for what it is', async () => {
  const { extraction, tree } = await compileCells(CELLS, ['d.csv']);
  expect(extraction.target?.name).toBe('model');
  expect(extraction.metrics.map(({ key }) => key)).toEqual(['accuracy']);
  const code = Object.values(tree).join('\n');
  expect(code).toContain('from sklearn.metrics import accuracy_score');
  expect(code).toContain('from sklearn.linear_model import LogisticRegression');
  expect(code).not.toContain('F821');
});

test('the only star import gives what nothing else binds', async () => {
  const { tree } = await compileCells(
    [
      "from helpers import *\nimport pandas as pd\nfrom sklearn.svm import SVC\ndf = pd.read_csv('d.csv')",
      "X = cleaned(df)\ny = df['y']\nmodel = SVC().fit(X, y)\nprint(model.score(X, y))",
    ],
    ['d.csv', 'helpers.py'],
  );
  expect(Object.values(tree).join('\n')).toMatch(/from (\w+\.)*helpers import cleaned/);
});
