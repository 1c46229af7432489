/**
 * A notebook that starts over with other data often fits the model that it has: `X_train, … = split(…)` and `model.fit(X_train, y_train)`
 * once more. `fit` of scikit-learn forgets what was fitted before, so the second training is that of a new model: it becomes
 * `model = Ridge(alpha=2); model.fit(X_train, y_train)`, and the package need not train the first one.
 * Source: https://scikit-learn.org/stable/developers/develop.html, "Fitting": a second call overwrites the first unless `warm_start`.
 */

import { estimatorFacts } from '../../knowledge/lookup.ts';
import type { Call, Statement } from '../../python/statement.ts';
import type { Rewrites } from './read-code.ts';

/** Methods that leave the parameters of an estimator as they are. */
const KEEPS =
  /^(fit|fit_predict|predict|predict_proba|predict_log_proba|decision_function|score|score_samples|transform|get_params|kneighbors|apply)$/;

/** An estimator that was made under a name, and its last training. */
interface Made {
  statement: Statement;
  fit: { id: number; given: string[] } | null;
}

/** Finds the trainings before which the model is made anew. */
export function startOver(statements: readonly Statement[]): Rewrites {
  const rewrites: Rewrites = new Map();
  const made = new Map<string, Made>();
  const boundAt = new Map<string, number>();
  for (const statement of statements) {
    const fit = fitOf(statement);
    const known = fit === undefined ? undefined : made.get(fit.name);
    if (fit !== undefined && known !== undefined) {
      if (known.fit !== null && isNewRound(known.fit, fit.given, boundAt) && mayRepeat(known, boundAt))
        rewrites.set(statement.id, `${known.statement.text}; ${statement.text}`);
      known.fit = { id: statement.id, given: fit.given };
    }
    for (const name of [...statement.defines, ...changedBy(statement)]) made.delete(name);
    for (const name of statement.defines) boundAt.set(name, statement.id);
    const [name] = statement.defines;
    if (name !== undefined && makesEstimator(statement)) made.set(name, { statement, fit: null });
  }
  return rewrites;
}

/** `model.fit(X_train, y_train)` as a statement of its own, with names alone. */
function fitOf({ kind, calls, text }: Statement): { name: string; given: string[] } | undefined {
  const [call] = calls;
  if (kind !== 'expression' || calls.length !== 1 || call?.method !== 'fit' || call.root === null)
    return undefined;
  const given = call.arguments.map(({ name }) => name ?? '');
  const isPlain =
    call.callee === `${call.root}.fit` && call.span.start === 0 && call.span.end === text.length;
  return isPlain && given.length > 1 && given.every((name) => name !== '')
    ? { name: call.root, given }
    : undefined;
}

/** The same names hold other data than at the training before. */
function isNewRound(
  before: { id: number; given: string[] },
  given: readonly string[],
  boundAt: ReadonlyMap<string, number>,
): boolean {
  return given.join() === before.given.join() && given.every((name) => (boundAt.get(name) ?? -1) > before.id);
}

/** `model = Ridge(alpha=2)`, on one line, of a class that forgets at each `fit`. */
function makesEstimator({ kind, calls, value, defines, text }: Statement): boolean {
  const [call] = calls;
  if (kind !== 'assignment' || defines.length !== 1 || calls.length !== 1 || text.includes('\n'))
    return false;
  const isWhole = call?.span.start === value?.span.start && call?.span.end === value?.span.end;
  return isWhole && call !== undefined && forgets(call);
}

function forgets({ qualified, arguments: given }: Call): boolean {
  const facts = estimatorFacts(qualified);
  return (
    facts?.framework === 'sklearn' &&
    facts.predicts &&
    given.every(
      ({ keyword, literal }) => keyword !== 'warm_start' && keyword !== '**' && literal !== undefined,
    )
  );
}

/** Names on whose objects more is done than to fit and to ask them. */
function changedBy({ stores, calls, kind }: Statement): string[] {
  if (kind === 'function' || kind === 'class') return [];
  const called = calls.filter(
    ({ root, method, local }) => root !== null && local !== true && !KEEPS.test(method),
  );
  return [...stores.map(({ root }) => root), ...called.flatMap(({ root }) => (root === null ? [] : [root]))];
}

/** Its class still has the name under which it was imported. */
function mayRepeat({ statement }: Made, boundAt: ReadonlyMap<string, number>): boolean {
  const [call] = statement.calls;
  return call?.root === null || (boundAt.get(call?.root ?? '') ?? -1) < statement.id;
}
