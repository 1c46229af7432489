import type { Call } from '../../python/statement.ts';
import type { AnalysedStatement, Hyperparameter } from '../1-extract/extraction.ts';
import type { ConstantUse } from '../2-structure/plan.ts';
import type { CodeContext } from './code-context.ts';

/** Parameters of searches by their place, where a call names none. */
const SEARCH_PARAMETERS: Record<string, string> = {
  GridSearchCV: 'param_grid',
  HalvingGridSearchCV: 'param_grid',
  RandomizedSearchCV: 'param_distributions',
  HalvingRandomSearchCV: 'param_distributions',
};

/** Library calls that get a configuration value through the notebook's own constant or grid: `pd.cut(…, bins=BINS)`. */
export function constantUses(context: CodeContext): ConstantUse[] {
  const { extraction, layout } = context;
  const placed = new Set([
    ...layout.segments.flatMap(({ statements }) => statements),
    ...layout.callables.map(({ statement }) => statement),
  ]);
  const kept = extraction.statements.filter(({ id }) => placed.has(id));
  return extraction.hyperparameters
    .filter(({ source }) => source === 'constant' || source === 'grid')
    .flatMap((entry) => {
      const name = holderOf(entry, context);
      if (name === null) return [];
      const readers = kept.filter(({ uses, deferred }) => uses.includes(name) || deferred.includes(name));
      const found = readers.flatMap((statement) => usesIn(statement, name));
      const only = readers.length === 1 && found.length === 1 && occurrences(readers[0], name) === 1;
      return found.map((use) => ({ key: entry.key, ...use, only }));
    });
}

function holderOf({ source, places }: Hyperparameter, context: CodeContext): string | null {
  const [place] = places;
  if (place === undefined || places.length !== 1) return null;
  if (source === 'constant') return place.constant ?? null;
  const { defines } = context.statement(place.statement);
  return defines.length === 1 ? (defines[0] ?? null) : null;
}

function usesIn({ calls }: AnalysedStatement, name: string): { callee: string; argument: string }[] {
  return calls.flatMap((call) =>
    call.arguments.flatMap((argument, index) => {
      const known = argument.keyword ?? parameterAt(call, index);
      return argument.name === name && known !== null && /^[A-Za-z_]\w*$/.test(known)
        ? [{ callee: call.qualified, argument: known }]
        : [];
    }),
  );
}

function parameterAt({ qualified }: Call, index: number): string | null {
  const known = SEARCH_PARAMETERS[qualified.slice(qualified.lastIndexOf('.') + 1)];
  return index === 1 && known !== undefined ? known : null;
}

function occurrences(statement: AnalysedStatement | undefined, name: string): number {
  return statement?.text.match(new RegExp(`(?<![\\w.])${name}(?!\\w)`, 'g'))?.length ?? 0;
}
