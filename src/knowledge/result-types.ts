/**
 * Classes of results that are certain from the code alone. The tables of `lookup.ts` say what a result shares memory with and
 * may be a little wide about its class; what stands here becomes an annotation, so that a call that gives now a table, now a
 * column (`pandas.concat`, `DataFrame.apply`) has a rule of its own or is left out.
 */

import { estimatorFacts, metricFacts } from './lookup.ts';

export const FRAME = 'pandas.DataFrame';
export const SERIES = 'pandas.Series';
export const ARRAY = 'numpy.ndarray';
export const TENSOR = 'torch.Tensor';
const BUNCH = 'sklearn.utils.Bunch';

const table = (entries: [string, string][]): ReadonlyMap<string, string> =>
  new Map(entries.flatMap(([names, type]) => names.split(/\s+/).map((name) => [name, type] as const)));

/** Functions by import path. */
const FUNCTIONS = table([
  [
    'pandas.read_csv pandas.read_table pandas.read_fwf pandas.read_parquet pandas.read_feather pandas.read_excel pandas.read_json pandas.DataFrame pandas.get_dummies pandas.merge pandas.merge_asof pandas.melt pandas.pivot_table pandas.crosstab pandas.json_normalize',
    FRAME,
  ],
  ['pandas.Series', SERIES],
  [
    'numpy.array numpy.asarray numpy.zeros numpy.ones numpy.full numpy.arange numpy.linspace numpy.logspace numpy.concatenate numpy.vstack numpy.hstack numpy.stack numpy.column_stack numpy.eye numpy.loadtxt numpy.genfromtxt sklearn.metrics.confusion_matrix sklearn.model_selection.cross_val_score sklearn.model_selection.cross_val_predict',
    ARRAY,
  ],
  [
    'torch.tensor torch.zeros torch.ones torch.stack torch.cat torch.arange torch.linspace torch.full torch.from_numpy torch.as_tensor torch.randn torch.rand torch.FloatTensor torch.LongTensor',
    TENSOR,
  ],
  ['torch.device', 'torch.device'],
  ['len int', 'int'],
  ['float', 'float'],
  ['str', 'str'],
  ['sklearn.pipeline.make_pipeline', 'sklearn.pipeline.Pipeline'],
  ['sklearn.compose.make_column_transformer', 'sklearn.compose.ColumnTransformer'],
]);

/** Keywords with which a call of any of these gives something else. */
const OTHERWISE =
  /^(chunksize|iterator|squeeze|sheet_name|typ|output_dict|multioutput|average|return_X_y|as_frame|coef|return_centers|inplace|level|expand|retbins)$/;

/** Element by element: the result is of the class of the argument. */
const ELEMENTWISE =
  /^numpy\.(log|log1p|log2|log10|exp|expm1|sqrt|abs|absolute|square|sin|cos|tan|tanh|ceil|floor|sign)$|^copy\.(copy|deepcopy)$/;

/** The result is a column where the argument is one: `pandas.to_datetime` of a text is a moment. */
const OF_COLUMN = /^pandas\.(to_numeric|to_datetime|to_timedelta|cut|qcut)$/;

/** Libraries in which what is written with a capital is a class, whose call gives an instance of it. */
const CLASSES = /^(sklearn|imblearn|xgboost|lightgbm|catboost|torch|pathlib)\./;

const DATASETS = /^sklearn\.datasets\.load_(iris|digits|wine|breast_cancer|diabetes|linnerud|boston)$/;

/** Methods by class of the receiver. */
const METHODS: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  [FRAME]: table([
    [
      'copy drop dropna fillna replace rename reset_index set_index sort_values sort_index drop_duplicates interpolate ffill bfill head tail sample assign astype merge join describe corr cov select_dtypes isnull isna notnull notna round abs clip applymap map nlargest nsmallest pivot pivot_table melt transpose query shift diff cumsum rename_axis add_prefix add_suffix',
      FRAME,
    ],
    ['sum mean median std var nunique skew kurt value_counts', SERIES],
    ['to_numpy', ARRAY],
  ]),
  [SERIES]: table([
    [
      'copy dropna fillna replace rename sort_values sort_index drop_duplicates interpolate ffill bfill head tail sample astype map isnull isna notnull notna round abs clip isin between shift diff cumsum rank value_counts where mask add sub mul div',
      SERIES,
    ],
    ['to_frame', FRAME],
    ['to_numpy', ARRAY],
    ['tolist to_list', 'list'],
    ['nunique', 'int'],
  ]),
  [`${SERIES}.str`]: table([
    [
      'lower upper strip lstrip rstrip title capitalize replace contains startswith endswith len slice zfill',
      SERIES,
    ],
  ]),
  [ARRAY]: table([
    ['reshape ravel flatten transpose squeeze astype copy clip round argsort', ARRAY],
    ['tolist', 'list'],
  ]),
  [TENSOR]: table([
    [
      'view reshape squeeze unsqueeze t permute transpose flatten detach to cuda cpu clone float long double int type requires_grad_ argmax sum mean',
      TENSOR,
    ],
    ['numpy', ARRAY],
  ]),
};

