/** What the names that a statement binds stand for afterwards. */

import type { Statement } from '../../python/statement.ts';
import type { ResolvedCall } from './calls.ts';
import type { Memory, Thing } from './things.ts';

/** What the loop variables of a statement (comprehensions included) run over: the items, or the whole if those are not known. */
export function iterations(statement: Statement, memory: Memory): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  if (statement.kind === 'function' || statement.kind === 'class') return found;
  for (const match of statement.text.matchAll(
    /\bfor[ \t]+([\w \t,()*]{1,80}?)[ \t]+in[ \t]+([^:\n\]}]{1,200})/g,
  )) {
    const items = new Set<number>();
    const source = match[2] ?? '';
    for (const { 0: name, index } of source.matchAll(/(?<![\w.])[A-Za-z_]\w*/g)) {
      if (isApart(source, index, name)) continue;
      const local = found.get(name);
      for (const id of local ?? memory.names.get(name)?.things ?? []) {
        const { holds, constant, module, code } = memory.thing(id);
        if (constant || module || code !== undefined) continue;
        if (holds.size === 0) items.add(id);
        for (const held of memory.closure(holds)) items.add(held);
      }
    }
    for (const name of (match[1] ?? '').match(/\w+/g) ?? []) found.set(name, items);
  }
  return found;
}

