/** A call of a statement with all that is known about it at that place. */

import { callFacts, estimatorFacts, instanceType } from '../../knowledge/lookup.ts';
import type { CallFacts } from '../../knowledge/schema.ts';
import type { Call, Statement } from '../../python/statement.ts';
import type { Functions, Summary } from './functions.ts';
import type { Memory } from './things.ts';

/** A call, resolved. */
export interface ResolvedCall {
  call: Call;
  /** Undefined: nothing is known about what it does. */
  facts: CallFacts | undefined;
  /** Class of the receiver of a method, or of the instance that is called. */
  receiverType: string | undefined;
  /** Things that the receiver may be. */
  receiver: Set<number>;
  /** Function or class of the notebook that runs. */
  summary: Summary | null;
  /** It makes an instance of this class. */
  constructs: string | undefined;
  /** Things that its result may be; empty for a fresh value. */
  result: Set<number>;
  resultType: string | undefined;
  /** The receiver is the result of this call. */
  inner: ResolvedCall | null;
}

/** Names that stand for something else inside the statement than before it: loop variables, names of comprehensions. */
export type Locals = ReadonlyMap<string, ReadonlySet<number>>;

/** Resolves the calls of one statement; the bodies of functions are read by `Functions`. */
export class Resolver {
  private readonly memory: Memory;
  private readonly functions: Functions;
  private statement = 0;
  private locals: Locals = new Map();

  constructor(memory: Memory, functions: Functions) {
    this.memory = memory;
    this.functions = functions;
  }

  /**
   * Calls that run with the statement, in the order in which they return. `done` is told of each of them at once,
   * so that it can bind names that later calls of a compound statement use.
   */
  resolve(statement: Statement, locals: Locals, done: (call: ResolvedCall) => void): ResolvedCall[] {
    this.statement = statement.id;
    this.locals = locals;
    const calls: ResolvedCall[] = [];
    const ordered = statement.calls.filter(
      ({ within }) => within === null || statement.kind === 'assignment',
    );
    for (const call of ordered.sort((a, b) => a.span.end - b.span.end || b.span.start - a.span.start)) {
      const resolved = this.call(call, calls);
      calls.push(resolved);
      done(resolved);
    }
    return calls;
  }

  /** A call in the body of a function, by its import path or the notebook's name alone. */
  byName(call: Call): ResolvedCall | null {
    const things = call.root === null ? [] : this.memory.of(call.root);
    const code = call.qualified.includes('.')
      ? undefined
      : things.find((thing) => thing.code !== undefined)?.code;
    const resolved: ResolvedCall = {
      call,
      facts: callFacts(call.qualified),
      receiverType: undefined,
      receiver: new Set(),
      summary: null,
      constructs: instanceType(call.qualified),
      result: new Set(),
      resultType: undefined,
      inner: null,
    };
    if (code === undefined) return resolved;
    if (!this.functions.isClass(code)) return null;
    const facts = { holds: true, hyperparameters: true };
    return {
      ...resolved,
      facts,
      constructs: `notebook.${call.qualified}`,
      summary: this.functions.summary(code),
    };
  }

  private lookup(name: string): ReadonlySet<number> {
    return this.locals.get(name) ?? this.memory.names.get(name)?.things ?? new Set();
  }

  private call(call: Call, before: ResolvedCall[]): ResolvedCall {
    const link = /^<(\w+)>(.*)\.(\w+)$/s.exec(call.qualified);
    const inner = call.qualified.startsWith('<call>') ? innermost(call, before) : null;
    const receiver = new Set<number>();
    let receiverType: string | undefined;
    if (inner !== null) {
      for (const id of inner.result) receiver.add(id);
      receiverType = partType(
        inner.resultType,
        call.qualified.slice('<call>'.length, -call.method.length - 1),
      );
    } else if (call.root !== null && (link !== null || !call.qualified.includes('<'))) {
      const part = link?.[2] ?? '';
      const things =
        call.local === true ? (this.locals.get(call.root) ?? new Set<number>()) : this.lookup(call.root);
      for (const id of things) {
        receiver.add(id);
        if (part !== '') for (const held of this.memory.thing(id).holds) receiver.add(held);
      }
      const types = [...things].map((id) => this.memory.thing(id).type);
      receiverType = partType(
        types.find((type) => type !== undefined),
        part,
      );
      if (part.startsWith('[') && receiverType === undefined) {
        receiverType = [...receiver]
          .map((id) => this.memory.thing(id).type)
          .find((type) => type !== undefined);
      }
    }
    return this.describe(call, { receiver, receiverType, inner }, before);
  }

