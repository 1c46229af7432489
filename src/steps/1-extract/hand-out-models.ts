/**
 * Where all that a notebook trains stays inside of its functions, they hand the models out as well: `fit_and_plot(X, y)`
 * becomes `model = fit_and_plot(X, y)`, with a `return model` at the end of the function. Nothing else that it computes changes.
 */

import { applyEdits, type TextEdit } from '../../python/edit.ts';
import { toSnakeCase, uniqueName } from '../../python/names.ts';
import type { Call, Span, Statement } from '../../python/statement.ts';
import { straightLine } from '../../python/straight-line.ts';
import { followData } from './flow.ts';
import { Functions, trainedLocals } from './functions.ts';
import { findFits, findModels } from './models.ts';
import { items } from './printed.ts';
import type { Rewrites } from './read-code.ts';

/** Finds the functions that train what nobody else gets, and their calls; none if the notebook has a model anyway. */
export function handOutModels(statements: readonly Statement[]): Rewrites {
  const rewrites: Rewrites = new Map();
  const found = statements.filter(({ kind, defines, calls }) => {
    const trains =
      kind === 'function' && calls.some(({ method }) => method === 'fit' || method === 'backward');
    return trains && statements.filter((other) => other.defines.includes(defines[0] ?? '')).length === 1;
  });
  if (found.length === 0 || hasModel(statements)) return rewrites;
  const functions = new Functions(statements);
  const taken = new Set(
    statements.flatMap(({ defines, uses, deferred }) => [...defines, ...uses, ...deferred]),
  );
  const edits = new Map<Statement, TextEdit[]>();
  for (const statement of found) {
    const handed = handedOut(statement, functions, sitesOf(statement, statements));
    if (handed === null) continue;
    rewrites.set(statement.id, handed.text);
    for (const { caller, call, names } of handed.sites) {
      const unique = handed.models.map((name) => {
        const own = uniqueName(toSnakeCase(name), taken);
        taken.add(own);
        return own;
      });
      const end = caller.value?.span.start === call.span.start && names.length > 0 ? call.span.start : null;
      // `a, b = f(x)` gets more targets; a call that stands alone gets its first.
      const targets = [...names, ...unique].join(', ');
      const span = end === null ? { start: call.span.start, end: call.span.start } : { start: 0, end };
      edits.set(caller, [...(edits.get(caller) ?? []), { span, replacement: `${targets} = ` }]);
    }
  }
  for (const [{ id, text }, own] of edits) rewrites.set(id, applyEdits(text, own));
  return rewrites;
}

function hasModel(statements: readonly Statement[]): boolean {
  const flow = followData(statements, null);
  return findModels(findFits(flow), flow).length > 0;
}

/** A call whose whole result a statement of the notebook takes, or that stands alone. */
interface Site {
  caller: Statement;
  call: Call;
  /** What it is assigned to. */
  names: string[];
}

/** All uses of a function; null if one of them is anything but a call whose result is bound to plain names or dropped. */
function sitesOf({ id, defines: [name = ''] }: Statement, statements: readonly Statement[]): Site[] | null {
  const sites: Site[] = [];
  for (const caller of statements) {
    if (caller.id === id) continue;
    const uses = caller.occurrences.filter((occurrence) => occurrence.name === name);
    if (uses.length === 0) continue;
    const call = caller.calls.find(
      ({ qualified, span }) => qualified === name && isWhole(span, caller.value?.span),
    );
    const plain = /^[\w\s,]+=\s*$/.test(caller.text.slice(0, call?.span.start ?? 0));
    const bound = caller.kind === 'assignment' && plain;
    if (uses.length > 1 || call === undefined || (caller.kind !== 'expression' && !bound)) return null;
    sites.push({ caller, call, names: bound ? caller.defines : [] });
  }
  return sites;
}

function isWhole({ start, end }: Span, value: Span | undefined): boolean {
  return start === value?.start && end === value.end;
}

/** The function as it hands its models out behind all that it returns already. */
function handedOut(
  statement: Statement,
  functions: Functions,
  sites: readonly Site[] | null,
): { text: string; models: string[]; sites: readonly Site[] } | null {
  const top = functions.top(statement.id);
  const line = straightLine(statement.text) ?? [];
  const [first] = line;
  const last = line.at(-1);
  if (sites === null || sites.length === 0 || top === null || first?.indent == null || last === undefined)
    return null;
  if (top.generator || top.asynchronous || top.returnAnnotation || top.decorators.length > 0) return null;
  const models = [...trainedLocals(statement)].flatMap(([name, { span }]) =>
    line.some((each) => !each.compound && each.span.start <= span.start && span.end <= each.span.end)
      ? [name]
      : [],
  );
  if (models.length === 0) return null;
  const { text } = statement;
  const returns = text.match(/\breturn\b/g) ?? [];
  if (returns.length === 0) {
    if (sites.some(({ names }) => names.length > 0)) return null;
    const end = text.trimEnd().length;
    const edit = { span: { start: end, end }, replacement: `\n${first.indent}return ${models.join(', ')}` };
    return { text: applyEdits(text, [edit]), models, sites };
  }
  const [value] = top.returns;
  if (returns.length > 1 || value === undefined || !text.slice(last.span.start).startsWith('return'))
    return null;
  const returned = items(text, value.span);
  if (returned.some(({ start, end }) => models.includes(text.slice(start, end)))) return null;
  if (sites.some(({ names }) => names.length !== returned.length)) return null;
  const { end } = returned.at(-1) ?? value.span;
  const edit = { span: { start: end, end }, replacement: `, ${models.join(', ')}` };
  return { text: applyEdits(text, [edit]), models, sites };
}
