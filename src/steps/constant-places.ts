import type { AnalysedStatement, HyperparameterPlace } from './1-extract/extraction.ts';

/**
 * Whether a statement reads a constant as it stands at a place: a name that is bound several times (`path = 'a.csv'`, later
 * `path = 'b.csv'`) holds another constant each time.
 */
export function mayReach(
  { reaches }: Pick<AnalysedStatement, 'reaches'>,
  { constant, statement }: Pick<HyperparameterPlace, 'constant' | 'statement'>,
): boolean {
  const from = constant === undefined ? undefined : reaches[constant];
  return from === undefined || from.includes(statement);
}