  private describe(
    call: Call,
    { receiver, receiverType, inner }: Pick<ResolvedCall, 'receiver' | 'receiverType' | 'inner'>,
    before: ResolvedCall[],
  ): ResolvedCall {
    const things = [...receiver].map((id) => this.memory.thing(id));
    const code = call.qualified.includes('<')
      ? undefined
      : things.find((thing) => thing.code !== undefined)?.code;
    const method = call.qualified.startsWith('<') ? this.methodSummary(receiverType, call.method) : null;
    const isInstance = code === undefined && receiverType !== undefined && !call.qualified.includes('<');
    const module = things.some((thing) => thing.module);
    const facts =
      isInstance && !module ? { holds: true } : callFacts(call.qualified, this.libraryType(receiverType));
    const constructs = code === undefined && !isInstance ? instanceType(call.qualified) : undefined;
    const resolved: ResolvedCall = {
      call,
      facts: method === null ? facts : (facts ?? {}),
      receiver,
      receiverType,
      summary: code === undefined ? method : this.functions.summary(code),
      constructs,
      result: new Set(),
      resultType: facts?.type ?? constructs,
      inner,
    };
    if (code !== undefined) this.describeOwn(resolved, code);
    else if (facts?.returns === 'receiver' || facts?.returns === 'view') {
      for (const id of receiver) resolved.result.add(id);
      resolved.resultType ??= receiverType;
      if (facts.returns === 'view' && receiver.size === 0) this.addArguments(resolved, Infinity);
      if (receiverType === 'statsmodels.Model') resolved.resultType = 'statsmodels.Results';
    } else if (facts?.returns === 'first') this.addArguments(resolved, 1);
    if (resolved.result.size === 0 && (resolved.constructs !== undefined || resolved.facts?.holds === true)) {
      this.makeResult(resolved, before);
    }
    return resolved;
  }

  /** A new object that holds what it was made from. */
  private makeResult(resolved: ResolvedCall, before: ResolvedCall[]): void {
    const { call, receiver, resultType, constructs } = resolved;
    const thing = this.memory.make(this.statement);
    if (resultType !== undefined) thing.type = resultType;
    if (constructs !== undefined) thing.call = { statement: this.statement, call };
    if (resolved.facts?.holds === true) {
      for (const { names, text } of call.arguments) {
        if (GIVES_NUMBER.test(text)) continue;
        for (const name of names) for (const id of this.lookup(name)) thing.holds.add(id);
      }
      for (const other of before) {
        const inside = other.call.span.start > call.span.start && other.call.span.end < call.span.end;
        if (inside) for (const id of other.result) thing.holds.add(id);
      }
      if (!call.qualified.includes('<')) for (const id of receiver) thing.holds.add(id);
    }
    for (const id of [...thing.holds]) {
      const held = this.memory.thing(id);
      if (held.module || held.constant || held.code !== undefined || id === thing.id) thing.holds.delete(id);
    }
    resolved.result.add(thing.id);
  }

  private addArguments({ call, result }: ResolvedCall, count: number): void {
    for (const argument of call.arguments.slice(0, count)) {
      for (const name of argument.name === undefined ? argument.names : [argument.name]) {
        for (const id of this.lookup(name)) result.add(id);
      }
    }
  }

