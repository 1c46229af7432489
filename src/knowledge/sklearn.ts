import { each, type CallTable, type EstimatorFacts } from './schema.ts';

const FOLDS = { role: 'folds', hyperparameters: true, positional: ['n_splits'], stage: 'training' } as const;
const CROSS = { role: 'crossvalidate', hyperparameters: true, stage: 'training' } as const;

/** scikit-learn's functions (and those of imbalanced-learn); its classes are in `ESTIMATORS`. */
export const sklearn: CallTable = {
  ...each('sklearn.model_selection.', 'train_test_split', {
    role: 'split',
    hyperparameters: ['test_size', 'train_size', 'shuffle', 'random_state'],
    draws: { generator: 'numpy', unless: ['random_state'] },
    stage: 'data',
  }),
  ...each('sklearn.cross_validation.', 'train_test_split', {
    role: 'split',
    hyperparameters: ['test_size', 'train_size', 'random_state'],
    draws: { generator: 'numpy', unless: ['random_state'] },
    stage: 'data',
  }),
  ...each(
    'sklearn.model_selection.',
    'KFold StratifiedKFold GroupKFold TimeSeriesSplit RepeatedKFold RepeatedStratifiedKFold LeaveOneOut StratifiedGroupKFold',
    FOLDS,
  ),
  ...each('sklearn.model_selection.', 'ShuffleSplit StratifiedShuffleSplit GroupShuffleSplit', FOLDS),
  ...each(
    'sklearn.model_selection.',
    'cross_val_score cross_validate cross_val_predict learning_curve validation_curve permutation_test_score',
    CROSS,
  ),
  ...each('sklearn.cross_validation.', 'cross_val_score cross_val_predict KFold', CROSS),
  ...each(
    'sklearn.datasets.',
    'load_iris load_digits load_wine load_breast_cancer load_diabetes load_boston load_linnerud fetch_california_housing fetch_openml fetch_20newsgroups fetch_lfw_people fetch_olivetti_faces fetch_covtype fetch_mldata',
    {
      role: 'dataset',
      type: 'sklearn.utils.Bunch',
    },
  ),
  ...each(
    'sklearn.datasets.',
    'make_classification make_regression make_blobs make_moons make_circles make_swiss_roll make_s_curve make_gaussian_quantiles make_friedman1',
    {
      role: 'dataset',
      hyperparameters: [
        'n_samples',
        'n_features',
        'n_informative',
        'n_redundant',
        'n_classes',
        'n_clusters_per_class',
        'n_targets',
        'centers',
        'cluster_std',
        'class_sep',
        'flip_y',
        'factor',
        'bias',
        'noise',
        'random_state',
      ],
      draws: { generator: 'numpy', unless: ['random_state'] },
      stage: 'data',
    },
  ),
  'sklearn.base.clone': {},
  'sklearn.utils.shuffle': {
    role: 'split',
    draws: { generator: 'numpy', unless: ['random_state'] },
    stage: 'data',
  },
  'sklearn.utils.resample': { draws: { generator: 'numpy', unless: ['random_state'] }, stage: 'data' },
  ...each('sklearn.pipeline.', 'make_pipeline make_union', { holds: true }),
  'sklearn.compose.make_column_transformer': { holds: true },
  'sklearn.inspection.permutation_importance': { draws: { generator: 'numpy', unless: ['random_state'] } },
};

const names = (text: string): string[] => text.split(/\s+/).filter(Boolean);
const CLASSIFIERS = names(`
  LogisticRegression LogisticRegressionCV SGDClassifier RidgeClassifier RidgeClassifierCV Perceptron PassiveAggressiveClassifier
  SVC NuSVC LinearSVC KNeighborsClassifier RadiusNeighborsClassifier NearestCentroid DecisionTreeClassifier ExtraTreeClassifier
  RandomForestClassifier ExtraTreesClassifier GradientBoostingClassifier HistGradientBoostingClassifier AdaBoostClassifier
  BaggingClassifier VotingClassifier StackingClassifier GaussianNB MultinomialNB BernoulliNB ComplementNB CategoricalNB
  LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis GaussianProcessClassifier MLPClassifier DummyClassifier
  CalibratedClassifierCV OneVsRestClassifier OneVsOneClassifier OutputCodeClassifier MultiOutputClassifier ClassifierChain
  LabelPropagation LabelSpreading SelfTrainingClassifier XGBClassifier XGBRFClassifier LGBMClassifier CatBoostClassifier
  BalancedRandomForestClassifier EasyEnsembleClassifier RUSBoostClassifier BalancedBaggingClassifier BernoulliRBM`);
