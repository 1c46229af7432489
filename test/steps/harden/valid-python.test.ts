import { beforeAll, expect, test } from '@jest/globals';
import { loadPython } from '../../../src/python/load-parser.ts';
import { harden } from '../../../src/steps/3-harden/harden.ts';
import { polish } from '../../../src/steps/3-harden/silence.ts';
import { structure } from '../../../src/steps/2-structure/structure.ts';
import { extract } from '../extract/extract-cells.ts';

beforeAll(loadPython);

const cells = (name: string): string[] => [
  'import json\nimport pandas as pd\nfrom sklearn.linear_model import LinearRegression\nfrom sklearn.metrics import r2_score',
  "df = pd.read_csv('d.csv')\nX = df[['a']]\ny = df['b']",
  `m = LinearRegression()\nm.fit(X, y)\n${name} = {'r2': r2_score(y, m.predict(X))}\nprint(r2_score(y, m.predict(X)))`,
  `with open('m.json', 'w') as f:\n    json.dump(${name}, f)`,
];

test('what is no Python is not silenced', () => {
  expect(polish('f(a=1, a=2)\n', 'src/x.py')).not.toContain('invalid-syntax');
});

test.each([
  ['metrics', 1],
  ['scores', 0],
])('a module that is no Python is refused, and the reason is named: %s', (name, count) => {
  const extraction = extract(cells(name), { sources: ['work/d.csv'] });
  const { diagnostics } = harden(extraction, structure(extraction, {}), { name: 'p', root: '.' });
  const refused = diagnostics.filter(({ severity }) => severity === 'refused');
  expect(refused).toHaveLength(count);
  for (const { code, help } of refused) {
    expect(code).toBe('invalid_package');
    expect(help).toContain('give `metrics` of the notebook another name');
  }
});
