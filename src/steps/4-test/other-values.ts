import type { Literal } from '../../python/statement.ts';
import type { ConfigEntry, FunctionPlan, PackagePlan } from '../2-structure/plan.ts';
import { costCaps, namesOf, yaml, type Override } from './fast-run.ts';

/** A call that must receive a configuration value. */
export interface Use {
  /** `sklearn.model_selection.train_test_split`, `src.models.model.Net`. */
  path: string;
  argument: string;
  key: string;
}

/** Integers that may be one larger wherever they are valid. */
const GROWING =
  /^(n_estimators|num_boost_round|iterations|num_iterations|max_depth|n_neighbors|n_clusters|min_samples_split|min_samples_leaf|max_leaf_nodes|num_leaves|epochs?|n_epochs?|num_epochs?|max_epochs?|(.+_)?batch_size|cv|n_splits|n_folds|n_init|max_iter|n_iter|n_trials|early_stopping_rounds|patience|step_size)$/;
const SIZES =
  /(^|_)(test|train|val|valid|validation|holdout|dev)_(size|ratio|frac|fraction|split|pct|share)$/;
const SEEDS = /^(seed|random_state|random_seed|(.+_)?seed)$/;
/** Words with another one that is valid wherever they are, by argument; and the calls, where only some take it. */
const OTHER_WORDS: Record<string, { words: Record<string, string>; callee?: RegExp }> = {
  class_weight: { words: { balanced: 'balanced_subsample' }, callee: /(RandomForest|ExtraTrees)Classifier$/ },
  criterion: { words: { gini: 'entropy', entropy: 'gini', log_loss: 'gini' }, callee: /Classifier$/ },
  weights: { words: { uniform: 'distance', distance: 'uniform' }, callee: /KNeighbors/ },
  strategy: { words: { mean: 'median', median: 'mean' }, callee: /SimpleImputer$/ },
  average: { words: { macro: 'weighted', weighted: 'macro' } },
};

/** Floats whose small change can leave nothing to work with. */
const FRAGILE = /^(eps|epsilon|tol|min_df|max_df|min_support)$/;

