import type { Diagnostic } from '../lib/diagnostic.ts';

/** The parts of a package that have a folder of their own. */
export type PackagePart = 'data' | 'models' | 'training' | 'evaluation' | 'configs' | 'tests';

/** One line of a team's conventions. */
export interface Convention {
  section: 'structure' | 'required' | 'prohibited' | 'other';
  /** From 1, in `.architect.md`. */
  line: number;
  text: string;
}

/** What a team wants of generated code: `.architect.md`. Plain JSON. */
export interface Conventions {
  /** Folders by part, relative to the package. */
  folders: Record<PackagePart, string>;
  /** Lines that the compiler honours in every package. */
  honoured: Convention[];
  /** Lines that only a model can honour. */
  forModel: Convention[];
}

/** Where the compiler puts the parts of a package. */
export const DEFAULT_CONVENTIONS: Conventions = {
  folders: {
    data: 'src/data',
    models: 'src/models',
    training: 'src/training',
    evaluation: 'src/evaluation',
    configs: 'configs',
    tests: 'tests',
  },
  honoured: [],
  forModel: [],
};

/** Reads `.architect.md`: any text is valid, and what is not understood is for a model. */
export function readConventions(
  text: string,
  _file: string,
): { conventions: Conventions; diagnostics: Diagnostic[] } {
  const forModel = text
    .split(/\r?\n/)
    .map((line, index): Convention => ({ section: 'other', line: index + 1, text: line.trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
  return { conventions: { ...DEFAULT_CONVENTIONS, forModel }, diagnostics: [] };
}
