import { expect, test } from '@jest/globals';
import { writeTests } from '../../src/steps/4-test/write-tests.ts';
import { compileCells } from './compile-cells.ts';

const START =
  'import pandas as pd\nfrom sklearn.linear_model import LinearRegression\nfrom sklearn.metrics import r2_score';
const READ = "df = pd.read_csv('d.csv')\nX = df[['a']]\ny = df['y']";
const FIT = "model = LinearRegression()\nmodel.fit(X, y)\nprint('r2', r2_score(y, model.predict(X)))";

async function reader(...cells: string[]): Promise<string | undefined> {
  const { plan } = await compileCells([START, ...cells], ['d.csv', 'e.csv']);
  const text = writeTests(plan)['tests/test_data.py'] ?? '';
  return /def test_a_missing_file_is_named[\s\S]*?match="absent.csv"\):\n +(\w+)\(config\)/.exec(text)?.[1];
}

test('a file of the data stage is missed by it', async () => {
  expect(await reader(READ, FIT)).toBe('prepare_data');
});

test('a file that is read behind a training is missed by the run', async () => {
  const again = "new = pd.read_csv('e.csv')\nX2 = new[['a']]\ny2 = new['y']";
  const scored = "model.fit(X2, y2)\nprint('later r2', r2_score(y2, model.predict(X2)))";
  expect(await reader(READ, FIT, again, scored)).toBe('run');
});
