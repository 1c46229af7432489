import type { AnalysedStatement, Extraction } from '../1-extract/extraction.ts';
import type { CodeStage } from './layout.ts';

/** One row: a function is named `name` if one of its calls matches; earlier rows win. */
interface NameRule {
  name: string;
  stages: CodeStage[];
  /** Last part of what is called, or its whole import path. */
  calls: RegExp;
}

/**
 * Names of generated functions by the call that dominates them. The rows of a stage stand from the most to the
 * least telling call; a name ends up in the package only once, so the order also settles mixed cells.
 */
const RULES: NameRule[] = [
  {
    name: 'train_model',
    stages: ['training'],
    calls: /(^|\.)(fit|fit_generator|partial_fit|backward|train|fit_predict|cross_val_score|cross_validate)$/,
  },
  { name: 'build_optimizer', stages: ['training'], calls: /^torch\.optim\.|lr_scheduler/ },
  { name: 'build_search', stages: ['training'], calls: /(SearchCV|KFold|ShuffleSplit)$/ },
  {
    name: 'load_data',
    stages: ['data'],
    calls:
      /(^|\.)(read_\w+|load_\w+|fetch_\w+|make_(classification|regression|blobs|moons|circles)|loadtxt|genfromtxt|get_rdataset)$/,
  },
  { name: 'split_data', stages: ['data'], calls: /(^|\.)(train_test_split|random_split)$/ },
  { name: 'make_loaders', stages: ['data'], calls: /(^|\.)DataLoader$/ },
  {
    name: 'scale_features',
    stages: ['data'],
    calls: /(Scaler|Normalizer|PowerTransformer|QuantileTransformer)$/,
  },
  {
    name: 'encode_features',
    stages: ['data'],
    calls: /(^|\.)(get_dummies|\w*Encoder|LabelBinarizer|factorize)$/,
  },
  {
    name: 'reduce_features',
    stages: ['data'],
    calls: /(^|\.)(PCA|TruncatedSVD|SelectKBest|RFE|VarianceThreshold)$/,
  },
  {
    name: 'vectorize_text',
    stages: ['data'],
    calls: /(^|\.)(CountVectorizer|TfidfVectorizer|HashingVectorizer)$/,
  },
  { name: 'resample_data', stages: ['data'], calls: /(^|\.)(fit_resample|resample)$/ },
  { name: 'join_data', stages: ['data'], calls: /(^|\.)(concat|merge|join|append)$/ },
  {
    name: 'clean_data',
    stages: ['data'],
    calls:
      /(^|\.)(to_numeric|to_datetime|fillna|dropna|drop|drop_duplicates|map|replace|astype|rename|impute|interpolate|SimpleImputer|KNNImputer)$/,
  },
  { name: 'transform_features', stages: ['data'], calls: /(^|\.)transform$/ },
  { name: 'build_criterion', stages: ['model'], calls: /^torch\.nn\.\w*Loss$/ },
  {
    name: 'get_device',
    stages: ['data', 'model'],
    calls: /^torch\.(device|(cuda|backends\.mps|mps|xpu|accelerator)\.(is_available|current_accelerator))$/,
  },
  {
    name: 'build_preprocessor',
    stages: ['model'],
    calls: /(^|\.)(ColumnTransformer|make_column_transformer)$/,
  },
  { name: 'build_model', stages: ['model'], calls: /./ },
  {
    name: 'evaluate_predictions',
    stages: ['evaluation'],
    calls: /^sklearn\.metrics\.|(^|\.)(score|evaluate)$/,
  },
  {
    name: 'predict_held_out',
    stages: ['evaluation'],
    calls: /(^|\.)(predict|predict_proba|decision_function|predict_classes)$/,
  },
];

/** Chooses the name of the function that a run of statements of one stage becomes. */
export type NameSegment = (statements: AnalysedStatement[], stage: CodeStage) => string;

/**
 * Gives the names of one notebook: from the table, else `prepare_<first bound name>` and its likes. In a training the calls of
 * the notebook's own functions count as its own: `fit_epochs(model)` trains as the loop in it does.
 */
export function segmentNames({ statements }: Pick<Extraction, 'statements'>): NameSegment {
  const inner = new Map(
    statements
      .filter(({ kind, stage }) => kind === 'function' && stage === 'training')
      .map(({ defines, calls }) => [defines[0] ?? '', calls.map(({ qualified }) => qualified)]),
  );
  return (some, stage) => {
    const own = some.flatMap(({ calls }) => calls.map(({ qualified }) => qualified));
    return nameOf(
      some,
      stage,
      stage === 'training' ? [...own, ...own.flatMap((name) => inner.get(name) ?? [])] : own,
    );
  };
}

function nameOf(statements: AnalysedStatement[], stage: CodeStage, calls: readonly string[]): string {
  const rule = RULES.find((row) => row.stages.includes(stage) && calls.some((call) => row.calls.test(call)));
  if (rule) return rule.name;
  if (stage === 'evaluation') return 'evaluate_predictions';
  const bound = statements.flatMap((statement) => [...statement.defines, ...statement.mutates])[0];
  const verb = { data: 'prepare', model: 'build', training: 'prepare' }[stage];
  return `${verb}_${bound ? wordOf(bound) : 'step'}`;
}

function wordOf(name: string): string {
  return (
    name
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .toLowerCase()
      .replace(/^_+|_+$/g, '') || 'step'
  );
}
