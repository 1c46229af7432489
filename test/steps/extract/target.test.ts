import { describe, expect, test } from '@jest/globals';
import { extract, kept, MODEL, SPLIT, START } from './extract-cells.ts';

const TWO = 'rf = RandomForestClassifier()\nrf.fit(X_train, y_train)\nprint(rf.score(X_test, y_test))';

describe('which model', () => {
  test('the saved one', () => {
    const { target, candidates } = extract([START, SPLIT, MODEL, TWO, "joblib.dump(clf, 'm.pkl')"]);
    expect(target).toMatchObject({
      name: 'clf',
      reason: 'saved in cell 4',
      framework: 'sklearn',
      role: 'classifier',
    });
    expect(candidates).toEqual(['rf']);
  });

  test('else the one scored last on rows that it was not fitted on', () => {
    const { target } = extract([START, SPLIT, MODEL, TWO, 'print(clf.score(X_train, y_train))']);
    expect(target?.name).toBe('rf');
  });

  test('else the one fitted last', () => {
    expect(
      extract([
        START,
        SPLIT,
        'a = LogisticRegression().fit(X_train, y_train)\nb = RandomForestClassifier().fit(X_train, y_train)',
      ]).target,
    ).toMatchObject({ name: 'b', reason: 'fitted last, in cell 2' });
  });

  test('chosen by name', () => {
    expect(extract([START, SPLIT, MODEL, TWO], { target: 'clf' }).target?.name).toBe('clf');
    const unknown = extract([START, SPLIT, MODEL, TWO], { target: 'nope' });
    expect(unknown.target).toBeNull();
    expect(unknown.diagnostics).toMatchObject([
      { code: 'unknown_target', severity: 'refused', help: 'Choose one of: clf, rf.' },
    ]);
  });

  test('the data of the last use and of the training', () => {
    expect(extract([START, SPLIT, MODEL]).target).toMatchObject({
      input: 'X_test',
      output: 'y_test',
      trainingInput: 'X_train',
      trainingOutput: 'y_train',
    });
  });
});

describe('the data of the last use', () => {
  const SCALED = 'sc = StandardScaler().fit(X_train)\nX_test_s = sc.transform(X_test)';
  const PREDICT = 'y_pred = clf.predict(X_test_s)\nprint(accuracy_score(y_test, y_pred))';
  const GRID = 'grid = np.meshgrid([0, 1], [0, 1])\nplt.contourf(clf.predict(sc.transform(np.array(grid))))';
  const input = (...cells: string[]): string | null | undefined =>
    extract([START, SPLIT, SCALED, MODEL, ...cells], { target: 'clf' }).target?.input;

  test('is what the model was given, not what was scaled for a picture', () => {
    expect(input(PREDICT, GRID)).toBe('X_test_s');
  });
  test('is never the scaler', () => {
    expect(input('print(clf.predict(sc.transform([[1, 2]])))')).not.toBe('sc');
  });
  test('is what was scaled on the way, where nothing stands alone', () => {
    const cells = [
      START,
      SPLIT,
      SCALED,
      'm = LogisticRegression().fit(X_train, y_train)\nprint(m.predict(sc.transform(X_test)))',
    ];
    expect(extract(cells, { target: 'm' }).target?.input).toBe('X_test');
  });
});

