/** What an expression measures: the result of a scorer, arithmetic on one, or a score computed by hand. */

import type { MetricFacts } from '../../knowledge/schema.ts';
import { SCORE_ATTRIBUTES } from '../../knowledge/metrics.ts';
import { toSnakeCase } from '../../python/names.ts';
import type { Span } from '../../python/statement.ts';

/** What a number says. */
export interface Measured {
  /** Set if it is just what the scorer gives. */
  facts: MetricFacts | null;
  function: string | null;
  /** The name that it should have. */
  wanted: string;
  /** Set if its name alone says whether it is about rows that the model was fitted on. */
  kind?: 'held_out' | 'training';
}

/** A call that scores, where it stands. */
export interface Scoring {
  span: Span;
  facts: MetricFacts & { function: string };
}

/** Words that people give to scores, and to nothing else that they compute from a model. */
const SCORE_WORDS =
  /(^|[^a-z])(acc|accuracy|accuracies|loss|losses|scores?|errors?|rmsle|rmse|mse|mae|mape|auc|roc|f1|r2|rsquared|precision|recall|sensitivity|specificity|iou|dice|perplexity|bleu|nll|elbo|silhouette|r squared|correctly)([^a-z]|$)/;

/** The name or label is one that scores have: `val_loss`, `Test accuracy`, `testAcc`. */
export function isScoreName(text: string): boolean {
  return SCORE_WORDS.test(
    toSnakeCase(text)
      .replaceAll('_', ' ')
      .replace(/\br 2\b/, 'r2')
      .replace(/\bf 1\b/, 'f1'),
  );
}

/** `avg_loss` of `Test Error Accuracy Avg loss`: the last word of a score with what stands right before it. */
export function scoreNameOf(label: string): string {
  const words = toSnakeCase(label).split('_');
  const last = words.findLastIndex((word) => isScoreName(word));
  const before = words[last - 1];
  const qualified =
    before !== undefined &&
    /^(train|training|test|testing|val|valid|validation|avg|average|mean|f|r|roc|final)$/.test(before);
  return last < 0 ? words.join('_') : words.slice(qualified ? last - 1 : last, last + 1).join('_');
}

/** What the expression at `span` is by the scorers in it, by an attribute that holds a score, or by its form. */
export function measureExpression(text: string, span: Span, scorings: readonly Scoring[]): Measured | null {
  for (const { span: call, facts } of scorings) {
    if (call.start < span.start || call.end > span.end) continue;
    const key = /\bsquared\s*=\s*False\b/.test(text.slice(call.start, call.end))
      ? `root_${facts.key}`
      : facts.key;
    const measured = byScorer(text, span, call, { ...facts, key });
    if (measured !== null) return measured;
  }
  const source = text.slice(span.start, Math.min(span.end, span.start + 400)).trim();
  const attribute = /^-?\s*[\w.[\]'"]+\.(\w+)$/.exec(source)?.[1];
  if (attribute !== undefined && Object.hasOwn(SCORE_ATTRIBUTES, attribute)) {
    const facts = SCORE_ATTRIBUTES[attribute] ?? null;
    return { facts, function: null, wanted: facts?.key ?? attribute };
  }
  return lastOfCurve(source) ?? byHand(source);
}

/** The value of a training curve after the last epoch: `history.history['val_loss'][-1]`, `history['val_loss'][-1]`, `test_losses[-1]`. */
function lastOfCurve(source: string): Measured | null {
  const [, key, list] =
    /^(?:float\()?(?:\w+(?:\.history)?\[["'](\w+)["']\]|(\w+))\[-1\]\)?$/.exec(source) ?? [];
  const wanted = key ?? list;
  if (wanted === undefined || !isScoreName(wanted)) return null;
  const isOther = /(^|_)(val|valid|validation|test|testing|dev)(_|$)/i.test(wanted);
  return { facts: null, function: null, wanted, kind: isOther ? 'held_out' : 'training' };
}

function byScorer(text: string, span: Span, call: Span, facts: Scoring['facts']): Measured | null {
  const alone = call.start === span.start && call.end === span.end;
  const rest = text.slice(call.end, span.end);
  if (facts.result !== 'number') {
    if (alone || facts.function !== 'cross_val_score') return null;
    // The mean of an array of scores, or its spread.
    if (!/^\s*(\)|\.(mean|std|max|min)\(\)|\.item\(\))/.test(rest)) return null;
    return { facts: null, function: facts.function, wanted: /std/.test(rest) ? 'cv_score_std' : 'cv_score' };
  }
  if (alone) return { facts, function: facts.function, wanted: facts.key };
  const before = text.slice(span.start, call.start);
  if (!/^[\w\s.(*/+-]*$/.test(before) || !/^[\w\s.,)*/+-]*$/.test(rest)) return null;
  const squared = facts.key === 'mean_squared_error';
  const rooted =
    squared && (/sqrt\s*\(\s*$/.test(before) || /^\s*\)?\s*\*\*\s*\(?\s*(0?\.5|1\s*\/\s*2)/.test(rest));
  const same = /^((round|float|np\.round)\s*)?\(\s*$/.test(before.trim());
  return {
    facts: same ? facts : null,
    function: same ? facts.function : null,
    wanted: rooted ? 'root_mean_squared_error' : facts.key,
  };
}

/** `(p == y).mean()`, `np.mean((p - y) ** 2)`, `np.sum(p == y) / len(y)`. */
function byHand(source: string): Measured | null {
  const shares = /\bmean\s*\(/.test(source) || (/\bsum\s*\(/.test(source) && /\/\s*[\w.(]/.test(source));
  if (!shares) return null;
  const made = (wanted: string): Measured => ({ facts: null, function: null, wanted });
  // What is compared with a constant is counted, not scored.
  if (/[^=!<>]==\s*(?!True|False)[A-Za-z_(]/.test(source)) return made('accuracy');
  if (/!=\s*(?!True|False)[A-Za-z_(]/.test(source)) return made('error_rate');
  return null;
}
