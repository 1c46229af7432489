/**
 * A model that no name holds gets one, so that it can be saved and evaluated: `SVC().fit(X, y).predict(Z)` becomes
 * `model = SVC().fit(X, y); model.predict(Z)`. Only where nothing else is computed before it.
 */

import { callFacts, estimatorFacts, isStatsmodel } from '../../knowledge/lookup.ts';
import { applyEdits } from '../../python/edit.ts';
import { isEvaluatedFirst } from '../../python/evaluation-order.ts';
import { uniqueName } from '../../python/names.ts';
import type { Call, Span, Statement } from '../../python/statement.ts';
import type { Rewrites } from './read-code.ts';

/** Finds the statements that train a model without a name. */
export function nameModels(statements: readonly Statement[]): Rewrites {
  const rewrites: Rewrites = new Map();
  const taken = new Set(statements.flatMap(({ text }) => text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []));
  const makers = new Set(statements.filter(makesPredictor).flatMap(({ defines }) => defines));
  const fits = statements.some(trains);
  for (const statement of statements) {
    const { kind, text, id } = statement;
    if (kind !== 'expression' && kind !== 'assignment') continue;
    const span = unnamedModel(statement, makers, fits);
    if (span === null || !isEvaluatedFirst(text, span)) continue;
    const name = uniqueName('model', taken);
    taken.add(name);
    const model = text.slice(span.start, span.end);
    // Outside of the brackets that surrounded it, a line break would end the statement.
    const value = model.includes('\n') ? `(${model})` : model;
    rewrites.set(id, `${name} = ${value}; ${applyEdits(text, [{ span, replacement: name }])}`);
  }
  return rewrites;
}

/** It fits something to known results, on lines of its own: that is rather what the notebook is about than what it compares it with. */
function trains({ calls }: Statement): boolean {
  return calls.some(
    ({ method, arguments: given }) => method === 'backward' || (method === 'fit' && given.length > 1),
  );
}

/** A function of the notebook that gives a model: `def poly(degree): return make_pipeline(…, LinearRegression())`. */
function makesPredictor({ kind, text, calls }: Statement): boolean {
  return kind === 'function' && /\breturn\b/.test(text) && calls.some(({ qualified }) => predicts(qualified));
}

function predicts(qualified: string): boolean {
  const facts = estimatorFacts(qualified);
  return facts?.predicts === true && facts.role !== 'transformer';
}

/** What the name shall stand for: the fitted model, or the one that is given to what fits it. `fits`: others are fitted. */
function unnamedModel({ calls, value }: Statement, makers: ReadonlySet<string>, fits: boolean): Span | null {
  const isModel = (call: Call | undefined): call is Call =>
    call !== undefined &&
    (isPipeline(call)
      ? calls.some(({ span, qualified }) => contains(call.span, span) && predicts(qualified))
      : predicts(call.qualified) || isStatsmodel(call.qualified) || makers.has(call.qualified));
  for (const call of calls) {
    if (call.within !== null || call.local === true) continue;
    const receiver = receiverOf(call, calls);
    const isWhole =
      value !== undefined && call.span.start === value.span.start && call.span.end === value.span.end;
    if (call.method === 'fit' && isModel(receiver) && !isWhole) return call.span;
    if (call.method === 'fit_predict' && isModel(receiver)) return receiver.span;
    if (fits || callFacts(call.qualified)?.role !== 'crossvalidate') continue;
    const [given] = call.arguments;
    const made = calls.find(({ span }) => span.start === given?.span.start && span.end === given.span.end);
    if (isModel(made)) return made.span;
  }
  return null;
}

function isPipeline({ qualified }: Call): boolean {
  return /(^|\.)(Pipeline|make_pipeline)$/.test(qualified);
}

function contains(outer: Span, inner: Span): boolean {
  return inner.start > outer.start && inner.end < outer.end;
}

/** The call whose result this one is a method of: `SVC()` for `SVC().fit(X, y)`. */
function receiverOf({ span, qualified, method }: Call, calls: readonly Call[]): Call | undefined {
  if (qualified !== `<call>.${method}`) return undefined;
  const before = calls.filter((each) => each.span.start === span.start && each.span.end < span.end);
  return before.sort((a, b) => b.span.end - a.span.end)[0];
}