describe('what counts as a training', () => {
  test.each([
    ['chained', 'm = LogisticRegression(C=2).fit(X_train, y_train)', 'm', 'sklearn'],
    [
      'a pipeline',
      'from sklearn.pipeline import make_pipeline\nm = make_pipeline(StandardScaler(), LogisticRegression())\nm.fit(X_train, y_train)',
      'm',
      'sklearn',
    ],
    [
      'a booster',
      "import xgboost as xgb\nm = xgb.train({'max_depth': 3}, xgb.DMatrix(X_train, y_train), num_boost_round=5)",
      'm',
      'xgboost',
    ],
    [
      'lightgbm',
      'import lightgbm as lgb\nm = lgb.LGBMClassifier(n_estimators=5)\nm.fit(X_train, y_train)',
      'm',
      'lightgbm',
    ],
    ['statsmodels', 'import statsmodels.api as sm\nm = sm.OLS(y_train, X_train).fit()', 'm', 'statsmodels'],
    [
      'a clusterer',
      'from sklearn.cluster import KMeans\nm = KMeans(3, random_state=0)\nlabels = m.fit_predict(X)',
      'm',
      'sklearn',
    ],
    [
      'keras',
      "from tensorflow import keras\nm = keras.Sequential([keras.layers.Dense(1)])\nm.compile(loss='mse', optimizer='adam')\nm.fit(X_train, y_train, epochs=3)",
      'm',
      'keras',
    ],
    [
      'only cross-validated',
      'm = LogisticRegression()\nscores = cross_val_score(m, X, y, cv=5)\nprint(scores.mean())',
      'm',
      'sklearn',
    ],
  ])('%s', (_, cell, name, framework) => {
    const result = extract([START, SPLIT, cell]);
    expect(result.target).toMatchObject({ name, framework });
    expect(result.target?.fits).toHaveLength(1);
  });

  test('a transformer is no model', () => {
    expect(
      extract([START, SPLIT, 'StandardScaler().fit(X_train)\nsc = StandardScaler()\nsc.fit(X_train)']).target,
    ).toBeNull();
  });

  test('the best of a search is the search, fitted', () => {
    const result = extract([
      START,
      SPLIT,
      "grid = GridSearchCV(RandomForestClassifier(), {'max_depth': [2, 3]})\ngrid.fit(X_train, y_train)\nbest = grid.best_estimator_\nprint(grid.best_score_, best.score(X_test, y_test))",
    ]);
    expect(result.target).toMatchObject({
      name: 'best',
      type: 'sklearn.ensemble.RandomForestClassifier',
      constructor: { qualified: 'sklearn.ensemble.RandomForestClassifier' },
    });
    expect(result.metrics.map(({ key, kind }) => [key, kind])).toEqual([
      ['best_score', 'training'],
      ['score', 'held_out'],
    ]);
  });

  test('a torch loop in a function', () => {
    const result = extract([
      'import torch\nimport torch.nn as nn',
      'class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.l = nn.Linear(4, 2)\n    def forward(self, x):\n        return self.l(x)',
      'def train(model, data, optimizer, loss_fn):\n    model.train()\n    for x, y in data:\n        optimizer.zero_grad()\n        loss = loss_fn(model(x), y)\n        loss.backward()\n        optimizer.step()\n    return loss.item()',
      'net = Net()\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nloss_fn = nn.MSELoss()\ntrain_data = [(torch.zeros(2, 4), torch.zeros(2, 2))]',
      'for epoch in range(3):\n    last = train(net, train_data, opt, loss_fn)\n    print(epoch, last)',
      "torch.save(net.state_dict(), 'net.pt')",
    ]);
    expect(result.target).toMatchObject({ name: 'net', framework: 'torch', role: 'regressor', type: 'Net' });
    expect(result.statements.find(({ kind }) => kind === 'for')?.mutates).toEqual(
      expect.arrayContaining(['net', 'opt']),
    );
    expect(kept(result)).toContain("torch.save(net.state_dict(), 'net.pt')");
    expect(result.hyperparameters.map(({ key }) => key)).toEqual(expect.arrayContaining(['training.lr']));
  });
});

describe('metrics', () => {
  const keys = (cell: string) =>
    extract([
      START +
        '\nfrom sklearn.metrics import f1_score, mean_squared_error, confusion_matrix, classification_report',
      SPLIT,
      MODEL.replace(/print.*/, 'pred = clf.predict(X_test)'),
      cell,
    ]).metrics.map(({ key }) => key);

  test.each([
    ['acc = accuracy_score(y_test, pred)', ['accuracy']],
    ['acc, f1 = accuracy_score(y_test, pred), f1_score(y_test, pred)', ['accuracy', 'f1']],
    ["print(f'accuracy {accuracy_score(y_test, pred):.3f}')", ['accuracy']],
    ["acc = accuracy_score(y_test, pred)\nprint('Accuracy: {} %'.format(acc * 100))", ['accuracy']],
    ['acc = accuracy_score(y_test, pred)\nprint(round(acc * 100, 2))', ['accuracy']],
    ["acc = accuracy_score(y_test, pred)\nprint('{} %'.format(np.floor(acc*100)))", ['accuracy']],
    ["print('acc: %.3f' % accuracy_score(y_test, pred))", ['accuracy']],
    ["print('acc: {:.3f}'.format(accuracy_score(y_test, pred)))", ['accuracy']],
    ['accuracy_score(y_test, pred)', ['accuracy']],
    ['rmse = np.sqrt(mean_squared_error(y_test, pred))\nprint(rmse)', ['rmse']],
    ["err = np.mean(pred != y_test)\nprint(f'{err:.3f}')", ['err']],
    [
      'a = accuracy_score(y_train, clf.predict(X_train))\nb = accuracy_score(y_test, pred)',
      ['train_accuracy', 'accuracy'],
    ],
    ['print(confusion_matrix(y_test, pred))\nprint(classification_report(y_test, pred))', []],
    ['print(len(X_test))\nprint(X_test.shape)', []],
    ['scores = cross_val_score(clf, X, y)\nscores', []],
    ['scores = cross_val_score(clf, X, y)\nprint(scores.mean())', ['scores_mean']],
    ['print(cross_val_score(clf, X, y).mean())', ['cv_score']],
  ])('%j', (cell, expected) => {
    expect(keys(cell)).toEqual(expected);
  });

  test('keys are unique, and one number that is shown twice is one metric', () => {
    const shown = ['pred', '1 - pred', 'pred * 0'].map((each) => `print(accuracy_score(y_test, ${each}))`);
    const found = keys([...shown, ...shown].join('\n'));
    expect(found).toHaveLength(3);
    expect(new Set(found).size).toBe(3);
  });

  test('those of other models go with their models', () => {
    const result = extract([START, SPLIT, MODEL, TWO]);
    expect(result.metrics).toMatchObject([{ key: 'score', cell: 3, kind: 'held_out' }]);
  });

  test('values come from the run, and a text that looks like a metric is none', () => {
    const cells = [
      START,
      SPLIT,
      MODEL.replace(/print.*/, 'acc = accuracy_score(y_test, clf.predict(X_test))'),
    ];
    const value = { type: 'float', kind: 'float' as const, value: 0.75 };
    expect(extract(cells, { records: { 14: { values: { acc: value } } } }).metrics).toMatchObject([
      { key: 'accuracy', value: 0.75 },
    ]);
    const text = { type: 'str', kind: 'string' as const, value: 'good' };
    expect(extract(cells, { records: { 14: { values: { acc: text } } } }).metrics).toEqual([]);
  });
});

