import { expect, test } from '@jest/globals';
import { loadPython } from '../../../src/python/load-parser.ts';
import { polish } from '../../../src/steps/3-harden/silence.ts';
import { compileCells } from '../compile-cells.ts';

test('what is no Python is not silenced', async () => {
  await loadPython();
  expect(polish('f(a=1, a=2)\n', 'src/x.py')).not.toContain('invalid-syntax');
});

const cells = (name: string): string[] => [
  'import json\nimport pandas as pd\nfrom sklearn.linear_model import LinearRegression\nfrom sklearn.metrics import r2_score',
  "df = pd.read_csv('d.csv')\nX = df[['a']]\ny = df['b']",
  `m = LinearRegression()\nm.fit(X, y)\n${name} = {'r2': r2_score(y, m.predict(X))}\nprint(r2_score(y, m.predict(X)))`,
  `with open('m.json', 'w') as f:\n    json.dump(${name}, f)`,
];

test.each(['metrics', 'data', 'held_out'])(
  'a value of the notebook may have a name of the package: %s',
  async (name) => {
    const { tree } = await compileCells(cells(name), ['d.csv']);
    const field = name === 'held_out' ? name : `notebook_${name}`;
    const training = tree['src/training/train.py'] ?? '';
    expect(training).toMatch(new RegExp(`^    ${field}: `, 'm'));
    expect(training).toMatch(new RegExp(`TrainingResult\\([^)]*${field}=${name},`));
    expect(training).toMatch(new RegExp(`write_m\\(result\\.${field}, `));
    expect(training.match(/^    metrics: dict\[str, float\]$/gm)).toHaveLength(1);
    expect(training).not.toMatch(new RegExp(`^    ${name} = evaluate_model\\(`, 'm'));
  },
);
