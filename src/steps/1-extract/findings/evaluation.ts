/** How the notebook judges its models. */

import { metricFacts } from '../../../knowledge/lookup.ts';
import type { Finding } from '../extraction.ts';
import type { Flow } from '../flow.ts';
import { backwardSlice } from '../slice.ts';
import { at, findSplits, isVariable, list, type FindingContext, type Rule } from './context.ts';

/** Names that a split gives and that no training uses: the test rows. */
function testNames(context: FindingContext): Set<string> {
  const trained = new Set(
    context.models.flatMap(({ fits }) => fits.flatMap(({ input, output }) => [input, output])),
  );
  const found = new Set<string>();
  for (const { statement } of findSplits(context)) {
    for (const name of statement.defines)
      if (!trained.has(name) && /test|val|hold|eval/i.test(name)) found.add(name);
  }
  return found;
}

/** Names made from test rows, so far: `X_test_s`, `test_loader`. */
function fromTest(context: FindingContext): Set<string> {
  const names = testNames(context);
  for (const { statement, calls } of context.flow.flows) {
    if (
      statement.kind !== 'assignment' ||
      calls.some(({ facts }) => facts?.role === 'predict' || facts?.role === 'train')
    )
      continue;
    if (
      !statement.uses.some((name) => names.has(name)) ||
      statement.calls.some(({ qualified }) => metricFacts(qualified))
    )
      continue;
    for (const name of statement.defines) if (/test|val|hold|eval/i.test(name)) names.add(name);
  }
  return names;
}

/** One test set that scores several models: the choice among them is flattered. */
export const oneTestSetForAll: Rule = (context) => {
  const { flow, models, choice } = context;
  const tests = fromTest(context);
  const scored = new Map<number, Flow>();
  const used = new Map<number, Set<string>>();
  for (const each of flow.flows) {
    const names = [...each.reads.keys()].filter((name) => tests.has(name));
    if (names.length === 0 || !judges(each)) continue;
    models.forEach(({ things, fits }, index) => {
      if (fits.every(({ kind, statement }) => kind !== 'fit' || statement > each.statement.id)) return;
      const reads = [...each.seen].some(
        ([name, ids]) => isVariable(name, each, context) && [...ids].some((id) => things.has(id)),
      );
      if (!reads) return;
      if (!scored.has(index)) scored.set(index, each);
      used.set(index, new Set([...(used.get(index) ?? []), ...names]));
    });
  }
  const own = used.get(choice?.model ?? -1);
  for (const [index, names] of used) if (![...names].some((name) => own?.has(name))) scored.delete(index);
  const last = [...scored.values()].at(-1);
  if (scored.size < 2 || choice === null || last === undefined) return [];
  const names = [...scored.keys()].map((index) =>
    index === choice.model ? choice.name : (models[index]?.names[0] ?? ''),
  );
  return [
    at(last, context, {
      code: 'test_set_used_to_choose',
      severity: 'medium',
      message: `one test set scores ${scored.size} models (${list([...new Set(names)])}): choosing among them by it flatters the choice`,
      advice: `Only \`${choice.name}\` is in the package. Hold out rows that no choice has seen.`,
    }),
  ];
};

function judges({ calls }: Flow): boolean {
  return calls.some(
    ({ facts, summary, call }) =>
      facts?.role === 'score' ||
      facts?.role === 'predict' ||
      metricFacts(call.qualified) !== undefined ||
      summary?.roles.has('predict') === true,
  );
}

/** The test rows are looked at during the training, and again as test rows afterwards. */
export const testDataInTraining: Rule = (context) => {
  const { flow, extraction, choice } = context;
  if (choice === null) return [];
  const tests = fromTest(context);
  const found: Finding[] = [];
  for (const id of extraction.target?.fits ?? []) {
    const each = flow.flows[id];
    if (each === undefined) continue;
    const used = [...each.reads.keys()].filter((name) => tests.has(name));
    const again = used.filter((name) =>
      flow.flows.some(
        (later) => later.statement.id > id && later.reads.has(name) && readsTests(later, tests),
      ),
    );
    if (again.length === 0) continue;
    const loop = each.calls.some(
      ({ call, summary }) => call.method === 'backward' || summary?.roles.has('backward') === true,
    );
    found.push(
      at(each, context, {
        code: loop ? 'test_set_at_each_epoch' : 'test_set_in_training',
        severity: 'high',
        message: loop
          ? `the test data ${list(again)} is evaluated at every epoch and again at the end: there is no validation data`
          : `the test data ${list(again)} is given to the training (for validation or early stopping) and scored again afterwards`,
        advice:
          'Names and behaviour are kept. Hold out further rows for the choices that are made during the training.',
      }),
    );
  }
  return found;
};

