/** The code of a notebook as the compiler works on it: what it computes without a name gets one. */

import type { Notebook } from '../../notebook/notebook.ts';
import { applyEdits, splitStatements } from '../../python/edit.ts';
import { readStatements, type CellProblem, type CodeCell } from '../../python/read-statements.ts';
import type { Statement } from '../../python/statement.ts';
import { handOutModels } from './hand-out-models.ts';
import { handOutScores } from './hand-out-scores.ts';
import { inlineHandles } from './inline-handles.ts';
import { nameLoopScores } from './loop-scores.ts';
import { nameHistories } from './name-histories.ts';
import { nameModels } from './name-models.ts';
import { nameReloads } from './reloads.ts';
import { startOver } from './start-over.ts';
import { nameStarImports } from './star-imports.ts';

/** Statements that get another text, by their id. */
export type Rewrites = Map<number, string>;

/** The statements, in document order, with the lines that they have in the notebook. */
export interface Code {
  statements: Statement[];
  problems: CellProblem[];
  /** The same statements with star imports as they are written: what is run to observe the notebook. */
  written: Statement[];
}

/** What is written so that files, models and scores are named where they are used; a rule sees what the rules before it made. */
const RULES: readonly ((statements: readonly Statement[]) => Rewrites)[] = [
  inlineHandles,
  nameReloads,
  startOver,
  nameLoopScores,
  handOutScores,
  nameModels,
  handOutModels,
  nameHistories,
];

/** Reads the code cells. The lines of a rewritten statement are those of what it was made from. */
export function readCode(notebook: Notebook): Code {
  const raw = notebook.cells.filter(({ kind }) => kind === 'code');
  let named: CodeCell[] = nameStarImports(raw);
  let written: CodeCell[] = raw;
  const changed = named !== raw;
  let read = readStatements(named);
  const added = new Map<number, { line: number; lines: number }[]>();
  for (const rule of RULES) {
    const rewrites = rule(read.statements);
    if (rewrites.size === 0) continue;
    const cells = new Map<number, Statement[]>();
    for (const statement of read.statements)
      cells.set(statement.cell, [...(cells.get(statement.cell) ?? []), statement]);
    named = named.map((cell) => rewriteCell(cell, cells.get(cell.index) ?? [], rewrites));
    if (changed) written = written.map((cell) => rewriteCell(cell, cells.get(cell.index) ?? [], rewrites));
    for (const [id, text] of rewrites) {
      const { cell, endLine, text: before } = read.statements[id] as Statement;
      const lines = countLines(text) - countLines(before);
      if (lines > 0) added.set(cell, [...(added.get(cell) ?? []), { line: endLine, lines }]);
    }
    read = readStatements(named);
  }
  const { problems } = read;
  const statements = withOldLines(read.statements, added);
  return {
    statements,
    problems,
    written: changed ? withOldLines(readStatements(written).statements, added) : statements,
  };
}

function countLines(text: string): number {
  return text.split('\n').length;
}

function rewriteCell(cell: CodeCell, statements: readonly Statement[], rewrites: Rewrites): CodeCell {
  if (!statements.some(({ id }) => rewrites.has(id))) return cell;
  const edits = splitStatements(cell.code).flatMap(({ span }, index) => {
    const replacement = rewrites.get(statements[index]?.id ?? -1);
    return replacement === undefined ? [] : [{ span, replacement }];
  });
  return { ...cell, code: applyEdits(cell.code, edits) };
}

/** Takes the lines that were added above a statement off its own. */
function withOldLines(
  statements: Statement[],
  added: ReadonlyMap<number, readonly { line: number; lines: number }[]>,
): Statement[] {
  if (added.size === 0) return statements;
  return statements.map((statement) => {
    let { line, endLine } = statement;
    for (const { line: last, lines } of [...(added.get(statement.cell) ?? [])].sort(
      (a, b) => a.line - b.line,
    )) {
      if (line > last) line -= lines;
      if (endLine > last) endLine -= lines;
    }
    return { ...statement, line, endLine };
  });
}
