import { describe, expect, test } from '@jest/globals';
import { literalToPython } from '../../../src/python/literals.ts';
import { extract, MODEL, SPLIT, START } from './extract-cells.ts';

/** Key → value, and the text that stands at each place. */
function lifted(cells: string[], sources: string[] = []) {
  const result = extract(cells, { sources });
  return Object.fromEntries(
    result.hyperparameters.map(({ key, literal, places }) => {
      const texts = places.map(({ statement, span }) =>
        result.statements[statement]?.text.slice(span.start, span.end),
      );
      return [key, [literalToPython(literal), ...texts]];
    }),
  );
}

describe('what is lifted', () => {
  test('keywords of the split and the model, the seed, the path', () => {
    expect(lifted([START, SPLIT, MODEL], ['work/data.csv'])).toEqual({
      seed: ['7', '7'],
      'data.path': ['"work/data.csv"', "'data.csv'"],
      'data.test_size': ['0.3', '0.3'],
      'model.c': ['0.5', '0.5'],
    });
  });

  test('what generators make and how many rows are drawn', () => {
    const made = lifted([
      START,
      'from sklearn.datasets import make_blobs\nX, y = make_blobs(n_samples=90, centers=4, cluster_std=0.7, random_state=3)',
      'clf = LogisticRegression().fit(X, y)\nprint(clf.score(X, y))',
    ]);
    expect(made).toMatchObject({ 'data.centers': ['4', '4'], 'data.cluster_std': ['0.7', '0.7'] });
    expect(lifted([START, 'df = df.sample(frac=0.5, random_state=7)', SPLIT, MODEL])).toMatchObject({
      'data.frac': ['0.5', '0.5'],
      seed: ['7', '7', '7'],
    });
  });

  test.each(['rng = np.random.default_rng(5)', 'rng = np.random.RandomState(5)'])(
    'the seed of a generator of its own: %s',
    (maker) => {
      const found = lifted([
        START,
        `${maker}\nX = rng.normal(size=(60, 2))\ny = (X[:, 0] > 0) * 1`,
        'clf = LogisticRegression().fit(X, y)\nprint(clf.score(X, y))',
      ]);
      expect(found).toMatchObject({ seed: ['5', '5'] });
    },
  );

  test('constants get the section of what reads them', () => {
    const found = lifted([
      START,
      'MIN_AGE = 18\nSHARE = 0.4\nALPHA = 0.3\nCUT = 0.6',
      'df = df[df.age > MIN_AGE]',
      SPLIT.replace('0.3', 'SHARE'),
      'clf = LogisticRegression(C=ALPHA).fit(X_train, y_train)',
      'acc = accuracy_score(y_test, clf.predict_proba(X_test)[:, 1] > CUT)',
    ]);
    expect(found).toMatchObject({
      'data.min_age': ['18', '18'],
      'data.share': ['0.4', '0.4'],
      'model.alpha': ['0.3', '0.3'],
      'evaluation.cut': ['0.6', '0.6'],
    });
    expect(Object.keys(found)).not.toContain('model.c');
  });

  test('grids entry by entry, with ranges of each value', () => {
    const grid =
      "grid = GridSearchCV(LogisticRegression(), {'C': [0.1, 1], 'penalty': ['l1', 'l2']}, cv=4)\ngrid.fit(X_train, y_train)\nprint(grid.score(X_test, y_test))";
    expect(lifted([START, SPLIT, grid])).toMatchObject({
      'training.param_grid.C': ['[0.1, 1]', '[0.1, 1]'],
      'training.param_grid.penalty': ['["l1", "l2"]', "['l1', 'l2']"],
      'training.cv': ['4', '4'],
    });
    const named = grid
      .replace(/\{.*?\}/, 'space')
      .replace('grid =', "space = {\n    'C': [1, 2],  # strengths: two\n    'tol': [1e-3],\n}\ngrid =");
    expect(lifted([START, SPLIT, named])).toMatchObject({
      'training.space.C': ['[1, 2]', '[1, 2]'],
      'training.space.tol': ['[1e-3]', '[1e-3]'],
    });
  });

  test('of a grid whose candidates are computed in part, what is written out, and short ranges as their numbers', () => {
    const search = (space: string) =>
      lifted([
        START,
        SPLIT,
        `space = ${space}\ngrid = GridSearchCV(LogisticRegression(), space, cv=4)\ngrid.fit(X_train, y_train)\nprint(grid.score(X_test, y_test))`,
      ]);
    const found = search("{'max_iter': range(1, 8, 3), 'C': np.logspace(-3, 3), 'penalty': ['l1', 'l2']}");
    expect(found).toMatchObject({
      'training.space.max_iter': ['[1, 4, 7]', 'range(1, 8, 3)'],
      'training.space.penalty': ['["l1", "l2"]', "['l1', 'l2']"],
    });
    expect(search("[{'C': [1], 'penalty': ['l2']}, {'C': [2, 3]}]")).toMatchObject({
      'training.space_1.C': ['[1]', '[1]'],
      'training.space_1.penalty': ['["l2"]', "['l2']"],
      'training.space_2.C': ['[2, 3]', '[2, 3]'],
    });
    expect(Object.keys(found)).not.toContain('training.space.C');
    expect(Object.keys(search("{'max_iter': range(1, 1000), 'tol': range(n)}"))).not.toContain(
      'training.space.max_iter',
    );
  });

  test('a grid belongs to the search that reads it, wherever it stands', () => {
    const cell =
      "space = {'C': range(1, 3)}\nX_train = X_train * 2\ngrid = GridSearchCV(LogisticRegression(), space)\ngrid.fit(X_train, y_train)";
    const { statements } = extract([START, SPLIT, cell]);
    const stage = (start: string): string | undefined =>
      statements.find(({ text }) => text.startsWith(start))?.stage;
    expect([stage('space'), stage('X_train = X_train')]).toEqual(['training', 'data']);
    const mapped = extract([
      START,
      "codes = {'a': list(range(3))}\ndf['y'] = df['y'].map(codes)",
      SPLIT,
      MODEL,
    ]);
    expect(mapped.statements.find(({ text }) => text.startsWith('codes'))?.stage).toBe('data');
  });

  test('seeds that differ keep keys of their own; a global seed goes first', () => {
    const found = lifted([
      START + '\nnp.random.seed(1)',
      SPLIT,
      'clf = RandomForestClassifier(n_estimators=5, random_state=3).fit(X_train, y_train)\nprint(clf.score(X_test, y_test))',
    ]);
    expect(found).toMatchObject({
      seed: ['1'],
      'data.random_state': ['7', '7'],
      'model.random_state': ['3', '3'],
    });
  });

  test('a seed in a constant', () => {
    const result = extract([START, 'SEED = 5', SPLIT.replace('7', 'SEED'), MODEL]);
    expect(result.seed).toEqual({ value: 5, cells: [2], added: false });
    expect(result.hyperparameters[0]).toMatchObject({ key: 'seed', places: [{ constant: 'SEED' }] });
  });

  test('a notebook without a seed gets 42', () => {
    expect(extract([START, SPLIT.replace(', random_state=7', ''), MODEL]).seed).toEqual({
      value: 42,
      cells: [],
      added: true,
    });
  });

  test('two calls with one keyword are told apart', () => {
    const found = lifted([
      START,
      SPLIT + '\nX_fit, X_val, y_fit, y_val = train_test_split(X_train, y_train, test_size=0.1)',
      MODEL.replace('X_train, y_train', 'X_fit, y_fit'),
    ]);
    expect(Object.keys(found).filter((key) => key.includes('test_size'))).toHaveLength(2);
  });

  test('defaults that no call overrides', () => {
    const found = lifted([
      START,
      'def widen(t, factor=2, power=3):\n    return (t * factor) ** power',
      'df = widen(df, power=1)',
      SPLIT,
      MODEL,
    ]);
    expect(found).toMatchObject({ 'data.factor': ['2', '2'] });
    expect(Object.keys(found)).not.toContain('data.power');
  });

  test('bins with their labels', () => {
    const found = lifted([
      START,
      "df['g'] = pd.cut(df['a'], bins=[0, 1, 2], labels=['x', 'y'])",
      SPLIT,
      MODEL,
    ]);
    expect(found).toMatchObject({
      'data.g_bins': ['[0, 1, 2]', '[0, 1, 2]'],
      'data.g_labels': ['["x", "y"]', "['x', 'y']"],
    });
  });

  test('several inputs, a path of parts, an output', () => {
    const found = lifted(
      [
        START.replace("'data.csv'", "'in/a.csv'") +
          "\nDIR = 'in'\nimport os\nmore = pd.read_csv(os.path.join(DIR, 'b.csv'))\ndf = df.merge(more)",
        SPLIT,
        MODEL,
        "joblib.dump(clf, '/tmp/x/clf.pkl')",
      ],
      ['work/in/a.csv', 'work/in/b.csv'],
    );
    expect(found).toMatchObject({
      'data.df_path': ['"work/in/a.csv"', "'in/a.csv'"],
      'data.more_path': ['"work/in/b.csv"', "os.path.join(DIR, 'b.csv')"],
      'artifacts.model_path': ['"artifacts/clf.pkl"', "'/tmp/x/clf.pkl'"],
    });
  });
});

