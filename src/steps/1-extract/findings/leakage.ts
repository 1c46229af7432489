/** What the training rows learn from rows that they should not see. */

import { estimatorFacts } from '../../../knowledge/lookup.ts';
import { REDUCTIONS } from '../../../knowledge/pandas.ts';
import type { Finding } from '../extraction.ts';
import type { ResolvedCall } from '../calls.ts';
import type { Flow } from '../flow.ts';
import { backwardSlice } from '../slice.ts';
import { at, findSplits, list, type FindingContext, type Rule } from './context.ts';

const KEPT =
  'Kept as it is, so that the package computes what the notebook computes. To remove the leak, split first and fit on the training rows only.';
const DROPPED = 'The cell is not part of the package.';

/** Statistics and transformers that are fitted before the rows are split. */
export const fitBeforeSplit: Rule = (context) => {
  const { flow } = context;
  const found = new Map<string, Finding>();
  for (const split of keptFirst(context)) {
    const before = backwardSlice(flow.flows, [split.statement.id]);
    for (const finding of statistics(split, before, context)) {
      const key = `${finding.code} ${finding.cell}`;
      if (!found.has(key)) found.set(key, finding);
    }
    for (const id of before) {
      const each = flow.flows[id];
      if (each === undefined || id === split.statement.id) continue;
      for (const finding of learned(each, split, context)) {
        const key = `${finding.code} ${each.statement.id}`;
        if (!found.has(key)) found.set(key, finding);
      }
    }
  }
  return mergeByCell([...found.values()]);
};

/** The split of the kept code is the one that a reviewer knows. */
function keptFirst(context: FindingContext): Flow[] {
  const isKept = ({ statement }: Flow): number =>
    Number(context.extraction.statements[statement.id]?.kept === true);
  return findSplits(context).sort((a, b) => isKept(b) - isKept(a) || a.statement.id - b.statement.id);
}

function learned(flow: Flow, split: Flow, context: FindingContext): Finding[] {
  const kept = context.extraction.statements[flow.statement.id]?.kept === true;
  const where = `before the split in cell ${split.statement.cell}`;
  const found: Finding[] = [];
  for (const resolved of flow.calls) {
    const { call } = resolved;
    if (/^fit_(resample|sample)$/.test(call.method)) {
      found.push(
        at(flow, context, {
          code: 'resampled_before_split',
          severity: kept ? 'high' : 'medium',
          message: `rows are resampled by \`${call.root ?? call.callee}\` ${where}: copies of one row land in the training and in the test rows`,
          advice: kept ? KEPT : DROPPED,
        }),
      );
    } else if (fitsTransformer(resolved)) {
      found.push(
        at(flow, context, {
          code: 'fit_before_split',
          severity: kept ? 'high' : 'medium',
          message: `\`${nameOf(resolved)}\` is fitted on all rows ${where}: the test rows leak into training`,
          advice: kept ? KEPT : DROPPED,
        }),
      );
    } else if (call.qualified === 'pandas.get_dummies') {
      found.push(
        at(flow, context, {
          code: 'categories_of_all_rows',
          severity: kept ? 'medium' : 'low',
          message: `\`get_dummies\` takes the categories from all rows ${where}: a new category changes the columns`,
          advice: kept ? 'The categories of the training run are kept and used again for new rows.' : DROPPED,
        }),
      );
    }
  }
  return found;
}

/** Statistics of all rows, one finding for a cell. */
function statistics(split: Flow, before: ReadonlySet<number>, context: FindingContext): Finding[] {
  const cells = new Map<number, { flow: Flow; methods: Set<string>; columns: Set<string> }>();
  for (const id of [...before].sort((a, b) => a - b)) {
    const flow = context.flow.flows[id];
    const used = flow?.calls.filter((call) => isStatistic(call, flow)) ?? [];
    if (flow === undefined || used.length === 0) continue;
    const entry = cells.get(flow.statement.cell) ?? { flow, methods: new Set(), columns: new Set() };
    for (const { call } of used) entry.methods.add(call.method);
    for (const { key } of flow.statement.stores) if (key !== undefined) entry.columns.add(key);
    cells.set(flow.statement.cell, entry);
  }
  return [...cells.values()].map(({ flow, methods, columns }) => {
    const kept = context.extraction.statements[flow.statement.id]?.kept === true;
    const of = columns.size > 0 ? ` (${list([...columns])})` : '';
    return at(flow, context, {
      code: 'statistics_before_split',
      severity: kept ? 'high' : 'medium',
      message: `${list([...methods])} of all rows${of} ${methods.size > 1 ? 'are' : 'is'} used before the split in cell ${split.statement.cell}: the test rows leak into training`,
      advice: kept ? KEPT : DROPPED,
    });
  });
}

function nameOf({ call, inner }: ResolvedCall): string {
  return inner === null ? (call.root ?? call.callee) : (inner.constructs?.split('.').at(-1) ?? call.callee);
}

/** `fit` or `fit_transform` of a transformer that learns from its rows; encoders of labels learn names only. */
function fitsTransformer({ call, receiverType, facts }: ResolvedCall): boolean {
  if (!/^(fit|fit_transform)$/.test(call.method) || facts === undefined) return false;
  const name = receiverType?.split('.').at(-1) ?? '';
  if (
    /^(LabelEncoder|LabelBinarizer|OneHotEncoder|OrdinalEncoder|MultiLabelBinarizer|FunctionTransformer|Normalizer|PolynomialFeatures|HashingVectorizer|Tokenizer|Binarizer|TSNE|MDS|UMAP)$/.test(
      name,
    )
  )
    return false;
  return estimatorFacts(receiverType)?.role === 'transformer';
}

