/** What a name usually is that a notebook uses without importing it, by the conventions of the libraries' own documentation. */
const USUAL: Readonly<Record<string, string>> = {
  np: 'import numpy as np',
  pd: 'import pandas as pd',
  plt: 'import matplotlib.pyplot as plt',
  sns: 'import seaborn as sns',
  sm: 'import statsmodels.api as sm',
  xgb: 'import xgboost as xgb',
  lgb: 'import lightgbm as lgb',
  torch: 'import torch',
  nn: 'from torch import nn',
  optim: 'from torch import optim',
  F: 'import torch.nn.functional as F',
  tf: 'import tensorflow as tf',
  ...Object.fromEntries(
    ['os', 'sys', 'math', 'random', 're', 'json', 'pickle', 'time', 'datetime', 'joblib'].map((name) => [
      name,
      `import ${name}`,
    ]),
  ),
};

/** The import statement that usually binds a name; undefined for a name of the notebook's own. */
export function usualImport(name: string): string | undefined {
  return Object.hasOwn(USUAL, name) ? USUAL[name] : undefined;
}