describe('what stays in the code', () => {
  test.each([
    ["COLS = ['a', 'b']\ndf = df[COLS + ['y']]"],
    ["df['a'] = df['a'].map({'No': 0, 'Yes': 1})"],
    ["df['a'] = df['a'].fillna('Unknown')"],
    ['df = pd.get_dummies(df, drop_first=True)'],
    ["df['a'] = df['a'] / 16.0"],
    ["df = df.drop('id', axis=1)"],
    ["TARGET = 'y'\ndf = df.dropna(subset=[TARGET])"],
    ['total = 0\nfor v in df.a:\n    total += v\ndf = df / total'],
    ['LIMIT = 3\nLIMIT = LIMIT + 1\ndf = df[df.a > LIMIT]'],
  ])('%j', (cell) => {
    expect(Object.keys(lifted([START, cell, SPLIT, MODEL]))).toEqual(
      Object.keys(lifted([START, SPLIT, MODEL])),
    );
  });

  test('what belongs to dropped code', () => {
    const found = lifted([
      START,
      SPLIT,
      'rf = RandomForestClassifier(n_estimators=9).fit(X_train, y_train)',
      MODEL,
    ]);
    expect(Object.keys(found)).not.toContain('model.n_estimators');
  });
});

test('inputs that are not in the repository have no path', () => {
  const paths = (text: string) =>
    extract([START.replace("'data.csv'", text), SPLIT, MODEL], { sources: ['work/other.csv'] });
  expect(paths("'https://x.org/a.csv'").inputs).toMatchObject([{ path: null }]);
  expect(paths("'https://x.org/a.csv'").findings.map(({ code }) => code)).toContain('remote_data');
  expect(paths("'/home/me/a.csv'").findings.map(({ code }) => code)).toContain('absolute_path');
  expect(paths("'gone.csv'").findings.map(({ code }) => code)).toContain('missing_file');
  expect(paths("'./other.csv'").inputs).toMatchObject([{ path: 'work/other.csv' }]);
});

