import { expect, test } from '@jest/globals';
import { compileCells } from '../compile-cells.ts';

const TRAINED =
  'from sklearn.datasets import make_classification\nfrom sklearn.linear_model import LogisticRegression\n' +
  'X, y = make_classification(random_state=0)\nscale = X.std()';

test('what a method reads from the notebook gets another name than a parameter of __init__', async () => {
  const { tree } = await compileCells([
    TRAINED,
    'class Scaler:\n    def __init__(self, scale):\n        self.factor = scale\n\n' +
      '    def apply(self, rows):\n        return rows / scale * self.factor',
    'scaler = Scaler(2.0)\nX_scaled = scaler.apply(X)',
    'model = LogisticRegression()\nmodel.fit(X_scaled, y)\nprint(model.score(X_scaled, y))',
  ]);
  const loader = tree['src/data/loader.py'] ?? '';
  expect(loader).toMatch(/def __init__\(self, scale: \w+, notebook_scale: \w+\)/);
  expect(loader).toContain('return rows / self.notebook_scale * self.factor');
  expect(loader).toMatch(/Scaler\([^)]*notebook_scale=scale\)/);
});

test('what a function only hands on gets another name than a parameter of its own', async () => {
  const { tree } = await compileCells([
    TRAINED,
    'def divide(rows):\n    return rows / scale\n\ndef prepare(rows, scale):\n    return divide(rows) * scale',
    'X_scaled = prepare(X, 2.0)',
    'model = LogisticRegression()\nmodel.fit(X_scaled, y)\nprint(model.score(X_scaled, y))',
  ]);
  const loader = tree['src/data/loader.py'] ?? '';
  expect(loader).toMatch(/return divide\(rows, scale=notebook_scale\) \* scale/);
});
