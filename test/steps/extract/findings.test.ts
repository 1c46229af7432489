import { describe, expect, test } from '@jest/globals';
import { codes, extract, MODEL, SPLIT, START } from './extract-cells.ts';

const BOTH =
  'rf = RandomForestClassifier(random_state=1)\nrf.fit(X_train, y_train)\nprint(rf.score(X_test, y_test))';
const CLEAN = [START, SPLIT, BOTH, MODEL, "joblib.dump(clf, 'clf.pkl')"];

/** Each rule: cells where it speaks, and cells that look alike where it must not. */
const RULES: [code: string, yes: string[][], no: string[][]][] = [
  [
    'statistics_before_split',
    [
      [START, "df['a'] = df['a'].fillna(df['a'].median())", SPLIT, MODEL],
      [START, 'df = df.fillna(df.mean())', SPLIT, MODEL],
      [START, "df['a'] = (df['a'] - df['a'].mean()) / df['a'].std()", SPLIT, MODEL],
    ],
    [
      [START, "df['a'] = df['a'].fillna(0)", SPLIT, MODEL],
      [START, "print(df['a'].median())\ndf.groupby('b').mean()", SPLIT, MODEL],
      [START, SPLIT, "X_train['a'] = X_train['a'].fillna(X_train['a'].median())", MODEL],
      [START, "df['m'] = df['m'].fillna(df[['p', 'q']].mean(axis=1))", SPLIT, MODEL],
    ],
  ],
  [
    'fit_before_split',
    [[START, "s = StandardScaler()\ndf[['a']] = s.fit_transform(df[['a']])", SPLIT, MODEL]],
    [
      [
        START,
        SPLIT,
        's = StandardScaler()\nX_train = s.fit_transform(X_train)\nX_test = s.transform(X_test)',
        MODEL,
      ],
    ],
  ],
  [
    'target_in_features',
    [
      [
        START,
        "y = df['y']\nX = df\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)",
        MODEL,
      ],
    ],
    [
      CLEAN,
      [
        START,
        "y = df.pop('y')\nX = df\nX_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)",
        MODEL,
      ],
    ],
  ],
  [
    'test_set_used_to_choose',
    [[START, SPLIT, BOTH, MODEL]],
    [
      [START, SPLIT, MODEL],
      [START, SPLIT, 'rf = RandomForestClassifier(random_state=1).fit(X_train, y_train)', MODEL],
    ],
  ],
  [
    'test_set_in_training',
    [
      [
        START,
        SPLIT,
        'import xgboost as xgb\nclf = xgb.XGBClassifier(early_stopping_rounds=3)\nclf.fit(X_train, y_train, eval_set=[(X_test, y_test)])\nprint(clf.score(X_test, y_test))',
      ],
    ],
    [
      [
        START,
        SPLIT,
        'import xgboost as xgb\nclf = xgb.XGBClassifier()\nclf.fit(X_train, y_train)\nprint(clf.score(X_test, y_test))',
      ],
    ],
  ],
  [
    'time_series_shuffled',
    [[START, "df['day'] = pd.to_datetime(df['day'])", SPLIT, MODEL]],
    [
      [
        START,
        "df['day'] = pd.to_datetime(df['day'])",
        SPLIT.replace('random_state=7', 'shuffle=False'),
        MODEL,
      ],
      CLEAN,
    ],
  ],
  [
    'no_held_out_data',
    [[START, "X = df[['a']]\ny = df['y']\nclf = LogisticRegression().fit(X, y)\nprint(clf.score(X, y))"]],
    [
      CLEAN,
      [
        START,
        "X = df[['a']]\ny = df['y']\nclf = LogisticRegression()\nprint(cross_val_score(clf, X, y).mean())",
      ],
    ],
  ],
  ['no_metric', [[START, SPLIT, 'clf = LogisticRegression().fit(X_train, y_train)']], [CLEAN]],
  ['no_baseline', [[START, SPLIT, MODEL]], [CLEAN]],
  ['refit_after_score', [[START, SPLIT, MODEL, 'clf.fit(X, y)']], [CLEAN]],
  [
    'no_seed',
    [
      [START, SPLIT.replace(', random_state=7', ''), MODEL],
      [
        START,
        SPLIT,
        'clf = RandomForestClassifier()\nclf.fit(X_train, y_train)\nprint(clf.score(X_test, y_test))',
      ],
    ],
    [CLEAN, [START + '\nnp.random.seed(0)', SPLIT.replace(', random_state=7', ''), MODEL]],
  ],
  [
    'undefined_name',
    [[START, 'df = df[columns]', SPLIT, MODEL]],
    [
      CLEAN,
      [START, 'df = df[[c for c in df]]', SPLIT, MODEL],
      ['%pylab inline\n' + START, 'df = df[columns]', SPLIT, MODEL],
    ],
  ],
  [
    'defined_later',
    [[START, 'df = df[columns]', SPLIT, MODEL, "columns = ['a', 'y']"]],
    [[START, 'def pick():\n    return df[columns]', "columns = ['a', 'y']", 'df = pick()', SPLIT, MODEL]],
  ],
  [
    'function_reads_globals',
    [[START, 'LIMIT = 3\ndef cut(t):\n    return t[t.a < LIMIT]', 'df = cut(df)', SPLIT, MODEL]],
    [[START, 'def cut(t):\n    return np.log(t)', 'df = cut(df)', SPLIT, MODEL]],
  ],
  [
    'not_idempotent',
    [[START, "df = df.drop(columns=['id'])", SPLIT, MODEL]],
    [CLEAN, ['import pandas as pd', START + '\ndf = df.dropna()', SPLIT, MODEL]],
  ],
  [
    'hard_coded_credential',
    [
      [START + "\npassword = 'hunter2-prod'", SPLIT, MODEL],
      [START + "\nconn = connect('postgres://bob:s3cretpw@db/x')", SPLIT, MODEL],
      [START + "\ncfg = {'api_key': 'a8f7g6h5j4'}", SPLIT, MODEL],
    ],
    [
      [
        START + "\npassword = 'your password'\nimport getpass\ntoken = getpass.getpass()\napi_key = ''",
        SPLIT,
        MODEL,
      ],
    ],
  ],
  ['absolute_path', [[START, SPLIT, MODEL, "joblib.dump(clf, '/tmp/clf.pkl')"]], [CLEAN]],
  [
    'preprocessing_not_saved',
    [
      [
        START,
        SPLIT,
        's = StandardScaler()\nX_train = s.fit_transform(X_train)\nX_test = s.transform(X_test)',
        MODEL,
        "joblib.dump(clf, 'c.pkl')",
      ],
    ],
    [
      CLEAN,
      [
        START,
        SPLIT,
        's = StandardScaler()\nX_train = s.fit_transform(X_train)\nX_test = s.transform(X_test)',
        MODEL,
        "joblib.dump(clf, 'c.pkl')\njoblib.dump(s, 's.pkl')",
      ],
    ],
  ],
  ['model_not_saved', [[START, SPLIT, MODEL]], [CLEAN]],
];

