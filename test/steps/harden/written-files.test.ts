import { expect, test } from '@jest/globals';
import { compileCells } from '../compile-cells.ts';

test('a table that only the written file needs is read where the file is written', async () => {
  const { tree } = await compileCells(
    [
      'import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n' +
        "train = pd.read_csv('train.csv')\ntest = pd.read_csv('test.csv')",
      "X = train.drop('y', axis=1)\ny = train['y']\nmodel = LogisticRegression()\nmodel.fit(X, y)\n" +
        'print(model.score(X, y))',
      "X_new = test.drop('id', axis=1)\npredicted = model.predict(X_new)",
      "test = pd.read_csv('test.csv')\nout = pd.DataFrame({'id': test['id'], 'y': predicted})\n" +
        "out.to_csv('submission.csv', index=False)",
    ],
    ['train.csv', 'test.csv'],
  );
  const training = tree['src/training/train.py'] ?? '';
  expect(training).toMatch(
    /def write_submission\(\s*predicted: .*submission_path: str, test_path: str, root: str/,
  );
  expect(training).toContain('require_file(test_path, root)');
  expect(training).not.toContain('F821');
});

test('a model that the notebook saves twice is saved once, and no key promises more', async () => {
  const { tree } = await compileCells(
    [
      'import pickle\nimport joblib\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n' +
        "train = pd.read_csv('train.csv')\nX = train.drop('y', axis=1)\ny = train['y']",
      'model = LogisticRegression()\nmodel.fit(X, y)\nprint(model.score(X, y))',
      "joblib.dump(model, 'first.joblib')\npickle.dump(model, open('second.pkl', 'wb'))",
    ],
    ['train.csv'],
  );
  const text = Object.values(tree).join('\n');
  expect(tree['configs/default.yaml']).toContain('model_path: artifacts/');
  expect(text).not.toMatch(/first_path|second_path/);
});

test('the path of a file that a constant holds is that of the constant where it is read', async () => {
  const { tree } = await compileCells(
    [
      'import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n' +
        "DATA = 'train.csv'\ntrain = pd.read_csv(DATA)\nX = train.drop('y', axis=1)\ny = train['y']",
      'model = LogisticRegression()\nmodel.fit(X, y)\nprint(model.score(X, y))',
      "found = pd.DataFrame({'y': model.predict(X)})\npath = 'one.csv'\nfound.to_csv(path)",
      "path = r'two.csv'\nfound.describe().to_csv(path, index=False)",
    ],
    ['train.csv'],
  );
  const training = tree['src/training/train.py'] ?? '';
  expect(training).toMatch(/def write_one\(found: [^)]*one_path: str\)[^]*found\.to_csv\(one_file\)/);
  expect(training).toMatch(
    /def write_two\(found: [^)]*two_path: str\)[^]*found\.describe\(\)\.to_csv\(two_file, index=False\)/,
  );
  expect(training).toContain('write_two(result.found, config.artifacts.two_path)');
  expect(tree['src/data/loader.py']).toMatch(/require_file\(\w+, root\)/);
  expect(Object.values(tree).join('\n')).not.toContain('F821');
});
