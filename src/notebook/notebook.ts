/** The notebook as later steps see it: cells in document order, numbered from 0, markdown cells included. */
import type { ShownNumber } from './shown-numbers.ts';

/** Place in a notebook: cell in document order from 0, line in the cell from 1. */
export interface Origin {
  cell: number;
  line: number;
}

/** An IPython construct that was taken out of a code cell. */
export interface Magic {
  line: number;
  kind: 'line' | 'cell' | 'shell' | 'help' | 'assignment';
  /** `matplotlib`, `time`, `pip` (also for `!pip`) … */
  name: string;
  text: string;
}

/** One cell. */
export interface Cell {
  index: number;
  kind: 'code' | 'markdown' | 'raw';
  /** As written. */
  source: string;
  /**
   * For code cells: Python with the same lines, IPython constructs blanked out or replaced by the code in them
   * (`%time f(x)` keeps `f(x)`). Empty for other kinds and for cells in other languages (`%%bash`).
   */
  code: string;
  magics: Magic[];
  executionCount: number | null;
  tags: string[];
  /** Numbers in its saved outputs, where there are any; nothing else of outputs is kept. */
  saved?: ShownNumber[];
}

/** A notebook that can be worked on. */
export interface Notebook {
  /** Relative to the working tree, with forward slashes. */
  path: string;
  sha256: string;
  format: number;
  language: string;
  cells: Cell[];
}
