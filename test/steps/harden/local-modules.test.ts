import { expect, test } from '@jest/globals';
import { writePipelineConfig } from '../../../src/steps/5-pipeline-config/index.ts';
import { compileCells } from '../compile-cells.ts';

const CELLS = (line: string): string[] => [
  `import pandas as pd\nfrom sklearn.svm import SVC\n${line}`,
  "df = clean(pd.read_csv('rooms.csv'))\nX = df[['a']]\ny = df['y']",
  "model = SVC()\nmodel.fit(X, y)\nprint('accuracy', model.score(X, y))",
];

test('a module of the repository is found where it lies, and goes with the served model', async () => {
  const { tree, plan } = await compileCells(CELLS('from helpers import clean'), ['helpers.py', 'rooms.csv']);
  expect(plan.localModules).toEqual([{ name: 'helpers', folder: '', path: 'helpers.py' }]);
  expect(tree['src/__init__.py']).toContain('sys.path.append(str(_folder))');
  expect(tree['src/data/loader.py']).toContain('from helpers import clean');
  expect(tree['src/training/train.py']).toContain('(PROJECT_ROOT / "helpers.py").resolve()');
  const { 'pyproject.toml': project } = writePipelineConfig(plan, {}, '3.11', []);
  expect(project).toContain('known-third-party = ["helpers"]');
});

test('a package goes as a whole, and is looked for in its folder', async () => {
  const { tree, plan } = await compileCells(CELLS('from tools.tables import clean'), ['lib/tools/tables.py']);
  expect(plan.localModules).toEqual([{ name: 'tools', folder: 'lib', path: 'lib/tools' }]);
  expect(tree['src/__init__.py']).toContain('_REPOSITORY / "lib"');
});

test('a package of the repository that is called src is refused, with its place', async () => {
  const { extraction } = await compileCells(CELLS('from src.tables import clean'), ['src/tables.py']);
  const [refused] = extraction.diagnostics.filter(({ severity }) => severity === 'refused');
  expect(refused).toMatchObject({ code: 'module_named_src', cell: 0, line: 3 });
  expect(refused?.message).toContain('src/tables.py');
});

test('a src that the notebook does not import is no clash, and nothing is looked for', async () => {
  const { extraction, tree } = await compileCells(CELLS('from sklearn.base import clone as clean'), [
    'src/tables.py',
    'helpers.py',
  ]);
  expect(extraction.diagnostics.filter(({ severity }) => severity === 'refused')).toEqual([]);
  expect(tree['src/__init__.py']).not.toContain('sys');
});
