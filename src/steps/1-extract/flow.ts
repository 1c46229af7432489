/** The data flow of a notebook: for each statement what it reads, from where, and what it changes. */

import type { Observation, StatementRecord } from '../../notebook/observation.ts';
import { isNotebookBuiltin } from '../../python/names.ts';
import type { Statement } from '../../python/statement.ts';
import { Resolver, type ResolvedCall } from './calls.ts';
import { effectsOf, type Changes } from './effects.ts';
import { Functions } from './functions.ts';
import { pathsOf, type FilePath } from './paths.ts';
import { drawsOf } from './randomness.ts';
import { figureRoles } from './figures.ts';
import { Bindings, iterations } from './bindings.ts';
import { Memory, PYPLOT, type Thing } from './things.ts';

/** One statement in the flow. */
export interface Flow {
  statement: Statement;
  calls: ResolvedCall[];
  /** Where the names that it reads come from; `<pyplot>` for the current figure, `<file>` for files of the notebook. */
  reads: Map<string, number[]>;
  /** What those names stand for when it starts. */
  seen: Map<string, Set<number>>;
  /** Names that it reads and that nothing before has bound. */
  missing: string[];
  /** Names that it may change in place, by what is written. */
  mayMutate: string[];
  /** Names that it does change, as far as is known. */
  mutates: string[];
  /** Things that it changes. */
  changed: Set<number>;
  random: ('random' | 'numpy' | 'torch')[];
  files: FilePath[];
  /** The names after it, for those that it binds or changes. */
  things: Map<string, Set<number>>;
  record: StatementRecord | null;
}

/** The whole notebook. */
export interface NotebookFlow {
  flows: Flow[];
  memory: Memory;
  functions: Functions;
  resolver: Resolver;
}

/** Follows the statements in document order. Without an observation every presumed change counts. */
export function followData(statements: readonly Statement[], observation: Observation | null): NotebookFlow {
  return new Follower(statements, observation).run();
}

class Follower {
  private readonly statements: readonly Statement[];
  private readonly records = new Map<number, StatementRecord>();
  private readonly memory = new Memory();
  private readonly functions: Functions;
  private readonly resolver: Resolver;
  private readonly written: { path: string; statement: number; folder: boolean }[] = [];
  private readonly stars: number[] = [];

  constructor(statements: readonly Statement[], observation: Observation | null) {
    this.statements = statements;
    for (const record of observation?.statements ?? []) this.records.set(record.id, record);
    this.functions = new Functions(statements);
    this.resolver = new Resolver(this.memory, this.functions);
  }

  run(): NotebookFlow {
    const flows: Flow[] = [];
    let cell = -1;
    for (const statement of this.statements) {
      // Jupyter shows and closes the open figures at the end of each cell.
      if (statement.cell !== cell) this.memory.names.delete(PYPLOT);
      cell = statement.cell;
      flows.push(this.step(statement));
    }
    return { flows, memory: this.memory, functions: this.functions, resolver: this.resolver };
  }

  private step(statement: Statement): Flow {
    const { memory } = this;
    const record = this.records.get(statement.id) ?? null;
    const reads = new Map<string, number[]>();
    const seen = new Map<string, Set<number>>();
    const missing: string[] = [];
    for (const name of this.namesRead(statement)) {
      const from = memory.sources(name);
      seen.set(name, new Set(memory.names.get(name)?.things ?? []));
      if (from.length > 0) reads.set(name, from);
      else if (memory.names.get(name) === undefined) missing.push(name);
    }
    if (missing.length > 0 && this.stars.length > 0) reads.set('*', [...this.stars]);
    const locals = iterations(statement, memory);
    const bound = new Bindings(statement, memory, locals);
    const calls = this.resolver.resolve(statement, locals, (call) => bound.add(call));
    const changes = effectsOf(calls, {
      statement,
      memory,
      functions: this.functions,
      resolver: this.resolver,
      locals,
    });
    for (const store of statement.stores) {
      // A store also reads what it changes, and so does a call that changes its receiver.
      if (store.local !== true && !reads.has(store.root) && store.within === null) {
        const from = memory.sources(store.root);
        if (from.length > 0) reads.set(store.root, from);
      }
    }
    const flow: Flow = {
      statement,
      calls,
      reads,
      seen,
      missing,
      record,
      mayMutate: [],
      mutates: [],
      changed: new Set(),
      random: [],
      files: [],
      things: new Map(),
    };
    this.change(flow, changes);
    this.define(flow, bound.finish(calls), changes.rebound);
    flow.files = pathsOf(flow, this.statements, memory);
    this.followFiles(flow);
    this.followFigure(flow);
    flow.random = record?.outcome === 'ran' ? record.random : drawsOf(flow, memory);
    return flow;
  }