  /** A call of a function or class of the notebook. */
  private describeOwn(resolved: ResolvedCall, code: number): void {
    const { summary, call } = resolved;
    const isClass = this.functions.isClass(code);
    if (isClass) {
      resolved.constructs = `notebook.${call.qualified}`;
      resolved.resultType = resolved.constructs;
      resolved.facts = { holds: true, hyperparameters: true };
      return;
    }
    resolved.facts = {};
    const name = summary?.returns.length === 1 ? summary.returns[0] : null;
    if (summary && name) for (const id of this.given(summary, name, call)) resolved.result.add(id);
  }

  /** Things that a function of the notebook gets for a parameter; for any other name what the notebook calls so. */
  given(summary: Summary, name: string, call: Call): Set<number> {
    const index = summary.parameters.indexOf(name);
    const argument = call.arguments.find(
      ({ keyword }, at) => (keyword ?? (at === index ? name : null)) === name,
    );
    const given = index < 0 ? name : argument?.name;
    return new Set(given === undefined ? [] : this.lookup(given));
  }

  private methodSummary(type: string | undefined, method: string): Summary | null {
    if (type === undefined || !type.startsWith('notebook.')) return null;
    const code = this.memory
      .of(type.slice('notebook.'.length))
      .find((thing) => thing.code !== undefined)?.code;
    return code === undefined ? null : this.functions.summary(code, method);
  }

  /** The class of a library that an instance of a notebook's class behaves like. */
  libraryType(type: string | undefined): string | undefined {
    if (type === undefined || !type.startsWith('notebook.')) return type;
    const code = this.memory
      .of(type.slice('notebook.'.length))
      .find((thing) => thing.code !== undefined)?.code;
    const bases = code === undefined ? [] : this.functions.bases(code);
    if (bases.some((base) => /(^|\.)(Module|LightningModule)$/.test(base))) return 'torch.nn.Module';
    if (bases.some((base) => /(^|\.)Model$/.test(base))) return 'keras.Model';
    if (bases.some((base) => /Classifier(Mixin)?$/.test(base))) return 'sklearn.notebook.Classifier';
    if (bases.some((base) => /Regressor(Mixin)?$/.test(base))) return 'sklearn.notebook.Regressor';
    if (bases.some((base) => /Transformer(Mixin)?$/.test(base))) return 'sklearn.notebook.Transformer';
    return type;
  }
}

/** The call whose result `call` is a method of: it ends before and starts at the same place. */
function innermost(call: Call, before: ResolvedCall[]): ResolvedCall | null {
  const inside = before.filter(
    ({ call: other }) => other.span.start === call.span.start && other.span.end < call.span.end,
  );
  return inside.sort((a, b) => b.call.span.end - a.call.span.end)[0] ?? null;
}

/** Type of a part of a value: `.best_estimator_` of a search, a column of a table. */
function partType(type: string | undefined, part: string): string | undefined {
  if (part === '' || type === undefined) return type;
  if (/(^|\.)pandas\..*DataFrame$|^pandas\.DataFrame$/.test(type)) {
    return /^(\[\]|\.\w+)(\.str|\.dt|\.cat)?$/.test(part) &&
      !/\.(loc|iloc|values|T|columns|index|plot)$/.test(part)
      ? part.includes('.plot')
        ? undefined
        : 'pandas.Series'
      : /\.(values)$/.test(part)
        ? 'numpy.ndarray'
        : undefined;
  }
  if (/^pandas\.Series$/.test(type))
    return /\.(str|dt|cat|loc|iloc)/.test(part) ? 'pandas.Series' : undefined;
  if (type === 'numpy.ndarray' || type === 'torch.Tensor') return type;
  if (estimatorFacts(type)?.search === true && part === '.best_estimator_')
    return 'sklearn.notebook.Estimator';
  return undefined;
}

/** `len(names)`, `X.shape[1]`: a number of an object is no part of it. */
const GIVES_NUMBER = /^(len|int|float|str|round)\([^()]*\)$|^[\w.]+\.shape(\[-?\d+\])?$/;
