/** What the author saw beside what a run of the same cells shows. */

import { numbersIn, type ShownNumber } from '../../../notebook/shown-numbers.ts';
import type { Finding, Metric } from '../extraction.ts';
import { shownBy } from '../printed.ts';
import { expressionKey } from '../scores.ts';
import { at, list, type FindingContext, type Rule } from './context.ts';
import { unseeded } from './state.ts';

/** A number of a saved output that a fresh run does not give. */
interface Stale {
  cell: number;
  saved: ShownNumber;
  fresh: ShownNumber;
  metric: Metric | undefined;
}

/** Saved outputs are from other code, data or libraries than those that are there now. */
export const staleOutputs: Rule = (context) => {
  const stale = context.notebook.cells.flatMap(({ index, saved }) =>
    saved === undefined ? [] : staleIn(index, saved, context),
  );
  if (stale.length === 0) return [];
  const random = unseeded(context).length > 0;
  const advice = random
    ? 'What the notebook draws is not seeded, so no run repeats them; the package follows the fresh run.'
    : 'The code, the data or a library changed since. The package follows the fresh run: run the notebook again and save it.';
  const ofMetric = stale.find(({ metric }) => metric !== undefined);
  const found: Finding[] = [];
  if (ofMetric?.metric !== undefined) {
    const { metric, saved, fresh } = ofMetric;
    const flow = context.flow.flows[metric.statement];
    const message = `the saved output shows ${saved.text} for \`${metric.key}\`, a fresh run gives ${fresh.text}`;
    if (flow !== undefined)
      found.push(
        at(flow, context, { code: 'stale_metric', severity: random ? 'low' : 'medium', message, advice }),
      );
  }
  const others = stale.filter(({ metric }) => metric === undefined);
  const [first] = others;
  if (first !== undefined) {
    const cells = [...new Set(others.map(({ cell }) => cell))];
    const what = first.saved.label === '' ? '' : ` for \`${first.saved.label}\``;
    found.push({
      code: 'stale_output',
      severity: 'low',
      cell: first.cell,
      line: 1,
      kept: false,
      statement: null,
      message: `saved outputs are not what a fresh run shows (${cells.length > 1 ? 'cells' : 'cell'} ${cells.slice(0, 8).join(', ')}): here ${first.saved.text} is saved${what}, a run gives ${first.fresh.text}`,
      advice,
    });
  }
  return found;
};

function staleIn(cell: number, saved: readonly ShownNumber[], context: FindingContext): Stale[] {
  const fresh = freshNumbers(cell, context);
  const metrics = context.extraction.metrics.filter((metric) => metric.cell === cell);
  return saved.flatMap((one, index) => {
    const other = fresh[index];
    // Where the words before it are others, the two are not the same number.
    if (other === undefined || other.label !== one.label || agree(one.text, other.text)) return [];
    const metric = metrics.find(({ value }) => typeof value === 'number' && agree(other.text, String(value)));
    return [{ cell, saved: one, fresh: other, metric }];
  });
}

/** What the cell printed and displayed in the run; nothing where it did not come to its end. */
function freshNumbers(cell: number, { flow }: FindingContext): ShownNumber[] {
  const flows = flow.flows.filter(({ statement }) => statement.cell === cell);
  if (flows.length === 0 || flows.some(({ record }) => record?.outcome !== 'ran')) return [];
  const printed = numbersIn(flows.map(({ record }) => record?.stdout ?? '').join(''));
  const last = flows.at(-1);
  if (last === undefined || !last.statement.displayed) return printed;
  const shown = shownBy(last.statement);
  const [only] = shown;
  const value = only && last.record?.expressions[expressionKey(only.span)]?.value;
  return shown.length === 1 && typeof value === 'number'
    ? [...printed, { label: '', text: String(value) }]
    : printed;
}

/** Equal as far as both are printed. */
function agree(one: string, other: string): boolean {
  const [a, b] = [Number(one), Number(other)];
  const places = Math.min(decimals(one), decimals(other));
  const last = 10 ** -places;
  return Math.abs(a - b) <= Math.max(1e-6 * Math.max(Math.abs(a), Math.abs(b)), places > 0 ? 1.5 * last : 0);
}

function decimals(text: string): number {
  const [, fraction = '', exponent = '0'] = /^-?\d+(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  return fraction.length - Number(exponent);
}

/** Numbers of executions that are missing: cells were run again, changed or deleted. */
export const missingExecutions: Rule = ({ notebook }) => {
  const counts = notebook.cells.flatMap(({ executionCount, index }) =>
    executionCount === null || executionCount === 0 ? [] : [{ executionCount, index }],
  );
  const last = counts.reduce((most, one) => (one.executionCount > most.executionCount ? one : most), {
    executionCount: 0,
    index: 0,
  });
  const missing = last.executionCount - new Set(counts.map(({ executionCount }) => executionCount)).size;
  if (counts.length === 0 || missing <= 0) return [];
  return [
    {
      code: 'executions_missing',
      severity: 'low',
      cell: last.index,
      line: 1,
      kept: false,
      statement: null,
      message: `${missing} of ${last.executionCount} executions are not in the file: cells were run again, changed or deleted, and what the author saw may come from them`,
      advice: 'The package follows a run of the file from its first cell to its last.',
    },
  ];
};

/** Two names of one object: a change through one of them is seen through the other. */
export const sharedObjects: Rule = (context) => {
  const found: Finding[] = [];
  const said = new Set<string>();
  for (const flow of context.flow.flows) {
    const { record, statement, mutates } = flow;
    const stored = statement.stores.map(({ root }) => root);
    for (const root of new Set(stored)) {
      const digest = record?.values[root]?.digest;
      if (
        digest === undefined ||
        record?.mutated.includes(root) !== true ||
        !TABLES.test(record.values[root]?.kind ?? '')
      )
        continue;
      const others = mutates.filter(
        (name) => name !== root && record.mutated.includes(name) && record.values[name]?.digest === digest,
      );
      const key = [root, ...others].sort().join(' ');
      if (others.length === 0 || said.has(key)) continue;
      said.add(key);
      found.push(
        at(flow, context, {
          code: 'shared_object',
          severity: 'low',
          message: `${list([root, ...others])} are names of one object: what is changed here through \`${root}\` changes for all of them`,
          advice: 'The package keeps it so. If a copy was meant, write `.copy()`.',
        }),
      );
    }
  }
  return found;
};

const TABLES = /^(dataframe|series|ndarray|list|dict|set|tensor)$/;
