/**
 * What releases of libraries no longer take, as the errors of today say it: a notebook of some years ago fails with one of these.
 * `fixtures/drift/errors.json` holds a real error for each, as the observer saw it.
 */

/** One release that took something away, and where its notes stand. */
export interface Release {
  distribution: string;
  /** The first release that may fail: any before it takes what the notebook does. */
  since: string;
  evidence: string;
  changes: readonly Change[];
}

/** One thing that is gone or means something else. */
export interface Change {
  /** On `<type>: <message>`. */
  error: RegExp;
  /** On the functions of libraries that the error came through, from the notebook's call inwards, and on what is missing. */
  at?: RegExp;
  /** What has changed, as a clause: `DataFrame.append is gone`. */
  change: string;
  /** What today's releases take instead, as a clause to follow "or". */
  instead: string;
}

const pandas = (version: string): string => `https://pandas.pydata.org/docs/whatsnew/v${version}.html`;
const numpy = (version: string): string => `https://numpy.org/doc/stable/release/${version}-notes.html`;
const sklearn = (version: string): string => `https://scikit-learn.org/stable/whats_new/v${version}.html`;
const matplotlib = (version: string): string =>
  `https://matplotlib.org/stable/api/prev_api_changes/api_changes_${version}.html`;

const PANDAS: readonly Release[] = [
  {
    distribution: 'pandas',
    since: '3.0',
    evidence: pandas('3.0.0'),
    changes: [
      {
        error: /^TypeError: (Cannot perform reduction '\w+' with string dtype|dtype 'str' does not support)/,
        change: 'columns of text are no longer left out of `mean`, `std` and the like',
        instead: 'give `numeric_only=True` to the call, or select the columns of numbers first',
      },
      {
        error: /^TypeError: Invalid value '/,
        change: 'a value of another type is no longer put into a column',
        instead: 'convert the column first (`.astype(object)` for text, `.astype(float)` for numbers)',
      },
      {
        error: /^TypeError: Cannot interpret '<StringDtype/,
        change: 'columns of text have the type `str` and no longer `object`, which NumPy does not know',
        instead: 'ask `pd.api.types.is_numeric_dtype(...)`',
      },
      {
        error: /^ValueError: (assignment destination|sort array|output array) is read-only/,
        change: 'the array behind a table (`.values`, `.to_numpy()`) can no longer be written',
        instead: 'copy it first (`.to_numpy().copy()`), or assign to the table itself with `.loc`',
      },
      {
        error: /^KeyError: '?-?\d+'?$/,
        at: /pandas\.core\.series\.Series\.__getitem__/,
        change: '`series[0]` no longer means the first row when the labels are not numbers',
        instead: 'write `series.iloc[0]`',
      },
      {
        error: /^ValueError: Invalid frequency: \S+ (Failed to parse|Did you mean)/,
        change: 'the old letters for frequencies (`M`, `Q`, `Y`, `H`, `T`, `S`) are gone',
        instead: 'write `ME`, `QE`, `YE`, `h`, `min`, `s`',
      },
      {
        error: /NDFrame\.fillna\(\) got an unexpected keyword argument 'method'/,
        change: '`fillna(method=...)` is gone',
        instead: 'call `.ffill()` or `.bfill()`',
      },
      {
        error: /has no attribute '(applymap|swapaxes|ravel)'/,
        at: /pandas/,
        change: '`DataFrame.applymap`, `swapaxes` and `Series.ravel` are gone',
        instead: 'use `.map`, `.T` or `.to_numpy()`',
      },
      {
        error: /module 'pandas' has no attribute 'value_counts'/,
        change: '`pd.value_counts` is gone',
        instead: 'call `pd.Series(...).value_counts()`',
      },
      {
        error: /DataFrame\.groupby\(\) got an unexpected keyword argument 'axis'/,
        change: '`groupby(axis=...)` is gone',
        instead: 'group the transposed table (`df.T.groupby(...)`)',
      },
      {
        error: /to_datetime\(\) got an unexpected keyword argument 'infer_datetime_format'/,
        change: '`infer_datetime_format` is gone, it is always done',
        instead: 'leave the argument out',
      },
      {
        error: /^ValueError: invalid error value specified/,
        at: /pandas\.core\.tools/,
        change: "`errors='ignore'` is gone",
        instead: "use `errors='coerce'`, or catch the exception",
      },
      {
        error: /^OptionError: No such keys\(s\): 'use_inf_as_na'/,
        change: 'the option `use_inf_as_na` is gone',
        instead: 'replace the values (`df.replace([np.inf, -np.inf], np.nan)`)',
      },
    ],
  },
  {
    distribution: 'pandas',
    since: '2.0',
    evidence: pandas('2.0.0'),
    changes: [
      {
        error: /^ValueError: could not convert string to float/,
        at: /pandas\.core\.\S*\b(corr|cov|corrwith)\b/,
        change: '`corr` and `cov` no longer leave out columns of text',
        instead: 'write `.corr(numeric_only=True)`',
      },
      {
        error: /'(DataFrame|Series)' object has no attribute 'append'/,
        change: '`append` of tables is gone',
        instead: 'write `pd.concat([a, b])`',
      },
      {
        error: /'(DataFrame|Series)' object has no attribute 'iteritems'/,
        change: '`iteritems` is gone',
        instead: 'write `.items()`',
      },
      {
        error: /'(DataFrame|Series)' object has no attribute '(mad|lookup|tshift|slice_shift)'/,
        change: '`mad`, `lookup` and `tshift` are gone',
        instead: 'write them out (`(df - df.mean()).abs().mean()`, `.loc`, `.shift(freq=...)`)',
      },
      {
        error: /has no attribute '(week|weekofyear)'/,
        change: '`dt.week` is gone',
        instead: 'write `.dt.isocalendar().week`',
      },
      {
        error: /^TypeError: (\w+\.)?\w+\(\) takes (from )?\d.* positional arguments? but/,
        at: /^(DataFrame|Series|NDFrame|Index)\.|^(read_\w+|concat|merge|get_dummies|to_datetime)\(/,
        change: 'arguments after the first must be named',
        instead:
          "name them (`df.drop('a', axis=1)`, `pd.concat([a, b], axis=1)`, `pd.read_csv(path, sep=',')`)",
      },
      {
        error:
          /read_\w+\(\) got an unexpected keyword argument '(error_bad_lines|warn_bad_lines|squeeze|prefix|mangle_dupe_cols)'/,
        change: 'this argument of `read_csv` is gone',
        instead:
          "write `on_bad_lines='skip'` for `error_bad_lines=False`, `.squeeze('columns')` for `squeeze`",
      },
      {
        error: /got an unexpected keyword argument 'line_terminator'/,
        change: '`line_terminator` has another name',
        instead: 'write `lineterminator=`',
      },
      {
        error: /module 'pandas' has no attribute '(datetime|np)'/,
        change: '`pd.np` and `pd.datetime` are gone',
        instead: 'import `numpy` or `datetime` itself',
      },
      {
        error: /^ValueError: Cannot subset columns with a tuple with more than one element/,
        change: 'several columns of groups must be given as a list',
        instead: "write `df.groupby('a')[['b', 'c']]`",
      },
      {
        error: /cannot import name '(Int64Index|Float64Index|UInt64Index)' from 'pandas'/,
        change: '`Int64Index` and its like are gone',
        instead: "write `pd.Index(..., dtype='int64')`",
      },
      {
        error: /cannot import name 'json_normalize' from 'pandas\.io\.json'/,
        change: '`json_normalize` lies elsewhere',
        instead: 'call `pd.json_normalize`',
      },
    ],
  },
  {
    distribution: 'pandas',
    since: '1.0',
    evidence: pandas('1.0.0'),
    changes: [
      {
        error: /'(DataFrame|Series)' object has no attribute '(ix|as_matrix|get_value|set_value|sort)'/,
        change: '`ix`, `as_matrix`, `get_value` and `sort` are gone',
        instead: 'write `.loc` or `.iloc`, `.to_numpy()`, `.at`, `.sort_values()`',
      },
      {
        error: /module 'pandas' has no attribute '(Panel|rolling_\w+|scatter_matrix)'/,
        change: '`pd.Panel`, `pd.rolling_*` and `pd.scatter_matrix` are gone',
        instead: 'write `.rolling(n).mean()`, `pd.plotting.scatter_matrix`',
      },
      {
        error: /No module named 'pandas\.tools/,
        change: '`pandas.tools` is gone',
        instead: 'import from `pandas.plotting`',
      },
      {
        error: /^SpecificationError: nested renamer is not supported/,
        change: '`agg` no longer takes a dictionary in a dictionary',
        instead: "name the results (`.agg(total=('b', 'sum'))`)",
      },
      {
        error: /^ValueError: Value must be a nonnegative integer or None/,
        at: /pandas\._config/,
        change: '-1 no longer stands for "no limit" in the options',
        instead: 'write `None`',
      },
    ],
  },
];

const NUMPY: readonly Release[] = [
  {
    distribution: 'numpy',
    since: '2.4',
    evidence: numpy('2.4.0'),
    changes: [
      {
        error: /module 'numpy' has no attribute '(in1d|trapz)'/,
        change: '`np.in1d` and `np.trapz` are gone',
        instead: 'write `np.isin`, `np.trapezoid`',
      },
      {
        error: /^TypeError: only 0-dimensional arrays can be converted to Python scalars/,
        change: 'an array of one element is no longer taken for a number',
        instead: 'take the element (`.item()`)',
      },
    ],
  },
  {
    distribution: 'numpy',
    since: '2.0',
    evidence: numpy('2.0.0'),
    changes: [
      {
        error: /^AttributeError: `np\.\w+` was removed in the NumPy 2\.0 release/,
        change: 'aliases such as `np.float_`, `np.Inf` and `np.NaN` are gone',
        instead: 'write what the message names (`np.float64`, `np.inf`, `np.nan`)',
      },
      {
        error:
          /module 'numpy' has no attribute '(product|cumproduct|sometrue|alltrue|msort|find_common_type)'/,
        change: '`np.product` and its like are gone',
        instead: 'write `np.prod`, `np.cumprod`, `np.any`, `np.all`',
      },
      {
        error: /^ValueError: Unable to avoid copy while creating an array/,
        change: '`copy=False` now means "never copy"',
        instead: 'write `np.asarray(...)`',
      },
    ],
  },
  {
    distribution: 'numpy',
    since: '1.24',
    evidence: numpy('1.24.0'),
    changes: [
      {
        error: /module 'numpy' has no attribute '(float|int|bool|object|str|complex|long|unicode)'/,
        change: 'the aliases `np.float`, `np.int`, `np.bool` and `np.object` are gone',
        instead: "write Python's own `float`, `int`, `bool`, `object`",
      },
      {
        error:
          /^ValueError: setting an array element with a sequence\. The requested array has an inhomogeneous shape/,
        change: 'rows of different lengths are no longer made into an array of objects by themselves',
        instead: 'write `np.array(..., dtype=object)`',
      },
    ],
  },
  {
    distribution: 'numpy',
    since: '1.23',
    evidence: numpy('1.23.0'),
    changes: [
      {
        error: /module 'numpy' has no attribute 'asscalar'/,
        change: '`np.asscalar` is gone',
        instead: 'write `.item()`',
      },
      {
        error: /^TypeError: 'float' object cannot be interpreted as an integer/,
        at: /numpy\._?core\.function_base/,
        change: 'a number of points must be a whole number',
        instead: 'write `int(...)` around it',
      },
      {
        error: /No module named 'numpy\.core\.umath_tests'|has no attribute 'umath_tests'/,
        change: '`numpy.core.umath_tests` is gone',
        instead: "write `np.einsum('ij,ij->i', a, b)` for `inner1d`",
      },
      {
        error: /^ValueError: Object arrays cannot be loaded when allow_pickle=False/,
        change: '`np.load` reads no objects unless it is told to',
        instead: 'write `np.load(path, allow_pickle=True)` for a file that you trust',
      },
    ],
  },
];

const SCIKIT_LEARN: readonly Release[] = [
  {
    distribution: 'scikit-learn',
    since: '1.8',
    evidence: sklearn('1.8'),
    changes: [
      {
        error: /unexpected keyword argument 'multi_class'|The 'liblinear' solver does not support multiclass/,
        change: '`multi_class` is gone, and liblinear takes two classes only',
        instead: 'leave the argument out, or wrap the model (`OneVsRestClassifier(LogisticRegression(...))`)',
      },
    ],
  },
  {
    distribution: 'scikit-learn',
    since: '1.7',
    evidence: sklearn('1.7'),
    changes: [
      {
        error: /TSNE\.__init__\(\) got an unexpected keyword argument 'n_iter'/,
        change: '`TSNE(n_iter=...)` has another name',
        instead: 'write `max_iter=`',
      },
    ],
  },
  {
    distribution: 'scikit-learn',
    since: '1.6',
    evidence: sklearn('1.6'),
    changes: [
      {
        error: /unexpected keyword argument '(squared|fit_params)'/,
        at: /sklearn/,
        change: '`mean_squared_error(squared=...)` and `fit_params` are gone',
        instead: 'write `root_mean_squared_error(...)`, `params=`',
      },
    ],
  },
  {
    distribution: 'scikit-learn',
    since: '1.4',
    evidence: sklearn('1.4'),
    changes: [
      {
        error: /OneHotEncoder\.__init__\(\) got an unexpected keyword argument 'sparse'/,
        change: '`OneHotEncoder(sparse=...)` has another name',
        instead: 'write `sparse_output=`',
      },
      {
        error: /unexpected keyword argument 'base_estimator'/,
        change: '`base_estimator` has another name',
        instead: 'write `estimator=`',
      },
      {
        error: /AgglomerativeClustering\.__init__\(\) got an unexpected keyword argument 'affinity'/,
        change: '`affinity` has another name',
        instead: 'write `metric=`',
      },
    ],
  },
  {
    distribution: 'scikit-learn',
    since: '1.3',
    evidence: sklearn('1.3'),
    changes: [
      {
        error: /The 'max_features' parameter of \w+ must be .* Got 'auto' instead/,
        change: "`max_features='auto'` is gone",
        instead: "write `max_features='sqrt'` (classifier) or `1.0` (regressor)",
      },
      {
        error: /The 'loss' parameter of \w+ must be .* Got '(log|deviance|squared_loss)' instead/,
        change: 'this loss has another name',
        instead: "write `'log_loss'` for `'log'` and `'deviance'`, `'squared_error'` for `'squared_loss'`",
      },
      {
        error: /The 'algorithm' parameter of KMeans must be .* Got '(full|auto)' instead/,
        change: "`KMeans(algorithm='full')` is gone",
        instead: "write `algorithm='lloyd'`",
      },
      {
        error: /The 'penalty' parameter of \w+ must be .* Got 'none' instead/,
        change: "`penalty='none'` is gone",
        instead: 'write `penalty=None`',
      },
      {
        error: /cannot import name '(SCORERS|DistanceMetric)' from 'sklearn/,
        change: '`SCORERS` and `sklearn.neighbors.DistanceMetric` are gone',
        instead: 'use `get_scorer_names()`, `sklearn.metrics.DistanceMetric`',
      },
    ],
  },
  {
    distribution: 'scikit-learn',
    since: '1.2',
    evidence: sklearn('1.2'),
    changes: [
      {
        error: /unexpected keyword argument 'normalize'/,
        change: '`normalize=` of the linear models is gone',
        instead: 'scale in a pipeline (`make_pipeline(StandardScaler(), ...)`), which needs another `alpha`',
      },
      {
        error: /`?load_boston`? has been removed|cannot import name 'load_boston'/,
        change: '`load_boston` is gone',
        instead: 'read the data from a file, or use `fetch_california_housing`',
      },
      {
        error:
          /cannot import name '(plot_confusion_matrix|plot_roc_curve|plot_precision_recall_curve|plot_partial_dependence)'/,
        change: 'the `plot_*` functions are gone',
        instead: 'use `ConfusionMatrixDisplay.from_estimator`, `RocCurveDisplay.from_estimator`',
      },
      {
        error: /object has no attribute 'get_feature_names'/,
        at: /sklearn/,
        change: '`get_feature_names` is gone',
        instead: 'call `get_feature_names_out()`',
      },
      {
        error: /The '(criterion|loss)' parameter of \w+ must be .* Got '(mse|mae|ls|lad)' instead/,
        change: 'this criterion has another name',
        instead: "write `'squared_error'` for `'mse'` and `'ls'`, `'absolute_error'` for `'mae'` and `'lad'`",
      },
      {
        error: /^TypeError: Feature names are only supported if all input features have string names/,
        change: 'column names must be all text or all numbers',
        instead: 'write `X.columns = X.columns.astype(str)`',
      },
      {
        error: /^TypeError: np\.matrix is not supported/,
        change: '`np.matrix` is refused',
        instead: 'write `np.asarray(...)`',
      },
    ],
  },
  {
    distribution: 'scikit-learn',
    since: '1.0',
    evidence: sklearn('1.0'),
    changes: [
      {
        error:
          /(No module named|cannot import name '\w+' from) 'sklearn\.(cross_validation|grid_search|learning_curve|lda|qda)/,
        change: '`sklearn.cross_validation`, `grid_search` and `lda` are gone',
        instead: 'import from `sklearn.model_selection`, `sklearn.discriminant_analysis`',
      },
      {
        error: /(No module named|cannot import name '\w+' from) 'sklearn\.externals/,
        change: '`sklearn.externals` no longer holds other libraries',
        instead: 'write `import joblib`, `from io import StringIO`',
      },
      {
        error: /cannot import name 'Imputer' from 'sklearn\.preprocessing'/,
        change: '`Imputer` is gone',
        instead: 'use `sklearn.impute.SimpleImputer`',
      },
      {
        error:
          /(KMeans|DecisionTree\w+)\.__init__\(\) got an unexpected keyword argument '(n_jobs|presort|precompute_distances)'/,
        change: 'this argument is gone, and does nothing',
        instead: 'leave it out',
      },
      {
        error: /OneHotEncoder\.__init__\(\) got an unexpected keyword argument 'categorical_features'/,
        change: '`OneHotEncoder(categorical_features=...)` is gone',
        instead: 'use a `ColumnTransformer`',
      },
      {
        error:
          /^TypeError: \w+\.__init__\(\) takes .*positional arguments? but|^TypeError: too many positional arguments/,
        at: /sklearn/,
        change: 'arguments after the data must be named',
        instead: "name them (`SVC(kernel='linear')`)",
      },
      {
        error: /^ValueError: Setting a random_state has no effect since shuffle is False/,
        change: '`KFold(random_state=...)` without `shuffle=True` is refused',
        instead: 'leave `random_state` out: without shuffling it did nothing',
      },
      {
        error:
          /cannot import name '(jaccard_similarity_score|fetch_mldata|RandomizedPCA|RandomizedLasso|GMM|safe_indexing|GaussianProcess)'/,
        change: 'this name is gone',
        instead: 'use its successor (`jaccard_score`, `fetch_openml`, `PCA`, `GaussianMixture`)',
      },
    ],
  },
];

const PLOTS: readonly Release[] = [
  {
    distribution: 'matplotlib',
    since: '3.11',
    evidence: matplotlib('3.11.0'),
    changes: [
      {
        error: /boxplot\(\) got an unexpected keyword argument 'labels'/,
        change: '`boxplot(labels=...)` has another name',
        instead: 'write `tick_labels=`',
      },
    ],
  },
  {
    distribution: 'matplotlib',
    since: '3.9',
    evidence: matplotlib('3.9.0'),
    changes: [
      {
        error: /module 'matplotlib\.cm' has no attribute '(get_cmap|register_cmap)'/,
        change: '`cm.get_cmap` is gone',
        instead: 'write `matplotlib.colormaps[name]` or `plt.get_cmap(name)`',
      },
    ],
  },
  {
    distribution: 'matplotlib',
    since: '3.8',
    evidence: matplotlib('3.8.0'),
    changes: [
      {
        error: /'seaborn[\w-]*' is not a valid package style/,
        change: 'the `seaborn` styles have other names',
        instead: "write `plt.style.use('seaborn-v0_8-whitegrid')`",
      },
      {
        error: /'[XY]Tick' object has no attribute 'label'/,
        change: '`tick.label` is gone',
        instead: 'write `tick.label1`',
      },
      {
        error: /stem\(\) got an unexpected keyword argument 'use_line_collection'/,
        change: '`use_line_collection` is gone',
        instead: 'leave it out',
      },
    ],
  },
  {
    distribution: 'matplotlib',
    since: '3.6',
    evidence: matplotlib('3.6.0'),
    changes: [
      {
        error: /gca\(\) got an unexpected keyword argument 'projection'/,
        change: '`gca(projection=...)` is gone',
        instead: "write `fig.add_subplot(projection='3d')`",
      },
      {
        error: /^ValueError: keyword grid_b is not recognized/,
        change: '`grid(b=...)` has another name',
        instead: 'write `plt.grid(True)`',
      },
      {
        error: /'FigureCanvas\w+' object has no attribute 'set_window_title'/,
        change: '`canvas.set_window_title` is gone',
        instead: 'leave it out: there is no window',
      },
      {
        error: /\.set\(\) got an unexpected keyword argument '(normed|axisbg)'/,
        change: '`normed=` and `axisbg=` have other names',
        instead: 'write `density=`, `facecolor=`',
      },
      {
        error: /^ValueError: The number of FixedLocator locations/,
        change: 'ticks and their labels must be as many',
        instead: 'give both in one call (`ax.set_xticks(places, labels=names)`)',
      },
    ],
  },
  {
    distribution: 'seaborn',
    since: '0.12',
    evidence: 'https://seaborn.pydata.org/whatsnew/v0.12.0.html',
    changes: [
      {
        error:
          /^TypeError: \w+plot\(\) takes (from )?\d.* positional arguments? but|^TypeError: (heatmap|FacetGrid\.__init__)\(\) takes/,
        at: /plot\(|heatmap|FacetGrid/,
        change: 'the columns must be named',
        instead: "name them (`sns.countplot(x='a', data=df)`)",
      },
      {
        error:
          /module 'seaborn' has no attribute '(factorplot|tsplot|distplot)'|No module named 'seaborn\.apionly'/,
        change: '`factorplot` and `tsplot` are gone',
        instead: "write `catplot(kind='point')`, `lineplot`, `histplot`",
      },
      {
        error: /(FacetGrid|PairGrid)\.__init__\(\) got an unexpected keyword argument 'size'/,
        change: '`size=` has another name',
        instead: 'write `height=`',
      },
    ],
  },
];

const OTHERS: readonly Release[] = [
  {
    distribution: 'torch',
    since: '2.6',
    evidence: 'https://github.com/pytorch/pytorch/releases/tag/v2.6.0',
    changes: [
      {
        error: /^UnpicklingError: Weights only load failed/,
        change: '`torch.load` reads weights only unless it is told otherwise',
        instead: 'write `torch.load(path, weights_only=False)` for a file that you trust',
      },
    ],
  },
  {
    distribution: 'torch',
    since: '2.0',
    evidence: 'https://github.com/pytorch/pytorch/releases/tag/v2.0.0',
    changes: [
      {
        error: /^RuntimeError: This function was deprecated since version \S+ and is now removed/,
        at: /torch/,
        change: 'this function of linear algebra is gone',
        instead: 'write what the message names (`torch.linalg...`)',
      },
      {
        error: /DataLoaderIter' object has no attribute 'next'/,
        change: '`iterator.next()` is gone',
        instead: 'write `next(iterator)`',
      },
      {
        error: /No module named 'torch\._six'/,
        change: '`torch._six` is gone',
        instead: 'take a newer release of the library that imports it',
      },
      {
        error: /^IndexError: invalid index of a 0-dim tensor/,
        change: 'a loss is a single number, without an index',
        instead: 'write `loss.item()`',
      },
      {
        error: /^RuntimeError: Subtraction, the `-` operator, with a bool tensor is not supported/,
        change: 'comparisons give truth values',
        instead: 'write `~mask`',
      },
    ],
  },
  {
    distribution: 'torchvision',
    since: '0.0',
    evidence: 'https://github.com/pytorch/vision#installation',
    changes: [
      {
        error: /^RuntimeError: operator torchvision::\w+ does not exist/,
        change: 'torch and torchvision are of releases that do not go together',
        instead: 'name a pair that does in `requirements.txt`, as the table of torchvision says',
      },
    ],
  },
  {
    distribution: 'keras',
    since: '3.0',
    evidence: 'https://keras.io/guides/migrating_to_keras_3/',
    changes: [
      {
        error:
          /(No module named|cannot import name '\w+' from) '(tensorflow\.)?keras\.(api\.)?(\w+\.)*(np_utils|utils|wrappers|preprocessing|optimizers|layers|engine|backend)/,
        change: 'Keras 3 has moved or dropped this name',
        instead:
          'import from `keras.utils`, `keras.layers` or `keras.optimizers` what is there under its name of today',
      },
      {
        error: /Argument\(s\) not recognized: \{'(lr|decay)'|unexpected keyword argument '(lr|decay)'/,
        change: '`lr=` and `decay=` of the optimizers have gone',
        instead: 'write `learning_rate=`, and a schedule for `decay`',
      },
    ],
  },
  {
    distribution: 'tensorflow',
    since: '2.0',
    evidence: 'https://www.tensorflow.org/guide/migrate',
    changes: [
      {
        error:
          /module 'tensorflow' has no attribute '(Session|placeholder|contrib|get_default_graph|set_random_seed|global_variables_initializer|app)'|No module named 'tensorflow\.(contrib|examples)/,
        change: 'graphs and sessions of TensorFlow 1 are gone',
        instead: 'write `import tensorflow.compat.v1 as tf; tf.disable_v2_behavior()`',
      },
    ],
  },
  {
    distribution: 'xgboost',
    since: '2.1',
    evidence: 'https://xgboost.readthedocs.io/en/stable/changes/v2.1.0.html',
    changes: [
      {
        error:
          /XGB\w+\.fit\(\) got an unexpected keyword argument '(early_stopping_rounds|eval_metric|callbacks)'/,
        change: '`early_stopping_rounds` and `eval_metric` are no longer arguments of `fit`',
        instead: 'give them to the constructor (`XGBClassifier(early_stopping_rounds=10)`)',
      },
    ],
  },
  {
    distribution: 'xgboost',
    since: '2.0',
    evidence: 'https://github.com/dmlc/xgboost/releases/tag/v2.0.0',
    changes: [
      {
        error: /predict\(\) got an unexpected keyword argument 'ntree_limit'/,
        change: '`ntree_limit` is gone',
        instead: 'write `iteration_range=(0, n)`',
      },
      {
        error: /^ValueError: Invalid classes inferred from unique values of `y`/,
        change: 'classes must be numbered from 0',
        instead: 'encode the target first (`LabelEncoder().fit_transform(y)`)',
      },
    ],
  },
  {
    distribution: 'lightgbm',
    since: '4.0',
    evidence: 'https://github.com/microsoft/LightGBM/releases/tag/v4.0.0',
    changes: [
      {
        error:
          /(LGBM\w+\.fit|train|cv)\(\) got an unexpected keyword argument '(early_stopping_rounds|verbose|verbose_eval|evals_result)'/,
        at: /LGBM|lightgbm|^(train|cv)\(/,
        change: 'stopping early and logging are callbacks',
        instead: 'write `callbacks=[lgb.early_stopping(10), lgb.log_evaluation(0)]`',
      },
    ],
  },
  {
    distribution: 'statsmodels',
    since: '0.13',
    evidence: 'https://www.statsmodels.org/stable/release/version0.13.html',
    changes: [
      {
        error: /^NotImplementedError: \s*statsmodels\.tsa\.arima_model\.ARMA/,
        change: '`statsmodels.tsa.arima_model` is gone',
        instead: 'import `ARIMA` from `statsmodels.tsa.arima.model`',
      },
      {
        error: /ARIMA\.fit\(\) got an unexpected keyword argument '(disp|transparams|trend)'/,
        change: '`ARIMA.fit` is another implementation, without `disp`',
        instead: 'leave the argument out',
      },
    ],
  },
  {
    distribution: 'networkx',
    since: '3.0',
    evidence: 'https://networkx.org/documentation/stable/release/release_3.0.html',
    changes: [
      {
        error:
          /module 'networkx' has no attribute '(info|read_gpickle|write_gpickle|to_numpy_matrix|from_numpy_matrix)'/,
        change: '`nx.info`, `read_gpickle` and `to_numpy_matrix` are gone',
        instead: 'write `print(graph)`, use `pickle`, `to_numpy_array`',
      },
    ],
  },
  {
    distribution: 'networkx',
    since: '2.4',
    evidence: 'https://networkx.org/documentation/stable/release/release_2.4.html',
    changes: [
      {
        error:
          /'\w*Graph' object has no attribute 'node'|has no attribute '(connected_component_subgraphs|from_pandas_dataframe)'/,
        change: '`graph.node` and `connected_component_subgraphs` are gone',
        instead: 'write `graph.nodes`, `(graph.subgraph(c) for c in nx.connected_components(graph))`',
      },
    ],
  },
  {
    distribution: 'imbalanced-learn',
    since: '0.6',
    evidence: 'https://imbalanced-learn.org/stable/whats_new.html',
    changes: [
      {
        error: /has no attribute 'fit_sample'|__init__\(\) got an unexpected keyword argument 'ratio'/,
        change: '`fit_sample` and `ratio=` have other names',
        instead: 'write `fit_resample`, `sampling_strategy=`',
      },
    ],
  },
  {
    distribution: 'gensim',
    since: '4.0',
    evidence: 'https://github.com/piskvorky/gensim/wiki/Migrating-from-Gensim-3.x-to-4',
    changes: [
      {
        error:
          /Word2Vec\.__init__\(\) got an unexpected keyword argument '(size|iter)'|The vocab attribute was removed from KeyedVector|No module named 'gensim\.summarization'/,
        change: '`size=`, `iter=`, `wv.vocab` and `gensim.summarization` are gone',
        instead: 'write `vector_size=`, `epochs=`, `wv.key_to_index`',
      },
    ],
  },
  {
    distribution: 'scipy',
    since: '1.3',
    evidence: 'https://docs.scipy.org/doc/scipy/release/1.3.0-notes.html',
    changes: [
      {
        error:
          /cannot import name '(imread|imresize|factorial|comb|logsumexp)' from 'scipy\.misc'|No module named 'scipy\.misc'/,
        change: '`scipy.misc` is gone',
        instead: 'use `imageio.v3.imread`, `scipy.special.factorial`',
      },
    ],
  },
  {
    distribution: 'scipy',
    since: '1.14',
    evidence: 'https://docs.scipy.org/doc/scipy/release/1.14.0-notes.html',
    changes: [
      {
        error:
          /cannot import name '(trapz|simps|cumtrapz)' from 'scipy\.integrate'|^NotImplementedError: `interp2d` has been removed/,
        change: '`scipy.integrate.trapz`, `simps` and `interp2d` are gone',
        instead: 'write `trapezoid`, `simpson`, `RegularGridInterpolator`',
      },
    ],
  },
  {
    distribution: 'pillow',
    since: '10.0',
    evidence: 'https://pillow.readthedocs.io/en/stable/releasenotes/10.0.0.html',
    changes: [
      {
        error: /module 'PIL\.Image' has no attribute '(ANTIALIAS|LINEAR|CUBIC)'/,
        change: '`Image.ANTIALIAS` is gone',
        instead: 'write `Image.Resampling.LANCZOS`',
      },
    ],
  },
];

/** All of them; the first that fits is what has happened. */
export const RELEASES: readonly Release[] = [...PANDAS, ...NUMPY, ...SCIKIT_LEARN, ...PLOTS, ...OTHERS];
