/** Curves that a training loop fills, in the notebook or in a function of it, and that the notebook only looks at. */

import { alwaysRuns } from '../../python/evaluation-order.ts';
import type { Call, Statement } from '../../python/statement.ts';
import { Functions } from './functions.ts';
import { heldNumber } from './loop-scores.ts';
import { isScoreName } from './measure.ts';
import { shownBy } from './printed.ts';

/** The last value of one curve. */
export interface Final {
  name: string;
  expression: string;
  /** The last statement that looks at the curve. */
  after: number;
}

/** A list, or the list under a key of a dict, that starts empty. */
interface Curve {
  /** Name that holds it where it is filled. */
  root: string;
  key: string | null;
}

/** `losses = []` and `history = {'val_loss': []}`, filled by the loop that trains; `losses = train(…)` where the function does both. */
export function loopCurves(statements: readonly Statement[]): Final[] {
  const functions = new Functions(statements);
  return statements.flatMap((statement) => {
    const { id, kind, defines } = statement;
    if (kind !== 'assignment') return [];
    const later = statements.filter((other) => other.id > id);
    return defines.flatMap((name, index) => {
      const end = later.findIndex((other) => other.defines.includes(name));
      const own = end < 0 ? later : later.slice(0, end);
      const made = defines.length === 1 ? emptyCurves(statement, name) : [];
      const loops = made.map((curve) => ({
        curve,
        filler: own.find((each) => each.kind === 'for' && fills(each, curve, statements)),
      }));
      const returned = returnedCurves(statement, index, functions, statements);
      return [...loops, ...returned].flatMap(({ curve, filler }) => final(name, curve, filler, own));
    });
  });
}

/** Behind the last statement that looks at the curve; none if nothing does, or if its values are printed as they are. */
function final(
  name: string,
  curve: Curve,
  filler: Statement | undefined,
  own: readonly Statement[],
): Final[] {
  if (filler === undefined || printsItem(filler, curve)) return [];
  const from = filler.kind === 'for' ? filler.id : -1;
  const shown = own.findLast((statement) => statement.id > from && isGiven(statement, name, curve.key));
  if (shown === undefined) return [];
  const list = curve.key === null ? name : `${name}['${curve.key}']`;
  return [{ name: singular(curve.key ?? name), expression: `float(${list}[-1])`, after: shown.id }];
}

/** The curves of `x = []` and `x = {'loss': [], …}` whose names say that they hold scores. */
function emptyCurves({ value, text }: Statement, root: string): Curve[] {
  const literal = value?.literal;
  if (literal?.kind === 'list' && literal.items.length === 0 && isScoreName(root))
    return [{ root, key: null }];
  const source = value === undefined ? '' : text.slice(value.span.start, value.span.end);
  return curvesIn(source, root);
}

/** The keys of a dict of empty lists. */
function curvesIn(source: string, root: string): Curve[] {
  if (!/^\{\s*["']/.test(source)) return [];
  return [...source.matchAll(/["'](\w+)["']\s*:\s*\[\s*\]/g)].flatMap(([, key = '']) =>
    isScoreName(key) ? [{ root, key }] : [],
  );
}

/** The curves among what a function of the notebook returns that it makes and fills itself. */
function returnedCurves(
  { value, calls, defines }: Statement,
  index: number,
  functions: Functions,
  statements: readonly Statement[],
): { curve: Curve; filler: Statement }[] {
  const whole = calls.find(({ span }) => span.start === value?.span.start && span.end === value.span.end);
  const filler = whole === undefined ? undefined : functions.named(whole.qualified);
  if (filler?.kind !== 'function') return [];
  const { returnedNames = [] } = functions.summary(filler.id) ?? {};
  const name = returnedNames.length === defines.length ? returnedNames[index] : null;
  if (name === null || name === undefined || functions.top(filler.id)?.returns.length !== 1) return [];
  const source = new RegExp(`\\n[ \\t]+${name}[ \\t]*=[ \\t]*(\\[\\s*\\]|list\\(\\)|\\{[^{}]*\\})`).exec(
    filler.text,
  )?.[1];
  if (source === undefined) return [];
  const empty = source.startsWith('{')
    ? curvesIn(source, name)
    : isScoreName(name)
      ? [{ root: name, key: null }]
      : [];
  return empty.filter((curve) => fills(filler, curve, statements)).map((curve) => ({ curve, filler }));
}

/** Each turn of the loop trains, and appends a number. */
function fills(statement: Statement, curve: Curve, statements: readonly Statement[]): boolean {
  const { calls, text } = statement;
  const appends = appendsTo(statement, curve);
  const trains = (own: readonly Call[]): boolean => own.some(({ method }) => method === 'backward');
  const helpers = statements.filter(
    ({ kind: is, defines }) => is === 'function' && calls.some(({ qualified }) => qualified === defines[0]),
  );
  return (
    appends.length > 0 &&
    appends.every(({ arguments: [item], span }) => isNumber(item?.text ?? '') && alwaysRuns(text, span)) &&
    (trains(calls) || helpers.some((helper) => trains(helper.calls)))
  );
}

function appendsTo({ calls, text }: Statement, { root, key }: Curve): Call[] {
  const list = key === null ? root : `${root}['${key}']`;
  const isOf = ({ span }: Call): boolean =>
    text.slice(span.start, span.end).replaceAll('"', "'").startsWith(`${list}.append(`);
  return calls.filter((call) => call.root === root && call.method === 'append' && isOf(call));
}

/** The loop prints the very loss that it appends: it is a score by that already. */
function printsItem(loop: Statement, curve: Curve): boolean {
  const held = (text: string): string => heldNumber(text) ?? text;
  const appended = appendsTo(loop, curve).flatMap(({ arguments: [item] }) =>
    item === undefined ? [] : [held(item.text)],
  );
  const within = loop.kind === 'function' ? (loop.defines[0] ?? null) : null;
  const printed = new Set(shownBy(loop, within).map(({ text }) => held(text)));
  return appended.every(
    (item) =>
      printed.has(item) && loop.calls.some(({ root, method }) => method === 'backward' && root === item),
  );
}

/** `loss.item()`, `total / n`, `np.mean(batch)`, `loss`: what `float` takes. */
function isNumber(text: string): boolean {
  if (/^[[({]/.test(text)) return false;
  if (/\.item\(\)$|^float\(/.test(text)) return true;
  if (text.includes(',')) return false;
  return /^np\.mean\(|\//.test(text) || (/^\w+$/.test(text) && isScoreName(text));
}

/** A call gets the curve, or the dict that holds it. */
function isGiven({ kind, calls }: Statement, name: string, key: string | null): boolean {
  const curve = key === null ? name : `${name}['${key}']`;
  return (
    kind === 'expression' &&
    calls.some(
      ({ arguments: given, within }) =>
        within === null &&
        given.some((each) => each.name === name || each.text.replaceAll('"', "'") === curve),
    )
  );
}

/** `train_loss` of `train_losses`, `accuracy` of `accuracies`. */
function singular(name: string): string {
  return name
    .replace(/accuracies/i, 'accuracy')
    .replace(/(loss)es|((?:acc|error|score)\w*?)s(?=_|$)/i, '$1$2');
}
