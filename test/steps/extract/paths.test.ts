import { expect, jest, test } from '@jest/globals';
import { extract, MODEL, SPLIT, START } from './extract-cells.ts';

/** How many texts are trimmed while a path is read that each line of the notebook makes `width` times as long. */
function trims(lines: number, width: number): number {
  const sums = Array.from({ length: lines }, (_, line) => {
    const parts = Array.from({ length: width }, () => `p${line}`);
    return `p${line + 1} = ${parts.join(' + ')}`;
  });
  const cells = [START, `p0 = 'x'\n${sums.join('\n')}\ndf = pd.read_csv(p${lines})`, SPLIT, MODEL];
  const original = String.prototype.trim;
  let count = 0;
  const spy = jest.spyOn(String.prototype, 'trim').mockImplementation(function (this: string) {
    count += 1;
    if (count > 50_000) throw new Error('more than 50000 texts');
    return original.call(this);
  });
  try {
    extract(cells);
  } finally {
    spy.mockRestore();
  }
  return count;
}

test('a path that is put together of itself costs as much as there is text', () => {
  expect(trims(5, 20) / trims(5, 10)).toBeLessThan(2.5);
});

test('a path that is put together of constants is read', () => {
  const cells = [START, "ROOT = 'data'\nNAME = ROOT + '/x'\ndf = pd.read_csv(NAME + '.csv')", SPLIT, MODEL];
  expect(extract(cells).inputs.map(({ written }) => written)).toEqual(['data/x.csv']);
});

/** A model of what a text file holds. */
const FROM_FILE = (read: string): string[] => [
  'import json\nimport pickle\nimport numpy as np\nfrom sklearn.linear_model import LinearRegression',
  `${read}\nX = np.asarray(rows)`,
  'm = LinearRegression()\nm.fit(X, X[:, 0])\nprint(m.score(X, X[:, 0]))',
];

test.each([
  "with open('data.txt') as f:\n    rows = [line.split(',') for line in f]",
  "with open('data.txt', 'r') as f:\n    rows = f.readlines()",
  "rows = json.load(open('data.txt', mode='rt'))",
  "rows = pickle.load(open('data.txt', 'rb'))",
])('a file that is opened to be read is one input: %s', (read) => {
  const { inputs } = extract(FROM_FILE(read), { sources: ['work/data.txt'] });
  expect(inputs).toMatchObject([{ path: 'work/data.txt', key: 'data.path', present: true }]);
  expect(inputs).toHaveLength(1);
});

test.each(["rows = [1]\nopen('log.txt', 'w').write('x')", "rows = [1]\nmode = 'r'\nopen('log.txt', mode)"])(
  'a file that may be written is none: %s',
  (read) => expect(extract(FROM_FILE(read)).inputs).toEqual([]),
);

test('encoders and lists beside the model are written as the notebook writes them', () => {
  const { outputs } = extract([
    START,
    SPLIT,
    MODEL,
    "import joblib\nnames = list(X.columns)\njoblib.dump(names, 'names.joblib')\njoblib.dump(clf, 'clf.joblib')",
  ]);
  expect(outputs).toMatchObject([
    { kind: 'other', key: 'artifacts.names_path', object: 'names' },
    { kind: 'model', key: 'artifacts.model_path', object: 'clf' },
  ]);
});

test('a dict that holds the model is the model', () => {
  const { outputs } = extract([
    START,
    SPLIT,
    MODEL,
    "import pickle\ndata = {'model': clf, 'names': list(X.columns)}\nwith open('all.pkl', 'wb') as file:\n    pickle.dump(data, file)",
  ]);
  expect(outputs).toMatchObject([{ kind: 'model', key: 'artifacts.model_path', object: 'data' }]);
});
