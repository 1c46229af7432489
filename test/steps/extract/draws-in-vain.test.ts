import { expect, test } from '@jest/globals';
import { extract } from './extract-cells.ts';

const START =
  'import pandas as pd\nfrom sklearn.linear_model import ElasticNet\nfrom sklearn.model_selection import GridSearchCV, train_test_split\n' +
  'from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import StandardScaler\nfrom sklearn.svm import SVC\n' +
  "df = pd.read_csv('d.csv')\nX, X_test, y, y_test = train_test_split(df[['a']], df['y'], random_state=0)";

/** The finding where the run saw that the fit moved NumPy's generator. */
function findings(made: string, fit = 'model.fit(X, y)'): string[] {
  const cells = [START, made, fit, 'print(model.score(X_test, y_test))'];
  const id = extract(cells).statements.find(({ text }) => text === fit)?.id ?? -1;
  const seen = extract(cells, { sources: ['work/d.csv'], records: { [id]: { random: ['numpy'] } } });
  return seen.findings.filter(({ code }) => code === 'no_seed').map(({ message }) => message);
}

test.each([
  'model = SVC()',
  'model = SVC(probability=False)',
  'model = ElasticNet(alpha=0.1)',
  "model = ElasticNet(selection='cyclic')",
  'model = make_pipeline(StandardScaler(), SVC())',
  "model = GridSearchCV(SVC(), {'C': [1, 10]})",
])('a fit that draws a seed and does not use it needs none: %s', (made) => {
  expect(findings(made)).toEqual([]);
});

test.each([
  'model = SVC(probability=True)',
  "model = ElasticNet(selection='random')",
  'model = make_pipeline(StandardScaler(), SVC(probability=True))',
])('one that uses it needs one: %s', (made) => {
  expect(findings(made)).toHaveLength(1);
});

test('so does one beside which something unknown runs', () => {
  expect(findings('from own import jitter\nmodel = SVC()', 'model.fit(jitter(X), y)')).toHaveLength(1);
});
