import type { Annotation } from '../github/checks.ts';
import type { Diagnostic } from '../lib/diagnostic.ts';
import type { Source } from '../lib/source.ts';
import { cellLines } from '../notebook/cell-lines.ts';
import { sentence, visible } from '../report/markdown.ts';
import { full } from '../report/verdict-text.ts';
import type { Finding } from '../steps/1-extract/extraction.ts';

/** A check with more remarks is not read; the report has them all. */
const MOST = 100;
const LEVELS = { high: 'warning', medium: 'warning', low: 'notice' } as const;

/** Remarks on the lines of the notebook's own file: what the run found, and why it ended. */
export function annotationsOf(
  source: Source | undefined,
  findings: readonly Finding[],
  diagnostics: readonly Diagnostic[],
): Annotation[] {
  const lineOf = source === undefined ? undefined : cellLines(source.text);
  const place = (cell: number | undefined, line: number | undefined): number =>
    cell === undefined ? (line ?? 1) : (lineOf?.(cell, line ?? 1) ?? 1);
  const found = findings.map(({ code, severity, cell, line, message, advice }): Annotation => ({
    path: source?.path ?? '',
    line: place(cell, line),
    level: LEVELS[severity],
    title: `Cell ${cell}: ${code.replaceAll('_', ' ')}`,
    message: `${full(sentence(visible(message)))}\n${full(visible(advice))}`,
  }));
  const told = diagnostics
    .filter(({ severity, cell, line }) => severity === 'refused' || cell !== undefined || line !== undefined)
    .map(({ code, severity, file, cell, line, message, help }): Annotation => ({
      path: file,
      line: file === source?.path || cell === undefined ? place(cell, line) : 1,
      level: severity === 'refused' ? 'failure' : severity === 'todo' ? 'warning' : 'notice',
      title: `${cell === undefined ? '' : `Cell ${cell}: `}${code.replaceAll('_', ' ')}`,
      message: `${full(visible(message))}\n${full(visible(help))}`,
    }));
  return [...told, ...found].slice(0, MOST);
}