  /** Names that it reads when it runs, those of the functions that it may call included. */
  private namesRead(statement: Statement): string[] {
    const found = new Set<string>();
    // A function that a loop defines is called in it: `def closure(): …` for `optimizer.step(closure)`.
    const inner = /^(for|while|with|if|try)$/.test(statement.kind) ? statement.deferred : [];
    const pending = [...statement.uses, ...inner];
    for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
      if (found.has(name)) continue;
      const binding = this.memory.names.get(name);
      if (binding === undefined && isNotebookBuiltin(name)) continue;
      found.add(name);
      if (statement.kind === 'function' || statement.kind === 'class') continue;
      for (const id of this.memory.closure(binding?.things ?? []))
        pending.push(...this.deferred(this.memory.thing(id)));
    }
    return [...found];
  }

  private deferred(thing: Thing): string[] {
    const code = thing.code ?? this.codeOf(thing.type);
    return code === undefined ? [] : (this.statements[code]?.deferred ?? []);
  }

  private codeOf(type: string | undefined): number | undefined {
    if (type === undefined || !type.startsWith('notebook.')) return undefined;
    return this.memory.of(type.slice('notebook.'.length)).find((thing) => thing.code !== undefined)?.code;
  }

  /** Settles what changed: known effects, presumed ones as far as the run does not say otherwise. */
  private change(flow: Flow, changes: Changes): void {
    const { memory } = this;
    const { statement, record } = flow;
    const may = new Set([...changes.known, ...changes.presumed]);
    const holders = [...memory.namesOf(may)];
    for (const id of may) {
      const names = holders.flatMap(([name, things]) => (things.has(id) ? [name] : []));
      if (record?.outcome === 'ran' && !changedInRun(names, record, changes.known.has(id))) continue;
      flow.changed.add(id);
    }
    const named = holders.filter(([name]) => !this.hasFigure(name));
    flow.mayMutate = named.map(([name]) => name);
    flow.mutates = named.flatMap(([name, things]) =>
      [...things].some((id) => flow.changed.has(id)) ? [name] : [],
    );
    for (const id of flow.changed) memory.thing(id).changes.push(statement.id);
  }

  private hasFigure(name: string): boolean {
    return this.memory.of(name).some((thing) => thing.figure);
  }

  private define(flow: Flow, bound: Map<string, Set<number>>, rebound: readonly string[]): void {
    const { memory } = this;
    const { statement, record } = flow;
    for (const name of statement.defines) {
      memory.bind(name, statement.id, bound.get(name) ?? [], statement.conditional.includes(name));
    }
    for (const name of rebound) memory.bind(name, statement.id, [memory.make(statement.id).id], true);
    if (rebound.length > 0) flow.mutates = [...new Set([...flow.mutates, ...rebound])];
    if (statement.imports.some(({ member }) => member === '*')) this.stars.push(statement.id);
    for (const name of [...statement.defines, ...flow.mutates]) {
      const things = memory.names.get(name)?.things ?? new Set<number>();
      flow.things.set(name, new Set(things));
      const type = record?.values[name]?.type;
      if (type === undefined || things.size !== 1 || /^(__main__|builtins)\b/.test(type)) continue;
      for (const thing of memory.of(name)) {
        // `best = grid.best_estimator_` shares the thing of the search, which keeps its own class.
        const own = thing.type === undefined || thing.made === statement.id;
        if (own && !thing.type?.startsWith('notebook.')) thing.type = type;
      }
    }
  }

  /** A file that the notebook wrote before is read: the write comes first. */
  private followFiles(flow: Flow): void {
    const { id } = flow.statement;
    const reads = new Set([
      ...flow.files.filter(({ use }) => use === 'read').map(({ path }) => path),
      ...(flow.record?.reads ?? []),
    ]);
    const from = this.written
      .filter(({ path, folder }) => !folder && reads.has(path))
      .map(({ statement }) => statement);
    if (from.length > 0)
      flow.reads.set(
        '<file>',
        [...new Set(from)].sort((a, b) => a - b),
      );
    for (const { path, use } of flow.files) {
      if (use === 'write') this.written.push({ path, statement: id, folder: false });
    }
    for (const path of flow.record?.writes ?? []) this.written.push({ path, statement: id, folder: false });
  }

  /** matplotlib's current figure: drawn on by statements, saved, shown. */
  private followFigure(flow: Flow): void {
    const { memory } = this;
    const { id } = flow.statement;
    const roles = figureRoles(flow, memory);
    if (!roles.figure && (roles.plot || roles.savefig)) {
      const from = memory.sources(PYPLOT);
      if (from.length > 0) flow.reads.set(PYPLOT, from);
    }
    if (roles.figure) memory.bind(PYPLOT, id, roles.things, false);
    else if (roles.plot) {
      const things = memory.names.get(PYPLOT)?.things ?? [];
      for (const thing of things) memory.thing(thing).changes.push(id);
      memory.bind(PYPLOT, id, [], true);
    }
    for (const thing of roles.drawnOn) memory.thing(thing).changes.push(id);
    if (roles.show) memory.names.delete(PYPLOT);
  }
}

const TRUSTED =
  /^(dataframe|series|index|ndarray|list|dict|tuple|set|sparse|tensor|string|int|float|bool|none)$/;

/** What the run says of a change; where it cannot tell, what is known of the call counts. */
function changedInRun(names: readonly string[], record: StatementRecord, known: boolean): boolean {
  if (names.some((name) => record.mutated.includes(name))) return true;
  const seen = names.map((name) => record.values[name]).filter((facts) => facts !== undefined);
  if (known)
    return seen.length === 0 || seen.some((facts) => facts.digest === undefined || !TRUSTED.test(facts.kind));
  return seen.some((facts) => facts.digest === undefined);
}
