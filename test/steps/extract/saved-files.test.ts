import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadPython } from '../../../src/python/load-parser.ts';
import { readStatements } from '../../../src/python/read-statements.ts';
import { inlineHandles } from '../../../src/steps/1-extract/inline-handles.ts';
import { nameReloads } from '../../../src/steps/1-extract/reloads.ts';
import { compileCells } from '../compile-cells.ts';

beforeAll(loadPython);

const rewritten = (rule: typeof inlineHandles, code: string): string[] => [
  ...rule(readStatements([{ index: 0, code }]).statements).values(),
];

describe('a file that is opened before it is used', () => {
  test.each([
    ["f = open('m.pkl', 'wb')\npickle.dump(model, f)\nf.close()", "pickle.dump(model, open('m.pkl', 'wb'))"],
    ['import gzip\nf = gzip.open(path)\nm = pickle.load(f)', 'm = pickle.load(gzip.open(path))'],
    [
      "f = open('a.json', mode='w')\njson.dump(scores, fp=f)",
      "json.dump(scores, fp=open('a.json', mode='w'))",
    ],
  ])('is opened where it is used: %j', (code, expected) => {
    expect(rewritten(inlineHandles, `import json, pickle\n${code}`)).toEqual([expected]);
  });

  test.each([
    "f = open('m.pkl', 'wb')\npickle.dump(a, f)\npickle.dump(b, f)",
    "f = open('m.pkl', 'ab')\npickle.dump(a, f)",
    "f = open(path, 'wb')\npath = 'b.pkl'\npickle.dump(a, f)",
    "f = open('a.txt', 'w')\nfor row in rows:\n    print(row, file=f)",
    "f = open('a.txt', 'w')\ndef note(text):\n    f.write(text)\nnote('a')",
    "f = open('a.txt')\ntext = f.read()",
  ])('stays as it is where more is done with it: %j', (code) => {
    expect(rewritten(inlineHandles, `import pickle\n${code}`)).toEqual([]);
  });
});

describe('what is read back', () => {
  const saves = "import joblib, pickle\njoblib.dump(model, 'm.joblib')\n";

  test.each([
    [`${saves}loaded = joblib.load('m.joblib')\nloaded.score(X, y)`, 'loaded = model'],
    [`${saves}model = joblib.load('m.joblib')\nmodel.predict(X)`, 'pass'],
    ["import pickle\npickle.dump(model, open(path, 'wb'))\nm = pickle.load(open(path, 'rb'))", 'm = model'],
    [
      "import pickle\nwith open('m.pkl', 'wb') as f:\n    pickle.dump(model, f)\nwith open('m.pkl', 'rb') as f:\n    m = pickle.load(f)",
      'm = model',
    ],
  ])('is what was saved: %j', (code, expected) => {
    expect(rewritten(nameReloads, code)).toEqual([expected]);
  });

  test.each([
    `${saves}loaded = joblib.load('other.joblib')`,
    `${saves}loaded = joblib.load('m.joblib')\nloaded.fit(X2, y2)`,
    `${saves}model.fit(X2, y2)\nloaded = joblib.load('m.joblib')`,
    `${saves}model = SVC()\nloaded = joblib.load('m.joblib')`,
    `${saves}loaded = joblib.load('m.joblib')\nloaded['a'] = 1`,
    "import joblib\nloaded = joblib.load('m.joblib')\njoblib.dump(model, 'm.joblib')",
  ])('stays where it may be another: %j', (code) => {
    expect(rewritten(nameReloads, code)).toEqual([]);
  });
});

test('a model that is saved through an open file and scored when read back is the model of the package', async () => {
  const { extraction, tree } = await compileCells(
    [
      'import pickle\nimport pandas as pd\nfrom sklearn.linear_model import LinearRegression\n' +
        "df = pd.read_csv('d.csv')\nX = df[['a']]\ny = df['b']",
      'model = LinearRegression()\nmodel.fit(X, y)',
      "file = open('m.pkl', 'wb')\npickle.dump(model, file)\nfile.close()",
      "file = open('m.pkl', 'rb')\nloaded = pickle.load(file)\nprint(loaded.score(X, y))",
    ],
    ['d.csv'],
  );
  expect(extraction.target?.name).toBe('model');
  expect(extraction.outputs.map(({ kind, written }) => [kind, written])).toEqual([['model', 'm.pkl']]);
  expect(Object.values(tree).join('\n')).not.toMatch(/open\(.*m\.pkl|prepare_file/);
  expect(tree['src/evaluation/evaluate.py']).toContain('loaded = model');
});

describe('a network that is read back', () => {
  const saves =
    "import torch\nnet = torch.nn.Linear(1, 1)\ntorch.save(net, f='./net')\nmodel = torch.load(f='./net', weights_only=False)\n";

  test.each([
    'p = model(X)',
    'model.eval()\nwith torch.no_grad():\n    p = model(X)',
    'print(list(model.parameters()))',
  ])('is the saved one where it predicts: %j', (code) => {
    expect(rewritten(nameReloads, `${saves}${code}`)).toEqual(['model = net']);
  });

  test.each([
    'opt = torch.optim.SGD(model.parameters(), lr=0.1)\nopt.step()',
    'opt = torch.optim.SGD(net.parameters(), lr=0.1)\nopt.step()',
    "model.load_state_dict(torch.load('best'))",
    'norm = torch.nn.BatchNorm1d(1)\np = model(X)',
  ])('is another one where either changes: %j', (code) => {
    expect(rewritten(nameReloads, `${saves}${code}`)).toEqual([]);
  });
});
