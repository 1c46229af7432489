/** Data that a notebook names where it is not: the repository often holds it under the same name in another folder. */

import { foldersAbove } from '../../lib/file-tree.ts';
import type { Notebook } from '../../notebook/notebook.ts';
import { quote } from '../../python/literals.ts';
import { readStatements } from '../../python/read-statements.ts';
import type { Span, Statement } from '../../python/statement.ts';
import { baseOf, resolvePath } from './files.ts';
import { followData, type Flow } from './flow.ts';
import { startIn } from './watch.ts';

/** One path that was replaced. */
export interface Relocation {
  cell: number;
  line: number;
  /** As the notebook has it. */
  from: string;
  /** Relative to the working tree. */
  to: string;
}

/**
 * Lets every read of a missing local file read the one file of the working tree that has its name, where there is exactly one.
 * What the notebook itself writes is left alone. `loadPython()` must have been awaited.
 */
export function relocateInputs(
  notebook: Notebook,
  sources: readonly { path: string }[],
): { notebook: Notebook; relocations: Relocation[] } {
  const { statements } = readStatements(notebook.cells.filter(({ kind }) => kind === 'code'));
  const paths = new Set(sources.map(({ path }) => path));
  const edits: (Relocation & { statement: Statement; span: Span })[] = [];
  const written = new Set<string>();
  for (const flow of followData(statements, null).flows) {
    for (const read of missingReads(flow, written, { notebook: notebook.path, paths })) {
      const same = [...paths].filter(
        (path) => baseOf(path) === baseOf(read.from) && !isOfAnotherNotebook(path, notebook.path, paths),
      );
      const statement = statements[read.statement];
      const [to] = same;
      if (to === undefined || same.length > 1 || statement === undefined) continue;
      edits.push({ ...read, to, statement, cell: statement.cell, line: statement.line });
    }
    for (const { use, path } of flow.files) if (use !== 'read') written.add(baseOf(path));
  }
  const folder = notebook.path.split('/').slice(0, -1);
  const cells = notebook.cells.map((cell) => {
    const own = edits.filter((edit) => edit.cell === cell.index);
    return own.length === 0 ? cell : { ...cell, code: rewritten(cell.code, own, folder) };
  });
  const unique = new Map(
    edits.map(({ cell, line, from, to }) => [`${cell} ${line} ${from}`, { cell, line, from, to }]),
  );
  return { notebook: { ...notebook, cells }, relocations: [...unique.values()] };
}

/** Local files that a statement reads and that are not there, with the place of the literal. */
function missingReads(
  { files, statement }: Flow,
  written: ReadonlySet<string>,
  tree: { notebook: string; paths: ReadonlySet<string> },
): { statement: number; span: Span; from: string }[] {
  return files.flatMap(({ use, path, span, constant }) => {
    // A folder, or a name without an ending, says too little to take another file for it.
    const isFile = /[^\\/.][^\\/]*\.\w+$/.test(path);
    if (use !== 'read' || !isFile || written.has(baseOf(path))) return [];
    if (resolvePath(path, tree.notebook, tree.paths) !== null) return [];
    return [{ statement: constant?.statement ?? statement.id, span: constant?.span ?? span, from: path }];
  });
}

/** A file that lies with another notebook, or below it, is that one's data: many repositories hold a project in each folder. */
function isOfAnotherNotebook(path: string, notebook: string, paths: ReadonlySet<string>): boolean {
  const shared = new Set(foldersAbove(notebook));
  const apart = new Set(foldersAbove(path).filter((folder) => !shared.has(folder)));
  return [...paths].some((other) => other.endsWith('.ipynb') && apart.has(foldersAbove(other).at(-1) ?? ''));
}

/** The code of a cell with other literals; from the last to the first, so that offsets stay true. */
function rewritten(
  code: string,
  edits: readonly { statement: Statement; span: Span; to: string }[],
  folder: readonly string[],
): string {
  const places = new Map(
    edits.map(({ statement, span, to }) => {
      const start = startIn(code, statement) + span.start;
      return [start, { start, end: start + span.end - span.start, to }];
    }),
  );
  let text = code;
  for (const { start, end, to } of [...places.values()].sort((a, b) => b.start - a.start))
    text = `${text.slice(0, start)}${quote(relativeTo(folder, to))}${text.slice(end)}`;
  return text;
}

/** A path of the tree as the notebook must write it. */
function relativeTo(folder: readonly string[], path: string): string {
  const parts = path.split('/');
  let common = 0;
  while (common < folder.length && folder[common] === parts[common]) common += 1;
  return [...folder.slice(common).map(() => '..'), ...parts.slice(common)].join('/');
}
