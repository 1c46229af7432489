import type { FileTree } from '../../lib/file-tree.ts';
import type { FunctionPlan } from '../2-structure/plan.ts';

/** Where a cell of the notebook went. Lines from 1. */
export interface CodeOrigin {
  cell: number;
  file: string;
  firstLine: number;
  lastLine: number;
  /** Function or class. */
  name: string;
}

/**
 * Finds the lines of every function and class that came from the notebook.
 *
 * @param tree - The finished files.
 * @param functions - What came from which cells.
 */
export function findOrigins(tree: FileTree, functions: readonly FunctionPlan[]): CodeOrigin[] {
  return functions.flatMap((item) => {
    const lines = (tree[item.module] ?? '').split('\n');
    const start = lines.findIndex((line) => new RegExp(`^(def|class|async def) ${item.name}\\b`).test(line));
    if (start < 0) return [];
    let end = start + 1;
    while (end < lines.length && !/^(@|[\p{L}_])/u.test(lines[end] ?? '')) end += 1;
    while (end > start + 1 && (lines[end - 1] ?? '').trim() === '') end -= 1;
    return item.cells.map((cell) => ({
      cell,
      file: item.module,
      firstLine: start + 1,
      lastLine: end,
      name: item.name,
    }));
  });
}
