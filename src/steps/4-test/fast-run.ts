import type { Literal } from '../../python/statement.ts';
import type { ConfigEntry, PackagePlan } from '../2-structure/plan.ts';

/** An override of one configuration value. */
export interface Override {
  key: string;
  /** As YAML. */
  value: string;
  literal: Literal;
}

/** One way to make a run cheaper without making it another kind of run. */
interface CostRule {
  /** Names of arguments or constants, lower case. */
  names: RegExp;
  /** Import path of the call, where only some calls may be capped. */
  callee?: RegExp;
  /** The value of the short run; null: leave it. */
  cap: (value: number, plan: PackagePlan) => number | null;
}

/** What only costs time, and what the short run takes instead. The first rule that fits an integer counts. */
const COST_RULES: CostRule[] = [
  {
    names: /^(n_estimators|num_boost_round|num_round|num_rounds|iterations|num_iterations)$/,
    cap: atMost(10),
  },
  { names: /^max_iter$/, callee: /HistGradientBoosting/, cap: atMost(10) },
  { names: /^(epochs?|n_epochs?|num_epochs?|max_epochs?|nb_epochs?)$/, cap: capEpochs },
  { names: /^(cv|n_splits|n_folds|num_folds|k_folds|kfolds|folds)$/, cap: atMost(2) },
  { names: /^n_repeats$/, cap: atMost(1) },
  { names: /^n_iter$/, callee: /SearchCV$/, cap: atMost(2) },
  { names: /^n_trials$/, cap: atMost(2) },
  { names: /^n_jobs$/, cap: (value) => (value === 1 ? null : 1) },
  // Workers cost start-up time; these two arguments are refused without them.
  {
    names: /^num_workers$/,
    cap: (value, plan) => (value === 0 || hasKey(plan, /persistent_workers|prefetch_factor/) ? null : 0),
  },
];

/** Values of the short run that the tests share: the notebook's, but for what only costs time. */
export function costCaps(plan: PackagePlan): Override[] {
  return plan.config.flatMap((entry) => {
    const literal = capped(entry, plan);
    return literal === null ? [] : [{ key: entry.key, value: yaml(literal), literal }];
  });
}

/** Names that a configuration value goes by: last part of its key, arguments and constants. */
export function namesOf(entry: ConfigEntry): string[] {
  const places = entry.places.flatMap((place) => [place.argument, place.constant]);
  const names = [entry.key.split('.').at(-1), ...places].filter(
    (name): name is string => typeof name === 'string',
  );
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

/** A literal as one line of YAML; null for literals that an override cannot hold. */
export function yaml(literal: Literal): string {
  switch (literal.kind) {
    case 'none':
      return 'null';
    case 'bool':
    case 'int':
      return String(literal.value);
    case 'float':
      return plainFloat(literal.value);
    case 'string':
      return literal.value;
    case 'list':
    case 'tuple':
    case 'set':
      return `[${literal.items.map(yaml).join(',')}]`;
    case 'dict':
      return `{${literal.entries.map(({ key, value }) => `${yaml(key)}: ${yaml(value)}`).join(', ')}}`;
  }
}

/** YAML 1.1 reads `1e-05` as text: a float always has a point. */
function plainFloat(value: number): string {
  const text = String(value);
  if (/^-?\d+$/.test(text)) return `${text}.0`;
  return /e/.test(text) && !text.includes('.') ? text.replace('e', '.0e') : text;
}

function capped(entry: ConfigEntry, plan: PackagePlan): Literal | null {
  if (entry.source === 'path' || entry.source === 'added' || entry.source === 'seed') return null;
  if (entry.source === 'grid') return firstCandidate(entry, plan);
  return entry.literal.kind === 'int' ? cappedNumber(entry, entry.literal.value, plan) : null;
}

function cappedNumber(entry: ConfigEntry, value: number, plan: PackagePlan): Literal | null {
  const names = namesOf(entry);
  const rule = COST_RULES.find(
    (candidate) =>
      names.some((name) => candidate.names.test(name)) &&
      (candidate.callee === undefined ||
        entry.places.some((place) => candidate.callee?.test(place.callee ?? ''))),
  );
  const cap = rule?.cap(value, plan) ?? null;
  return cap === null || cap === value ? null : { kind: 'int', value: cap };
}

/**
 * The first of several numbers. Lists with text stay whole: the first `penalty` may be one that the solver refuses,
 * and a search in which every candidate fails is an error.
 */
function firstCandidate(entry: ConfigEntry, plan: PackagePlan): Literal | null {
  const { literal } = entry;
  if (literal.kind !== 'list' && literal.kind !== 'tuple') return null;
  if (entry.places.some((place) => /Halving/.test(place.callee ?? ''))) return null;
  const plain = literal.items.every(
    (item) => item.kind === 'int' || item.kind === 'float' || item.kind === 'none',
  );
  const first = literal.items[0];
  if (!plain || first === undefined) return null;
  const cheap = first.kind === 'int' ? (cappedNumber(entry, first.value, plan) ?? first) : first;
  return literal.items.length === 1 && cheap === first ? null : { kind: 'list', items: [cheap] };
}

function atMost(limit: number): (value: number) => number | null {
  return (value) => (value > limit ? limit : null);
}

/**
 * Two epochs; more where the loop looks at itself only every so many, or a history has fewer entries than epochs: a run that
 * records nothing would fail where the notebook reads the last entry.
 */
function capEpochs(value: number, plan: PackagePlan): number | null {
  const lengths = plan.result.map((field) => field.facts?.length).filter((length) => length !== undefined);
  const sparse = lengths.filter((length) => length > 1 && length < value);
  const steps = sparse.map((length) => Math.ceil(value / length));
  return atMost(Math.max(2, plan.loggedEvery ?? 1, ...steps.map((step) => 2 * step)))(value);
}

function hasKey(plan: PackagePlan, names: RegExp): boolean {
  return plan.config.some((entry) => names.test(entry.key));
}
