import { describe, expect, test } from '@jest/globals';
import { analyse, relocateInputs, watchPlan } from '../../../src/steps/1-extract/extract.ts';
import { notebookOf, STATIC } from './extract-cells.ts';

const relocate = (cells: string[], paths: string[]) =>
  relocateInputs(
    notebookOf(cells),
    paths.map((path) => ({ path })),
  );
const codeOf = (cells: string[], paths: string[]) =>
  relocate(cells, paths).notebook.cells.map(({ code }) => code);

describe('a missing file is read where the repository has one of its name', () => {
  test.each([
    ['from another folder', "df = pd.read_csv('data.csv')", 'df = pd.read_csv("../raw/data.csv")'],
    [
      'for a path of another machine',
      "df = pd.read_csv('/content/drive/MyDrive/data.csv', sep=';')",
      'df = pd.read_csv("../raw/data.csv", sep=\';\')',
    ],
    [
      'for a Windows path',
      "df = pd.read_csv(r'C:\\Users\\me\\data.csv')",
      'df = pd.read_csv("../raw/data.csv")',
    ],
    [
      'for an address',
      "df = pd.read_csv('https://host.example/a/data.csv')",
      'df = pd.read_csv("../raw/data.csv")',
    ],
    [
      'behind a semicolon',
      "a = 1; df = pd.read_csv('data.csv')",
      'a = 1; df = pd.read_csv("../raw/data.csv")',
    ],
  ])('%s', (_, code, expected) => {
    expect(codeOf(['import pandas as pd', code], ['raw/data.csv', 'work/notebook.ipynb'])[1]).toBe(expected);
  });

  test('although there are notebooks elsewhere', () => {
    const paths = ['raw/data.csv', 'other/other.ipynb', 'raw/look/look.ipynb', 'work/notebook.ipynb'];
    expect(relocate(["import pandas as pd\ndf = pd.read_csv('data.csv')"], paths).relocations).toHaveLength(
      1,
    );
  });

  test('where a constant holds the path, there', () => {
    const cells = ["import pandas as pd\nPATH = '/kaggle/input/data.csv'", 'df = pd.read_csv(PATH)'];
    const { notebook, relocations } = relocate(cells, ['work/data.csv']);
    expect(notebook.cells[0]?.code).toBe('import pandas as pd\nPATH = "data.csv"');
    expect(relocations).toEqual([{ cell: 0, line: 2, from: '/kaggle/input/data.csv', to: 'work/data.csv' }]);
  });

  test('and the run, the input and a finding say so', () => {
    const sources = [{ path: 'raw/data.csv' }];
    const { notebook, relocations } = relocateInputs(
      notebookOf([
        'import pandas as pd\nfrom sklearn.linear_model import LinearRegression',
        "df = pd.read_csv('data.csv')",
        "m = LinearRegression()\nm.fit(df[['a']], df['b'])\nprint(m.score(df[['a']], df['b']))",
      ]),
      sources,
    );
    expect(watchPlan(notebook).map(({ code }) => code)).toContain('df = pd.read_csv("../raw/data.csv")');
    const extraction = analyse(notebook, sources, STATIC, { relocations });
    expect(extraction.inputs).toMatchObject([{ path: 'raw/data.csv', present: true, key: 'data.path' }]);
    expect(extraction.findings).toContainEqual(
      expect.objectContaining({ code: 'data_elsewhere', cell: 1, line: 1 }),
    );
  });
});

describe('nothing is changed', () => {
  test.each([
    ['that is there', "df = pd.read_csv('data.csv')", ['work/data.csv', 'raw/data.csv']],
    ['of which there are two', "df = pd.read_csv('data.csv')", ['a/data.csv', 'b/data.csv']],
    ['that the notebook wrote', "x.to_csv('data.csv')\ndf = pd.read_csv('data.csv')", ['raw/data.csv']],
    ['of another notebook', "df = pd.read_csv('data.csv')", ['prices/prices.ipynb', 'prices/data.csv']],
    [
      'below another notebook',
      "df = pd.read_csv('data.csv')",
      ['prices/prices.ipynb', 'prices/raw/data.csv'],
    ],
    ['of another name', "df = pd.read_csv('Data.csv')", ['raw/data.csv']],
    ['that is written', "df.to_csv('data.csv')", ['raw/data.csv']],
  ])('for a file %s', (_, code, paths) => {
    const cells = ['import pandas as pd', code];
    const found = relocate(cells, paths);
    expect(found.relocations).toEqual([]);
    expect(found.notebook.cells[1]?.code).toBe(code);
  });
});

test('an input that is missing everywhere keeps the place where it belongs', () => {
  const extraction = analyse(
    notebookOf([
      'import pandas as pd\nfrom sklearn.linear_model import LinearRegression',
      "df = pd.read_csv('data.csv')\nm = LinearRegression()\nm.fit(df[['a']], df['b'])\nprint(m.score(df[['a']], df['b']))",
    ]),
    [{ path: 'work/notebook.ipynb' }],
    STATIC,
    {},
  );
  expect(extraction.inputs).toMatchObject([{ path: 'work/data.csv', present: false }]);
  expect(extraction.findings).toContainEqual(expect.objectContaining({ code: 'missing_file' }));
});
