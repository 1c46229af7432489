/**
 * Where a notebook reports nothing but the curves of its training, the last values of them are its metrics: behind
 * `plt.plot(history.history['val_loss'])` stands `final_val_loss = history.history['val_loss'][-1]`.
 */

import { toSnakeCase, uniqueName } from '../../python/names.ts';
import { alwaysRuns, subscripts } from '../../python/evaluation-order.ts';
import type { Statement } from '../../python/statement.ts';
import { followData } from './flow.ts';
import { loopCurves, type Final } from './loop-curves.ts';
import { isObjective } from './loop-scores.ts';
import { isScoreName } from './measure.ts';
import { findFits, findModels } from './models.ts';
import type { Rewrites } from './read-code.ts';
import { ScoreFinder } from './scores.ts';

/** Finds the plots behind which the last values are taken; none if the notebook has any other score. */
export function nameHistories(statements: readonly Statement[]): Rewrites {
  const rewrites: Rewrites = new Map();
  const finals = [...kerasHistories(statements), ...loopCurves(statements)];
  if (finals.length === 0 || hasScores(statements)) return rewrites;
  const taken = new Set(statements.flatMap(({ text }) => text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []));
  for (const { name, expression, after } of finals) {
    const unique = uniqueName(`final_${toSnakeCase(name)}`, taken);
    taken.add(unique);
    const before = rewrites.get(after) ?? statements[after]?.text ?? '';
    rewrites.set(after, `${before}\n${unique} = ${expression}`);
  }
  return rewrites;
}

/** Scores but for the loss of a training loop: that of its last step says less than a curve. */
function hasScores(statements: readonly Statement[]): boolean {
  const flow = followData(statements, null);
  const scores = new ScoreFinder(flow, findModels(findFits(flow), flow)).find();
  return scores.some(
    ({ statement, variable }) =>
      variable === null || !isObjective(flow.flows[statement]?.calls ?? [], variable),
  );
}

/** `history = model.fit(…)` whose curves are looked at by their names. */
function kerasHistories(statements: readonly Statement[]): Final[] {
  const current = new Map<string, Map<string, Final>>();
  const all: Map<string, Final>[] = [];
  for (const statement of statements) {
    if (statement.kind === 'function' || statement.kind === 'class') continue;
    for (const [history, found] of current) {
      if (!statement.uses.includes(history)) continue;
      for (const key of keysRead(statement, history, statements)) {
        const expression = `${history}.history['${key}'][-1]`;
        found.set(key, { name: key, expression, after: statement.id });
      }
    }
    for (const name of statement.defines) current.delete(name);
    const [name] = statement.defines;
    if (name === undefined || !isFit(statement)) continue;
    current.set(name, new Map());
    all.push(current.get(name) ?? new Map<string, Final>());
  }
  return all.flatMap((found) => [...found.values()]);
}

function isFit({ kind, calls, value }: Statement): boolean {
  const whole = calls.find(({ span }) => span.start === value?.span.start && span.end === value.span.end);
  return kind === 'assignment' && whole?.method === 'fit';
}

/** Names of scores in `history.history['val_loss']`, in functions that get the history too, where they are certainly read. */
function keysRead(statement: Statement, history: string, statements: readonly Statement[]): string[] {
  const keys = keysIn(statement.text, history);
  for (const { qualified, arguments: given, within } of statement.calls) {
    const position = given.findIndex(({ name, keyword }) => name === history && keyword === null);
    const callee = statements.find(({ kind, defines }) => kind === 'function' && defines[0] === qualified);
    if (position < 0 || within !== null || callee === undefined) continue;
    const parameters = /^def\s+\w+\(([^()]*)\)/m.exec(callee.text)?.[1]?.split(',') ?? [];
    const parameter = /^\s*(\w+)/.exec(parameters[position] ?? '')?.[1];
    if (parameter !== undefined) keys.push(...keysIn(callee.text, parameter));
  }
  return [...new Set(keys)].filter(isScoreName);
}

function keysIn(text: string, history: string): string[] {
  return subscripts(text).flatMap((span) => {
    const [, root, key] = /^(\w+)\.history\[["'](\w+)["']\]$/.exec(text.slice(span.start, span.end)) ?? [];
    return root === history && key !== undefined && alwaysRuns(text, span) ? [key] : [];
  });
}
