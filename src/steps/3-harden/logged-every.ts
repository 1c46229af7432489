import type { Extraction } from '../1-extract/extraction.ts';

/** Strings may hold `%` of old formats. */
const STRINGS = /("""|''')[\s\S]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g;

/**
 * Turns after which a training loop has surely looked at itself: the largest `N` of `if epoch % N == 0`. What is bound there, a
 * score often, does not exist in a shorter run. 1 if no loop counts.
 */
export function loggedEvery({ statements, hyperparameters }: Extraction): number {
  const constants = new Map(
    hyperparameters.flatMap(({ literal, places }) =>
      places.flatMap(({ constant }) =>
        constant !== undefined && literal.kind === 'int' ? [[constant, literal.value] as const] : [],
      ),
    ),
  );
  const steps = statements
    .filter(({ kept, stage, calls }) => kept && (stage === 'training' || calls.some(({ loop }) => loop)))
    .flatMap(({ text }) => [
      ...text.replace(STRINGS, '""').matchAll(/%\s*(?:(\d+)|([A-Za-z_]\w*))\s*\)?\s*==/g),
    ])
    .map(([, number, name]) => (number === undefined ? (constants.get(name ?? '') ?? 1) : Number(number)));
  return Math.max(1, ...steps);
}
