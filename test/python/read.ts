import { loadPython } from '../../src/python/load-parser.ts';
import { readStatements } from '../../src/python/read-statements.ts';
import type { Statement } from '../../src/python/statement.ts';

await loadPython();

/** Statements of cells that must all be Python. */
export function read(...cells: string[]): Statement[] {
  const { statements, problems } = readStatements(cells.map((code, index) => ({ index, code })));
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return statements;
}

/** The last statement of the last cell. */
export function last(...cells: string[]): Statement {
  const statement = read(...cells).at(-1);
  if (!statement) throw new Error('no statement');
  return statement;
}

/** Calls as `qualified(arguments)`. */
export function calls(...cells: string[]): string[] {
  return last(...cells).calls.map(
    (call) =>
      `${call.qualified}(${call.arguments.map(({ keyword, text }) => (keyword === null ? text : `${keyword}=${text}`)).join(', ')})`,
  );
}
