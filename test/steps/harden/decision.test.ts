import { expect, test } from '@jest/globals';
import { writeTests } from '../../../src/steps/4-test/write-tests.ts';
import { compileCells, type Compiled } from '../compile-cells.ts';

const TRAINED = [
  'import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n' +
    'from sklearn.metrics import accuracy_score, f1_score, roc_auc_score\n' +
    'from sklearn.model_selection import train_test_split',
  "df = pd.read_csv('people.csv')\nX = df[['a', 'b']]\ny = df['left']\n" +
    'X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)',
  'model = LogisticRegression()\nmodel.fit(X_train, y_train)',
];

const compile = (...cells: string[]): Promise<Compiled> =>
  compileCells([...TRAINED, ...cells], ['people.csv']);

/** The lines of the body of `predict_as_scored`, without docstring. */
function decided({ tree }: Compiled): string[] {
  const code = tree['src/models/serving.py'] ?? '';
  const body = /def predict_as_scored\([\s\S]*?"""[\s\S]*?"""\n([\s\S]*?)\n\n\n/.exec(code)?.[1] ?? '';
  return body.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

test('a threshold in the notebook decides what is served', async () => {
  const compiled = await compile(
    'THRESHOLD = 0.4',
    'proba = model.predict_proba(X_test)[:, 1]\npred = (proba >= THRESHOLD).astype(int)',
    'print("accuracy", accuracy_score(y_test, pred))\nprint("auc", roc_auc_score(y_test, proba))',
  );
  expect(decided(compiled)).toEqual([
    'proba = model.predict_proba(X_test)[:, 1]',
    'pred = (proba >= threshold).astype(int)',
    'return np.asarray(pred)',
  ]);
  const serving = compiled.tree['src/models/serving.py'] ?? '';
  expect(serving).toContain('predict_as_scored(rows, model, threshold)');
  expect(serving).not.toContain('model.predict(rows)');
  expect(serving).toMatch(/predict_rows\([\s\S]*?self\.config\.\w+\.threshold\s*\)/);
  const tests = writeTests(compiled.plan)['tests/test_serving.py'] ?? '';
  expect(tests).toContain('assert accuracy_score(result.data.y_test, predicted)');
  expect(tests).not.toContain('roc_auc_score');
});

test('a threshold in a function counts with what the call gives', async () => {
  const function_ =
    'def report(name, fitted, rows, t=0.5):\n    p = fitted.predict_proba(rows)[:, 1]\n' +
    '    found = np.where(p > t, 1, 0)\n    acc = accuracy_score(y_test, found)\n    f1 = f1_score(y_test, found)\n    return acc, f1';
  const compiled = await compile(
    function_,
    "acc, f1 = report('final', model, X_test, t=0.3)\nprint('accuracy:', acc, 'f1:', f1)",
  );
  expect(decided(compiled)).toEqual([
    't = 0.3',
    'p = fitted.predict_proba(rows)[:, 1]',
    'found = np.where(p > t, 1, 0)',
    'return np.asarray(found)',
  ]);
  expect(compiled.tree['src/models/serving.py']).toContain('(``report``, cell 3)');
});

test.each([
  ['in the metric', "print('f1', f1_score(y_test, model.predict_proba(X_test)[:, 1] > 0.3))"],
  [
    'by a comprehension',
    "found = [1 if p > 0.3 else 0 for p in model.predict_proba(X_test)[:, 1]]\nprint('f1', f1_score(y_test, found))",
  ],
  [
    'by a lambda',
    "chance = pd.Series(model.predict_proba(X_test)[:, 1])\nfound = chance.apply(lambda p: int(p > 0.3))\nprint('f1', f1_score(y_test, found))",
  ],
])('a threshold is found %s', async (_, cell) => {
  expect(decided(await compile(cell)).join('\n')).toContain('0.3');
});

test.each([
  ['predict alone', "pred = model.predict(X_test)\nprint('accuracy', accuracy_score(y_test, pred))"],
  [
    'a threshold that is chosen by the true values',
    'proba = model.predict_proba(X_test)[:, 1]\nbest = max(np.arange(0, 1, 0.1), key=lambda t: f1_score(y_test, proba > t))\n' +
      "print('f1', f1_score(y_test, proba > best))",
  ],
  [
    'a threshold that needs all rows',
    "proba = model.predict_proba(X_test)[:, 1]\nprint('f1', f1_score(y_test, proba > proba.mean()))",
  ],
  [
    'predictions that are changed in place',
    "pred = model.predict_proba(X_test)[:, 1]\npred[pred > 0.3] = 1\nprint('f1', f1_score(y_test, pred))",
  ],
  [
    'thresholds that are tried in a loop',
    'proba = model.predict_proba(X_test)[:, 1]\nfor t in [0.3, 0.4]:\n    print(t, f1_score(y_test, proba > t))',
  ],
  [
    'a threshold of another model',
    'other = LogisticRegression(C=2.0)\nother.fit(X_train, y_train)\n' +
      "print('f1', f1_score(y_test, other.predict_proba(X_test)[:, 1] > 0.3))\n" +
      "print('accuracy', accuracy_score(y_test, model.predict(X_test)))",
  ],
])('no decision is made of %s', async (_, cell) => {
  expect(decided(await compile(cell))).toEqual([]);
});
