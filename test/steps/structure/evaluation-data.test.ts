import { expect, test } from '@jest/globals';
import { compileCells } from '../compile-cells.ts';

test('data that is prepared after the training belongs to the evaluation, not to the saved model', async () => {
  const { layout, tree } = await compileCells(
    [
      'import pandas as pd\nfrom sklearn.svm import SVC\nfrom sklearn.metrics import accuracy_score\n' +
        "train = pd.read_csv('train.csv')\nX = train[['a']]\ny = train['y']",
      'model = SVC()\nmodel.fit(X, y)',
      "test = pd.read_csv('test.csv')\nX_test = test[['a']]\ny_test = test['y']",
      'predicted = model.predict(X_test)\nprint(accuracy_score(y_test, predicted))',
    ],
    ['train.csv', 'test.csv'],
  );
  expect(layout.fitted).toEqual(['model']);
  expect(layout.segments.slice(layout.evaluation).map(({ stage }) => stage)).toEqual(['data', 'evaluation']);
  expect(tree['src/evaluation/evaluate.py']).toMatch(/import .*load_x_test/);
});
