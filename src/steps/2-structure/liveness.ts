import { unique } from '../../lib/unique.ts';
import type { AnalysedStatement } from '../1-extract/extraction.ts';

/** What a statement reads and writes as far as values passed between functions go. */
export interface Effects {
  /** Values read from before the statement, in order. */
  reads: string[];
  /** Values bound on every path through it. */
  binds: string[];
  /** Values that it may bind, or change in place: the old value lives on or goes in. */
  changes: string[];
}

/** What is known of the notebook's names. */
export interface NameTable {
  /** Values: neither imports, functions, classes, builtins nor lifted constants. */
  isValue(name: string): boolean;
  /** Values that a notebook function or class reads from the global namespace when it is called. */
  hidden(name: string): string[];
}

/**
 * Lists the values that a statement reads and writes.
 *
 * @param statement - A kept statement that is not an import or a definition.
 * @param table - What is known of the names.
 */
export function effectsOf(statement: AnalysedStatement, table: NameTable): Effects {
  const settled = boundBeforeRead(statement);
  const conditional = new Set(statement.conditional.filter((name) => !settled.has(name)));
  // What a function in a loop reads is read when the loop calls it: `def closure(): …` for `optimizer.step(closure)`.
  const inner = /^(for|while|with|if|try)$/.test(statement.kind) ? statement.deferred : [];
  const used = unique([...statement.uses, ...inner]).flatMap((name) =>
    table.isValue(name) ? (settled.has(name) ? [] : [name]) : table.hidden(name),
  );
  const changed = [
    ...statement.stores.filter((store) => store.within === null).map((store) => store.root),
    ...statement.mutates,
  ];
  const binds = statement.defines.filter((name) => !conditional.has(name) && table.isValue(name));
  const changes = [...changed, ...statement.defines.filter((name) => conditional.has(name))].filter(
    (name) => table.isValue(name) && !binds.includes(name),
  );
  return { reads: unique([...used, ...changes]), binds: unique(binds), changes: unique(changes) };
}

/**
 * Names of a loop, `with` or `try` that its target or its body, loops and `with` blocks in it included, binds before
 * anything in it reads them: loops that run at least once never see their old value.
 */
function boundBeforeRead(statement: AnalysedStatement): Set<string> {
  if (!['for', 'while', 'with', 'try'].includes(statement.kind)) return new Set();
  const first = new Map<string, (typeof statement.occurrences)[number]>();
  for (const occurrence of statement.occurrences) {
    const known = first.get(occurrence.name);
    if (!known || occurrence.span.start < known.span.start) first.set(occurrence.name, occurrence);
  }
  const level = /\n( +|\t+)\S/.exec(statement.text)?.[1]?.length ?? 0;
  const indentAt = (offset: number): number => {
    const line = statement.text.slice(statement.text.lastIndexOf('\n', offset - 1) + 1, offset);
    return /^\s*/.exec(line)?.[0].length ?? 0;
  };
  return new Set(
    [...first.values()]
      .filter(
        ({ context, span }) =>
          context === 'store' &&
          !valueReads(statement, span.start) &&
          (indentAt(span.start) <= level || isInLoopsOnly(statement.text, span.start)),
      )
      .map(({ name }) => name),
  );
}

/** Whether all blocks around the line at `offset` are `for`, `with` and the first part of `try`, by their indentation. */
function isInLoopsOnly(text: string, offset: number): boolean {
  const lines = text.slice(0, offset).split('\n');
  const indentOf = (line: string): number => /^\s*/.exec(line)?.[0].length ?? 0;
  let indent = indentOf(lines.at(-1) ?? '');
  for (const line of lines.slice(0, -1).reverse()) {
    if (line.trim() === '' || indentOf(line) >= indent) continue;
    if (!/^\s*(for|with|try)\b/.test(line)) return false;
    indent = indentOf(line);
  }
  return indent === 0;
}

/** Whether the name stored at `offset` is also read by its own assignment: `x = x + 1`, `x += 1`. */
function valueReads(statement: AnalysedStatement, offset: number): boolean {
  const stored = statement.occurrences.find(({ span }) => span.start === offset);
  if (/^\s*(?:[-+*/%@&|^]|\/\/|\*\*|>>|<<)=/.test(statement.text.slice(stored?.span.end ?? offset)))
    return true;
  const end = statement.text.indexOf('\n', offset);
  return statement.occurrences.some(
    ({ name, context, span }) =>
      name === stored?.name && context === 'load' && span.start > offset && (end < 0 || span.start < end),
  );
}

/**
 * Values that a run of statements needs from before it.
 *
 * @param effects - Effects of its statements, in order.
 * @param bound - Values that some statement before the run has bound: a conditional binding of any other name needs none.
 */
export function liveIn(effects: Effects[], bound: ReadonlySet<string>): string[] {
  const own = new Set<string>();
  const needed: string[] = [];
  for (const { reads, binds, changes } of effects) {
    for (const name of reads) {
      if (!own.has(name) && bound.has(name) && !needed.includes(name)) needed.push(name);
    }
    for (const name of [...binds, ...changes]) own.add(name);
  }
  return needed;
}

/** Values that a run of statements binds or changes, in order. */
export function written(effects: Effects[]): string[] {
  return unique(effects.flatMap(({ binds, changes }) => [...binds, ...changes]));
}
