import { each, type CallTable } from './schema.ts';

const FRAME = 'pandas.DataFrame';
const SERIES = 'pandas.Series';
const GROUP = 'pandas.GroupBy';
const path = (keyword: string) => ({ index: 0, keyword });

const readers = {
  ...each(
    'pandas.',
    'read_csv read_table read_fwf read_json read_html read_xml read_stata read_sas read_spss read_orc',
    { role: 'read', type: FRAME, path: path('filepath_or_buffer') },
  ),
  ...each('pandas.', 'read_parquet read_feather read_pickle read_hdf', {
    role: 'read',
    type: FRAME,
    path: path('path'),
  }),
  ...each('pandas.', 'read_excel', { role: 'read', type: FRAME, path: path('io') }),
  ...each('pandas.', 'read_sql read_sql_query read_sql_table read_gbq read_clipboard', { type: FRAME }),
} satisfies CallTable;

const functions = {
  ...each(
    'pandas.',
    'concat merge get_dummies pivot_table melt crosstab json_normalize DataFrame merge_asof',
    {
      type: FRAME,
    },
  ),
  ...each('pandas.', 'cut qcut', { type: SERIES, hyperparameters: ['bins', 'q', 'labels'] }),
  ...each('pandas.', 'Series to_numeric to_datetime to_timedelta', { type: SERIES }),
  ...each('pandas.', 'set_option reset_option', { role: 'settings' }),
  ...each('pandas.options.', 'display.max_columns', { role: 'settings' }),
} satisfies CallTable;

const frameMethods = {
  // In place on request; otherwise a fresh table.
  ...each(
    `${FRAME}.`,
    'drop dropna fillna replace rename reset_index set_index sort_values sort_index drop_duplicates interpolate ffill bfill clip where mask query eval rename_axis set_axis',
    { inplace: true, type: FRAME },
  ),
  ...each(`${FRAME}.`, 'insert update pop', { mutates: ['receiver'] }),
  ...each(
    `${FRAME}.`,
    'copy head tail sample assign astype merge join append groupby_ apply applymap map transform pivot pivot_table melt stack unstack describe corr cov select_dtypes filter isin isnull isna notnull notna shift diff rolling_ resample_ nlargest nsmallest round abs explode set_flags cumsum rank add sub mul div reindex transpose droplevel to_frame convert_dtypes infer_objects nunique_ isetitem_',
    { type: FRAME },
  ),
  [`${FRAME}.sample`]: {
    type: FRAME,
    hyperparameters: ['frac', 'n'],
    stage: 'data',
    draws: { generator: 'numpy', unless: ['random_state'] },
  },
  ...each(
    `${FRAME}.`,
    'sum mean median std var min max count nunique mode quantile skew kurt sem prod idxmax idxmin any all dtypes memory_usage value_counts squeeze',
    { type: SERIES },
  ),
  ...each(`${FRAME}.`, 'to_numpy', { returns: 'view', type: 'numpy.ndarray' }),
  ...each(`${FRAME}.`, 'groupby rolling resample expanding ewm', { type: GROUP }),
  ...each(`${FRAME}.`, 'info', { role: 'display' }),
  ...each(`${FRAME}.`, 'hist boxplot plot', { role: 'plot' }),
  ...each(`${FRAME}.`, 'to_csv to_json to_excel to_parquet to_feather to_pickle to_html to_latex to_stata', {
    role: 'write',
    path: path('path_or_buf'),
  }),
  ...each(
    `${FRAME}.`,
    'to_string to_dict to_records items iterrows itertuples keys get equals to_markdown to_sql',
    {},
  ),
} satisfies CallTable;

const seriesMethods = {
  ...Object.fromEntries(
    Object.entries(frameMethods).map(([name, facts]) => [
      name.replace(FRAME, SERIES),
      'type' in facts && facts.type === FRAME ? { ...facts, type: SERIES } : facts,
    ]),
  ),
  ...each(
    `${SERIES}.`,
    'sum mean median std var min max count nunique skew kurt sem prod idxmax idxmin any all corr cov autocorr item',
    {},
  ),
  ...each(`${SERIES}.`, 'map unique between factorize argsort argmax argmin tolist to_list isin', {}),
  [`${SERIES}.map`]: { type: SERIES },
  [`${SERIES}.unique`]: { type: 'numpy.ndarray' },
  ...each(`${SERIES}.`, 'to_frame reset_index', { inplace: true, type: FRAME }),
} satisfies CallTable;

export const pandas: CallTable = { ...readers, ...functions, ...frameMethods, ...seriesMethods };

/** Column statistics that learn something from the rows they are given. */
export const REDUCTIONS: ReadonlySet<string> = new Set(
  'mean median mode std var min max quantile sum skew idxmax value_counts'.split(' '),
);

/** Attributes that give a part of a table that may share its memory. */
export const VIEW_ATTRIBUTES: ReadonlySet<string> = new Set(
  'T values loc iloc at iat array flat real imag'.split(' '),
);