const REGRESSORS = names(`
  LinearRegression Ridge RidgeCV Lasso LassoCV ElasticNet ElasticNetCV Lars LarsCV LassoLars LassoLarsCV LassoLarsIC BayesianRidge
  ARDRegression SGDRegressor HuberRegressor TheilSenRegressor RANSACRegressor PoissonRegressor GammaRegressor TweedieRegressor
  QuantileRegressor PassiveAggressiveRegressor SVR NuSVR LinearSVR KNeighborsRegressor RadiusNeighborsRegressor DecisionTreeRegressor
  ExtraTreeRegressor RandomForestRegressor ExtraTreesRegressor GradientBoostingRegressor HistGradientBoostingRegressor
  AdaBoostRegressor BaggingRegressor VotingRegressor StackingRegressor GaussianProcessRegressor MLPRegressor DummyRegressor
  KernelRidge IsotonicRegression PLSRegression MultiOutputRegressor RegressorChain TransformedTargetRegressor MultiTaskLasso
  MultiTaskElasticNet OrthogonalMatchingPursuit XGBRegressor XGBRFRegressor XGBRanker LGBMRegressor LGBMRanker CatBoostRegressor
  CatBoost XGBModel LGBMModel`);
const CLUSTERERS = names(`
  KMeans MiniBatchKMeans DBSCAN OPTICS HDBSCAN AgglomerativeClustering MeanShift SpectralClustering AffinityPropagation Birch
  GaussianMixture BayesianGaussianMixture BisectingKMeans`);
const OUTLIERS = names('IsolationForest LocalOutlierFactor OneClassSVM EllipticEnvelope SGDOneClassSVM');
const TRANSFORMERS = names(`
  StandardScaler MinMaxScaler MaxAbsScaler RobustScaler Normalizer Binarizer QuantileTransformer PowerTransformer OneHotEncoder
  OrdinalEncoder LabelEncoder LabelBinarizer MultiLabelBinarizer TargetEncoder KBinsDiscretizer PolynomialFeatures SplineTransformer
  FunctionTransformer SimpleImputer KNNImputer IterativeImputer MissingIndicator Imputer ColumnTransformer FeatureUnion PCA
  IncrementalPCA KernelPCA SparsePCA TruncatedSVD NMF FastICA FactorAnalysis LatentDirichletAllocation DictionaryLearning TSNE MDS
  Isomap LocallyLinearEmbedding SpectralEmbedding CountVectorizer TfidfVectorizer TfidfTransformer HashingVectorizer DictVectorizer
  FeatureHasher SelectKBest SelectPercentile SelectFromModel SelectFdr SelectFpr RFE RFECV VarianceThreshold
  SequentialFeatureSelector GenericUnivariateSelect GaussianRandomProjection SparseRandomProjection Nystroem RBFSampler SMOTE
  ADASYN BorderlineSMOTE SVMSMOTE SMOTENC SMOTEENN SMOTETomek RandomOverSampler RandomUnderSampler NearMiss TomekLinks
  EditedNearestNeighbours UMAP`);
const SEARCHES = names(
  'GridSearchCV RandomizedSearchCV HalvingGridSearchCV HalvingRandomSearchCV BayesSearchCV TuneSearchCV',
);
/** Draw from NumPy's global generator in `fit` when nobody seeds them. */
const DRAWING = new Set(
  names(`
  SGDClassifier SGDRegressor Perceptron PassiveAggressiveClassifier PassiveAggressiveRegressor LinearSVC LinearSVR
  DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor RandomForestClassifier RandomForestRegressor
  ExtraTreesClassifier ExtraTreesRegressor GradientBoostingClassifier GradientBoostingRegressor HistGradientBoostingClassifier
  HistGradientBoostingRegressor AdaBoostClassifier AdaBoostRegressor BaggingClassifier BaggingRegressor MLPClassifier MLPRegressor
  KMeans MiniBatchKMeans SpectralClustering GaussianMixture BayesianGaussianMixture BisectingKMeans AffinityPropagation
  IsolationForest TSNE MDS SMOTE ADASYN BorderlineSMOTE SVMSMOTE SMOTENC SMOTEENN SMOTETomek RandomOverSampler RandomUnderSampler
  RandomizedSearchCV HalvingRandomSearchCV HalvingGridSearchCV BalancedRandomForestClassifier EasyEnsembleClassifier TruncatedSVD NMF FastICA
  LatentDirichletAllocation RANSACRegressor TheilSenRegressor UMAP IterativeImputer`),
);

