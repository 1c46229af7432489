/** The strict second opinion: tree-sitter accepts some programs that Python does not, ruff refuses all of them. */
import type { Diagnostic } from '@astral-sh/ruff-wasm-nodejs';
import { TooDeepError, withRuff } from './ruff.ts';
import type { SyntaxTree } from './syntax.ts';

/** A place in a text from 1, and what is wrong there. */
export interface SyntaxProblem {
  line: number;
  column: number;
  message: string;
}

/** Statements in places where Python's compiler, not its grammar, refuses them. Top-level `await` is IPython's. */
const OUT_OF_PLACE = ['F406', 'F701', 'F702', 'F704', 'F706'];
const OPTIONS = { 'target-version': 'py313', lint: { select: OUT_OF_PLACE } };

/** What keeps the text from being Python 3.13 as a notebook cell may have it; null if nothing does. */
export function syntaxProblem(tree: SyntaxTree): SyntaxProblem | null {
  let found: Diagnostic[];
  try {
    found = withRuff(OPTIONS, tree, (workspace) => workspace.check(tree.text) as Diagnostic[]);
  } catch (error) {
    if (!(error instanceof TooDeepError)) throw error;
    return { line: 1, column: 1, message: error.message };
  }
  const first = found.find(({ message }) => !/`await`|\bawait\b/.test(message) || !/outside/.test(message));
  if (first) {
    const { row, column } = first.start_location;
    return { line: row, column, message: first.message };
  }
  return tree.broken
    ? { line: 1, column: 1, message: 'the code uses syntax that is not supported yet' }
    : null;
}
