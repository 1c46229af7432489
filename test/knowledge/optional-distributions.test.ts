import { beforeAll, expect, test } from '@jest/globals';
import { optionalDistributions } from '../../src/knowledge/optional-distributions.ts';
import { loadPython } from '../../src/python/load-parser.ts';
import { readStatements } from '../../src/python/read-statements.ts';

beforeAll(loadPython);

const needed = (code: string): string[] =>
  optionalDistributions(
    readStatements([{ index: 0, code: `import pandas as pd\n${code}` }]).statements.flatMap(
      ({ calls }) => calls,
    ),
  );

test.each([
  ['df = pd.read_excel("a.xlsx")', ['openpyxl']],
  ['df = pd.read_excel("A.XLS", sheet_name=1)', ['xlrd']],
  ['df = pd.read_excel(path)', ['openpyxl']],
  ['df = pd.read_parquet("a.parquet")', ['pyarrow']],
  ['df = pd.DataFrame()\ndf.to_markdown()', ['tabulate']],
  ['from xgboost import XGBRegressor\nm = XGBRegressor()', ['scikit-learn']],
  ['import lightgbm as lgb\nm = lgb.LGBMClassifier()', ['scikit-learn']],
])('%s', (code, distributions) => expect(needed(code)).toEqual(distributions));

test.each([
  'df = pd.read_csv("a.xlsx")',
  'import xgboost as xgb\nb = xgb.train({}, d)',
  'def to_parquet(x):\n    return x\nto_parquet(1)',
  'obj.constructor()',
])('%s needs nothing more', (code) => expect(needed(code)).toEqual([]));