test('a run that names the class of the best estimator does not hide the search', () => {
  const cells = [
    START,
    SPLIT,
    "grid = GridSearchCV(RandomForestClassifier(max_depth=3), {'n_estimators': [2, 3]})\ngrid.fit(X_train, y_train)\nbest = grid.best_estimator_\nprint(best.score(X_test, y_test))",
  ];
  const best = { type: 'sklearn.ensemble.RandomForestClassifier', kind: 'estimator' as const };
  const id = extract(cells).statements.find(({ defines }) => defines[0] === 'best')?.id ?? -1;
  expect(extract(cells, { records: { [id]: { values: { best } } } }).target).toMatchObject({
    name: 'best',
    type: best.type,
    constructor: { qualified: best.type },
  });
});

test('the difference of two scores does not bring the other model back', () => {
  const result = extract([
    START,
    SPLIT,
    'rf = RandomForestClassifier().fit(X_train, y_train)\nrf_acc = accuracy_score(y_test, rf.predict(X_test))',
    "clf = LogisticRegression().fit(X_train, y_train)\nacc = accuracy_score(y_test, clf.predict(X_test))\nprint(f'gain {acc - rf_acc:.3f}')",
  ]);
  expect(result.metrics.map(({ key }) => key)).toEqual(['accuracy']);
  expect(kept(result)).not.toContain('rf = RandomForestClassifier().fit(X_train, y_train)');
});

test('a blend is about all its models', () => {
  const result = extract([
    START,
    SPLIT,
    'rf = RandomForestClassifier().fit(X_train, y_train)\nclf = LogisticRegression().fit(X_train, y_train)',
    'p = rf.predict_proba(X_test)\nq = clf.predict_proba(X_test)\nacc = accuracy_score(y_test, (p + q)[:, 1] > 1)',
  ]);
  expect(result.metrics.map(({ key }) => key)).toEqual(['accuracy']);
  expect(kept(result)).toContain('rf = RandomForestClassifier().fit(X_train, y_train)');
});

describe('why there is no model', () => {
  const TORCH = 'import torch\nfrom torch import nn';

  test('a function trains it and keeps it to itself', () => {
    const fit =
      'def train_it(x, y):\n    net = nn.Linear(1, 1)\n    loss = ((net(x) - y) ** 2).mean()\n    loss.backward()';
    const { diagnostics } = extract([TORCH, fit, 'train_it(torch.ones(3, 1), torch.ones(3, 1))']);
    expect(diagnostics).toMatchObject([
      {
        code: 'no_model',
        cell: 2,
        message: '`train_it` trains a model that nothing outside of the function can reach',
        help: expect.stringContaining('model = train_it(…)') as unknown,
      },
    ]);
  });

  test('single tensors are trained', () => {
    const { diagnostics } = extract([
      TORCH,
      'w = torch.ones(1, requires_grad=True)\n((w * 2) ** 2).mean().backward()',
    ]);
    expect(diagnostics).toMatchObject([
      { code: 'no_model', cell: 1, line: 2, message: expect.stringContaining('single tensors') as unknown },
    ]);
  });

  test('nothing is trained', () => {
    expect(extract(['import pandas as pd', 'df = pd.DataFrame()']).diagnostics).toMatchObject([
      { code: 'no_model', message: 'no statement of the notebook fits a model' },
    ]);
  });
});
