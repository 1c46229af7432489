import type { Call, Span } from '../../python/statement.ts';
import type { AnalysedStatement } from '../1-extract/extraction.ts';

/** An expression that takes something from all rows: training keeps it, new rows reuse it. */
export interface StatefulEdit {
  statement: number;
  kind: 'reduction' | 'fit_transform' | 'dummies';
  /** The call. */
  span: Span;
  /** What the call is made on or of: the receiver of a reduction, the transformer, the table of `get_dummies`. */
  subject: Span;
  /** Arguments of the call, for those that have some. */
  arguments: Span | null;
  method: string;
  /** Name under which the value is kept. */
  key: string;
  /** Loop variable that the key depends on. */
  loop: string | null;
  /** Notebook name of the transformer, if it has one. */
  transformer?: string;
}

const REDUCTIONS = /^(median|mean|mode|min|max|std|var|sum|quantile|nunique|skew)$/;

/** `df['a'].median()` on the path: kept under `a.median`. Not along rows (`axis=1`). */
export function reductionEdit(
  call: Call,
  statement: AnalysedStatement,
  inputs: string[],
): StatefulEdit | null {
  const dot = statement.text.slice(call.span.start, call.span.end).indexOf(`.${call.method}(`);
  if (!REDUCTIONS.test(call.method) || dot < 0 || /^numpy\.|^math\./.test(call.qualified)) return null;
  if (inputs.length > 0 && (call.root === null || !inputs.includes(call.root))) return null;
  const rowwise = call.arguments.some(
    (argument) => argument.keyword === 'axis' && /1|columns/.test(argument.text),
  );
  if (rowwise) return null;
  const subject = { start: call.span.start, end: call.span.start + lastDot(statement, call) };
  const column = /\[\s*['"]([^'"]+)['"]\s*\]$/.exec(statement.text.slice(subject.start, subject.end))?.[1];
  return {
    statement: statement.id,
    kind: 'reduction',
    method: call.method,
    span: call.span,
    subject,
    arguments: argumentSpan(call, statement),
    key: `${
      column ??
      (statement.text
        .slice(subject.start, subject.end)
        .replace(/\W+/g, '_')
        .replace(/^_+|_+$/g, '') ||
        'value')
    }.${call.method}`,
    loop: loopVariable(call, statement),
  };
}

/** `scaler.fit_transform(X)` and `StandardScaler().fit_transform(X)`. */
export function fitTransformEdit(call: Call, statement: AnalysedStatement): StatefulEdit | null {
  if (call.method !== 'fit_transform' || call.arguments.length === 0) return null;
  const subject = { start: call.span.start, end: call.span.start + lastDot(statement, call) };
  const text = statement.text.slice(subject.start, subject.end);
  const plain = /^[A-Za-z_]\w*$/.test(text);
  return {
    statement: statement.id,
    kind: 'fit_transform',
    method: call.method,
    span: call.span,
    subject,
    arguments: argumentSpan(call, statement),
    key: plain
      ? text
      : `${/[A-Za-z_]\w*/.exec(text)?.[0] ?? 'transformer'}_${statement.cell}_${statement.line}`,
    loop: loopVariable(call, statement),
  };
}

/** `pd.get_dummies(df)`: which columns come out depends on the categories of all rows. */
export function dummiesEdit(call: Call, statement: AnalysedStatement): StatefulEdit | null {
  const table = call.arguments.find((argument) => argument.keyword === null);
  if (call.method !== 'get_dummies' || !table) return null;
  return {
    statement: statement.id,
    kind: 'dummies',
    method: call.method,
    span: table.span,
    subject: table.span,
    arguments: null,
    key: `get_dummies_${statement.cell}_${statement.line}`,
    loop: loopVariable(call, statement),
  };
}

/** Offset of the dot in front of the method, relative to the start of the call. */
function lastDot(statement: AnalysedStatement, call: Call): number {
  const first = call.arguments[0]?.span.start ?? call.span.end;
  const head = statement.text.slice(call.span.start, first);
  return head.lastIndexOf(`.${call.method}`);
}

function argumentSpan(call: Call, statement: AnalysedStatement): Span | null {
  if (call.arguments.length === 0) return null;
  const open = statement.text.indexOf('(', call.span.start + lastDot(statement, call));
  return { start: open + 1, end: call.span.end - 1 };
}

function loopVariable(call: Call, statement: AnalysedStatement): string | null {
  return call.loop && statement.kind === 'for' ? (statement.defines[0] ?? null) : null;
}
