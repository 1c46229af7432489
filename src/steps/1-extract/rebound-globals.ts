/** Functions that give a global of the notebook another value: the package has no globals, so that they cannot be kept as they are. */

import type { Diagnostic } from '../../lib/diagnostic.ts';
import type { AnalysedStatement } from './extraction.ts';

/** Refuses the first kept function that rebinds what kept code reads; what nobody reads may stay. */
export function refuseReboundGlobals(
  statements: readonly AnalysedStatement[],
  notebook: string,
): Diagnostic[] {
  const kept = statements.filter((statement) => statement.kept);
  const read = new Set(kept.flatMap(({ uses, deferred }) => [...uses, ...deferred]));
  for (const { kind, globals, defines, cell, line } of kept) {
    const names = kind === 'function' || kind === 'class' ? globals.filter((name) => read.has(name)) : [];
    const [name] = names;
    if (name === undefined) continue;
    const own = defines[0] ?? 'function';
    return [
      {
        code: 'rebinds_global',
        severity: 'refused',
        file: notebook,
        cell,
        line,
        message: `\`${own}\` gives the global \`${name}\` another value, and a package has no globals that its functions share`,
        help: `Pass the value and return it, as in \`…, ${name} = ${own}(…, ${name})\`, or keep it in an object; then run this again.`,
      },
    ];
  }
  return [];
}
