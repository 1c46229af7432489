import { expect, test } from '@jest/globals';
import { compileCells, type Compiled } from '../compile-cells.ts';

const SCORED = [
  'import joblib\nimport pandas as pd\nfrom sklearn.linear_model import Ridge\n' +
    'from sklearn.metrics import mean_absolute_error\nfrom sklearn.model_selection import train_test_split',
  "df = pd.read_csv('rooms.csv')\nX = df[['a', 'b']]\ny = df['price']\n" +
    'X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=1)',
  'model = Ridge(alpha=2.0)\nmodel.fit(X_train, y_train)',
  "mae = mean_absolute_error(y_test, model.predict(X_test))\nprint('mae', mae)",
];

const compile = (...cells: string[]): Promise<Compiled> => compileCells([...SCORED, ...cells], ['rooms.csv']);

/** The code of a function's body without its docstring. */
function bodyOf({ tree }: Compiled, file: string, name: string): string[] {
  const code = tree[file] ?? '';
  const body =
    new RegExp(`def ${name}\\([\\s\\S]*?"""[\\s\\S]*?"""[^\\n]*\\n([\\s\\S]*?)(\\n\\n\\n|$)`).exec(
      code,
    )?.[1] ?? '';
  return body.split('\n').map((line) => line.trim());
}

test('a refit behind the score is saved, and the evaluation stays the one that was scored', async () => {
  const compiled = await compile("model.fit(X, y)\njoblib.dump(model, 'model.joblib')");
  expect(bodyOf(compiled, 'src/training/train.py', 'run').slice(2)).toEqual([
    'model = build_model(config.model.alpha)',
    'model = train_model(model, data.X_train, data.y_train)',
    'metrics = evaluate_model(model, data, config)',
    'model = refit_model(model, data.X, data.y)',
    'return TrainingResult(model=model, metrics=metrics, data=data)',
  ]);
  expect(bodyOf(compiled, 'src/evaluation/evaluate.py', 'run').slice(3)).toEqual([
    'load_model(config.artifacts.model_path)',
    'model = build_model(config.model.alpha)',
    'model = train_model(model, data.X_train, data.y_train)',
    'return evaluate_model(model, data, config)',
  ]);
  // The module of the training imports that of the evaluation.
  expect(compiled.tree['src/evaluation/evaluate.py']).toMatch(
    /from src\.training\.fitting import .*train_model/,
  );
  expect(compiled.extraction.findings.map(({ code }) => code)).toContain('refit_after_score');
});

test('what the refit reads of the evaluation is handed on', async () => {
  const compiled = await compile(
    "wanted = [mae, 1.0]\nprint(len(wanted))\nmodel.fit(X, y * wanted[1])\njoblib.dump(model, 'model.joblib')",
  );
  const body = bodyOf(compiled, 'src/training/train.py', 'run').join('\n');
  const refit = /= refit_model\(([^)]*)\)/.exec(body)?.[1] ?? '';
  for (const name of refit.split(/,\s*/).filter((item) => /^\w+$/.test(item)))
    expect(body.slice(0, body.indexOf('= refit_model'))).toMatch(new RegExp(`\\b${name}\\b.*=`));
});

test.each([
  ['is scored again', "model.fit(X, y)\nr2 = model.score(X_test, y_test)\nprint('r2', r2)"],
  ['is not fitted again', "joblib.dump(model, 'model.joblib')"],
])('a model that %s is evaluated as it is saved', async (_, cell) => {
  const { layout } = await compile(cell);
  expect(layout.refit).toBe(layout.segments.length);
  expect(layout.fitted).toEqual(['model']);
});
