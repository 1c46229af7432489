/** Reads the tables: what is known about a call, a class, a metric. */

import { builtins } from './builtins.ts';
import { catboost, lightgbm, xgboost } from './boosting.ts';
import { kerasTable } from './keras.ts';
import { ANY_METHOD } from './methods.ts';
import { METRICS } from './metrics.ts';
import { numpy } from './numpy.ts';
import { pandas } from './pandas.ts';
import { persistence } from './persistence.ts';
import { plotting, PLOT_MODULES } from './plotting.ts';
import { estimatorMethods, ESTIMATORS, ESTIMATOR_MODULES, POSITIONAL, sklearn } from './sklearn.ts';
import { statsmodels, STATSMODELS_MODELS } from './statsmodels.ts';
import { torch } from './torch.ts';
import type { CallFacts, EstimatorFacts, MetricFacts } from './schema.ts';

const TABLE: ReadonlyMap<string, CallFacts> = new Map(
  [
    pandas,
    numpy,
    sklearn,
    estimatorMethods,
    torch,
    xgboost,
    lightgbm,
    catboost,
    statsmodels,
    kerasTable,
    plotting,
    persistence,
    builtins,
  ].flatMap((table) => Object.entries(table)),
);

/** Libraries whose functions leave their arguments alone unless a table says otherwise. */
const PURE_LIBRARIES: ReadonlySet<string> = new Set(
  'pandas numpy scipy sklearn torch torchvision xgboost lightgbm catboost statsmodels keras tensorflow matplotlib seaborn plotly math re os sys time datetime json collections itertools functools string copy random glob pathlib statistics operator pprint warnings typing IPython joblib pickle tqdm imblearn shap eli5 patsy mlxtend yellowbrick scikitplot nltk missingno cv2 PIL skimage umap altair bokeh folium wordcloud prophet pmdarima lime graphviz pydotplus hashlib zipfile urllib requests platform pylab mpl_toolkits io csv types inspect textwrap uuid category_encoders tabulate squarify networkx calendar timeit logging pandas_profiling ydata_profiling builtins kagglehub sqlalchemy skopt optuna hyperopt'.split(
    ' ',
  ),
);

const last = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
const rootOf = (path: string): string => path.split('.')[0] ?? path;

/** What is known about a class by its import path; undefined for classes that are no estimators. */
export function estimatorFacts(type: string | undefined): EstimatorFacts | undefined {
  if (type === undefined) return undefined;
  const name = last(type);
  if (ESTIMATOR_MODULES.includes(rootOf(type)) && Object.hasOwn(ESTIMATORS, name)) return ESTIMATORS[name];
  if (type === 'xgboost.Booster') return special('xgboost', 'other');
  if (type === 'lightgbm.Booster') return special('lightgbm', 'other');
  if (type === 'statsmodels.Results') return special('statsmodels', 'regressor');
  if (type === 'keras.Model') return special('keras', 'other');
  if (type === 'sklearn.notebook.Estimator') return special('sklearn', 'other');
  if (rootOf(type) === 'hdbscan') return { ...special('sklearn', 'clusterer') };
  if (rootOf(type) === 'category_encoders' || rootOf(type) === 'feature_engine') {
    return { ...special('sklearn', 'transformer'), predicts: false };
  }
  // Names that follow the convention of scikit-learn, in libraries that the tables do not list.
  if (/^\w*(Classifier|Regressor)$/.test(name)) {
    return special('sklearn', name.endsWith('Classifier') ? 'classifier' : 'regressor');
  }
  if (/^\w*(Scaler|Encoder|Imputer|Vectorizer|Transformer)$/.test(name) && rootOf(type) !== 'transformers') {
    return { ...special('sklearn', 'transformer'), predicts: false };
  }
  return undefined;
}

function special(framework: EstimatorFacts['framework'], role: EstimatorFacts['role']): EstimatorFacts {
  return { role, framework, predicts: true, search: false, inPlace: false, draws: false };
}

/** Model class of statsmodels (or a formula function): its `fit` returns the result. */
export function isStatsmodel(qualified: string): boolean {
  return rootOf(qualified) === 'statsmodels' && Object.hasOwn(STATSMODELS_MODELS, last(qualified));
}

