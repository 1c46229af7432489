/**
 * What we say about a notebook: data, never thrown. `code` names the problem, in snake_case.
 * `refused`: we will not go on; `todo`: not supported yet, left out; `changed`: we altered something, review it; `note`.
 */
export interface Diagnostic {
  code: string;
  severity: 'refused' | 'todo' | 'changed' | 'note';
  file: string;
  cell?: number;
  line?: number;
  /** From 1. */
  column?: number;
  message: string;
  /** What to do next. */
  help: string;
}
