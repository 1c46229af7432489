/** A team's own rule about generated code. */
export interface CodeRule {
  /** A regular expression in RE2 syntax, searched in every line. */
  pattern: string;
  message: string;
  severity: 'block' | 'warn';
}

/** What a tree is held to besides what holds in every repository. */
export interface GuardrailPolicy {
  /** Patterns of paths in the repository that no run may write: see `protectingPattern`. */
  protectedFiles: readonly string[];
  codeRules: readonly CodeRule[];
  /** Caps on one package; bytes of UTF-8. */
  sizes: { files: number; fileBytes: number; totalBytes: number };
}

/** What holds where nobody configures anything. */
export const DEFAULT_POLICY: GuardrailPolicy = {
  protectedFiles: [],
  codeRules: [],
  sizes: { files: 60, fileBytes: 256_000, totalBytes: 2_000_000 },
};
