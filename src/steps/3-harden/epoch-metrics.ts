import type { AnalysedStatement } from '../1-extract/extraction.ts';
import { asNumber, hasGraph, type CodeContext } from './code-context.ts';
import { fixed, type NestedEdit } from './nested-edits.ts';

/** `for epoch in range(…)`, with or without a progress bar around it. */
const EPOCHS = /^for\s+(\w+)\s+in\s+(?:[\w.]+\(\s*)?range\(\s*([^),]*)/;

/**
 * Logs the metrics of every epoch of a training loop to MLflow, where a run is active: those that the first level of the
 * loop's body binds in every turn.
 *
 * @param statement - A statement of the training stage.
 */
export function epochEdits(statement: AnalysedStatement, context: CodeContext): NestedEdit[] {
  const loop = EPOCHS.exec(statement.text);
  const indent = /\n([ \t]+)\S/.exec(statement.text)?.[1];
  if (statement.kind !== 'for' || statement.stage !== 'training' || !loop || indent === undefined) return [];
  const metrics = context.extraction.metrics.filter(
    ({ statement: id, variable }) =>
      id === statement.id && variable !== null && isBoundEachTurn(statement.text, indent, variable),
  );
  if (metrics.length === 0) return [];
  const pairs = metrics
    .map((metric) => {
      const { key, variable } = metric;
      return `${JSON.stringify(key)}: ${asNumber(variable ?? key, hasGraph(metric, context))}`;
    })
    .join(', ');
  const end = statement.text.trimEnd().length;
  const counter = loop[1] ?? 'epoch';
  // A loop that counts on itself, `i = i + 1`, has the number of the turn already.
  const counts = new RegExp(
    `^${indent}${counter}[ \\t]*(\\+=[ \\t]*1|=[ \\t]*${counter}[ \\t]*\\+[ \\t]*1)[ \\t]*$`,
    'm',
  );
  const step = `${counter}${counts.test(statement.text) ? '' : ' + 1'}`;
  return [fixed({ start: end, end }, `\n${indent}TURNS.log({${pairs}}, step=${step})`)];
}

/** Whether the package logs turns of a training loop. */
export function logsTurns(context: CodeContext): boolean {
  return context.extraction.statements.some(
    (statement) => statement.kept && epochEdits(statement, context).length > 0,
  );
}

/** The last line of the body must be of the body's own level, and so must be the assignment. */
function isBoundEachTurn(text: string, indent: string, variable: string): boolean {
  return new RegExp(`^${indent}(?:[\\w ,]*,\\s*)?${variable}\\b(?:\\s*,[\\w ,]*)?\\s*=[^=]`, 'm').test(text);
}
