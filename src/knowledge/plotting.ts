import { each, type CallTable } from './schema.ts';

const FIGURE = 'matplotlib.figure.Figure';

export const plotting: CallTable = {
  ...each('matplotlib.pyplot.', 'figure subplots', { role: 'figure', type: FIGURE }),
  ...each('matplotlib.pyplot.', 'show close clf cla', { role: 'show' }),
  'matplotlib.pyplot.savefig': { role: 'savefig', path: { index: 0, keyword: 'fname' } },
  [`${FIGURE}.savefig`]: { role: 'savefig', path: { index: 0, keyword: 'fname' } },
  'matplotlib.pyplot.imread': { role: 'read', type: 'numpy.ndarray', path: { index: 0, keyword: 'fname' } },
  ...each('matplotlib.pyplot.', 'rc rcdefaults style.use ion ioff set_cmap switch_backend', {
    role: 'settings',
  }),
  ...each('matplotlib.pyplot.rcParams.', 'update', { role: 'settings' }),
  ...each('matplotlib.', 'rc use rcParams.update style.use rcdefaults', { role: 'settings' }),
  ...each('seaborn.', 'set set_theme set_style set_context set_palette despine color_palette_', {
    role: 'settings',
  }),
  ...each('seaborn.', 'load_dataset', { role: 'dataset', type: 'pandas.DataFrame' }),
  ...each('seaborn.', 'color_palette', {}),
  ...each('seaborn.', 'pairplot jointplot catplot relplot displot lmplot clustermap FacetGrid PairGrid', {
    role: 'figure',
    type: FIGURE,
  }),
  ...each(`${FIGURE}.`, 'show', { role: 'show' }),
  ...each(`${FIGURE}.`, 'write_html write_image', { role: 'savefig', path: { index: 0, keyword: 'file' } }),
  ...each('plotly.offline.', 'init_notebook_mode', { role: 'settings' }),
  ...each('plotly.offline.', 'iplot plot', { role: 'show' }),
  ...each('sklearn.', 'set_config', { role: 'settings' }),
  ...each('sklearn.metrics.', 'plot_confusion_matrix plot_roc_curve plot_precision_recall_curve', {
    role: 'plot',
  }),
  ...each('sklearn.metrics.', 'ConfusionMatrixDisplay RocCurveDisplay PrecisionRecallDisplay', {
    role: 'plot',
  }),
  ...each('sklearn.metrics.ConfusionMatrixDisplay.', 'from_estimator from_predictions plot', {
    role: 'plot',
  }),
  ...each('sklearn.metrics.RocCurveDisplay.', 'from_estimator from_predictions plot', { role: 'plot' }),
  ...each('sklearn.metrics.PrecisionRecallDisplay.', 'from_estimator from_predictions plot', {
    role: 'plot',
  }),
  ...each('sklearn.inspection.PartialDependenceDisplay.', 'from_estimator', { role: 'plot' }),
  ...each('sklearn.tree.', 'plot_tree', { role: 'plot' }),
  ...each('xgboost.', 'plot_importance plot_tree', { role: 'plot' }),
  ...each('lightgbm.', 'plot_importance plot_metric plot_tree', { role: 'plot' }),
  ...each('scipy.stats.', 'probplot', { role: 'plot' }),
  ...each('scipy.cluster.hierarchy.', 'dendrogram', { role: 'plot' }),
  ...each('missingno.', 'matrix bar heatmap dendrogram', { role: 'plot' }),
};

/** Modules whose functions draw unless the table says something else. */
export const PLOT_MODULES: readonly string[] = [
  'matplotlib.pyplot',
  'matplotlib',
  'pylab',
  'seaborn',
  'plotly',
  'bokeh',
  'altair',
  'missingno',
  'scikitplot',
  'yellowbrick',
  'mlxtend.plotting',
  'pandas.plotting',
  'mpl_toolkits',
  'graphviz',
  'pydotplus',
  'shap.plots',
  'shap.summary_plot',
  'folium',
  'wordcloud',
];
