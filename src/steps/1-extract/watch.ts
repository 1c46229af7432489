/** What the observer must look at: the static half of the step, before the notebook is run. */

import type { Notebook } from '../../notebook/notebook.ts';
import type { Span, Statement } from '../../python/statement.ts';
import { metricFacts } from '../../knowledge/lookup.ts';
import { followData, type Flow } from './flow.ts';
import { readCode } from './read-code.ts';
import { shownBy } from './printed.ts';
import { expressionKey } from './scores.ts';

/** An expression whose value the observer records; lines from 1 in the cell, columns from 0 in UTF-16 units. */
export interface WatchedExpression {
  key: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** What to watch at one statement. */
export interface WatchedStatement {
  id: number;
  cell: number;
  line: number;
  code: string;
  /** Names to record after it. */
  watch: string[];
  /** Names whose object it might change in place. */
  mayMutate: string[];
  expressions: WatchedExpression[];
}

/** The plan for the observer, in document order. `loadPython()` must have been awaited. */
export function watchPlan(notebook: Notebook): WatchedStatement[] {
  const { written: statements } = readCode(notebook);
  const codes = new Map(notebook.cells.map(({ index, code }) => [index, code]));
  return followData(statements, null).flows.map((flow) => {
    const { statement, mayMutate } = flow;
    const hidden = new Set(statement.kind === 'import' ? statement.defines : []);
    const watch = [...new Set([...statement.defines, ...mayMutate])].filter((name) => !hidden.has(name));
    return {
      id: statement.id,
      cell: statement.cell,
      line: statement.line,
      code: statement.text,
      watch,
      mayMutate,
      expressions: expressionsOf(flow).map((span) => place(statement, span, codes.get(statement.cell) ?? '')),
    };
  });
}

/** Expressions that may be a score: metric calls, `.score(…)`, and what is shown. */
function expressionsOf({ statement, calls }: Flow): Span[] {
  if (/^(function|class|import)$/.test(statement.kind)) return [];
  const spans = calls
    .filter(
      ({ call, facts }) =>
        metricFacts(call.qualified) !== undefined ||
        facts?.role === 'score' ||
        facts?.role === 'crossvalidate',
    )
    .map(({ call }) => call.span);
  const silent = calls.some(
    ({ call, facts }) =>
      /^(show|plot|figure|savefig|save|write|display|settings|seed|folder)$/.test(facts?.role ?? '') &&
      call.qualified !== 'print' &&
      call.span.end === statement.value?.span.end,
  );
  if (!silent)
    for (const { span, text } of shownBy(statement))
      if (!/^[-\d"']/.test(text) || /\w\.\w/.test(text)) spans.push(span);
  const unique = new Map(spans.map((span) => [expressionKey(span), span]));
  return [...unique.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Characters before a statement on its first line: it may stand behind a `;`. */
function indentOf(statement: Statement, code: string): number {
  const first = code.split('\n')[statement.line - 1] ?? '';
  const [head = ''] = statement.text.split('\n');
  return Math.max(0, first.indexOf(head));
}

/** Offset of a statement's text in the code of its cell. */
export function startIn(code: string, statement: Statement): number {
  const above = code.split('\n').slice(0, statement.line - 1);
  return above.reduce((sum, line) => sum + line.length + 1, 0) + indentOf(statement, code);
}

/** Where an expression stands in its cell. */
function place(statement: Statement, span: Span, code: string): WatchedExpression {
  const indent = indentOf(statement, code);
  const at = (offset: number): { line: number; column: number } => {
    const before = statement.text.slice(0, offset).split('\n');
    const column = before.at(-1)?.length ?? 0;
    return {
      line: statement.line + before.length - 1,
      column: before.length === 1 ? column + indent : column,
    };
  };
  const start = at(span.start);
  const end = at(span.end);
  return { key: expressionKey(span), ...start, endLine: end.line, endColumn: end.column };
}