/** libsvm and coordinate descent take a seed from the generator at every fit, and use it only if they are told to: their `random_state`. */
const CONDITIONAL = new Map<string, { when: string; value?: string }>([
  ...names('SVC NuSVC SVR NuSVR OneClassSVM').map((name) => [name, { when: 'probability' }] as const),
  ...names(
    'Lasso LassoCV ElasticNet ElasticNetCV MultiTaskLasso MultiTaskLassoCV MultiTaskElasticNet MultiTaskElasticNetCV',
  ).map((name) => [name, { when: 'selection', value: 'random' }] as const),
]);

function facts(role: EstimatorFacts['role'], name: string): EstimatorFacts {
  const framework = /^XGB/.test(name)
    ? 'xgboost'
    : /^LGBM/.test(name)
      ? 'lightgbm'
      : /^CatBoost/.test(name)
        ? 'catboost'
        : 'sklearn';
  return {
    role,
    framework,
    predicts: role !== 'transformer',
    search: SEARCHES.includes(name),
    inPlace: false,
    draws: DRAWING.has(name) || (CONDITIONAL.get(name) ?? false),
  };
}

/** Estimator classes by their own name: it is the same under old and new import paths. */
export const ESTIMATORS: Readonly<Record<string, EstimatorFacts>> = {
  ...Object.fromEntries(CLASSIFIERS.map((name) => [name, facts('classifier', name)])),
  ...Object.fromEntries(REGRESSORS.map((name) => [name, facts('regressor', name)])),
  ...Object.fromEntries(CLUSTERERS.map((name) => [name, facts('clusterer', name)])),
  ...Object.fromEntries(OUTLIERS.map((name) => [name, { ...facts('other', name), predicts: true }])),
  ...Object.fromEntries(TRANSFORMERS.map((name) => [name, facts('transformer', name)])),
  ...Object.fromEntries(SEARCHES.map((name) => [name, { ...facts('other', name), predicts: true }])),
  Pipeline: { ...facts('other', 'Pipeline'), inPlace: true },
  make_pipeline: { ...facts('other', 'make_pipeline'), inPlace: true },
  make_column_transformer: facts('transformer', 'make_column_transformer'),
  make_union: facts('transformer', 'make_union'),
};

/** Positional parameters of constructors that people leave without a keyword. */
export const POSITIONAL: Readonly<Record<string, readonly (string | null)[]>> = {
  KMeans: ['n_clusters'],
  KNeighborsClassifier: ['n_neighbors'],
  KNeighborsRegressor: ['n_neighbors'],
  PCA: ['n_components'],
  TruncatedSVD: ['n_components'],
  SelectKBest: [null, 'k'],
  RandomForestClassifier: ['n_estimators'],
  RandomForestRegressor: ['n_estimators'],
  Ridge: ['alpha'],
  Lasso: ['alpha'],
  ElasticNet: ['alpha'],
  PolynomialFeatures: ['degree'],
  AgglomerativeClustering: ['n_clusters'],
  GaussianMixture: ['n_components'],
};

/** Libraries whose classes named in `ESTIMATORS` are those estimators. */
export const ESTIMATOR_MODULES: readonly string[] = [
  'sklearn',
  'imblearn',
  'xgboost',
  'lightgbm',
  'catboost',
  'skopt',
  'umap',
  'cuml',
  'sklearnex',
  'hdbscan',
  'mlxtend',
  'category_encoders',
  'sktime',
];

/** Methods of an estimator. */
export const estimatorMethods: CallTable = {
  ...each('Estimator.', 'fit partial_fit', { role: 'train', mutates: ['receiver'], returns: 'receiver' }),
  ...each('Estimator.', 'fit_transform fit_resample fit_sample', {
    role: 'transform',
    mutates: ['receiver'],
  }),
  'Estimator.fit_predict': { role: 'train', mutates: ['receiver'] },
  ...each('Estimator.', 'transform inverse_transform get_feature_names_out get_feature_names', {
    role: 'transform',
  }),
  ...each(
    'Estimator.',
    'predict predict_proba predict_log_proba decision_function score_samples staged_predict',
    {
      role: 'predict',
    },
  ),
  'Estimator.score': { role: 'score' },
  'Estimator.set_params': { mutates: ['receiver'], returns: 'receiver' },
  ...each(
    'Estimator.',
    'get_params get_support get_booster kneighbors cost_complexity_pruning_path path',
    {},
  ),
  'Estimator.save_model': { role: 'save', path: { index: 0, keyword: 'fname' } },
  'Estimator.load_model': { role: 'load', mutates: ['receiver'] },
};
