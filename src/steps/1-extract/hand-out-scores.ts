/**
 * A function of the notebook that prints its score hands it out as well, and the calls that stand alone keep it:
 * `evaluate(model, X, y)` becomes `accuracy = evaluate(model, X, y)`. Nothing else that the notebook computes changes.
 */

import { applyEdits, type TextEdit } from '../../python/edit.ts';
import { isBuiltin, toSnakeCase, uniqueName } from '../../python/names.ts';
import type { Call, Statement } from '../../python/statement.ts';
import { straightLine } from '../../python/straight-line.ts';
import { FunctionScores, type PrintedScore } from './function-scores.ts';
import { Functions } from './functions.ts';
import type { Rewrites } from './read-code.ts';

/** Finds the functions that print scores nobody gets, and the calls to change. */
export function handOutScores(statements: readonly Statement[]): Rewrites {
  const rewrites: Rewrites = new Map();
  const edits = new Map<Statement, TextEdit[]>();
  const functions = new Functions(statements);
  const scores = new FunctionScores(statements, functions);
  // Names of the notebook: what a function calls its own is free outside of it.
  const taken = new Set(
    statements.flatMap(({ defines, uses, deferred }) => [...defines, ...uses, ...deferred]),
  );
  const definitions = new Map<string, number>();
  for (const { defines } of statements)
    for (const name of defines) definitions.set(name, (definitions.get(name) ?? 0) + 1);
  const bare = bareCalls(statements, definitions);
  for (const statement of statements) {
    const [name] = statement.defines;
    if (statement.kind !== 'function' || name === undefined || definitions.get(name) !== 1) continue;
    const calls = (bare.get(name) ?? []).filter(({ statement: { id } }) => id > statement.id);
    const handed = calls.length === 0 ? null : handedOut(statement, functions, scores, calls);
    if (handed === null) continue;
    if (handed.text !== statement.text) rewrites.set(statement.id, handed.text);
    for (const { statement: caller, call } of calls) {
      const word = calls.length > 1 ? dataWord(call) : '';
      const names = handed.names.map((wanted) => {
        const prefix = word === '' || wanted.startsWith(word) ? '' : `${word}_`;
        const unique = uniqueName(`${prefix}${wanted}`, taken);
        taken.add(unique);
        return unique;
      });
      const at = { start: call.span.start, end: call.span.start };
      edits.set(caller, [...(edits.get(caller) ?? []), { span: at, replacement: `${names.join(', ')} = ` }]);
    }
  }
  for (const [{ id, text }, own] of edits) rewrites.set(id, applyEdits(text, own));
  return rewrites;
}

interface BareCall {
  statement: Statement;
  call: Call;
}

/**
 * Calls of names that the notebook defines whose result nobody takes: statements of their own, or of the first level
 * of a loop over numbers.
 */
function bareCalls(
  statements: readonly Statement[],
  defined: ReadonlyMap<string, number>,
): Map<string, BareCall[]> {
  const found = new Map<string, BareCall[]>();
  for (const statement of statements) {
    const seen = new Set<string>();
    for (const call of statement.calls) {
      const { qualified, within, span } = call;
      if (within !== null || seen.has(qualified) || !defined.has(qualified)) continue;
      seen.add(qualified);
      const alone =
        statement.kind === 'expression' && span.start === 0 && span.end === statement.value?.span.end;
      if (alone || isInEpochs(statement, call))
        found.set(qualified, [...(found.get(qualified) ?? []), { statement, call }]);
    }
  }
  return found;
}

/** `for epoch in range(epochs):` with the call on a line of its own, as deep as the first line of the body. */
function isInEpochs({ kind, text }: Statement, { span, parent }: Call): boolean {
  if (kind !== 'for' || parent !== null || !/^for\s+\w+\s+in\s+(?:[\w.]+\(\s*)?t?range\(/.test(text))
    return false;
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? '';
  const line = text.slice(text.lastIndexOf('\n', span.start - 1), span.start);
  const rest = text.slice(span.end).split('\n')[0]?.trim() ?? '';
  return line === `\n${indent}` && (rest === '' || rest.startsWith('#'));
}

/** The function as it hands its scores out, and names for them; null if it has none or its callers do not miss them. */
function handedOut(
  statement: Statement,
  functions: Functions,
  scores: FunctionScores,
  calls: readonly BareCall[],
): { text: string; names: string[] } | null {
  const top = functions.top(statement.id);
  if (top === null || top.generator || top.asynchronous) return null;
  if (top.decorators.some(({ text }) => !/\b(no_grad|inference_mode)\b/.test(text))) return null;
  if (top.returns.length > 0) {
    const returned = scores.returned(statement.id);
    // The only value of a displayed call is seen where it stands.
    if (
      returned.length === 0 ||
      (returned.length === 1 && calls.every(({ statement: { displayed } }) => displayed))
    )
      return null;
    const names = returned.flatMap((measured) => (measured === null ? [] : [toSnakeCase(measured.wanted)]));
    return names.length === returned.length ? { text: statement.text, names: distinct(names) } : null;
  }
  const printed = scores.printed(statement.id);
  if (printed.length === 0 || /\breturn\b/.test(statement.text)) return null;
  return writeReturn(statement, printed);
}

function distinct(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const unique = uniqueName(name, taken);
    taken.add(unique);
    return unique;
  });
}

/** Gives names to the scores that are computed in a print, and returns all of them at the end of the body. */
function writeReturn(
  statement: Statement,
  printed: readonly PrintedScore[],
): { text: string; names: string[] } | null {
  const { text } = statement;
  const taken = new Set(text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []);
  const edits: TextEdit[] = [];
  const before = new Map<number, string[]>();
  const names = printed.map(({ name, span, statement: at, measured }) => {
    if (name !== null) return name;
    const base = toSnakeCase(measured.wanted);
    const unique = uniqueName(isBuiltin(base) ? `${base}_value` : base, taken);
    taken.add(unique);
    edits.push({ span, replacement: unique });
    const lines = before.get(at.span.start) ?? [];
    before.set(at.span.start, [...lines, `${unique} = ${text.slice(span.start, span.end)}; `]);
    return unique;
  });
  for (const [start, lines] of before)
    edits.push({ span: { start, end: start }, replacement: lines.join('') });
  const line = straightLine(text) ?? [];
  const [first] = line;
  const last = line.findLast(({ indent }) => indent === first?.indent);
  if (first?.indent === null || first === undefined || last === undefined) return null;
  const end = text.trimEnd().length;
  const ends = !last.compound && last.span.end === end;
  const handed = names.map((name, index) => name ?? names[index]).join(', ');
  edits.push({
    span: { start: end, end },
    replacement: ends ? `; return ${handed}` : `\n${first.indent}return ${handed}`,
  });
  const wanted = printed.map(({ name, measured }) =>
    toSnakeCase(measured.facts ? measured.wanted : (name ?? measured.wanted)),
  );
  return { text: applyEdits(text, edits), names: distinct(wanted) };
}

/** `train` or `test` by the names of the data that a call gets. */
function dataWord({ arguments: given }: Call): string {
  const words = given.flatMap(({ names }) => names).join(' ');
  const found = /(?:^|[\W_])(train|test|val)/i.exec(words)?.[1]?.toLowerCase();
  return found === undefined || (found === 'train' && /(test|val)/i.test(words)) ? '' : found;
}
