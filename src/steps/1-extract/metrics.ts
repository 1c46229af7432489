/** The metrics of the target, each with a name of its own. */

import { toSnakeCase, uniqueName } from '../../python/names.ts';
import type { Metric } from './extraction.ts';
import type { NotebookFlow } from './flow.ts';
import type { Score } from './scores.ts';

/** Scores of the target as metrics: keys are unique and say, where two would be alike, what they are of. */
export function nameMetrics(scores: readonly Score[], { flows }: NotebookFlow): Metric[] {
  const taken = new Set<string>();
  const bases = scores.filter(({ variable }) => variable === null).map(({ wanted }) => wanted);
  const repeated = new Set(bases.filter((base, index) => bases.indexOf(base) !== index));
  return scores.map((score) => {
    const statement = flows[score.statement]?.statement;
    const metric: Metric = {
      key: keyFor(score, taken, repeated),
      statement: score.statement,
      cell: statement?.cell ?? 0,
      line: statement?.line ?? 1,
      variable: score.variable,
      span: score.span,
      function: score.function,
      text: score.text,
      kind: score.kind,
    };
    if (score.value !== undefined) metric.value = score.value;
    return metric;
  });
}

function keyFor(
  { wanted, kind, text, label, variable, source, facts }: Score,
  taken: Set<string>,
  repeated: ReadonlySet<string>,
): string {
  const base = toSnakeCase(wanted).slice(0, 40);
  const isTraining =
    kind === 'training' && /train/i.test(`${text} ${source} ${label}`) && !base.includes('train');
  const word = label.split(/\s+/)[0] ?? '';
  // Of several alike, each says what it is of: `rmse_xgb`, `rmse_lasso`.
  const labelled =
    variable === null && facts === null && repeated.has(wanted) && word !== ''
      ? [`${base}_${toSnakeCase(word)}`]
      : [];
  const candidates = [
    ...(isTraining ? [`train_${base}`] : labelled),
    base,
    ...(variable === null ? [] : [toSnakeCase(variable)]),
    ...(word === '' ? [] : [`${base}_${toSnakeCase(word)}`]),
  ];
  const key = candidates.find((candidate) => !taken.has(candidate)) ?? uniqueName(base, taken);
  taken.add(key);
  return key;
}