/** Attributes that are values of their own. */
const ATTRIBUTES: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  [FRAME]: table([
    ['T', FRAME],
    ['values', ARRAY],
    ['columns', 'pandas.Index'],
    ['dtypes', SERIES],
  ]),
  [SERIES]: table([['str', `${SERIES}.str`]]),
  [ARRAY]: table([['T', ARRAY]]),
  [TENSOR]: table([['T data', TENSOR]]),
  [BUNCH]: table([['data target', ARRAY]]),
};

/** Give an array for a table or an array, as long as nobody asks for `set_output`. */
const ARRAY_TRANSFORMERS =
  /^(StandardScaler|MinMaxScaler|MaxAbsScaler|RobustScaler|PowerTransformer|QuantileTransformer|SimpleImputer|KNNImputer|OrdinalEncoder|LabelEncoder|PCA|IncrementalPCA|TruncatedSVD|PolynomialFeatures|SelectKBest|VarianceThreshold|TSNE)$/;

const last = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
const isTable = (type: string | undefined): boolean => type === FRAME || type === SERIES;

/** What is known of the arguments of a call. */
export interface CallShape {
  /** Classes of the positional arguments. */
  positional: readonly (string | undefined)[];
  keywords: readonly string[];
}

/** Class of the result of a function or constructor, by its import path. */
export function functionResult(qualified: string, shape: CallShape): string | undefined {
  const [first] = shape.positional;
  if (shape.keywords.some((keyword) => OTHERWISE.test(keyword))) return undefined;
  const known = FUNCTIONS.get(qualified);
  if (known !== undefined) return known;
  if (ELEMENTWISE.test(qualified))
    return isTable(first) || first === ARRAY || qualified.startsWith('copy.') ? first : undefined;
  if (OF_COLUMN.test(qualified)) return first === SERIES ? SERIES : undefined;
  if (DATASETS.test(qualified)) return BUNCH;
  const metric = metricFacts(qualified);
  if (metric !== undefined) return { number: 'float', text: 'str', array: undefined }[metric.result];
  return /^[A-Z]/.test(last(qualified)) && CLASSES.test(qualified) ? qualified : undefined;
}

/** Class of the result of a method. */
export function methodResult(receiver: string, method: string, shape: CallShape): string | undefined {
  if (shape.keywords.some((keyword) => OTHERWISE.test(keyword))) return undefined;
  if (receiver === SERIES && method === 'reset_index')
    return shape.keywords.includes('drop') ? SERIES : FRAME;
  const known = METHODS[receiver]?.get(method);
  if (known !== undefined) return known;
  const facts = estimatorFacts(receiver);
  if (facts === undefined || !/^(sklearn|xgboost|lightgbm)$/.test(facts.framework)) return undefined;
  if (method === 'fit') return receiver;
  if (method === 'score') return facts.role === 'transformer' ? undefined : 'float';
  const [first] = shape.positional;
  const plain = isTable(first) || first === ARRAY;
  if (/^(predict|fit_predict)$/.test(method) && /^(classifier|regressor|clusterer)$/.test(facts.role))
    return ARRAY;
  if (method === 'predict_proba' && facts.role === 'classifier' && !/^Multi|^Classifier/.test(last(receiver)))
    return ARRAY;
  return /^(fit_)?transform$/.test(method) && plain && ARRAY_TRANSFORMERS.test(last(receiver))
    ? ARRAY
    : undefined;
}

/** Class of an attribute. */
export function attributeType(receiver: string, name: string): string | undefined {
  if (name === 'feature_importances_' && estimatorFacts(receiver)?.framework === 'sklearn') return ARRAY;
  return ATTRIBUTES[receiver]?.get(name);
}
