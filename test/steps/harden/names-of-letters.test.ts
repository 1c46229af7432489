import { expect, test } from '@jest/globals';
import { compileCells } from '../compile-cells.ts';

test('functions whose names are not ASCII are imported where they are called', async () => {
  const { tree } = await compileCells(
    [
      "import pandas as pd\nfrom sklearn.svm import SVC\ndf = pd.read_csv('d.csv')",
      "def größe(t):\n    return t[['a']]\nX = größe(df)\ny = df['y']",
      'model = SVC()\nmodel.fit(X, y)',
      "print('score', model.score(größe(df), y))",
    ],
    ['d.csv'],
  );
  const code = Object.values(tree).join('\n');
  expect(code).toMatch(/import .*größe/);
  expect(code).not.toContain('F821');
});
