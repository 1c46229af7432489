import { describe, expect, test } from '@jest/globals';
import { dropped, extract, kept, MODEL, SPLIT, START } from './extract-cells.ts';

describe('rebound names', () => {
  test('only the definition that is read is kept', () => {
    const result = extract([
      START,
      SPLIT,
      'scaler = StandardScaler()\nscaler.fit(X)',
      'scaler = StandardScaler()',
      'X_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)',
      MODEL,
    ]);
    expect(dropped(result)).toContain('scaler.fit(X)');
    expect(
      result.statements.filter(({ kept: is, text }) => is && text === 'scaler = StandardScaler()'),
    ).toHaveLength(1);
  });

  test('a conditional definition does not hide the one before', () => {
    const result = extract([START, 'if len(df) > 10:\n    df = df.dropna()', SPLIT, MODEL]);
    expect(kept(result)).toEqual(
      expect.arrayContaining(["df = pd.read_csv('data.csv')", 'if len(df) > 10:']),
    );
  });
});

describe('changes in place', () => {
  test.each([
    "df['a'] = df['b'] + 1",
    "df.loc[df['a'] > 3, 'a'] = 3",
    'df.dropna(inplace=True)',
    "del df['c']",
    'df.columns = [c.lower() for c in df.columns]',
    "df['a'].fillna(0, inplace=True)",
    "other = df\nother['z'] = 1",
    "for c in ['a', 'b']:\n    df[c] = df[c].astype(float)",
    "def clean(t):\n    t['a'] = 0\nclean(df)",
    "def clean():\n    df['a'] = 0\nclean()",
    'import helpers\nhelpers.clean(df)',
  ])('%j is kept', (cell) => {
    const result = extract([START, cell, SPLIT, MODEL]);
    const lines = cell.split('\n').filter((line) => !/^(import| )/.test(line));
    expect(kept(result)).toEqual(expect.arrayContaining(lines));
  });

  test.each([
    "copy = df.copy()\ncopy['a'] = 1",
    "part = df[df['a'] > 1]\npart['b'] = 2",
    'df.head()',
    'df.describe()',
    "df.groupby('a').mean()",
    'df.dropna()',
    'print(df.shape)\nnp.log1p(df)',
    "def clean(t):\n    t = t.copy()\n    t['a'] = 0\n    return t\nclean(df)",
  ])('%j is dropped', (cell) => {
    const lines = cell.split('\n').filter((line) => !line.startsWith(' ') && !line.startsWith('print'));
    expect(dropped(extract([START, cell, SPLIT, MODEL]))).toEqual(expect.arrayContaining(lines));
  });

  test('the run is believed: what was presumed to change and did not is dropped', () => {
    const cells = [START, 'import helpers\nhelpers.look(df)', SPLIT, MODEL];
    expect(kept(extract(cells))).toContain('helpers.look(df)');
    const facts = { type: 'pandas.DataFrame', kind: 'dataframe' as const, digest: 'a' };
    const result = extract(cells, { records: { 10: { values: { df: facts }, mutated: [] } } });
    expect(dropped(result)).toContain('helpers.look(df)');
    const changed = extract(cells, { records: { 10: { values: { df: facts }, mutated: ['df'] } } });
    expect(kept(changed)).toContain('helpers.look(df)');
  });
});

describe('functions', () => {
  test('globals are read as they are at the call', () => {
    const result = extract([
      START,
      SPLIT,
      'LIMIT = 1\ndef cut(v):\n    return v[v.sum(axis=1) > LIMIT]',
      'LIMIT = 2',
      'X_train2 = cut(X_train)',
      'clf = LogisticRegression().fit(X_train2, y_train)\nprint(clf.score(X_test, y_test))',
    ]);
    expect(kept(result)).toContain('LIMIT = 2');
    expect(dropped(result)).toContain('LIMIT = 1');
    expect(result.statements.find(({ text }) => text === 'X_train2 = cut(X_train)')?.reaches).toHaveProperty(
      'LIMIT',
    );
  });

  test('through other functions, and for a global that is defined below the function', () => {
    const result = extract([
      START,
      'def outer(t):\n    return inner(t)\ndef inner(t):\n    return t * FACTOR',
      'FACTOR = 3',
      'df = outer(df)',
      SPLIT,
      MODEL,
    ]);
    expect(kept(result)).toEqual(expect.arrayContaining(['FACTOR = 3', 'def outer(t):', 'def inner(t):']));
  });

  test('global statements bind', () => {
    const result = extract([
      START,
      'def load():\n    global df\n    df = df.dropna()',
      'load()',
      SPLIT,
      MODEL,
    ]);
    expect(kept(result)).toContain('load()');
  });
});

