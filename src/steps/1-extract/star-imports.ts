/** `from sklearn.metrics import *` says nothing of the names that it binds; what the notebook uses of it does. */

import { callFacts, estimatorFacts, metricFacts } from '../../knowledge/lookup.ts';
import { isNotebookBuiltin } from '../../python/names.ts';
import { readStatements, type CodeCell } from '../../python/read-statements.ts';
import type { Statement } from '../../python/statement.ts';

/** A star import at the top level of the notebook. */
interface Star {
  cell: number;
  module: string;
  text: string;
}

/**
 * Writes star imports out: each names what the notebook uses and nothing else in it binds. A name goes to the module
 * that is known to have it, else to the only star import; where there are several and none is known, it stays open.
 *
 * @returns The cells, with as many lines and statements as before.
 */
export function nameStarImports<Cell extends CodeCell>(cells: Cell[]): Cell[] {
  if (!cells.some(({ code }) => /\bimport\s*\(?\s*\*/.test(code))) return cells;
  const { statements } = readStatements(cells);
  const stars = statements.flatMap(starOf);
  if (stars.length === 0) return cells;
  const named = new Map<Star, string[]>();
  for (const name of openNames(statements)) {
    const star = stars.findLast(({ module }) => isKnown(`${module}.${name}`)) ?? onlyStar(stars, name);
    if (star) named.set(star, [...(named.get(star) ?? []), name]);
  }
  return cells.map((cell) => {
    const own = [...named].filter(([star]) => star.cell === cell.index);
    const code = own.reduce(
      (text, [star, names]) =>
        text.replace(
          star.text,
          star.text.replace('*', () => names.join(', ')),
        ),
      cell.code,
    );
    return code === cell.code ? cell : { ...cell, code };
  });
}

function starOf({ cell, text, imports }: Statement): Star[] {
  const [first] = imports;
  return first?.member === '*' ? [{ cell, module: first.module, text }] : [];
}

/** Modules of scikit-learn that hold no estimators. */
const NO_ESTIMATORS = /^sklearn\.(metrics|datasets|utils|inspection|exceptions)\b/;

/** The star import that the name can only come from. */
function onlyStar(stars: readonly Star[], name: string): Star | undefined {
  const possible = stars.filter(
    ({ module }) => estimatorFacts(`sklearn.${name}`) === undefined || !NO_ESTIMATORS.test(module),
  );
  return new Set(possible.map(({ module }) => module)).size === 1 ? possible[0] : undefined;
}

/** Names that are used and that no statement binds. */
function openNames(statements: readonly Statement[]): Set<string> {
  const bound = new Set(statements.flatMap(({ defines, globals }) => [...defines, ...globals]));
  const used = statements.flatMap(({ uses, deferred }) => [...uses, ...deferred]);
  return new Set(used.filter((name) => !bound.has(name) && !isNotebookBuiltin(name)));
}

function isKnown(path: string): boolean {
  return metricFacts(path) !== undefined || callFacts(path)?.role !== undefined;
}
