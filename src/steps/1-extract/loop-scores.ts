/** Scores of a training loop that stand in its prints alone: how they are read, and how they get a name. */

import { applyEdits, type TextEdit } from '../../python/edit.ts';
import { isBuiltin, toSnakeCase, uniqueName } from '../../python/names.ts';
import type { Call, Span, Statement } from '../../python/statement.ts';
import { eachTurn, straightLine, type BodyStatement } from '../../python/straight-line.ts';
import { Functions } from './functions.ts';
import { isScoreName, scoreNameOf } from './measure.ts';
import { shownBy, type Shown } from './printed.ts';
import type { Rewrites } from './read-code.ts';

/** `loss` of `loss.item()`, `float(loss)`, `loss.detach().cpu().item()`: the name that holds the number which is shown; null for anything else. */
export function heldNumber(text: string): string | null {
  return (
    /^([A-Za-z_]\w*)(?:\.(?:data|detach\(\)|cpu\(\)))*\.item\(\)$/.exec(text)?.[1] ??
    /^float\(\s*([A-Za-z_]\w*)(?:\.(?:data|detach\(\)|cpu\(\)|item\(\)))*\s*\)$/.exec(text)?.[1] ??
    null
  );
}

/** The name is what the statement descends: `cost.backward()`. Whatever people call it, it is the loss. */
export function isObjective(calls: readonly { call: Call }[], name: string): boolean {
  return calls.some(({ call: { root, method } }) => method === 'backward' && root === name);
}

/** Name of an objective as a metric: a letter says nothing. */
export function objectiveName(name: string): string {
  return name.length < 3 && !isScoreName(name) ? 'loss' : toSnakeCase(name);
}

/**
 * What each turn of a training loop computes in its print gets a name before it: `print(total / len(loader))` becomes
 * `epoch_loss = total / len(loader)` and `print(epoch_loss)`, so that the value of the last turn can be handed on.
 */
export function nameLoopScores(statements: readonly Statement[]): Rewrites {
  const rewrites: Rewrites = new Map();
  const functions = new Functions(statements);
  const words = (text: string): string[] =>
    text.replace(/(["'])(?:\\.|(?!\1)[^\\])*\1/g, '').match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? [];
  const taken = new Set(statements.flatMap(({ text }) => words(text)));
  for (const statement of statements) {
    const { kind, text, defines } = statement;
    const name = kind === 'function' ? (defines[0] ?? '') : null;
    if ((kind !== 'for' && name === null) || !trains(statement, functions, name)) continue;
    const turn = kind === 'for' ? eachTurn(text) : straightLine(text)?.flatMap((each) => each.turn);
    if (!turn) continue;
    const edits = shownBy(statement, name).flatMap((shown) => nameShown(statement, shown, turn, taken));
    if (edits.length > 0) rewrites.set(statement.id, applyEdits(statement.text, edits));
  }
  return rewrites;
}

function trains({ calls }: Statement, functions: Functions, name: string | null): boolean {
  return calls.some(({ method, qualified, within }) => {
    if (within !== name) return false;
    const callee = functions.named(qualified);
    const roles = callee?.kind === 'function' ? functions.summary(callee.id)?.roles : undefined;
    return method === 'backward' || roles?.has('backward') === true;
  });
}

/** The name in front of the statement that shows the expression, and in its place. */
function nameShown(
  statement: Statement,
  shown: Shown,
  turn: readonly BodyStatement[],
  taken: Set<string>,
): TextEdit[] {
  const { span } = shown;
  const at = turn.find((each) => !each.compound && contains(each.span, span));
  if (at?.indent == null || shown.name !== null || heldNumber(shown.text) !== null || !isScore(shown))
    return [];
  if (!isReadOnly(statement, at.span)) return [];
  const name = nameFor(shown, taken);
  taken.add(name);
  return [
    {
      span: { start: at.span.start, end: at.span.start },
      replacement: `${name} = ${shown.text}\n${at.indent}`,
    },
    { span, replacement: name },
  ];
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** One call of `print` whose values can be computed before it in any order: nothing in it changes what the rest reads. */
function isReadOnly({ text, calls }: Statement, span: Span): boolean {
  const own = calls.filter((call) => contains(span, call.span));
  const outer = own.find((call) => call.span.start === span.start && call.span.end === span.end);
  return (
    outer !== undefined &&
    !/\b(await|yield|lambda)\b|:=/.test(text.slice(span.start, span.end)) &&
    own.every((call) => call === outer || READS.test(call.method === '' ? call.qualified : call.method))
  );
}

const READS =
  /^(len|float|int|str|round|sum|min|max|abs|format|item|detach|cpu|numpy|mean|std|sqrt|size|time|math\.\w+|(numpy\.|time\.)\w+)$/;

/** A number that is computed where it is shown, and that its label or its own names call a score. */
function isScore({ text, label, numeric }: Shown): boolean {
  if (text.includes('\n') || /^["']|^[\d\s.]+$|^len\(|\.(shape|size)\b|\[|\bpred\w*\b/.test(text))
    return false;
  const isNumber = numeric || /\/|\.item\(\)/.test(text);
  return isNumber && (isScoreName(label) || isScoreName(text));
}

function nameFor({ text, label }: Shown, taken: ReadonlySet<string>): string {
  const own = text.match(/[A-Za-z_]\w*/g)?.find((word) => isScoreName(word)) ?? 'score';
  const wanted = isScoreName(label) ? scoreNameOf(label) : toSnakeCase(own);
  const isFree = !taken.has(wanted) && !isBuiltin(wanted);
  return uniqueName(isFree ? wanted : `epoch_${wanted}`, taken);
}
