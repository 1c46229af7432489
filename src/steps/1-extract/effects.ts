/** Which things a statement changes in place. */

import type { Argument, Statement } from '../../python/statement.ts';
import type { ResolvedCall, Resolver } from './calls.ts';
import type { Functions } from './functions.ts';
import { PYPLOT, type Memory } from './things.ts';

/** What a statement changes. */
export interface Changes {
  /** By what is known of the calls, or by the syntax. */
  known: Set<number>;
  /** Only because nothing is known. */
  presumed: Set<number>;
  /** Names that a called function binds by `global`. */
  rebound: string[];
}

/** Where the calls of a statement stand. */
export interface Surroundings {
  statement: Statement;
  memory: Memory;
  functions: Functions;
  resolver: Resolver;
  locals: ReadonlyMap<string, Set<number>>;
}

/** Reads the effects of a statement off its stores and calls. */
export function effectsOf(calls: readonly ResolvedCall[], surroundings: Surroundings): Changes {
  const { statement, memory, locals } = surroundings;
  const changes: Changes = { known: new Set(), presumed: new Set(), rebound: [] };
  const reader = new Reader(changes, surroundings);
  for (const store of statement.stores) {
    if (store.within !== null && statement.kind !== 'assignment') continue;
    for (const id of locals.get(store.root) ?? memory.names.get(store.root)?.things ?? [])
      changes.known.add(id);
  }
  if (statement.kind === 'augmented') {
    for (const name of statement.defines) {
      for (const thing of memory.of(name))
        if (!thing.constant && isMutable(thing.type)) changes.known.add(thing.id);
    }
  }
  for (const call of calls) reader.call(call);
  for (const set of [changes.known, changes.presumed]) {
    for (const id of set) {
      const { constant, code, module, figure, viewOf } = memory.thing(id);
      // A change of a column may be a change of its table (before pandas 3).
      if (set === changes.known) for (const table of viewOf ?? []) changes.presumed.add(table);
      if (constant || module || (code !== undefined && set === changes.presumed) || figure) set.delete(id);
    }
  }
  return changes;
}

/** True if `x += 1` may change the object instead of making a new one. */
function isMutable(type: string | undefined): boolean {
  return type !== undefined && /(list|set|dict|ndarray|DataFrame|Series|Tensor)$/.test(type);
}

/** True for stores into modules that only change how things are shown. */
export function isSettingsStore(statement: Statement, memory: Memory): boolean {
  return (
    statement.stores.length > 0 &&
    statement.stores.every(({ root }) => memory.of(root).some((thing) => thing.module))
  );
}

/** A function that nothing is known of but its name, which says that it only shows: `plot_decision_boundary(model, X)`. */
function onlyShows(qualified: string): boolean {
  const name = qualified.split('.').at(-1) ?? '';
  return /^(plot|show|display|visuali[sz]e|imshow)(_|$|[A-Z])/.test(name);
}

class Reader {
  private readonly changes: Changes;
  private readonly memory: Memory;
  private readonly functions: Functions;
  private readonly resolver: Resolver;
  private readonly statement: Statement;
  private readonly locals: ReadonlyMap<string, Set<number>>;

  constructor(changes: Changes, { statement, memory, functions, resolver, locals }: Surroundings) {
    this.changes = changes;
    this.memory = memory;
    this.functions = functions;
    this.resolver = resolver;
    this.statement = statement;
    this.locals = locals;
  }

  call(resolved: ResolvedCall): void {
    const { facts, summary, call } = resolved;
    if (summary !== null) this.own(resolved);
    else if (facts === undefined && !onlyShows(call.qualified)) {
      // Nothing is known: everything that it can reach may change.
      if (call.qualified.includes('<') || call.qualified.includes('.'))
        this.all(resolved.receiver, this.changes.presumed);
      for (const argument of call.arguments) this.all(this.givenBy(argument), this.changes.presumed);
    }
    if (facts === undefined) return;
    for (const effect of facts.mutates ?? []) this.effect(effect, resolved);
    // `model.to(device)` alone on its line moves the model; `x = x.to(device)` gives a new tensor.
    const moves =
      /^(to|cuda|cpu)$/.test(call.method) &&
      call.span.end === this.statement.value?.span.end &&
      this.statement.kind === 'expression';
    if (moves) this.all(resolved.receiver, this.changes.known);
    const inplace = call.arguments.some(({ keyword, text }) => keyword === 'inplace' && text !== 'False');
    if (facts.inplace && inplace) this.all(resolved.receiver, this.changes.known);
    for (const { keyword, name } of call.arguments) {
      if (keyword === 'out' && name !== undefined) this.all(this.lookup(name), this.changes.known);
    }
    if (facts.role === 'train') this.inPlaceParts(resolved);
  }