describe('a dict that a constructor gets as its arguments', () => {
  const withConfig = (config: string, ...more: string[]) =>
    extract([
      START,
      SPLIT,
      config,
      ...more,
      'clf = RandomForestClassifier(**config)\nclf.fit(X_train, y_train)\nprint(clf.score(X_test, y_test))',
    ]).hyperparameters.filter(({ source }) => source === 'argument' || source === 'constant');

  test('its entries are hyperparameters where they stand', () => {
    const config =
      "config = {'n_estimators': 300, 'criterion': 'gini', 'random_state': 3, 'max_depth': None}";
    const lifted = withConfig(config).filter(({ key }) => key.startsWith('model.'));
    expect(lifted.map(({ key, literal }) => [key, literal])).toEqual([
      ['model.n_estimators', { kind: 'int', value: 300 }],
      ['model.criterion', { kind: 'string', value: 'gini' }],
      ['model.random_state', { kind: 'int', value: 3 }],
    ]);
    const [place] = lifted[0]?.places ?? [];
    expect(config.slice(place?.span.start, place?.span.end)).toBe('300');
    expect(place).toMatchObject({ argument: 'n_estimators' });
    expect(place?.constant).toBeUndefined();
  });

  test.each([
    ["config = {'verbose': 1, 'n_jobs': 2}", ['n_jobs']],
    ["config = {'class_weight': {0: 1, 1: 2}, 'max_depth': 4}", ['max_depth']],
  ])('%j: what is no value of the model stays', (config, expected) => {
    const keys = withConfig(config).map(({ key }) => key.replace('model.', ''));
    expect(keys.filter((key) => !key.startsWith('data.'))).toEqual(expected);
  });

  test.each([
    ['one that is changed later', ["config = {'max_depth': 4}", "config['max_depth'] = 5"]],
    ['one that is built', ['config = dict(max_depth=4)']],
  ])('%s stays as it is', (_, [config = '', ...more]) => {
    expect(withConfig(config, ...more).filter(({ key }) => key.startsWith('model.'))).toEqual([]);
  });

  test('one that is only looked into stays as it is', () => {
    const { hyperparameters } = extract([START, SPLIT, "config = {'C': 4}\nprint(config['C'])", MODEL]);
    expect(hyperparameters.filter(({ literal }) => literal.kind === 'int' && literal.value === 4)).toEqual(
      [],
    );
  });
});

