import { describe, expect, test } from '@jest/globals';
import { distributionOf } from '../../src/knowledge/distributions.ts';
import { callFacts, estimatorFacts, instanceType, metricFacts } from '../../src/knowledge/lookup.ts';
import { METRICS } from '../../src/knowledge/metrics.ts';
import { ESTIMATORS } from '../../src/knowledge/sklearn.ts';

describe('calls', () => {
  test.each([
    ['pandas.read_csv', undefined, { role: 'read' }],
    ['<df>.dropna', 'pandas.DataFrame', { inplace: true }],
    ['<a>.sort', 'numpy.ndarray', { mutates: ['receiver'] }],
    ['<s>.map', 'pandas.Series', { type: 'pandas.Series' }],
    ['<m>.fit', 'sklearn.svm.SVC', { role: 'train', mutates: ['receiver'] }],
    ['<m>.fit', undefined, { role: 'train' }],
    ['<o>.step', 'torch.optim.Optimizer', { mutates: ['receiver', 'contents'] }],
    ['numpy.random.shuffle', undefined, { mutates: [0], draws: { generator: 'numpy' } }],
    ['seaborn.heatmap', undefined, { role: 'plot' }],
    ['sklearn.pipeline.Pipeline', undefined, { holds: true, hyperparameters: true }],
    ['scipy.stats.skew', undefined, {}],
  ])('%s on %s', (qualified, receiver, expected) => {
    expect(callFacts(qualified, receiver)).toMatchObject(expected);
  });

  test.each([
    ['helpers.clean', undefined],
    ['clean', undefined],
    ['<x>.frobnicate', undefined],
  ])('nothing is known of %s', (qualified, receiver) => {
    expect(callFacts(qualified, receiver)).toBeUndefined();
  });

  test('names from a notebook never reach the prototype of a table', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(callFacts(name)).toBeUndefined();
      expect(callFacts(`<x>.${name}`)).toBeUndefined();
      expect(estimatorFacts(`sklearn.${name}`)).toBeUndefined();
      expect(metricFacts(`sklearn.metrics.${name}`)).toBeUndefined();
      expect(distributionOf(name)).toBe(name.replaceAll('_', '-').toLowerCase());
    }
  });
});

describe('classes', () => {
  test('kinds', () => {
    expect(estimatorFacts('sklearn.linear_model.Ridge')).toMatchObject({ role: 'regressor', predicts: true });
    expect(estimatorFacts('xgboost.XGBClassifier')).toMatchObject({
      role: 'classifier',
      framework: 'xgboost',
    });
    expect(estimatorFacts('sklearn.preprocessing.StandardScaler')).toMatchObject({
      role: 'transformer',
      predicts: false,
    });
    expect(estimatorFacts('sklearn.model_selection.GridSearchCV')).toMatchObject({ search: true });
    expect(estimatorFacts('pandas.DataFrame')).toBeUndefined();
    expect(instanceType('statsmodels.api.OLS')).toBe('statsmodels.Model');
    expect(instanceType('torch.nn.Linear')).toBe('torch.nn.Module');
  });

  test('every estimator is of one kind', () => {
    expect(Object.keys(ESTIMATORS).length).toBeGreaterThan(150);
  });
});

test('every metric has a name of its own', () => {
  const keys = Object.values(METRICS).map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(metricFacts('sklearn.metrics.accuracy_score')).toEqual({
    key: 'accuracy',
    unitInterval: true,
    better: 'higher',
    result: 'number',
  });
  expect(metricFacts('helpers.accuracy_score')).toBeUndefined();
});

test.each([
  ['sklearn.svm', 'scikit-learn'],
  ['cv2', 'opencv-python'],
  ['PIL.Image', 'pillow'],
  ['yaml', 'pyyaml'],
  ['os.path', null],
  ['numpy', 'numpy'],
  ['imblearn', 'imbalanced-learn'],
])('%s is installed as %s', (module, expected) => {
  expect(distributionOf(module)).toBe(expected);
});
