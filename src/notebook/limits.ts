/** How much of a notebook we read. */

/** Size of the file, outputs included; checked by whoever reads it from disk. */
export const MAX_FILE_BYTES = 50_000_000;
/** Size of all code cells together. */
export const MAX_CODE_BYTES = 200_000;
export const MAX_CELLS = 5_000;
/** Characters of a Markdown or raw cell. */
export const MAX_PROSE = 20_000;
