import { describe, expect, test } from '@jest/globals';
import { extract, kept, MODEL, SPLIT, START } from './extract-cells.ts';

const PIPELINE = 'from sklearn.pipeline import make_pipeline';
const statementsOf = (cell: string): string[] =>
  extract([START, SPLIT, PIPELINE, cell]).statements.flatMap(({ cell: at, text }) =>
    at === 3 ? [text] : [],
  );

describe('a model that no name holds gets one', () => {
  test.each([
    [
      'pred = LogisticRegression(C=2).fit(X_train, y_train).predict(X_test)',
      ['model = LogisticRegression(C=2).fit(X_train, y_train)', 'pred = model.predict(X_test)'],
    ],
    [
      "print('acc', make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train).score(X_test, y_test))",
      [
        'model = make_pipeline(StandardScaler(), LogisticRegression()).fit(X_train, y_train)',
        "print('acc', model.score(X_test, y_test))",
      ],
    ],
    [
      "print(f'{LogisticRegression().fit(X_train, y_train).score(X_test, y_test):.3f}')",
      ['model = LogisticRegression().fit(X_train, y_train)', "print(f'{model.score(X_test, y_test):.3f}')"],
    ],
    [
      'accuracy_score(y_test, (LogisticRegression()\n    .fit(X_train, y_train)\n    .predict(X_test)))',
      [
        'model = (LogisticRegression()\n    .fit(X_train, y_train))',
        'accuracy_score(y_test, (model\n    .predict(X_test)))',
      ],
    ],
    [
      'cross_val_score(LogisticRegression(C=3), X, y).mean()',
      ['model = LogisticRegression(C=3)', 'cross_val_score(model, X, y).mean()'],
    ],
    [
      'from sklearn.cluster import KMeans\ngroups = KMeans(3).fit_predict(X)',
      ['from sklearn.cluster import KMeans', 'model = KMeans(3)', 'groups = model.fit_predict(X)'],
    ],
    [
      'import statsmodels.api as sm\nprint(sm.OLS(y, X).fit().summary())',
      ['import statsmodels.api as sm', 'model = sm.OLS(y, X).fit()', 'print(model.summary())'],
    ],
    [
      'def wide(C):\n    return make_pipeline(StandardScaler(), LogisticRegression(C=C))\nwide(3).fit(X_train, y_train).score(X_test, y_test)',
      [
        'def wide(C):\n    return make_pipeline(StandardScaler(), LogisticRegression(C=C))',
        'model = wide(3).fit(X_train, y_train)',
        'model.score(X_test, y_test)',
      ],
    ],
  ])('%j', (cell, expected) => {
    expect(statementsOf(cell)).toEqual(expected);
  });

  test('it is the target, and its score a metric', () => {
    const result = extract([
      START,
      SPLIT,
      'print(LogisticRegression(C=2).fit(X_train, y_train).score(X_test, y_test))',
    ]);
    expect(result.target).toMatchObject({ name: 'model', input: 'X_test', trainingInput: 'X_train' });
    expect(result.metrics).toMatchObject([{ key: 'score', kind: 'held_out' }]);
    expect(kept(result)).toContain('print(model.score(X_test, y_test))');
    expect(result.hyperparameters.map(({ key }) => key)).toContain('model.c');
  });

  test('the name is one that the notebook does not have, and lines stay', () => {
    const [first, second, last] = extract([
      START,
      SPLIT,
      'model = 1\nLogisticRegression().fit(X_train,\n    y_train).score(X_test, y_test)\nmodel + 1',
    ])
      .statements.filter(({ cell }) => cell === 2)
      .slice(1);
    expect(first?.text).toMatch(/^model_2 = /);
    expect([first?.line, second?.line, last?.line]).toEqual([2, 3, 4]);
  });

  test('a baseline that is only cross-validated stays without one beside a model that is fitted', () => {
    const baseline = 'print(cross_val_score(LogisticRegression(), X, y).mean())';
    const result = extract([START, SPLIT, MODEL, baseline]);
    expect(result.target?.name).toBe('clf');
    expect(result.statements.map(({ text }) => text)).toContain(baseline);
  });

  test.each([
    'clf = LogisticRegression().fit(X_train, y_train)',
    'LogisticRegression().fit(X_train, y_train)',
    'Z = StandardScaler().fit(X_train).transform(X_test)',
    'Z = make_pipeline(StandardScaler()).fit(X_train).transform(X_test)',
    'best = [LogisticRegression(C=c).fit(X_train, y_train).score(X_test, y_test) for c in [1, 2]]',
    'later = lambda: LogisticRegression().fit(X_train, y_train).score(X_test, y_test)',
    'a = 1 if len(X) < 3 else LogisticRegression().fit(X_train, y_train).score(X_test, y_test)',
    'a = len(X) and LogisticRegression().fit(X_train, y_train).score(X_test, y_test)',
    'a = np.random.rand() + LogisticRegression().fit(X_train, y_train).score(X_test, y_test)',
    'for c in [1, 2]:\n    print(LogisticRegression(C=c).fit(X_train, y_train).score(X_test, y_test))',
    'def score(c):\n    return LogisticRegression(C=c).fit(X_train, y_train).score(X_test, y_test)',
    'grid = GridSearchCV(LogisticRegression(), {}).fit(X_train, y_train)',
  ])('%j stays as it is', (cell) => {
    expect(statementsOf(cell)).toEqual([cell]);
  });
});