function readsTests(flow: Flow, tests: ReadonlySet<string>): boolean {
  return [...flow.reads.keys()].some((name) => tests.has(name));
}

/** Rows with dates that are shuffled by the split. */
export const shuffledTimeSeries: Rule = (context) =>
  findSplits(context).flatMap((split) => {
    const shuffles = split.calls.some(
      ({ call, facts }) =>
        facts?.role === 'split' &&
        !call.arguments.some(({ keyword, text }) => keyword === 'shuffle' && text === 'False'),
    );
    if (!shuffles) return [];
    const before = [...backwardSlice(context.flow.flows, [split.statement.id])].map(
      (id) => context.flow.flows[id],
    );
    const dated = before.find((each) => each?.calls.some(({ call }) => parsesDates(call)) || hasDates(each));
    if (dated === undefined) return [];
    return [
      at(split, context, {
        code: 'time_series_shuffled',
        severity: 'medium',
        message: `the rows carry dates (cell ${dated.statement.cell}) and the split shuffles them: the model may learn from later rows what it predicts for earlier ones`,
        advice: 'Kept as it is. If the model is to predict the future, split by date.',
      }),
    ];
  });

function parsesDates({
  qualified,
  arguments: given,
}: {
  qualified: string;
  arguments: { keyword: string | null; text: string }[];
}): boolean {
  return (
    qualified === 'pandas.to_datetime' ||
    given.some(({ keyword, text }) => keyword === 'parse_dates' && text !== 'False')
  );
}

function hasDates(flow: Flow | undefined): boolean {
  return Object.values(flow?.record?.values ?? {}).some(
    ({ columns }) => columns?.some(({ kind }) => kind === 'datetime') === true,
  );
}

/** No rows that the model has not seen. */
export const noHeldOutData: Rule = (context) => {
  const { extraction, flow, models, choice } = context;
  const { target, metrics } = extraction;
  const fit = flow.flows[target?.fits.at(-1) ?? -1];
  if (target === null || fit === undefined || target.role === 'clusterer') return [];
  const found: Finding[] = [];
  const crossed = models[choice?.model ?? -1]?.fits.some(({ kind }) => kind === 'crossvalidation') === true;
  if (metrics.length === 0) {
    found.push(
      at(fit, context, {
        code: 'no_metric',
        severity: 'medium',
        message: `no number about \`${target.name}\` is reported: nobody can see whether it is any good`,
        advice:
          'The package trains and saves the model, and compares its outputs with the notebook. Add a metric on held-out rows.',
      }),
    );
  } else if (
    !metrics.some(({ kind }) => kind === 'held_out') &&
    !crossed &&
    !metrics.some(({ key }) => /best_score|oob|cv_|val/.test(key))
  ) {
    found.push(
      at(fit, context, {
        code: 'no_held_out_data',
        severity: 'high',
        message: `every number about \`${target.name}\` comes from rows that it was fitted on`,
        advice: 'Kept as it is. Hold out rows, or cross-validate, before the numbers are used.',
      }),
    );
  }
  const baseline = flow.flows.some(({ statement }) =>
    statement.calls.some(({ method }) => /^Dummy(Classifier|Regressor)$/.test(method)),
  );
  if (!baseline && models.length < 2) {
    found.push(
      at(fit, context, {
        code: 'no_baseline',
        severity: 'low',
        message: `\`${target.name}\` is compared with nothing: no simpler model and no constant guess`,
        advice: "The package's tests compare it with a Dummy where that is possible.",
      }),
    );
  }
  return found;
};

/** The model is fitted again after it was scored: the scored model is not the one that is used. */
export const refitAfterScore: Rule = (context) => {
  const { extraction, flow } = context;
  const scored = extraction.metrics
    .filter(({ kind }) => kind === 'held_out')
    .map(({ statement }) => statement);
  const first = Math.min(...scored);
  const again = (extraction.target?.fits ?? []).find((id) => id > first);
  const each = flow.flows[again ?? -1];
  if (scored.length === 0 || each === undefined) return [];
  return [
    at(each, context, {
      code: 'refit_after_score',
      severity: 'medium',
      message: `\`${extraction.target?.name ?? ''}\` is fitted again after it was scored in cell ${flow.flows[first]?.statement.cell ?? 0}: the numbers are not about the model that is used in the end`,
      advice:
        'The package does as the notebook: its metrics are those of the first training, and it saves the model of the last.',
    }),
  ];
};

