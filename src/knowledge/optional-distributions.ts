import type { Call } from '../python/statement.ts';

/** What a call needs and its library does not bring along: https://pandas.pydata.org/docs/getting_started/install.html#optional-dependencies */

const EXCEL_ENGINES: Readonly<Record<string, string>> = {
  '.xls': 'xlrd',
  '.xlsb': 'pyxlsb',
  '.ods': 'odfpy',
  '.odt': 'odfpy',
};

/** By import path of the function. */
const FUNCTIONS: Readonly<Record<string, string>> = {
  'pandas.read_parquet': 'pyarrow',
  'pandas.read_feather': 'pyarrow',
  'pandas.read_orc': 'pyarrow',
  'pandas.read_hdf': 'tables',
  'pandas.HDFStore': 'tables',
  'pandas.read_html': 'lxml',
  'pandas.read_xml': 'lxml',
  'pandas.read_spss': 'pyreadstat',
  'pandas.read_sql_table': 'sqlalchemy',
  'seaborn.clustermap': 'scipy',
};

/** Methods of a table whose names no other library uses. */
const METHODS: Readonly<Record<string, string>> = {
  to_excel: 'openpyxl',
  to_parquet: 'pyarrow',
  to_feather: 'pyarrow',
  to_orc: 'pyarrow',
  to_hdf: 'tables',
  to_markdown: 'tabulate',
  to_xml: 'lxml',
};

/** Functions that choose their engine by the file's ending. */
const EXCEL = /^pandas\.(read_excel|ExcelFile|ExcelWriter)$/;

/** Estimators of a boosting library follow scikit-learn's interface and need it. */
const BOOSTING = /^(xgboost\.XGB|lightgbm\.LGBM)\w*(Classifier|Regressor|Ranker)$/;

/** Names under which what these calls need is installed. */
export function optionalDistributions(calls: readonly Pick<Call, 'qualified' | 'arguments'>[]): string[] {
  return calls.flatMap((call) => {
    if (EXCEL.test(call.qualified)) return [excelEngine(call.arguments)];
    if (BOOSTING.test(call.qualified)) return ['scikit-learn'];
    const method = call.qualified.startsWith('<') ? call.qualified.replace(/^.*\./, '') : '';
    return [lookUp(FUNCTIONS, call.qualified), lookUp(METHODS, method)].filter((name) => name !== undefined);
  });
}

/** A path that no literal names is taken for the ending of today. */
function excelEngine(given: Call['arguments']): string {
  const texts = given.flatMap(({ literal }) => (literal?.kind === 'string' ? [literal.value] : []));
  const endings = texts.map((text) => /\.\w+$/.exec(text.toLowerCase())?.[0] ?? '');
  return (
    endings.map((ending) => lookUp(EXCEL_ENGINES, ending)).find((name) => name !== undefined) ?? 'openpyxl'
  );
}

function lookUp(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