describe('containers', () => {
  test('a loop over a dict fits the models in it', () => {
    const result = extract([
      START,
      SPLIT,
      "lr = LogisticRegression()\nmodels = {'lr': lr, 'rf': RandomForestClassifier()}",
      'for name, m in models.items():\n    m.fit(X_train, y_train)\n    print(name, m.score(X_test, y_test))',
    ]);
    const loop = result.statements.find(({ kind }) => kind === 'for');
    expect(loop?.mutates).toEqual(expect.arrayContaining(['lr', 'models']));
    expect(result.target?.fits).toEqual([loop?.id]);
  });

  test('a pipeline fits its own steps', () => {
    const result = extract([
      START + '\nfrom sklearn.pipeline import Pipeline',
      SPLIT,
      "scaler = StandardScaler()\npipe = Pipeline([('s', scaler), ('c', LogisticRegression())])\npipe.fit(X_train, y_train)",
      'print(scaler.mean_)',
      'print(pipe.score(X_test, y_test))',
    ]);
    expect(result.statements.find(({ text }) => text.startsWith('pipe.fit'))?.mutates).toEqual(
      expect.arrayContaining(['pipe', 'scaler']),
    );
  });

  test('a grid search leaves its estimator alone', () => {
    const result = extract([
      START,
      SPLIT,
      "base = LogisticRegression()\ngrid = GridSearchCV(base, {'C': [1, 2]})\ngrid.fit(X_train, y_train)\nprint(grid.score(X_test, y_test))",
    ]);
    expect(result.statements.find(({ text }) => text.startsWith('grid.fit'))?.mutates).toEqual(['grid']);
  });
});

describe('figures and files', () => {
  const PLOT = 'import matplotlib.pyplot as plt';
  test('a saved figure of the model keeps what was drawn on it', () => {
    const result = extract([
      START,
      SPLIT,
      MODEL,
      `${PLOT}\nplt.figure()\nplt.plot(clf.coef_[0])\nplt.title('weights')\nplt.savefig('w.png')\nplt.show()`,
    ]);
    expect(kept(result)).toEqual(
      expect.arrayContaining([
        'plt.figure()',
        'plt.plot(clf.coef_[0])',
        "plt.title('weights')",
        "plt.savefig('w.png')",
      ]),
    );
    expect(dropped(result)).toContain('plt.show()');
    expect(result.outputs).toMatchObject([
      { key: 'artifacts.w_path', kind: 'figure', path: 'artifacts/w.png' },
    ]);
  });

  test('a figure that was shown before, or in another cell, is not part of it', () => {
    const result = extract([
      START,
      SPLIT,
      MODEL,
      `${PLOT}\nplt.plot(clf.intercept_)\nplt.show()\nplt.plot(clf.coef_[0])\nplt.savefig('w.png')`,
    ]);
    expect(dropped(result)).toContain('plt.plot(clf.intercept_)');
    expect(kept(result)).toContain('plt.plot(clf.coef_[0])');
  });

  test('a saved figure of the raw data is dropped', () => {
    expect(dropped(extract([START, `${PLOT}\ndf.hist()\nplt.savefig('raw.png')`, SPLIT, MODEL]))).toContain(
      "plt.savefig('raw.png')",
    );
  });

  test('axes share their figure', () => {
    const result = extract([
      START,
      SPLIT,
      MODEL,
      `${PLOT}\nfig, ax = plt.subplots()\nax.bar(range(3), clf.coef_[0][:3])\nax.set_title('w')\nfig.savefig('w.png')`,
    ]);
    expect(kept(result)).toEqual(
      expect.arrayContaining([
        'fig, ax = plt.subplots()',
        'ax.bar(range(3), clf.coef_[0][:3])',
        "ax.set_title('w')",
      ]),
    );
  });

  test('reading a file that was written before needs the write', () => {
    const result = extract([START, "df.to_csv('clean.csv')", "df = pd.read_csv('clean.csv')", SPLIT, MODEL]);
    expect(kept(result)).toContain("df.to_csv('clean.csv')");
    expect(result.inputs.map(({ written }) => written)).toEqual(['data.csv']);
    const places = result.hyperparameters.find(({ key }) => key === 'artifacts.clean_path')?.places;
    expect(places).toHaveLength(2);
  });

  test('the folder of a saved model is needed by a run, not by the package', () => {
    const result = extract([
      START,
      SPLIT,
      MODEL,
      "import os\nos.makedirs('models', exist_ok=True)\njoblib.dump(clf, 'models/clf.pkl')",
    ]);
    const folder = result.statements.find(({ text }) => text.startsWith('os.makedirs'));
    expect(folder).toMatchObject({ kept: false, auxiliary: true });
    expect(result.statements.find(({ text }) => text === 'import os')).toMatchObject({
      kept: false,
      auxiliary: true,
    });
  });
});

describe('prints', () => {
  test('come back when they need nothing new', () => {
    const result = extract([
      START,
      `${SPLIT}\nprint('rows', len(X_train))\nprint('====')`,
      'other = df.mean()',
      'print(other)',
      MODEL,
    ]);
    expect(kept(result)).toContain("print('rows', len(X_train))");
    expect(dropped(result)).toEqual(expect.arrayContaining(["print('====')", 'print(other)']));
  });
});

test('a statement that failed in the run is kept if the model needs it, and says so', () => {
  const error = { type: 'NameError', message: "name 'q' is not defined", layer: 'hidden_state' as const };
  const result = extract([START, SPLIT, MODEL], { records: { 9: { outcome: 'failed', error } } });
  expect(result.statements[9]).toMatchObject({ kept: true, failed: "NameError: name 'q' is not defined" });
});

test('a notebook without a model is refused in words, with everything dropped', () => {
  const result = extract(['import pandas as pd', 'df = pd.DataFrame()', 'df.head()']);
  expect(result.target).toBeNull();
  expect(kept(result)).toEqual([]);
  expect(result.diagnostics).toMatchObject([{ code: 'no_model', severity: 'refused' }]);
});

test('an empty notebook, and one that is no Python, do not throw', () => {
  expect(extract([]).target).toBeNull();
  expect(extract(['print "x"', '']).diagnostics.map(({ code }) => code)).toEqual(['no_model', 'not_python']);
});