/** Another model had the better number by the same metric. */
export const otherModelBetter: Rule = (context) => {
  const { scores, choice, models, flow } = context;
  if (choice === null) return [];
  const better = new Map<number, string[]>();
  const own = scores.filter(({ models: about, kind }) => about.has(choice.model) && kind === 'held_out');
  for (const { function: by, value, facts, wanted } of own) {
    if (value === undefined || facts === null || facts.better === 'unknown' || by === null) continue;
    for (const other of scores) {
      const [index] = other.models;
      if (index === undefined || other.models.size !== 1 || index === choice.model) continue;
      if (
        other.function !== by ||
        other.wanted !== wanted ||
        other.kind !== 'held_out' ||
        other.value === undefined
      )
        continue;
      const wins = facts.better === 'higher' ? other.value > value : other.value < value;
      if (wins)
        better.set(index, [
          ...(better.get(index) ?? []),
          `${facts.key} ${short(other.value)} against ${short(value)}`,
        ]);
    }
  }
  for (const [index, more] of printedBetter(context)) if (!better.has(index)) better.set(index, more);
  return [...better].flatMap(([index, numbers]) => {
    const model = models[index];
    const each = flow.flows[model?.fits.at(-1)?.statement ?? -1];
    if (model === undefined || each === undefined) return [];
    return [
      at(each, context, {
        code: 'other_model_better',
        severity: 'high',
        message: `\`${model.names[0] ?? ''}\` is better than \`${choice.name}\` by the notebook's own numbers: ${numbers.slice(0, 4).join(', ')}`,
        advice: `\`${choice.name}\` is the target because it was ${choice.reason}. \`--target ${model.names[0] ?? ''}\` compiles the other one.`,
      }),
    ];
  });
};

const short = (value: number): string => String(Number(value.toPrecision(4)));
const LOWER = /loss|error|rmse|mse|mae|mape/i;

/** One reporting function, called for several models: what it printed for each. */
function printedBetter({ flow, models, choice }: FindingContext): Map<number, string[]> {
  const printed = new Map<string, Map<number, Map<string, number>>>();
  for (const { calls, record, seen } of flow.flows) {
    const call = calls.find(({ summary }) => summary?.roles.has('predict') || summary?.roles.has('score'));
    if (!call?.summary || record === null) continue;
    const given = new Set(
      call.call.arguments.flatMap(({ name }) => [...(name === undefined ? [] : (seen.get(name) ?? []))]),
    );
    const index = models.findIndex(({ things }) => [...things].some((id) => given.has(id)));
    const pairs = [...record.stdout.matchAll(/([A-Za-z][\w@]{1,30})\s?[=:]\s?(-?\d+\.\d+)/g)].map(
      ([, name = '', value]) => [name, Number(value)] as const,
    );
    if (index < 0 || pairs.length === 0) continue;
    const byModel = printed.get(call.summary.name) ?? new Map<number, Map<string, number>>();
    byModel.set(index, new Map(pairs));
    printed.set(call.summary.name, byModel);
  }
  const better = new Map<number, string[]>();
  for (const byModel of printed.values()) {
    const own = byModel.get(choice?.model ?? -1);
    for (const [index, numbers] of own === undefined ? [] : byModel) {
      if (index === choice?.model) continue;
      const won: string[] = [];
      for (const [name, value] of numbers) {
        const mine = own?.get(name);
        if (mine !== undefined && (LOWER.test(name) ? value < mine : value > mine))
          won.push(`${name} ${short(value)} against ${short(mine)}`);
      }
      // One number out of many may be chance: the other must win most of them.
      if (won.length * 2 > numbers.size) better.set(index, won);
    }
  }
  return better;
}

/** Cross-validation fits copies: the model itself learns nothing. */
export const neverFitted: Rule = (context) => {
  const { target } = context.extraction;
  const last = context.flow.flows[target?.fits.at(-1) ?? -1];
  if (target?.onlyValidated !== true || last === undefined) return [];
  return [
    at(last, context, {
      code: 'never_fitted',
      severity: 'medium',
      message: `\`${target.name}\` is only cross-validated, which fits copies of it: the notebook has no fitted model`,
      advice:
        'The package fits it on the same rows after the scores, so that what it saves can predict. Check that this is the model you want.',
    }),
  ];
};
