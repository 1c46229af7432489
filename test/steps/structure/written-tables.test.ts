import { expect, test } from '@jest/globals';
import { compileCells } from '../compile-cells.ts';

const TRAINED = [
  'import pandas as pd\nfrom sklearn.svm import SVC\n' +
    "train = pd.read_csv('train.csv')\ntest = pd.read_csv('test.csv')\nX = train[['a']]\ny = train['y']",
  'model = SVC()\nmodel.fit(X, y)\nprint(model.score(X, y))',
];

test('a table that is filled for the file alone is made where the file is written', async () => {
  const { layout, tree } = await compileCells(
    [
      ...TRAINED,
      "sub = pd.DataFrame()\nsub['id'] = test['id']\nsub['y'] = model.predict(test[['a']])\n" +
        "sub.to_csv('submission.csv', index=False)",
    ],
    ['train.csv', 'test.csv'],
  );
  expect(layout.outputs[0]?.inputs.sort()).toEqual(['model', 'test']);
  expect(tree['src/training/train.py']).toContain('sub["y"] = model.predict(test[["a"]])');
});

test('a training is never part of the writing of a file', async () => {
  const { layout, extraction } = await compileCells(
    [
      ...TRAINED,
      "model = SVC(C=2.0)\nmodel.fit(X, y)\nsub = pd.DataFrame({'y': model.predict(test[['a']])})\n" +
        "sub.to_csv('submission.csv')",
    ],
    ['train.csv', 'test.csv'],
  );
  const written = layout.outputs.flatMap(({ statements }) => statements);
  const texts = extraction.statements.filter(({ id }) => written.includes(id)).map(({ text }) => text);
  expect(texts.some((text) => text.includes('fit('))).toBe(false);
});
