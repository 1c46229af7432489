import type { Extraction } from './1-extract/extraction.ts';

/**
 * The candidates of a parameter grid stand in the dictionary that the notebook gives a name to. The dictionary stays
 * in the code and its lists become configuration values: they are literals in place, not a constant that vanishes.
 */
export function withGridsInPlace(extraction: Extraction): Extraction {
  const hyperparameters = extraction.hyperparameters.map((item) =>
    item.source === 'grid'
      ? { ...item, places: item.places.map(({ constant: _, ...place }) => place) }
      : item,
  );
  return { ...extraction, hyperparameters };
}
