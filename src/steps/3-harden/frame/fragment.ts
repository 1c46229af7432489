/** Code for a module that the notebook's own functions are in too, and the imports that it needs. */
export interface Fragment {
  /** Lines; `imports` of python-text.ts merges and sorts them. */
  imports: string[];
  /** Definitions, two blank lines between them. */
  code: string;
}

/** Definitions in one text. */
export function definitions(parts: readonly string[]): string {
  return parts.map((part) => part.trim()).join('\n\n\n');
}
