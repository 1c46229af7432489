/** The seed of the package: one number for all seeds of the notebook that are equal. */

import type { Literal, Span } from '../../python/statement.ts';
import type { NotebookFlow } from './flow.ts';
import { rolesOf } from './stages.ts';

/** One place where a seed is given. */
export interface SeedPlace {
  statement: number;
  cell: number;
  line: number;
  value: number;
  literal: Literal;
  span: Span;
  callee: string;
  argument: string;
  /** `np.random.seed(…)` and the like. */
  global: boolean;
  kept: boolean;
  /** Set if the seed is a constant of the notebook. */
  constant: { statement: number; name: string; span: Span } | null;
}

/** The chosen seed and all places. */
export interface SeedChoice {
  value: number;
  cells: number[];
  added: boolean;
  places: SeedPlace[];
}

/** Makes or seeds a generator of its own: the first argument is the seed. */
const OWN_GENERATOR = /^(numpy\.random\.(default_rng|RandomState)|<.*>(.*\.)?manual_seed)$/;

const KEYWORDS = /^(random_state|seed|random_seed)$/;

/**
 * A seed of a global generator goes first, because the package sets the generators with it; then the seed of the split;
 * then the first one. Without any: 42.
 */
export function chooseSeed(notebook: NotebookFlow, kept: ReadonlySet<number>): SeedChoice {
  const places = findSeeds(notebook, kept);
  const used = places.filter((place) => place.global || place.kept);
  const chosen =
    used.find((place) => place.global) ??
    used.find(({ callee }) => callee.endsWith('train_test_split')) ??
    used[0];
  if (chosen === undefined) return { value: 42, cells: [], added: true, places };
  const cells = used.filter(({ value }) => value === chosen.value).map(({ cell }) => cell);
  return { value: chosen.value, cells: [...new Set(cells)].sort((a, b) => a - b), added: false, places };
}

function findSeeds({ flows, functions }: NotebookFlow, kept: ReadonlySet<number>): SeedPlace[] {
  const found: SeedPlace[] = [];
  for (const flow of flows) {
    const { statement } = flow;
    const isGlobal = rolesOf(flow).has('seed');
    for (const call of statement.calls) {
      if (functions.isOutOfReach(statement.id, call.span)) continue;
      const facts = flow.calls.find((resolved) => resolved.call === call);
      const sets = facts?.facts?.role === 'seed' || facts?.summary?.roles.has('seed') === true;
      call.arguments.forEach((argument, index) => {
        const byName = argument.keyword !== null && KEYWORDS.test(argument.keyword);
        const byCall = sets && index === 0 && argument.keyword === null;
        const isOwn = OWN_GENERATOR.test(call.qualified) && index === 0 && argument.keyword === null;
        if (!byName && !byCall && !isOwn) return;
        const constant =
          argument.name === undefined
            ? null
            : constantOf(flows, flow.reads.get(argument.name), argument.name);
        const literal = argument.literal ?? constant?.literal;
        if (literal?.kind !== 'int') return;
        found.push({
          statement: statement.id,
          cell: statement.cell,
          line: lineOf(statement, argument.span),
          value: literal.value,
          literal,
          span: argument.span,
          callee: call.qualified,
          argument: argument.keyword ?? 'seed',
          global: byCall || (sets && isGlobal),
          kept: kept.has(statement.id),
          constant:
            constant && argument.name !== undefined
              ? { statement: constant.statement, name: argument.name, span: constant.span }
              : null,
        });
      });
    }
  }
  return found;
}

function constantOf(
  flows: NotebookFlow['flows'],
  from: readonly number[] | undefined,
  name: string,
): { statement: number; literal: Literal; span: Span } | null {
  const statement = from?.length === 1 ? flows[from[0] ?? -1]?.statement : undefined;
  if (
    statement?.value?.literal === undefined ||
    statement.defines.length !== 1 ||
    statement.defines[0] !== name
  )
    return null;
  return { statement: statement.id, literal: statement.value.literal, span: statement.value.span };
}

/** Line in the cell of an offset in the text of a statement. */
export function lineOf({ line, text }: { line: number; text: string }, { start }: Span): number {
  return line + (text.slice(0, start).match(/\n/g)?.length ?? 0);
}
