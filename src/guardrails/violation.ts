/** Something in a tree that a guardrail does not let pass. Plain JSON; never holds a secret that was found. */
export interface Violation {
  rule: 'protected_file' | 'code_rule' | 'path' | 'link' | 'mode' | 'size' | 'secret' | 'invisible_character';
  /** `block` ends the run; `warn` stands in the report. */
  severity: 'block' | 'warn';
  /** In the repository; `.` for the tree as a whole. */
  path: string;
  /** From 1; null: the file as a whole. */
  line: number | null;
  message: string;
  /** What to do next. */
  help: string;
}
