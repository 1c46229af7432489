import type { FittedPlan, PackagePlan, Value } from '../../2-structure/plan.ts';

/** How generated code names the type of a value, and what it imports for that. */
export interface TypeName {
  annotation: string;
  imports: string[];
  /** What `isinstance` can ask for; null if the type is not known at run time. */
  check: string | null;
}

const BUILTINS = new Set('bool bytes complex dict float frozenset int list set str tuple'.split(' '));

/** The usual short names of modules. */
const ALIASES = new Map([
  ['np', 'import numpy as np'],
  ['npt', 'import numpy.typing as npt'],
  ['pd', 'import pandas as pd'],
  ['xgb', 'import xgboost as xgb'],
  ['lgb', 'import lightgbm as lgb'],
  ['nn', 'from torch import nn'],
  ['sm', 'import statsmodels.api as sm'],
  ['tf', 'import tensorflow as tf'],
  ...['catboost', 'joblib', 'keras', 'lightgbm', 'numpy', 'pandas', 'sklearn', 'torch', 'xgboost'].map(
    (module) => [module, `import ${module}`] as const,
  ),
]);

const ANY: TypeName = { annotation: 'Any', imports: ['from typing import Any'], check: null };

const identifier = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

function plainName(
  plan: PackagePlan,
  name: string,
  type: string | undefined,
  module: string,
): TypeName | null {
  if (BUILTINS.has(name)) return { annotation: name, imports: [], check: name };
  const own = plan.functions.find((item) => item.kind === 'class' && item.name === name);
  if (own !== undefined) {
    const from = own.module.replace(/\.py$/, '').replaceAll('/', '.');
    const imports = own.module === module ? [] : [`from ${from} import ${name}`];
    return { annotation: name, imports, check: name };
  }
  const parts = (type ?? '').split('.');
  const last = parts.pop();
  if (last !== name || parts.length === 0 || parts[0] === '__main__' || parts[0] === 'builtins') return null;
  return { annotation: name, imports: [`from ${parts.join('.')} import ${name}`], check: name };
}

/** Names in an annotation that need an import: `np` of `npt.NDArray[np.float64]`. */
function rootsOf(annotation: string): string[] {
  const names = annotation.match(/[\p{ID_Start}_][\p{ID_Continue}.]*/gu) ?? [];
  return [...new Set(names.map((name) => name.split('.')[0] ?? name))];
}

/**
 * Type of a value as the plan annotates it.
 * @param module file that uses it: `src/models/model.py`
 */
export function typeName(plan: PackagePlan, value: Value, module: string): TypeName {
  const { annotation } = value;
  const type = value.facts?.type ?? (plan.target?.name === value.name ? plan.target.type : null) ?? undefined;
  if (identifier.test(annotation)) {
    return annotation === 'Any' ? ANY : (plainName(plan, annotation, type, module) ?? ANY);
  }
  const imports: string[] = [];
  for (const root of rootsOf(annotation)) {
    if (BUILTINS.has(root) || root === 'None') continue;
    if (root === 'Any') imports.push('from typing import Any');
    else {
      const line = ALIASES.get(root) ?? plainName(plan, root, type, module)?.imports[0];
      if (line === undefined) return ANY;
      imports.push(line);
    }
  }
  if (annotation.startsWith('npt.NDArray')) {
    return { annotation, imports: [...imports, 'import numpy as np'], check: 'np.ndarray' };
  }
  const base = /^([\w.]+)(?:\[.*\])?$/su.exec(annotation)?.[1] ?? null;
  return { annotation, imports, check: base };
}

/** A network, which is saved by its weights and built anew. */
export function isNetwork(fitted: FittedPlan): boolean {
  if (fitted.framework !== 'torch') return false;
  return fitted.facts === undefined
    ? !/Tensor/.test(fitted.annotation)
    : fitted.facts.kind === 'torch_module';
}

/** `X` of `pd.DataFrame` and the like: how a table, an array or a tensor is cut, shown and logged. */
export type Shape = 'table' | 'column' | 'array' | 'tensor' | 'other';

const NUMERIC = /^(?:u?int|float|bool)\d*_?$/;

export function shapeOf(value: Value | undefined): Shape {
  if (value === undefined) return 'other';
  const { facts, annotation } = value;
  const kind = facts?.kind;
  if (kind === 'dataframe' || (kind === undefined && annotation === 'pd.DataFrame')) return 'table';
  if (kind === 'series' || (kind === undefined && annotation === 'pd.Series')) return 'column';
  if (kind === 'tensor' || (kind === undefined && annotation === 'torch.Tensor')) return 'tensor';
  if (kind === 'ndarray') return facts?.dtype !== undefined && NUMERIC.test(facts.dtype) ? 'array' : 'other';
  return kind === undefined && /^npt\.NDArray\[np\.(?:u?int|float|bool)\w*\]$/.test(annotation)
    ? 'array'
    : 'other';
}
