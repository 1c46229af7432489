/**
 * A file that is opened in one statement and used in another is opened where it is used: `f = open('model.pkl', 'wb')` and
 * `pickle.dump(model, f)` become `pickle.dump(model, open('model.pkl', 'wb'))`, which says by itself what is written where. The
 * first statement stays, and is dropped with all that nothing needs; to open a file once more changes nothing in it, as long as
 * nothing was written through the first handle.
 */

import { applyEdits } from '../../python/edit.ts';
import type { Call, Statement } from '../../python/statement.ts';
import type { Rewrites } from './read-code.ts';

const OPENERS = /^((gzip|bz2|lzma|io|codecs)\.)?open$/;
/** `x` refuses a file that is there, `a` and `+` go on in one. */
const REPEATABLE = /^[rw][bt]?$/;

/** Finds the statements that use a file opened before, once. */
export function inlineHandles(statements: readonly Statement[]): Rewrites {
  const rewrites: Rewrites = new Map();
  for (const statement of statements) {
    const open = opened(statement);
    const [name] = statement.defines;
    if (open === undefined || name === undefined) continue;
    const later = statements.slice(statement.id + 1);
    const end = later.findIndex(({ defines }) => defines.includes(name));
    const users = (end < 0 ? later : later.slice(0, end + 1)).filter(
      ({ uses, deferred }) => uses.includes(name) || deferred.includes(name),
    );
    const [user, ...others] = users.filter((each) => !closes(each, name));
    if (user === undefined || others.length > 0) continue;
    const place = onlyUse(user, name);
    const between = statements.slice(statement.id + 1, user.id);
    if (place === undefined || changesNames(between, statement)) continue;
    const before = rewrites.get(user.id);
    if (before !== undefined) continue;
    const text = statement.text.slice(open.span.start, open.span.end);
    rewrites.set(user.id, applyEdits(user.text, [{ span: place, replacement: text }]));
  }
  return rewrites;
}

/** The call of `f = open(…)` in a mode in which it can be opened twice. */
function opened({ kind, calls, value, defines, text }: Statement): Call | undefined {
  if (kind !== 'assignment' || defines.length !== 1 || text.includes('\n')) return undefined;
  const call = calls.find(({ span }) => span.start === value?.span.start && span.end === value.span.end);
  if (call === undefined || !OPENERS.test(call.qualified)) return undefined;
  const mode =
    call.arguments.find(({ keyword }) => keyword === 'mode') ??
    call.arguments.filter(({ keyword }) => keyword === null)[1];
  if (mode === undefined) return call;
  return mode.literal?.kind === 'string' && REPEATABLE.test(mode.literal.value) ? call : undefined;
}

/** `f.close()` */
function closes({ kind, text }: Statement, name: string): boolean {
  return kind === 'expression' && new RegExp(`^${name}\\s*\\.\\s*close\\s*\\(\\s*\\)$`).test(text.trim());
}

/** Where a plain statement gives the file to a call, and does nothing else with it. */
function onlyUse(
  { kind, occurrences, calls, conditional }: Statement,
  name: string,
): { start: number; end: number } | undefined {
  if ((kind !== 'expression' && kind !== 'assignment') || conditional.length > 0) return undefined;
  const uses = occurrences.filter((occurrence) => occurrence.name === name);
  const given = calls.flatMap(({ arguments: all, local }) => (local === true ? [] : all));
  const argument = given.find((each) => each.name === name);
  return uses.length === 1 && uses[0]?.context === 'load' && argument !== undefined
    ? argument.span
    : undefined;
}

/** Something between the two binds a name that the call of `open` reads. */
function changesNames(between: readonly Statement[], { uses }: Statement): boolean {
  return between.some(({ defines }) => defines.some((name) => uses.includes(name)));
}
