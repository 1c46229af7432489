import { expect, test } from '@jest/globals';
import { compileCells } from '../compile-cells.ts';

const START = `import pandas as pd
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import accuracy_score
df = pd.read_csv('d.csv')
y = df['y']
X = df[['a']]
clf = SGDClassifier(random_state=0)`;
const SCORE = 'print(accuracy_score(y, clf.predict(X)))';

const FIT = 'clf.fit(X, y)';

async function source(...cells: string[]): Promise<string> {
  const { tree } = await compileCells([START, ...cells, FIT, SCORE], ['d.csv']);
  return Object.entries(tree)
    .map(([path, text]) => (path.startsWith('src/') ? text : ''))
    .join('');
}

test('a result that nobody reads has no name', async () => {
  const text = await source("names = ['a', 'b']\nlast = names.pop()\nX = df[names]");
  expect(text).toMatch(/^ {4}names\.pop\(\)$/m);
  expect(text).not.toContain('F841');
});

test.each([
  ['in its function', "names = ['a', 'b']\nlast = names.pop()\nX = df[names].rename(columns={last: 'c'})"],
  ['in a later stage', "names = ['a', 'b']\nlast = names.pop()\nX = df[names]", 'clf.fit(X, y)\nprint(last)'],
])('one that is read keeps its name: %s', async (_, ...cells) => {
  expect(await source(...cells)).toContain('last = names.pop()');
});
