/** Which global generators a statement moves, as far as knowledge tells without a run. */

import { callFacts, estimatorFacts } from '../../knowledge/lookup.ts';
import type { Generator } from '../../knowledge/schema.ts';
import type { Call } from '../../python/statement.ts';
import type { Flow } from './flow.ts';
import type { Memory, Thing } from './things.ts';

const seeded = (call: Call, names: readonly string[]): boolean =>
  call.arguments.some(({ keyword, text }) => keyword !== null && names.includes(keyword) && text !== 'None');

/** Generators that the calls of a statement draw from, sorted as in the run. */
export function drawsOf({ calls, statement }: Flow, memory: Memory): Generator[] {
  const found = new Set<Generator>();
  for (const { call, facts, receiver, summary } of calls) {
    const draws = facts?.draws;
    if (draws !== undefined && !seeded(call, draws.unless ?? [])) found.add(draws.generator);
    for (const id of receiver) {
      const thing = memory.thing(id);
      if (facts?.role === 'train' || facts?.role === 'transform') {
        if (drawsInFit(thing.type, thing.call?.call)) found.add('numpy');
      }
      if (thing.type === 'torch.utils.data.DataLoader') found.add('torch');
    }
    for (const role of summary?.roles ?? []) {
      if (role === 'backward') found.add('torch');
      if (role.startsWith('draws:')) found.add(role.slice('draws:'.length) as Generator);
    }
    if (call.method === 'backward') found.add('torch');
    if (facts?.role === 'folds' && !seeded(call, ['random_state']) && seeded(call, ['shuffle']))
      found.add('numpy');
  }
  if (/^for\b/.test(statement.text)) {
    const loops = statement.text.match(/\bin\s+(?:\w+\()?(\w+)/g) ?? [];
    for (const loop of loops) {
      const name = /(\w+)$/.exec(loop)?.[1] ?? '';
      if (memory.of(name).some(({ type }) => type === 'torch.utils.data.DataLoader')) found.add('torch');
    }
  }
  return (['random', 'numpy', 'torch'] as const).filter((generator) => found.has(generator));
}

/** True if `fit` of an instance made by this call draws from the global generator. */
export function drawsInFit(type: string | undefined, made: Call | undefined): boolean {
  const draws = estimatorFacts(type)?.draws;
  if (
    draws === undefined ||
    draws === false ||
    (made !== undefined && seeded(made, ['random_state', 'random_seed', 'seed']))
  ) {
    return false;
  }
  if (draws === true) return true;
  return (
    made?.arguments.some(
      ({ keyword, text, literal }) =>
        keyword === draws.when &&
        (draws.value === undefined || literal?.kind !== 'string'
          ? text !== 'False'
          : literal.value === draws.value),
    ) ?? false
  );
}

/**
 * True if a statement moves NumPy's global generator without using what it draws: all that it does at random is to fit models
 * such as `SVC()`, alone or in pipelines and searches, which take a seed for what they are not told to do.
 */
export function drawsInVain({ calls, random }: Flow, memory: Memory): boolean {
  if (random.some((generator) => generator !== 'numpy')) return false;
  const trains = calls.filter(({ facts }) => facts?.role === 'train' || facts?.role === 'transform');
  const others = calls.filter((call) => !trains.includes(call));
  const draws = others.some(
    ({ facts, summary, constructs }) =>
      facts?.draws !== undefined ||
      facts?.role === 'split' ||
      summary !== null ||
      (facts === undefined && constructs === undefined),
  );
  return trains.length > 0 && !draws && trains.every(({ receiver }) => everyInVain(receiver, memory));
}

function everyInVain(receiver: Iterable<number>, memory: Memory): boolean {
  const made = [...receiver].flatMap((id) => parts(id, memory));
  return (
    made.some(({ type }) => typeof estimatorFacts(type)?.draws === 'object') &&
    made.every(({ type, call }) => estimatorFacts(type) !== undefined && !drawsInFit(type, call?.call))
  );
}

/** An estimator with those that it holds: the steps of a pipeline, the model of a search. */
function parts(id: number, memory: Memory): Thing[] {
  const thing = memory.thing(id);
  const held = [...thing.holds].filter(
    (one) => one !== id && estimatorFacts(memory.thing(one).type) !== undefined,
  );
  return [thing, ...held.map((one) => memory.thing(one))];
}

/** Generator that a call in the body of a function draws from; used for the summaries of functions. */
export function drawsByName(call: Call): Generator | null {
  const draws = callFacts(call.qualified)?.draws;
  return draws !== undefined && !seeded(call, draws.unless ?? []) ? draws.generator : null;
}
