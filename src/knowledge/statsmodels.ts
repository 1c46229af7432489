import { each, type CallTable } from './schema.ts';

const RESULT = 'statsmodels.Results';

/** statsmodels: `fit` gives a result and leaves the model alone. */
export const statsmodels: CallTable = {
  ...each(`${RESULT}.`, 'predict forecast get_forecast get_prediction', { role: 'predict' }),
  ...each(`${RESULT}.`, 'summary summary2', { role: 'display' }),
  ...each(`${RESULT}.`, 'save', { role: 'save', path: { index: 0, keyword: 'fname' } }),
  ...each(`${RESULT}.`, 'plot_diagnostics plot_predict', { role: 'plot' }),
  'statsmodels.Model.fit': { role: 'train', type: RESULT, stage: 'training' },
  'statsmodels.Model.fit_regularized': { role: 'train', type: RESULT, stage: 'training' },
  ...each('statsmodels.api.', 'add_constant', { type: 'pandas.DataFrame' }),
  ...each('statsmodels.tools.', 'add_constant tools.add_constant', { type: 'pandas.DataFrame' }),
};

/** Model classes and formula functions, by their last name. */
export const STATSMODELS_MODELS: Readonly<Record<string, 'classifier' | 'regressor'>> = {
  ...Object.fromEntries(
    'OLS WLS GLS GLM GLSAR RLM QuantReg MixedLM PHReg ARIMA SARIMAX AutoReg VAR VARMAX ExponentialSmoothing Holt SimpleExpSmoothing UnobservedComponents ols wls glm rlm gls mixedlm quantreg ARMA AR Poisson NegativeBinomial GEE poisson negativebinomial'
      .split(' ')
      .map((name) => [name, 'regressor' as const]),
  ),
  ...Object.fromEntries(
    'Logit Probit MNLogit logit probit mnlogit'.split(' ').map((name) => [name, 'classifier' as const]),
  ),
};