/** Calls of the kept code that get a configuration value, in the order of the configuration. */
export function configurationUses(plan: PackagePlan): Use[] {
  const uses = plan.config.filter(isHyperparameter).flatMap((entry) => {
    const direct = directUses(entry, plan);
    return direct.length > 0 ? direct : parameterUses(entry, plan);
  });
  const seen = new Set<string>();
  return [...uses, { path: 'src.runtime.set_seed', argument: 'seed', key: 'seed' }].filter((use) => {
    const id = `${use.path} ${use.argument} ${use.key}`;
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}

/** Other valid values for what {@link configurationUses} names, on top of the caps of the short run. */
export function otherValues(plan: PackagePlan, uses: Use[]): Override[] {
  const caps = new Map(costCaps(plan).map((cap) => [cap.key, cap.literal]));
  const used = new Set(uses.map((use) => use.key));
  const shares = sharesOfOne(plan);
  return plan.config.flatMap((entry) => {
    if (!used.has(entry.key) || !(isHyperparameter(entry) || entry.key === 'seed') || shares.has(entry.key))
      return [];
    const literal = otherLiteral(entry, caps.get(entry.key) ?? entry.literal, caps.has(entry.key));
    return literal === null ? [] : [{ key: entry.key, value: yaml(literal), literal }];
  });
}

/** Libraries whose calls are Python that a test can stand in front of. */
const WATCHABLE = /^(sklearn|imblearn|pandas|xgboost|lightgbm|src)\./;

/**
 * Marks for the values that have no other one that is known to be valid: the test sees the mark arrive at its call and gives the
 * call a valid value instead. Only where nothing but watched calls gets the value.
 */
export function marks(plan: PackagePlan, uses: Use[], others: Override[]): Override[] {
  const moved = new Set(others.map(({ key }) => key));
  const caps = new Map(costCaps(plan).map((cap) => [cap.key, cap.literal]));
  return plan.config.flatMap((entry) => {
    const own = uses.filter(({ key }) => key === entry.key);
    const direct =
      own.every(({ path }) => path.startsWith('src.')) ||
      (plan.constantUses ?? []).some(({ key, only }) => key === entry.key && only) ||
      entry.places.every(({ callee, argument }) => callee !== undefined && argument !== undefined);
    const seen = entry.places.length > 0 && own.length > 0 && own.every(({ path }) => WATCHABLE.test(path));
    if (moved.has(entry.key) || !isHyperparameter(entry) || entry.key === 'seed' || !direct || !seen)
      return [];
    const literal = entry.annotation === 'Any' ? null : markOf(caps.get(entry.key) ?? entry.literal);
    return literal === null ? [] : [{ key: entry.key, value: yaml(literal), literal }];
  });
}

function markOf(literal: Literal): Literal | null {
  switch (literal.kind) {
    case 'bool':
      return { kind: 'bool', value: !literal.value };
    case 'int':
      return { kind: 'int', value: literal.value + 1 };
    case 'float':
      return Number.isFinite(literal.value)
        ? { kind: 'float', value: literal.value + 1.5, text: String(literal.value + 1.5) }
        : null;
    case 'string':
      return { kind: 'string', value: 'another' };
    case 'list':
    case 'tuple': {
      const last = literal.items.findLast(({ kind }) => kind !== 'none');
      const more = last === undefined ? null : markOf(last);
      return more === null ? null : { kind: 'list', items: [...literal.items, more] };
    }
    default:
      return null;
  }
}

/** Not a file, a server or a folder. */
export function isHyperparameter(entry: ConfigEntry): boolean {
  return (
    entry.source !== 'path' && entry.source !== 'added' && !/^(artifacts|tracking|paths)\./.test(entry.key)
  );
}

function directUses(entry: ConfigEntry, plan: PackagePlan): Use[] {
  const named = (plan.constantUses ?? []).filter(({ key }) => key === entry.key);
  if (named.length > 0) {
    // Where others read the name too, the functions that take it stand for all of them.
    const uses = named.flatMap(({ callee, argument, key, only }) => {
      const path = importPath(callee, plan);
      return path === null || !only ? [] : [{ path, argument, key }];
    });
    return uses.length === named.length ? uses : [];
  }
  return entry.places.flatMap((place) => {
    const holder = plan.functions.find((item) => item.statements.includes(place.statement));
    const { argument } = place;
    const path = place.callee === undefined ? null : importPath(place.callee, plan);
    if (holder === undefined || path === null || argument === undefined || !/^[A-Za-z_]\w*$/.test(argument))
      return [];
    return [{ path, argument, key: entry.key }];
  });
}

/** Parameters that the orchestrator fills from the configuration. */
function parameterUses(entry: ConfigEntry, plan: PackagePlan): Use[] {
  return plan.functions.flatMap((item) =>
    item.parameters
      .filter((parameter) => parameter.from.kind === 'config' && parameter.from.key === entry.key)
      .map((parameter) => ({ path: pathOf(item), argument: parameter.name, key: entry.key })),
  );
}

/** Import path of a module's own function or class, as the tests can watch it; null for methods and builtins. */
function importPath(callee: string, plan: PackagePlan): string | null {
  if (!/^[A-Za-z_][\w.]*$/.test(callee)) return null;
  const own = plan.functions.find((item) => item.kind !== 'segment' && item.name === callee);
  if (own !== undefined) return pathOf(own);
  const parts = callee.split('.');
  const owner = parts.at(-2);
  if (
    owner === undefined ||
    /^[A-Z]/.test(owner) ||
    /(^|\.)(seed|manual_seed|manual_seed_all|default_rng|RandomState)$/.test(callee)
  )
    return null;
  return callee;
}

/** `src.data.loader.split_data`. */
export function pathOf(item: FunctionPlan): string {
  return `${moduleName(item.module)}.${item.name}`;
}

/** `src/data/loader.py` → `src.data.loader`. */
export function moduleName(file: string): string {
  return file.replace(/\.py$/, '').replaceAll('/', '.');
}

/** Keys of floats that add up to 1, such as the shares of a split: none may move alone. */
function sharesOfOne(plan: PackagePlan): Set<string> {
  const shares = plan.config.filter(
    (entry) => entry.literal.kind === 'float' && namesOf(entry).some((name) => SIZES.test(name)),
  );
  const sum = shares.reduce(
    (total, entry) => total + (entry.literal.kind === 'float' ? entry.literal.value : 0),
    0,
  );
  return new Set(shares.length > 1 && Math.abs(sum - 1) < 1e-9 ? shares.map((entry) => entry.key) : []);
}

function otherLiteral(entry: ConfigEntry, literal: Literal, isCapped: boolean): Literal | null {
  const names = namesOf(entry);
  const is = (expression: RegExp): boolean => names.some((name) => expression.test(name));
  switch (literal.kind) {
    case 'int':
      if (is(SEEDS) || is(SIZES) || is(GROWING)) return { kind: 'int', value: literal.value + 1 };
      return null;
    case 'float':
      return is(FRAGILE) ? null : otherFloat(literal.value, is(SIZES));
    case 'bool':
      return mayFlip(entry, names) ? { kind: 'bool', value: !literal.value } : null;
    case 'list': {
      const only = literal.items[0];
      const grows = isCapped && literal.items.length === 1 && only?.kind === 'int' && is(GROWING);
      return grows ? { kind: 'list', items: [{ kind: 'int', value: only.value + 1 }] } : null;
    }
    case 'string':
      return otherWord(entry, literal.value);
    default:
      return null;
  }
}

function otherWord(entry: ConfigEntry, word: string): Literal | null {
  for (const { argument } of entry.places) {
    const known = OTHER_WORDS[argument ?? ''];
    const other = known?.words[word];
    if (
      other !== undefined &&
      entry.places.every((place) => known?.callee?.test(place.callee ?? '') ?? true)
    ) {
      return { kind: 'string', value: other };
    }
  }
  return null;
}

/** A tenth smaller stays in every range that starts at 0; a share of the rows grows, so that no class falls out. */
function otherFloat(value: number, size: boolean): Literal | null {
  if (value === 0 || !Number.isFinite(value)) return null;
  const other = Number((value * (size && value < 0.5 ? 1.2 : 0.9)).toPrecision(6));
  return { kind: 'float', value: other, text: String(other) };
}

function mayFlip(entry: ConfigEntry, names: string[]): boolean {
  if (names.includes('fit_intercept')) return true;
  return (
    names.some((name) => /(^|_)shuffle$/.test(name)) &&
    entry.places.every((place) => /DataLoader$/.test(place.callee ?? ''))
  );
}
