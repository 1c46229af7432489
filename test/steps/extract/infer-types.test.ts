import { beforeAll, expect, test } from '@jest/globals';
import { loadPython } from '../../../src/python/load-parser.ts';
import { extract } from './extract-cells.ts';

beforeAll(loadPython);

const IMPORTS = `import numpy as np
import pandas as pd
import torch
from torch import nn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler`;

/** What is inferred of each name, at its last definition. */
function typesOf(...cells: string[]): Record<string, string> {
  const { statements } = extract([IMPORTS, ...cells]);
  const found: Record<string, string> = {};
  for (const { defines, inferred } of statements)
    for (const name of defines) {
      const type = inferred?.[name]?.type;
      if (type === undefined) delete found[name];
      else found[name] = type;
    }
  return found;
}

test('an ordinary notebook is followed from its file to its score', () => {
  const types = typesOf(
    `df = pd.read_csv('a.csv')
df = df.drop(columns=['id']).fillna(0)
X = df[['a', 'b']]
y = df['target']
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2)
scaler = StandardScaler()
X_s = scaler.fit_transform(X_train)
model = LogisticRegression().fit(X_s, y_train)
pred = model.predict(X_s)
score = accuracy_score(y_train, pred)`,
  );
  expect(types).toMatchObject({
    df: 'pandas.DataFrame',
    X: 'pandas.DataFrame',
    y: 'pandas.Series',
    X_train: 'pandas.DataFrame',
    y_test: 'pandas.Series',
    scaler: 'sklearn.preprocessing.StandardScaler',
    X_s: 'numpy.ndarray',
    model: 'sklearn.linear_model.LogisticRegression',
    pred: 'numpy.ndarray',
    score: 'float',
  });
});

test('rows and columns are told apart', () => {
  const types = typesOf(
    `df = pd.read_csv('a.csv')
features = df.iloc[:, :-1]
labels = df.iloc[:, -1]
old = df[df['age'] > 60]
values = df.values
column = values[:, 0]
ratio = df['a'] / (df['b'] + 1)
upper = df['name'].str.upper()
both = pd.concat([df, features], axis=1)
logged = np.log(df['a'])`,
  );
  expect(types).toEqual({
    df: 'pandas.DataFrame',
    features: 'pandas.DataFrame',
    labels: 'pandas.Series',
    old: 'pandas.DataFrame',
    values: 'numpy.ndarray',
    column: 'numpy.ndarray',
    ratio: 'pandas.Series',
    upper: 'pandas.Series',
    both: 'pandas.DataFrame',
    logged: 'pandas.Series',
  });
});

test('an instance of a class of the notebook is one, wherever it is moved', () => {
  const types = typesOf(
    'class Net(nn.Module):\n    pass',
    "device = torch.device('cpu')\nnet = Net().to(device)\ncriterion = nn.MSELoss()\nX = torch.tensor([[1.0]])\nfirst = X[0]",
  );
  expect(types).toEqual({
    device: 'torch.device',
    net: '__main__.Net',
    criterion: 'torch.nn.MSELoss',
    X: 'torch.Tensor',
    first: 'torch.Tensor',
  });
});

test.each([
  ['a reader that may give parts', "df = pd.read_csv('a.csv', chunksize=10)", 'df'],
  ['a reader that may give many tables', "df = pd.read_excel('a.xlsx', sheet_name=None)", 'df'],
  ['a row', "df = pd.read_csv('a.csv')\nrow = df.iloc[0]", 'row'],
  ['an item', "df = pd.read_csv('a.csv')\nitem = df['a'][0]", 'item'],
  ['what a function is applied to', "df = pd.read_csv('a.csv')\nx = df.apply(len)", 'x'],
  ['what is changed in place', "df = pd.read_csv('a.csv')\ndf = df.dropna(inplace=True)", 'df'],
  ['columns under each other', 's = pd.concat(frames)', 's'],
  ['the date of a text', "day = pd.to_datetime('2020-01-01')", 'day'],
  [
    'scores of several classes',
    'from sklearn.metrics import f1_score\nf = f1_score([1], [1], average=None)',
    'f',
  ],
  ['what only one branch binds', "if flag:\n    df = pd.read_csv('a.csv')", 'df'],
  ['what a function binds anew', "def f():\n    global df\n    df = 1\ndf = pd.read_csv('a.csv')", 'df'],
  ['an unknown function', 'x = prepare(1)', 'x'],
  ['arguments that are unpacked', 'x = pd.DataFrame(*parts)', 'x'],
])('%s stays open', (_, code, name) => {
  expect(typesOf(code)[name]).toBeUndefined();
});

test('where transformers are told what to give, nothing is inferred', () => {
  const code = "df = pd.read_csv('a.csv')\nscaler = StandardScaler().set_output(transform='pandas')";
  expect(typesOf(code)).toEqual({});
});

test('what the run showed is not inferred', () => {
  const { statements } = extract(["import pandas as pd\nx = pd.read_csv('a.csv')"], {
    records: { 1: { values: {} } },
  });
  expect(statements[1]?.inferred).toBeUndefined();
});