describe('the file that a function of the notebook reads', () => {
  const inputsOf = (load: string, ...more: string[]) =>
    extract([START.replace("df = pd.read_csv('data.csv')", ''), load, 'df = load()', SPLIT, MODEL, ...more], {
      sources: ['work/data.csv'],
    }).inputs;

  test('is an input where it stands', () => {
    const load = "def load():\n    df = pd.read_csv('data.csv', sep=';')\n    return df.dropna()";
    const [input, more] = inputsOf(load);
    expect(input).toMatchObject({ key: 'data.path', path: 'work/data.csv', present: true, variable: null });
    expect(load.slice(input?.span.start, input?.span.end)).toBe("'data.csv'");
    expect(more).toBeUndefined();
  });

  test.each([
    "def load(path='data.csv'):\n    return pd.read_csv(path)",
    "def load(name='data'):\n    return pd.read_csv(name + '.csv')",
    "def load():\n    try:\n        return pd.read_csv('data.csv')\n    except FileNotFoundError:\n        return None",
    "class Reader:\n    def read(self):\n        return pd.read_csv('data.csv')\ndef load():\n    return Reader().read()",
  ])('%j: what the function does not name itself is none', (load) => {
    expect(inputsOf(load)).toEqual([]);
  });

  test('is no input where the notebook writes it, or where no kept code calls it', () => {
    const load = "def load():\n    return pd.read_csv('data.csv')";
    expect(inputsOf(load, "df.to_csv('data.csv')")).toEqual([]);
    const unused = inputsOf("def load():\n    return 1\ndef other():\n    return pd.read_csv('data.csv')");
    expect(unused).toEqual([]);
  });
});

test('what stands in the default of a parameter is computed where the function is defined, and stays there', () => {
  const run =
    'def run(clf=LogisticRegression(C=2.0, random_state=3), folds=4):\n    clf.fit(X_train, y_train)\n    return clf';
  const found = lifted([
    START,
    SPLIT,
    run,
    'model = run()',
    'print(accuracy_score(y_test, model.predict(X_test)))',
  ]);
  const places = Object.values(found).flat();
  expect(places).toContain('7');
  expect(places).not.toContain('2.0');
  expect(places).not.toContain('3');
});

test('what a method computes stays there, and so do defaults that it relies on', () => {
  const own =
    'import torch\nfrom torch import nn\ndef soft(x, eps=1e-9):\n    return torch.log(x + eps)\n' +
    'class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.drop = nn.Dropout(p=0.25)\n        self.out = nn.Linear(1, 1)\n' +
    '    def configure(self):\n        return torch.optim.Adam(self.parameters(), lr=0.07)\n    def forward(self, x):\n        return soft(self.out(self.drop(x)))';
  const train =
    'net = Net()\nopt = torch.optim.SGD(net.parameters(), lr=0.5)\nfor epoch in range(3):\n    loss = net(torch.ones(2, 1)).mean()\n    loss.backward()\n    opt.step()\n    print(loss.item())';
  const places = Object.values(lifted([own, train])).flat();
  expect(places).toContain('0.5');
  expect(places).not.toContain('0.07');
  expect(places).not.toContain('1e-9');
});
