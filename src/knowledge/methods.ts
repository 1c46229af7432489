import type { CallFacts } from './schema.ts';

const names = (text: string): string[] => text.split(/\s+/).filter(Boolean);
const all = (text: string, facts: CallFacts): [string, CallFacts][] =>
  names(text).map((name) => [name, facts]);

/**
 * Methods of a receiver whose class is not known. Only names that mean one thing in every library that
 * notebooks use stand here; for all others an unknown receiver is presumed to change.
 */
export const ANY_METHOD: Readonly<Record<string, CallFacts>> = Object.fromEntries([
  ...all('fit partial_fit', { role: 'train', mutates: ['receiver'], returns: 'receiver' }),
  ...all('fit_transform fit_resample fit_sample', { role: 'transform', mutates: ['receiver'] }),
  ...all('fit_predict', { role: 'train', mutates: ['receiver'] }),
  ...all('transform inverse_transform', { role: 'transform' }),
  ...all('predict predict_proba predict_log_proba decision_function forecast', { role: 'predict' }),
  ...all('score', { role: 'score' }),
  ...all('backward', { mutates: ['receiver', 'contents'] }),
  ...all('step zero_grad', { mutates: ['receiver', 'contents'] }),
  ...all('train eval load_state_dict requires_grad_', { mutates: ['receiver'], returns: 'receiver' }),
  ...all('to cuda cpu', { returns: 'receiver' }),
  ...all('parameters named_parameters state_dict modules', { returns: 'receiver' }),
  ...all(
    'append extend insert update pop popitem clear setdefault add remove discard sort reverse put fill compile',
    {
      mutates: ['receiver'],
    },
  ),
  ...all('savefig', { role: 'savefig', path: { index: 0, keyword: 'fname' } }),
  ...all('to_csv to_json to_excel to_parquet to_feather to_pickle to_html', {
    role: 'write',
    path: { index: 0, keyword: 'path_or_buf' },
  }),
  ...all('save_model', { role: 'save', path: { index: 0, keyword: 'fname' } }),
  ...all('save save_pretrained', { role: 'save', path: { index: 0, keyword: 'filepath' } }),
  ...all('info summary', { role: 'display' }),
  ...all('plot hist boxplot scatter bar barh pie line area kde imshow', { role: 'plot' }),
  ...all(
    'set_title set_xlabel set_ylabel set_xlim set_ylim set_xticks set_yticks set_xticklabels set_yticklabels legend tick_params annotate text axhline axvline grid tight_layout suptitle subplots_adjust set_size_inches add_subplot fill_between errorbar get_figure set_ylabels set_axis_labels map_dataframe add_legend update_layout update_traces update_xaxes update_yaxes add_trace autofmt_xdate invert_yaxis set_xscale set_yscale twinx contourf contour set_aspect fill axis set_visible colorbar set_zlabel',
    { role: 'plot', mutates: ['receiver'] },
  ),
  ...all('show', { role: 'show' }),
  ...all(
    'drop dropna fillna replace rename reset_index set_index sort_values sort_index drop_duplicates interpolate',
    {
      inplace: true,
    },
  ),
  ...all(
    'head tail describe copy mean median std var min max sum count nunique unique value_counts mode quantile isnull isna notnull notna astype groupby agg aggregate apply applymap map filter join merge format split rsplit strip lstrip rstrip lower upper title startswith endswith keys values items get index find encode decode isdigit isalpha capitalize zfill corr cov shape size tolist to_list to_numpy flatten round abs cumsum diff shift rolling pivot_table pivot melt stack unstack sample select_dtypes nlargest nsmallest idxmax idxmin argmax argmin isin between assign any all clip dot item numpy detach clone float long int dim get_params get_support best_estimator_ get_feature_names_out get_feature_names toarray todense tocsr getnnz most_common total_seconds strftime isoformat date day_name contains cat rank skew kurt add_suffix add_prefix to_frame to_dict to_string to_markdown transform_ pct_change resample query nonzero strptime now group findall sub match search kneighbors feature_importances_ get_booster get_score named_steps join read readlines readline numel named_children children iteritems iterrows itertuples loc iloc parameters_ memory_usage equals hexdigest digest exists is_file is_dir with_suffix resolve as_posix iterdir most_similar most_common eq ne gt lt ge le add_ sub mul div truediv pow mad sem prod cumprod cummax cummin isnumeric isalnum isspace islower isupper swapcase center ljust rjust partition casefold splitlines expandtabs strip hour minute',
    {},
  ),
  ...all('reshape ravel squeeze view transpose swapaxes unsqueeze permute', { returns: 'view' }),
  ...all('sample', { draws: { generator: 'numpy', unless: ['random_state'] } }),
  ...all('split', {}),
]);
