import { expect, test } from '@jest/globals';
import { compileCells } from '../compile-cells.ts';

const END = [
  "X = df[['a']]\ny = df['y']\nmodel = LogisticRegression()\nmodel.fit(X, y)\nprint(model.score(X, y))",
];
const IMPORTS = 'import os\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n';

async function loader(...cells: string[]): Promise<string> {
  const { tree } = await compileCells([...cells, ...END], ['d.csv']);
  const text = (tree['src/data/loader.py'] ?? '') + (tree['src/data/preprocessing.py'] ?? '');
  expect(text).not.toContain('F821');
  return text;
}

test('calls give what a default reads from the notebook, unless they give it already', async () => {
  const text = await loader(
    `${IMPORTS}LIMIT = 100\nROOT = os.path.join('data', 'x')`,
    'def read(name, folder=ROOT, limit=LIMIT):\n' +
      '    return pd.read_csv(os.path.join(folder, name)).head(limit)\n' +
      "df = read('d.csv')\nold = read('e.csv', limit=5)\nother = read('f.csv', 'elsewhere')\n" +
      'df = pd.concat([df, old, other])',
  );
  expect(text).toMatch(/def read\(name: str, folder: Any, limit: Any\)/);
  expect(text).toContain('read("d.csv", folder=ROOT, limit=limit)');
  expect(text).toContain('read("e.csv", limit=5, folder=ROOT)');
  expect(text).toContain('read("f.csv", "elsewhere", limit=limit)');
});

test('a function that calls such a function gets the value as a parameter', async () => {
  const text = await loader(
    `${IMPORTS}SCALE = os.cpu_count()\ndf = pd.read_csv('d.csv')`,
    "def scaled(v, shift=0, by=SCALE):\n    return v * by + shift\ndef prepare(t):\n    t['a'] = scaled(t['a'])\n    return t",
    "df = prepare(df)\ndf['b'] = df['b'].map(scaled)",
  );
  expect(text).toMatch(/def scaled\(v: Any, shift: Any, by: Any\)/);
  expect(text).toMatch(/def prepare\(t: pd.DataFrame, scale: Any\)/);
  expect(text).toContain('scaled(t["a"], shift=0, by=scale)');
  expect(text).toContain('prepare(df, scale=SCALE)');
  expect(text).toContain('.map(functools.partial(scaled, shift=0, by=SCALE))');
});
