import type { MetricFacts } from './schema.ts';

const unit = (key: string, better: MetricFacts['better'] = 'higher'): MetricFacts => ({
  key,
  unitInterval: true,
  better,
  result: 'number',
});
const error = (key: string): MetricFacts => ({ key, unitInterval: false, better: 'lower', result: 'number' });
const other = (key: string, better: MetricFacts['better'] = 'higher'): MetricFacts => ({
  key,
  unitInterval: false,
  better,
  result: 'number',
});
const not = (key: string, result: 'text' | 'array'): MetricFacts => ({
  key,
  unitInterval: false,
  better: 'unknown',
  result,
});

/** Functions of `sklearn.metrics`. */
export const METRICS: Readonly<Record<string, MetricFacts>> = {
  accuracy_score: unit('accuracy'),
  balanced_accuracy_score: unit('balanced_accuracy'),
  precision_score: unit('precision'),
  recall_score: unit('recall'),
  f1_score: unit('f1'),
  fbeta_score: unit('fbeta'),
  jaccard_score: unit('jaccard'),
  roc_auc_score: unit('roc_auc'),
  average_precision_score: unit('average_precision'),
  auc: unit('auc'),
  top_k_accuracy_score: unit('top_k_accuracy'),
  brier_score_loss: unit('brier_score_loss', 'lower'),
  hamming_loss: unit('hamming_loss', 'lower'),
  zero_one_loss: unit('zero_one_loss', 'lower'),
  log_loss: error('log_loss'),
  hinge_loss: error('hinge_loss'),
  matthews_corrcoef: other('matthews_corrcoef'),
  cohen_kappa_score: other('cohen_kappa'),
  r2_score: other('r2'),
  explained_variance_score: other('explained_variance'),
  mean_squared_error: error('mean_squared_error'),
  root_mean_squared_error: error('root_mean_squared_error'),
  mean_squared_log_error: error('mean_squared_log_error'),
  root_mean_squared_log_error: error('root_mean_squared_log_error'),
  mean_absolute_error: error('mean_absolute_error'),
  median_absolute_error: error('median_absolute_error'),
  mean_absolute_percentage_error: error('mean_absolute_percentage_error'),
  max_error: error('max_error'),
  mean_pinball_loss: error('mean_pinball_loss'),
  mean_poisson_deviance: error('mean_poisson_deviance'),
  silhouette_score: other('silhouette'),
  davies_bouldin_score: error('davies_bouldin'),
  calinski_harabasz_score: other('calinski_harabasz'),
  adjusted_rand_score: other('adjusted_rand'),
  rand_score: unit('rand'),
  adjusted_mutual_info_score: other('adjusted_mutual_info'),
  normalized_mutual_info_score: unit('normalized_mutual_info'),
  homogeneity_score: unit('homogeneity'),
  completeness_score: unit('completeness'),
  v_measure_score: unit('v_measure'),
  classification_report: not('classification_report', 'text'),
  confusion_matrix: not('confusion_matrix', 'array'),
  roc_curve: not('roc_curve', 'array'),
  precision_recall_curve: not('precision_recall_curve', 'array'),
  precision_recall_fscore_support: not('precision_recall_fscore_support', 'array'),
};

/** `.score(` of an estimator, by what the estimator is. */
export const SCORE: Readonly<Record<string, MetricFacts>> = {
  classifier: { ...unit('score') },
  regressor: { ...other('score') },
};

/** Numbers that a fitted object carries. */
export const SCORE_ATTRIBUTES: Readonly<Record<string, MetricFacts>> = {
  best_score_: other('best_score'),
  oob_score_: other('oob_score'),
  inertia_: error('inertia'),
  rsquared: other('rsquared'),
  rsquared_adj: other('rsquared_adj'),
  aic: other('aic', 'lower'),
  bic: other('bic', 'lower'),
  best_score: other('best_score'),
};