describe.each(RULES)('%s', (code, yes, no) => {
  test.each(yes.map((cells) => [cells.slice(1).join(' ⏎ '), cells] as const))('speaks: %s', (_, cells) => {
    expect(codes(extract(cells))).toContain(code);
  });
  test.each(no.map((cells) => [cells.slice(1).join(' ⏎ '), cells] as const))('is silent: %s', (_, cells) => {
    expect(codes(extract(cells))).not.toContain(code);
  });
});

test('a clean notebook has no finding that a human must decide on', () => {
  const { findings } = extract(CLEAN, { sources: ['work/data.csv'] });
  expect(findings.filter(({ severity }) => severity === 'high')).toEqual([]);
});

test('high goes first, kept code before dropped code, and nothing repeats a secret', () => {
  const { findings } = extract([
    START + "\npassword = 'hunter2-prod'",
    'df = df.fillna(df.mean())',
    SPLIT,
    MODEL,
  ]);
  const order = findings.map(({ severity }) => ['high', 'medium', 'low'].indexOf(severity));
  expect(order).toEqual([...order].sort());
  expect(JSON.stringify(findings)).not.toContain('hunter2');
});

test('another model with the better number is named', () => {
  const cells = [
    START,
    SPLIT,
    'rf = RandomForestClassifier(random_state=1).fit(X_train, y_train)\nrf_acc = accuracy_score(y_test, rf.predict(X_test))',
    'clf = LogisticRegression().fit(X_train, y_train)\nacc = accuracy_score(y_test, clf.predict(X_test))',
  ];
  const value = (name: string, number: number) => ({
    values: { [name]: { type: 'float', kind: 'float' as const, value: number } },
  });
  const plain = extract(cells);
  const at = (name: string): number => plain.statements.find(({ defines }) => defines[0] === name)?.id ?? -1;
  const worse = extract(cells, {
    records: { [at('rf_acc')]: value('rf_acc', 0.9), [at('acc')]: value('acc', 0.8) },
  });
  expect(worse.findings.find(({ code }) => code === 'other_model_better')?.message).toBe(
    "`rf` is better than `clf` by the notebook's own numbers: accuracy 0.9 against 0.8",
  );
  const better = extract(cells, {
    records: { [at('rf_acc')]: value('rf_acc', 0.7), [at('acc')]: value('acc', 0.8) },
  });
  expect(codes(better)).not.toContain('other_model_better');
});

describe('a score below the baseline', () => {
  const cells = [
    START,
    SPLIT,
    MODEL.replace(/print.*/, 'pred = clf.predict(X_test)'),
    'acc = accuracy_score(y_test, pred)',
  ];
  const at = (name: string): number =>
    extract(cells).statements.find(({ defines }) => defines.includes(name))?.id ?? -1;
  const found = (accuracy: number, labels: { distinct: number; maximum: number; ones: number }): string[] => {
    const column = {
      name: 'y',
      text: true,
      dtype: 'int64',
      kind: 'numeric' as const,
      missing: 0,
      minimum: 0,
    };
    const y = {
      ...{ type: 'pandas.Series', kind: 'series' as const, shape: [100], dtype: 'int64' },
      columns: [{ ...column, distinct: labels.distinct, maximum: labels.maximum }],
      summary: { shape: [100], sums: [labels.ones, 1, labels.ones] as [number, number, number] },
    };
    const acc = { type: 'float', kind: 'float' as const, value: accuracy };
    const { findings } = extract(cells, {
      records: { [at('y_test')]: { values: { y_test: y } }, [at('acc')]: { values: { acc } } },
    });
    return findings.flatMap(({ code, message }) => (code === 'below_baseline' ? [message] : []));
  };

  test('is named, with what always answering the same would give', () => {
    expect(found(0.6, { distinct: 2, maximum: 1, ones: 36 })).toEqual([
      'the accuracy 0.6 is below that of always answering the most frequent class, 0.64',
    ]);
  });
  test('is none where the score is as good, and is not guessed of other labels', () => {
    expect(found(0.64, { distinct: 2, maximum: 1, ones: 36 })).toEqual([]);
    expect(found(0.1, { distinct: 3, maximum: 2, ones: 36 })).toEqual([]);
    expect(found(0.1, { distinct: 2, maximum: 5, ones: 36 })).toEqual([]);
  });
});