/** `df.columns`, `range(len(df))`: what a loop takes out of it are names and numbers, no parts of the object. */
function isApart(source: string, index: number, name: string): boolean {
  const numbers = /^(?:\w+\()?(?:range|arange|linspace|len)\(|^\w+\.(?:arange|linspace)\(/.test(
    source.trim(),
  );
  return (
    numbers ||
    /^\.(?:columns|index|shape|dtypes|size|keys\(\))(?![\w(])/.test(source.slice(index + name.length))
  );
}

/** Attributes whose value shares nothing with the object: sizes, names, scores. */
const APART =
  /\.(shape|size|ndim|columns|index|dtypes?|name|best_params_|best_score_|best_index_|cv_results_|history|\w*(?<!best_estimator|estimators?|steps)_)(\[|\.|$)/;

/** Collects the bindings of one statement while its calls are resolved. */
export class Bindings {
  private readonly bound = new Map<string, Set<number>>();
  private readonly statement: Statement;
  private readonly memory: Memory;
  private readonly locals: Map<string, Set<number>>;
  private readonly compound: boolean;

  constructor(statement: Statement, memory: Memory, locals: Map<string, Set<number>>) {
    this.statement = statement;
    this.memory = memory;
    this.locals = locals;
    this.compound = !/^(assignment|expression|augmented)$/.test(statement.kind);
    if (this.compound) this.aliases();
  }

  /** Takes the result of a call that stands right behind `name =`. */
  add(resolved: ResolvedCall): void {
    const { call, summary } = resolved;
    const { text, defines } = this.statement;
    const names = assignedTo(text, call.span.start).filter((name) => defines.includes(name));
    const after = text.slice(call.span.end).trimStart();
    if (names.length === 0 || /^[.[]/.test(after)) return;
    names.forEach((name, index) => {
      const returned = names.length > 1 ? summary?.returns[index] : undefined;
      let things = new Set(names.length === 1 ? resolved.result : []);
      if (returned && summary) things = this.given(resolved, returned);
      if (resolved.facts?.role === 'figure' && names.length > 1) {
        things = this.bound.get(names[0] ?? '') ?? new Set();
      }
      if (things.size === 0) things.add(this.make(resolved, names.length === 1).id);
      if (names.length > 1 && resolved.facts?.holds) for (const id of resolved.result) things.add(id);
      this.bound.set(name, things);
      if (this.compound) this.locals.set(name, things);
    });
  }

  private given({ call, summary }: ResolvedCall, name: string): Set<number> {
    const index = summary?.parameters.indexOf(name) ?? -1;
    const argument = call.arguments.find(
      ({ keyword }, at) => keyword === name || (keyword === null && at === index),
    );
    const given = index < 0 ? name : argument?.name;
    return new Set(
      given === undefined ? [] : (this.locals.get(given) ?? this.memory.names.get(given)?.things ?? []),
    );
  }

  private make({ facts, resultType }: ResolvedCall, single: boolean): Thing {
    const thing = this.memory.make(this.statement.id);
    if (single && resultType !== undefined) thing.type = resultType;
    if (facts?.role === 'figure') thing.figure = true;
    return thing;
  }

  /** The bindings, complete: every name that the statement binds has at least one thing. */
  finish(calls: readonly ResolvedCall[]): Map<string, Set<number>> {
    if (!this.compound) this.aliases();
    const { statement, memory } = this;
    const { kind, value, text } = statement;
    for (const name of statement.defines) {
      if (this.bound.has(name)) continue;
      const things = new Set(this.locals.get(name) ?? []);
      if (kind === 'augmented') for (const id of memory.names.get(name)?.things ?? []) things.add(id);
      if (things.size === 0) {
        const thing = memory.make(statement.id);
        if (kind === 'import') thing.module = true;
        else if (kind === 'function' || kind === 'class') thing.code = statement.id;
        else if (value?.literal && /^(int|float|string|bool|none)$/.test(value.literal.kind))
          thing.constant = true;
        else if (value && /^\s*(lambda)\b/.test(text.slice(value.span.start))) thing.code = statement.id;
        else if (value && /^[[{(]/.test(text.slice(value.span.start))) this.display(thing, calls);
        things.add(thing.id);
      }
      this.bound.set(name, things);
    }
    return this.bound;
  }

  /** A list, dict or tuple written out: it holds the names and new objects in it. */
  private display(thing: Thing, calls: readonly ResolvedCall[]): void {
    const { statement, memory } = this;
    thing.display = true;
    thing.type =
      { '[': 'list', '{': 'dict', '(': 'tuple' }[statement.text[statement.value?.span.start ?? 0] ?? ''] ??
      'list';
    for (const { of, element } of statement.aliases) {
      if (element) for (const id of memory.names.get(of)?.things ?? []) thing.holds.add(id);
    }
    for (const { result } of calls) for (const id of result) if (id !== thing.id) thing.holds.add(id);
    for (const id of [...thing.holds]) if (memory.thing(id).constant) thing.holds.delete(id);
  }

  private aliases(): void {
    const { statement, memory } = this;
    const value = statement.value
      ? statement.text.slice(statement.value.span.start, statement.value.span.end)
      : '';
    const shown = /^[[{(]/.test(value);
    for (const { name, of, element } of statement.aliases) {
      if (this.bound.has(name) && !this.compound) continue;
      if (shown && element && !this.compound) continue; // the container is made by `display`
      if (APART.test(value) || this.isCopy(of, value)) continue;
      const things = this.bound.get(name) ?? new Set<number>();
      for (const id of this.locals.get(of) ?? memory.names.get(of)?.things ?? []) {
        const { holds, constant, display, type } = memory.thing(id);
        if (constant) continue;
        // A part of a container is an item of it.
        const part = element === true || value.startsWith(`${of}[`) || (this.compound && display);
        if (part && holds.size > 0) for (const held of holds) things.add(held);
        else if (
          part &&
          (isTable(type) || (value.startsWith(`${of}[`) && !isNumeric(type, value.slice(of.length))))
        ) {
          const more = isTable(type) ? { type: 'pandas.Series' } : {};
          things.add(memory.make(statement.id, { ...more, viewOf: new Set([id]) }).id);
        } else things.add(id);
      }
      if (things.size === 0) continue;
      if (this.compound) this.locals.set(name, new Set([...(this.locals.get(name) ?? []), ...things]));
      else this.bound.set(name, things);
    }
  }

  /** Rows chosen by a condition, or a list of columns, are a copy in every version of pandas. */
  private isCopy(of: string, value: string): boolean {
    if (!value.startsWith(`${of}[`)) return false;
    const key = value.slice(of.length + 1);
    if (/^\[|[<>~]|[=!]=/.test(key)) return true;
    return this.memory.of(of).some(({ type }) => isTable(type)) && !/^["'][^"']*["']\]$/.test(key);
  }
}

function isTable(type: string | undefined): boolean {
  return type !== undefined && /(DataFrame|Series)$/.test(type);
}

/** Slices of arrays share their memory; a column, a list of columns or an item does not change with its table. */
function isNumeric(type: string | undefined, key: string): boolean {
  if (type !== undefined) return /(ndarray|Tensor|list|dict)$/.test(type);
  return /^\[[^'"]*[\d:][^'"]*\]/.test(key.slice(0, 60));
}

/** Names in front of the `=` that stands right before an offset: `a, b` of `a, b = f()`. No backtracking: the text is foreign. */
function assignedTo(text: string, offset: number): string[] {
  const head = text
    .slice(Math.max(0, offset - 300), offset)
    .replace(/\(?$/, '')
    .trimEnd();
  if (!head.endsWith('=')) return [];
  const line = head.slice(
    Math.max(head.lastIndexOf('\n'), head.lastIndexOf(';'), head.lastIndexOf(':')) + 1,
    -1,
  );
  return /^[\w \t,]+$/.test(line) ? (line.match(/\w+/g) ?? []) : [];
}