/** A statistic over rows that goes back into the rows: filled in, subtracted, divided by. */
function isStatistic({ call, receiverType }: ResolvedCall, { calls, statement }: Flow): boolean {
  if (!REDUCTIONS.has(call.method) || call.local === true) return false;
  if (call.arguments.some(({ keyword, text }) => keyword === 'axis' && text !== '0')) return false;
  if (receiverType !== undefined && !/^(pandas|numpy)\./.test(receiverType)) return false;
  const inside = calls.some(
    ({ call: outer }) =>
      /^(fillna|replace|clip|where|mask)$/.test(outer.method) &&
      outer.span.start <= call.span.start &&
      outer.span.end >= call.span.end &&
      outer !== call,
  );
  if (inside) return true;
  const stores = statement.kind === 'assignment' && /^(mean|std|min|max|median)$/.test(call.method);
  const before = statement.text.slice(Math.max(0, call.span.start - 3), call.span.start);
  return stores && /[-/]\s*\(?$/.test(before) && !/\baxis\b/.test(call.callee);
}

/** Two transformers of one cell are one finding: the reader decides about the cell. */
function mergeByCell(findings: readonly Finding[]): Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.code} ${finding.cell}`;
    const first = merged.get(key);
    const name = /^`[^`]+`/.exec(finding.message)?.[0];
    if (first === undefined) merged.set(key, { ...finding });
    else if (name !== undefined && !first.message.includes(name) && finding.code === 'fit_before_split') {
      first.message = first.message.replace(/^(`[^:]{0,200}?`) (is|are) fitted/, `$1, ${name} are fitted`);
    }
  }
  return [...merged.values()];
}

/** Transformers that are fitted on all rows and then cross-validated: every fold has seen the others. */
export const fitBeforeFolds: Rule = (context) => {
  const { flow, models, choice } = context;
  const cross = (models[choice?.model ?? -1]?.fits ?? []).filter(({ kind }) => kind === 'crossvalidation');
  if (findSplits(context).length > 0) return [];
  return cross.flatMap(({ statement }) =>
    [...backwardSlice(flow.flows, [statement])].flatMap((id) => {
      const each = flow.flows[id];
      const call = each?.calls.find(fitsTransformer);
      if (each === undefined || call === undefined) return [];
      return [
        at(each, context, {
          code: 'fit_before_split',
          severity: 'medium',
          message: `\`${nameOf(call)}\` is fitted on all rows before the cross-validation in cell ${flow.flows[statement]?.statement.cell ?? 0}: every fold has seen the others`,
          advice:
            'Kept as it is. Put the transformer into a Pipeline with the model, and cross-validate that.',
        }),
      ];
    }),
  );
};

/** The column that is predicted is still among the features. */
export const targetInFeatures: Rule = (context) => {
  const { flow, extraction } = context;
  const { target } = extraction;
  if (target === null) return [];
  const source = origin(context, target.trainingInput, target.fits[0]);
  const outcome = origin(context, target.trainingOutput, target.fits[0]);
  if (source === null || outcome === null) return [];
  const value = outcome.flow.statement.text.slice(outcome.flow.statement.value?.span.start ?? 0).trim();
  const column =
    /^(\w+)(?:\[["']([^"'\]]+)["']\]|\.([a-z_A-Z]\w*))(?:\.(?:values|copy\(\)|astype\(\w+\)|to_numpy\(\)))?$/.exec(
      value,
    );
  const name = column?.[2] ?? column?.[3];
  const table = column?.[1];
  if (name === undefined || table === undefined) return [];
  const columns = source.flow.record?.values[source.name]?.columns;
  const text = source.flow.statement.text.slice(source.flow.statement.value?.span.start ?? 0).trim();
  const names = new RegExp(`["']${name.replace(/\W/g, '\\$&')}["']`);
  const whole =
    new RegExp(`^${table}(\\.copy\\(\\)|\\.values)?$|^${table}\\.drop\\((columns=)?\\[?["'][^()]*\\)$`).test(
      text,
    ) && !names.test(text);
  const removed = flow.flows.some(
    ({ statement }) => /^del\b|\.pop\(|\.drop\(/.test(statement.text) && names.test(statement.text),
  );
  const inside = columns === undefined ? whole && !removed : columns.some((each) => each.name === name);
  if (!inside) return [];
  return [
    at(source.flow, context, {
      code: 'target_in_features',
      severity: 'high',
      message: `the column \`${name}\` that the model predicts is still in \`${source.name}\`: the model can read the answer`,
      advice: 'Kept as it is. Drop the column from the features and run the notebook again.',
    }),
  ];
};

/** Statement that made a name before any split: `X` of `train_test_split(X, y)` for `X_train`. */
function origin(
  context: FindingContext,
  name: string | null,
  before: number | undefined,
): { flow: Flow; name: string } | null {
  let current = name;
  let limit = before;
  for (let steps = 0; steps < 20 && current !== null && limit !== undefined; steps += 1) {
    const wanted: string = current;
    const made: Flow | undefined = context.flow.flows
      .slice(0, limit)
      .findLast(({ statement }) => statement.defines.includes(wanted));
    if (made === undefined) return null;
    const split = made.calls.find(
      ({ facts, call }) => facts?.role === 'split' || /^(fit_transform|transform)$/.test(call.method),
    );
    if (split === undefined) return { flow: made, name: wanted };
    const position =
      split.facts?.role === 'split' ? Math.floor(made.statement.defines.indexOf(wanted) / 2) : 0;
    current = split.call.arguments[position]?.name ?? null;
    limit = made.statement.id;
  }
  return null;
}
