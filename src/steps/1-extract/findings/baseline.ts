/** Scores that a model without any features would beat. */

import type { ColumnFacts, ValueFacts } from '../../../notebook/observation.ts';
import type { Metric } from '../extraction.ts';
import { at, type Rule } from './context.ts';

/** The run showed a score that is below that of the most frequent class, or of the mean. */
export const belowBaseline: Rule = (context) => {
  const { extraction, flow } = context;
  const { target, metrics } = extraction;
  if (target === null) return [];
  return metrics.flatMap((metric) => {
    const each = flow.flows[metric.statement];
    if (each === undefined || metric.kind !== 'held_out' || metric.value === undefined) return [];
    const labels = lastFacts(context.extraction.statements, target.output, metric.statement);
    const text = comparison(metric, metric.value, labels);
    if (text === null) return [];
    return [
      at(each, context, {
        code: 'below_baseline',
        severity: 'high',
        message: text,
        advice: 'Kept as it is. Look at the threshold, the features and the metric before the model is used.',
      }),
    ];
  });
};

function comparison(
  { function: name }: Metric,
  value: number,
  labels: ValueFacts | undefined,
): string | null {
  // By its definition R² is 0 for the mean of the true values.
  if (name === 'sklearn.metrics.r2_score' && value < 0)
    return `R² is ${rounded(value)}: always answering the mean of the test rows is better`;
  const share = name === 'sklearn.metrics.accuracy_score' ? mostFrequent(labels) : null;
  if (share === null || value >= share) return null;
  return `the accuracy ${rounded(value)} is below that of always answering the most frequent class, ${rounded(share)}`;
}

/** Share of the most frequent of two classes, 0 and 1. */
function mostFrequent(labels: ValueFacts | undefined): number | null {
  const [column, more] = labels?.columns ?? [];
  const [rows = 0] = labels?.shape ?? [];
  const ones = labels?.summary?.sums[0];
  if (labels?.kind !== 'series' || more !== undefined || column === undefined || !isBinary(column))
    return null;
  return ones === undefined || rows === 0 ? null : Math.max(ones / rows, 1 - ones / rows);
}

function isBinary({ kind, distinct, minimum, maximum, missing }: ColumnFacts): boolean {
  return kind === 'numeric' && distinct === 2 && minimum === 0 && maximum === 1 && missing === 0;
}

function lastFacts(
  statements: readonly { id: number; values: Record<string, ValueFacts> }[],
  name: string | null,
  before: number,
): ValueFacts | undefined {
  if (name === null) return undefined;
  return statements.findLast(({ id, values }) => id <= before && values[name] !== undefined)?.values[name];
}

const rounded = (value: number): string => String(Number(value.toPrecision(4)));