/** Type of the instance that calling `qualified` makes, if it is a class that the tables know. */
export function instanceType(qualified: string): string | undefined {
  const known = TABLE.get(qualified)?.type;
  if (known !== undefined) return known;
  if (isStatsmodel(qualified)) return 'statsmodels.Model';
  if (estimatorFacts(qualified) !== undefined) return qualified;
  if (qualified.startsWith('torch.nn.') && /^[A-Z]/.test(last(qualified))) return 'torch.nn.Module';
  return qualified.includes('.') && /^[A-Z]/.test(last(qualified)) ? qualified : undefined;
}

/** Families of a type, most special first: the tables are read for each of them. */
function families(type: string): string[] {
  const found = [type];
  const name = last(type);
  if (
    estimatorFacts(type) !== undefined &&
    !/^(statsmodels|keras)\./.test(type) &&
    !type.endsWith('.Booster')
  ) {
    found.push('Estimator');
  }
  if (/^pandas\..*\bDataFrame$/.test(type)) found.push('pandas.DataFrame');
  if (/^pandas\..*\b(Series|Index)$/.test(type)) found.push('pandas.Series');
  if (/^torch\.optim\.lr_scheduler\./.test(type)) found.push('torch.optim.lr_scheduler.LRScheduler');
  else if (/^torch\.optim\./.test(type)) found.push('torch.optim.Optimizer');
  if (/^torch\.nn\./.test(type)) found.push('torch.nn.Module');
  if (/^(tensorflow\.)?keras\..*(Sequential|Model|Functional)$/.test(type)) found.push('keras.Model');
  if (/^statsmodels\./.test(type))
    found.push(/Results?(Wrapper)?$/.test(name) ? 'statsmodels.Results' : 'statsmodels.Model');
  if (['list', 'dict', 'set'].includes(type)) found.push(`builtins.${type}`);
  return found;
}

/** A call that draws: by its table entry or by its module. */
function drawing(qualified: string): CallFacts | undefined {
  const module = PLOT_MODULES.find((name) => qualified.startsWith(`${name}.`));
  return module === undefined ? undefined : { role: 'plot' };
}

/**
 * What is known about a call. `qualified` as the Python layer gives it; `receiver`: type of the object a method
 * is called on. Undefined: nothing is known, so the caller must presume the worst.
 */
export function callFacts(qualified: string, receiver?: string): CallFacts | undefined {
  const dot = qualified.lastIndexOf('.');
  const method = qualified.startsWith('<') && dot > 0 ? qualified.slice(dot + 1) : undefined;
  if (method === undefined) {
    const exact = TABLE.get(qualified);
    if (exact !== undefined) return exact;
    const estimator = estimatorFacts(qualified);
    if (estimator !== undefined || isStatsmodel(qualified)) {
      return { hyperparameters: true, holds: true, positional: POSITIONAL[last(qualified)] ?? [] };
    }
    if (METRICS[last(qualified)] !== undefined && rootOf(qualified) === 'sklearn')
      return { stage: 'evaluation' };
    if (qualified.startsWith('torch.nn.') && /^[A-Z]/.test(last(qualified))) {
      return { holds: true, type: 'torch.nn.Module', draws: { generator: 'torch' } };
    }
    const drawn = drawing(qualified);
    if (drawn !== undefined) return drawn;
    if (!qualified.includes('.')) return undefined;
    return PURE_LIBRARIES.has(rootOf(qualified)) ? { holds: /^[A-Z]/.test(last(qualified)) } : undefined;
  }
  if (receiver !== undefined) {
    for (const family of families(receiver)) {
      const found = TABLE.get(`${family}.${method}`);
      if (found !== undefined) return found;
    }
    if (/^(pandas|numpy|str|int|float|builtins)\b/.test(receiver) && !Object.hasOwn(ANY_METHOD, method))
      return {};
  }
  return Object.hasOwn(ANY_METHOD, method) ? ANY_METHOD[method] : undefined;
}

/** What a function of `sklearn.metrics` (or a method of `torchmetrics` with its name) measures. */
export function metricFacts(qualified: string): MetricFacts | undefined {
  const name = last(qualified);
  if (!/^(sklearn\.metrics|imblearn\.metrics)\b/.test(qualified)) return undefined;
  return Object.hasOwn(METRICS, name) ? METRICS[name] : undefined;
}
