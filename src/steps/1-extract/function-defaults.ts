/** Numbers that are defaults of the notebook's functions and classes and that no kept call overrides (rule R6.1d). */

import type { Call, Literal, Span } from '../../python/statement.ts';
import type { AnalysedStatement } from './extraction.ts';
import type { NotebookFlow } from './flow.ts';
import { sectionOf } from './sections.ts';

/** One default that becomes a hyperparameter. */
export interface LiftedDefault {
  statement: number;
  span: Span;
  literal: Literal;
  name: string;
  owner: string;
  stage: string;
}

/** In document order. A function that is handed on, or called with unpacked arguments, keeps its defaults. */
export function functionDefaults(
  { functions }: NotebookFlow,
  statements: readonly AnalysedStatement[],
): LiftedDefault[] {
  const found: LiftedDefault[] = [];
  const callsOf = new Map<string, Call[]>();
  const mentionsOf = new Map<string, number>();
  const unreachable = new Set<string>();
  for (const { id, kept, calls, occurrences } of statements) {
    if (!kept) continue;
    for (const call of calls) {
      // A call in a method gets no value of the configuration, so that the default must stay.
      if (functions.isOutOfReach(id, call.span)) unreachable.add(call.qualified);
      const known = callsOf.get(call.qualified);
      if (known === undefined) callsOf.set(call.qualified, [call]);
      else known.push(call);
    }
    for (const { name, context } of occurrences)
      if (context === 'load') mentionsOf.set(name, (mentionsOf.get(name) ?? 0) + 1);
  }
  for (const statement of statements) {
    const [owner] = statement.defines;
    if (!statement.kept || owner === undefined || !/^(function|class)$/.test(statement.kind)) continue;
    const signature = functions.signature(statement, null);
    if (signature === null) continue;
    const calls = callsOf.get(owner) ?? [];
    const own = statement.occurrences.filter(({ name, context }) => name === owner && context === 'load');
    const mentions = (mentionsOf.get(owner) ?? 0) - own.length;
    if (
      calls.length === 0 ||
      unreachable.has(owner) ||
      mentions > calls.length ||
      calls.some((call) => call.arguments.some(({ keyword }) => keyword === '*' || keyword === '**'))
    )
      continue;
    const shift = statement.kind === 'class' ? 1 : 0;
    signature.parameters.forEach(({ name, kind, default: fallback }, index) => {
      const literal = fallback?.literal;
      if (!fallback || (literal?.kind !== 'int' && literal?.kind !== 'float')) return;
      const overridden = calls.some((call) =>
        call.arguments.some(
          ({ keyword }, at) =>
            keyword === name || (keyword === null && kind !== 'keyword_only' && at === index - shift),
        ),
      );
      if (!overridden)
        found.push({
          statement: statement.id,
          span: fallback.span,
          literal,
          name,
          owner,
          stage: sectionOf(statement.stage),
        });
    });
  }
  return found;
}
