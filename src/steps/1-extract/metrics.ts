/** The metrics of the target, each with a name of its own. */

import { toSnakeCase, uniqueName } from '../../python/names.ts';
import type { Metric } from './extraction.ts';
import type { NotebookFlow } from './flow.ts';
import { isScoreName } from './measure.ts';
import type { Score } from './scores.ts';

/** Scores of the target as metrics: keys are unique and say, where two would be alike, what they are of. */
export function nameMetrics(scores: readonly Score[], { flows }: NotebookFlow): Metric[] {
  const taken = new Set<string>();
  const bases = scores.filter(({ variable }) => variable === null).map(({ wanted }) => wanted);
  const repeated = new Set(bases.filter((base, index) => bases.indexOf(base) !== index));
  const all = scores.map(({ wanted }) => wanted);
  const alike = new Set(all.filter((base, index) => all.indexOf(base) !== index));
  const heldOut = new Set(scores.filter(({ kind }) => kind === 'held_out').map(({ wanted }) => wanted));
  return scores.map((score) => {
    const statement = flows[score.statement]?.statement;
    const metric: Metric = {
      key: keyFor(score, taken, { repeated, alike, heldOut }),
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
  { repeated, alike, heldOut }: Record<'repeated' | 'alike' | 'heldOut', ReadonlySet<string>>,
): string {
  const base = toSnakeCase(wanted).slice(0, 40);
  const isTraining =
    kind === 'training' &&
    !/train|val|test|cv|oob|best/.test(base) &&
    (/train/i.test(`${text} ${source} ${label}`) || heldOut.has(wanted));
  const first = label.split(/\s+/)[0] ?? '';
  // What the name says already says nothing more: no `accuracy_accuracy`.
  const word = first !== '' && base.split('_').includes(toSnakeCase(first)) ? '' : first;
  // Of several alike, each says what it is of: `rmse_xgb`, `rmse_lasso`.
  const labelled =
    variable === null && facts === null && repeated.has(wanted) && word !== ''
      ? [`${base}_${toSnakeCase(word)}`]
      : [];
  // `train_acc` and `test_acc` of one scorer say more than the scorer's name and a number.
  const named = variable !== null && alike.has(wanted) && saysMore(variable) ? [toSnakeCase(variable)] : [];
  const candidates = [
    ...named,
    ...(isTraining ? [`train_${base}`] : labelled),
    base,
    ...(variable === null ? [] : [toSnakeCase(variable)]),
    ...(word === '' ? [] : [`${base}_${toSnakeCase(word)}`]),
  ];
  const key = candidates.find((candidate) => !taken.has(candidate)) ?? uniqueName(base, taken);
  taken.add(key);
  return key;
}

/** The name of a score with a word that is no score's. */
function saysMore(variable: string): boolean {
  const words = toSnakeCase(variable).split('_');
  return isScoreName(variable) && words.some((word) => !/^\d*$/.test(word) && !isScoreName(word));
}
