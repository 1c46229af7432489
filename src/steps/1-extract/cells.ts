/** The verdict on each cell, for the plan and the report. */

import type { Notebook } from '../../notebook/notebook.ts';
import type { AnalysedStatement, CellVerdict, Stage } from './extraction.ts';

/** Verdicts in document order; every cell has one. */
export function judgeCells(notebook: Notebook, statements: readonly AnalysedStatement[]): CellVerdict[] {
  const byCell = new Map<number, AnalysedStatement[]>();
  for (const statement of statements) {
    const known = byCell.get(statement.cell);
    if (known === undefined) byCell.set(statement.cell, [statement]);
    else known.push(statement);
  }
  return notebook.cells.map((cell) => {
    const own = byCell.get(cell.index) ?? [];
    const base = { cell: cell.index, executionCount: cell.executionCount, kind: cell.kind };
    if (cell.kind !== 'code') return { ...base, stages: [], verdict: 'dropped', why: cell.kind };
    if (own.length === 0) return { ...base, stages: [], verdict: 'dropped', why: emptyReason(cell) };
    const magics = cell.magics.length > 0 && !/^\s*$/.test(cell.code);
    const kept = own.filter((statement) => statement.kept);
    return {
      ...base,
      stages: stagesOf(kept.length > 0 ? kept : own),
      verdict: verdictOf(own),
      why: why(own, magics),
    };
  });
}

function emptyReason({ magics, source, code }: Notebook['cells'][number]): string {
  if (magics.length > 0) {
    const [first] = magics;
    return first?.kind === 'shell' || first?.name === 'pip' || first?.name === 'conda'
      ? `shell command (\`${clean(first.text)}\`)`
      : `IPython command (\`${clean(first?.text ?? '')}\`)`;
  }
  if (source.trim() === '') return 'empty';
  const isComment = (line: string): boolean => line.trim() === '' || line.trimStart().startsWith('#');
  return code.trim() === '' || source.split('\n').every(isComment) ? 'comments only' : 'not Python 3';
}

const clean = (text: string): string => text.trim().split(/\s/)[0] ?? '';

/** Statements whose loss nobody notices: what only shows. */
const TRIVIAL = /^(display only|shows a plot|display configuration|frees memory only|check only)$/;

function verdictOf(own: readonly AnalysedStatement[]): CellVerdict['verdict'] {
  const kept = own.filter((statement) => statement.kept);
  const seeds = own.some(({ reason }) => reason === 'gives the seed of the package');
  if (kept.length === 0) return seeds ? 'partly' : 'dropped';
  const dropped = own.filter((statement) => !statement.kept && statement.auxiliary !== true);
  const onlyImports = kept.every(({ kind }) => kind === 'import');
  if (onlyImports) return dropped.length > 0 ? 'partly' : 'kept';
  return dropped.every(({ reason, kind }) => TRIVIAL.test(reason) || kind === 'import') ? 'kept' : 'partly';
}

function stagesOf(own: readonly AnalysedStatement[]): Stage[] {
  const stages = [...new Set(own.map(({ stage }) => stage))];
  const work = stages.filter((stage) => stage !== 'imports' && stage !== 'config');
  return work.length > 0 ? work : stages;
}

function why(own: readonly AnalysedStatement[], magics: boolean): string {
  const kept = own.filter((statement) => statement.kept);
  const parts: string[] = [];
  const imports = kept.filter(({ kind }) => kind === 'import');
  if (imports.length > 0 && imports.length === kept.length) {
    const names = imports.flatMap(({ defines }) => defines);
    parts.push(
      names.length > 4
        ? `${names.length} imports of kept code`
        : `${names.map((name) => `\`${name}\``).join(', ')} used by kept code`,
    );
  }
  const defined = new Set(
    kept.filter(({ reason }) => reason.startsWith('defines ')).flatMap(({ defines }) => defines),
  );
  if (defined.size > 0) {
    const names = [...defined];
    parts.push(
      `defines ${names
        .slice(0, 8)
        .map((name) => `\`${name}\``)
        .join(', ')}${names.length > 8 ? ' and others' : ''}`,
    );
  }
  for (const { reason, kind } of kept) {
    if (kind !== 'import' && !reason.startsWith('defines ') && !parts.includes(reason) && parts.length < 4)
      parts.push(reason);
  }
  const dropped = [...new Set(own.filter((statement) => !statement.kept).map(({ reason }) => reason))];
  if (kept.length === 0) parts.push(...dropped.slice(0, 3));
  else {
    const seed = dropped.find((reason) => reason === 'gives the seed of the package');
    if (seed !== undefined) parts.push(seed);
    const last = own.at(-1);
    if (last?.displayed && !last.kept && last.reason === 'display only' && !last.text.startsWith('print('))
      parts.push('last line is display');
  }
  const failed = own.find((statement) => statement.kept && statement.failed !== undefined);
  if (failed !== undefined) parts.push(`failed in the run: ${failed.failed ?? ''}`);
  if (magics && kept.length > 0) parts.push('magic dropped');
  return parts.join('; ');
}
