/** Code cells → the top-level statements of a notebook, with what each binds, reads, calls and changes. */
import { describe } from './describe.ts';
import { Environment } from './environment.ts';
import { locateStatements } from './locate.ts';
import type { Located } from './locate.ts';
import { syntaxProblem } from './ruff-check.ts';
import { definitionVisitors } from './scope/definitions.ts';
import { expressionVisitors } from './scope/expressions.ts';
import { statementVisitors } from './scope/statements.ts';
import { Walk } from './scope/walk.ts';
import type { Statement } from './statement.ts';
import { parseSyntax } from './syntax.ts';
import type { SyntaxNode } from './syntax.ts';

/** One code cell: Python without IPython's additions. */
export interface CodeCell {
  index: number;
  code: string;
}

/** A cell that is no Python, with the first reason. */
export interface CellProblem {
  cell: number;
  line: number;
  message: string;
}

const VISITORS = { ...expressionVisitors, ...definitionVisitors, ...statementVisitors };

/** Walks one statement, or a whole module, as code of the notebook's namespace. */
export function walkCode(node: SyntaxNode, text: string): Walk {
  const walk = new Walk(text, VISITORS);
  walk.visit(node);
  return walk;
}

/** Reads the statements of all cells in order. A cell that Python would refuse gives a problem and no statements. */
export function readStatements(cells: CodeCell[]): { statements: Statement[]; problems: CellProblem[] } {
  const found: { located: Located; walk: Walk; cell: number }[] = [];
  const problems: CellProblem[] = [];
  for (const { index, code } of cells) {
    if (code.trim() === '') continue;
    const tree = parseSyntax(code);
    const problem = syntaxProblem(tree);
    if (problem) {
      problems.push({ cell: index, line: problem.line, message: problem.message });
      continue;
    }
    for (const located of locateStatements(tree)) {
      found.push({ located, walk: walkCode(located.node, code), cell: index });
    }
  }
  const environment = new Environment(found.map(({ walk }) => walk));
  const statements = found.map(({ located, walk, cell }, id) => {
    const statement = describe(located, walk, { id, cell, environment });
    environment.enter(walk, located.node, statement.defines);
    return statement;
  });
  return { statements, problems };
}
