import { each, type CallTable } from './schema.ts';

const booster = (type: string): CallTable[string] => ({
  role: 'train',
  type,
  hyperparameters: true,
  positional: [null, null, 'num_boost_round'],
  stage: 'training',
});

export const xgboost: CallTable = {
  'xgboost.train': booster('xgboost.Booster'),
  'xgboost.cv': { role: 'crossvalidate', hyperparameters: true, stage: 'training' },
  'xgboost.DMatrix': { holds: true, stage: 'data' },
  'xgboost.Booster.predict': { role: 'predict' },
  'xgboost.Booster.save_model': { role: 'save', path: { index: 0, keyword: 'fname' } },
  'xgboost.Booster.load_model': { role: 'load', mutates: ['receiver'], path: { index: 0, keyword: 'fname' } },
};

export const lightgbm: CallTable = {
  'lightgbm.train': booster('lightgbm.Booster'),
  'lightgbm.cv': { role: 'crossvalidate', hyperparameters: true, stage: 'training' },
  'lightgbm.Dataset': { holds: true, stage: 'data' },
  ...each('lightgbm.', 'early_stopping log_evaluation', {
    hyperparameters: true,
    positional: ['stopping_rounds'],
    stage: 'training',
  }),
  'lightgbm.Booster.predict': { role: 'predict' },
  'lightgbm.Booster.save_model': { role: 'save', path: { index: 0, keyword: 'filename' } },
};

export const catboost: CallTable = {
  'catboost.Pool': { holds: true, stage: 'data' },
  'catboost.train': booster('catboost.CatBoost'),
  'catboost.cv': { role: 'crossvalidate', hyperparameters: true, stage: 'training' },
};
