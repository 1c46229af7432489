import { expect, test } from '@jest/globals';
import { compileCells } from '../compile-cells.ts';

test('no module grows over 300 lines, and later modules import earlier ones only', async () => {
  const functions = Array.from(
    { length: 24 },
    (_, index) =>
      `def step_${index}(t):\n` +
      Array.from({ length: 14 }, (__, line) => `    t['c${line}'] = t['a'] * ${line}\n`).join('') +
      (index > 0 ? `    return step_${index - 1}(t)` : '    return t'),
  );
  const { tree } = await compileCells(
    [
      "import pandas as pd\nfrom sklearn.svm import SVC\ndf = pd.read_csv('d.csv')",
      ...functions,
      "df = step_23(df)\nX = df[['a']]\ny = df['y']\nmodel = SVC()\nmodel.fit(X, y)\nprint(model.score(X, y))",
    ],
    ['d.csv'],
  );
  const modules = Object.keys(tree).filter((path) => /preprocessing(_\d)?\.py$/.test(path));
  expect(modules.length).toBeGreaterThan(1);
  for (const path of modules) expect((tree[path] ?? '').split('\n').length).toBeLessThanOrEqual(300);
  expect(tree['src/data/preprocessing.py']).not.toMatch(/preprocessing_2/);
  expect(tree['src/data/preprocessing_2.py']).toMatch(/from src\.data\.preprocessing import/);
  expect(Object.values(tree).join('\n')).not.toContain('F821');
});