  private effect(effect: number | string, { call, receiver, facts }: ResolvedCall): void {
    const { known } = this.changes;
    if (effect === 'receiver') this.all(facts?.role === 'plot' ? [] : receiver, known);
    else if (effect === 'contents') this.all(this.contents(receiver, call.method === 'backward'), known);
    else if (typeof effect === 'number') {
      const argument = call.arguments[effect];
      if (argument !== undefined) this.all(this.givenBy(argument), known);
    } else if (effect.startsWith('name:')) {
      const name = call.arguments[Number(effect.slice('name:'.length))]?.name;
      if (name !== undefined) this.all(this.lookup(name), known);
    } else if (effect.startsWith('contents:')) {
      const argument = call.arguments[Number(effect.slice('contents:'.length))];
      if (argument !== undefined) this.all(this.contents(this.givenBy(argument)), known);
    }
  }

  /** What an optimizer or a loss holds: models and tensors, not data. */
  private contents(ids: Iterable<number>, modelsOnly = false): Set<number> {
    const inside = [...this.memory.closure(ids)].filter((id) => {
      const type = this.memory.thing(id).type ?? '';
      if (/(DataFrame|Series|DataLoader|ndarray|Dataset|nn\.Loss)$/.test(type)) return false;
      return !modelsOnly || /^(torch\.nn\.|keras\.)/.test(this.resolver.libraryType(type) ?? '');
    });
    return new Set(inside);
  }

  /** A pipeline fits the very objects that it was made from. */
  private inPlaceParts({ receiver }: ResolvedCall): void {
    for (const id of receiver) {
      const type = this.memory.thing(id).type ?? '';
      if (/\b(Pipeline|make_pipeline)$/.test(type)) this.all(this.contents([id]), this.changes.known);
    }
  }

  /** A function or method of the notebook. */
  private own({ summary, call, receiver, receiverType, constructs }: ResolvedCall): void {
    if (summary === null) return;
    const { known } = this.changes;
    if (summary.mutatesSelf && constructs === undefined && receiverType !== undefined) {
      this.all(receiver, known);
      // A trainer: its method goes backward, and what steps is a network that it holds.
      if (summary.roles.has('backward')) this.all(this.contents(receiver, true), known);
    }
    call.arguments.forEach((argument, index) => {
      const parameter = argument.keyword ?? summary.parameters[index] ?? '';
      if (!summary.mutates.has(parameter)) return;
      const given = this.givenBy(argument);
      this.all(given, known);
      if (summary.mutatesContents.has(parameter)) this.all(this.contents(given), known);
    });
    for (const name of summary.mutatesGlobals) this.all(this.lookup(name), known);
    for (const name of summary.mutatesGlobalContents) this.all(this.contents(this.lookup(name)), known);
    this.changes.rebound.push(...this.functions.rebinds(summary.statement));
  }

  private lookup(name: string): ReadonlySet<number> {
    return this.locals.get(name) ?? this.memory.names.get(name)?.things ?? new Set();
  }

  /** Things that an argument hands over: a name, a part of one, or what a written-out container holds. */
  private givenBy({ name, text, names }: Argument): Set<number> {
    if (name !== undefined) return new Set(this.lookup(name));
    const part = /^(\w+)(\[|\.(values|T|loc|iloc|parameters|data)\b)[^()]*(\(\))?$/.exec(text)?.[1];
    if (part !== undefined && names.includes(part)) return new Set(this.lookup(part));
    const shown = /^[[({]/.test(text) && !/\w\(/.test(text);
    return shown ? new Set(names.flatMap((item) => [...this.lookup(item)])) : new Set();
  }

  private all(ids: Iterable<number>, into: Set<number>): void {
    for (const id of ids) into.add(id);
  }
}

/** Kept here so that nobody takes the current figure for a value of the notebook. */
export const isValueName = (name: string): boolean =>
  name !== PYPLOT && !name.startsWith('<') && name !== '*';
