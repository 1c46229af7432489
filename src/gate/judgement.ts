/** Why something of a proposal does not hold; the line is that of the proposed file, from 1. */
export interface Problem {
  line: number | null;
  message: string;
}

/** What the gate says of one file of a proposal. Plain JSON; holds foreign names. */
export interface FileVerdict {
  /** In the package, as the model called it. */
  path: string;
  kept: boolean;
  /** Kept: what changed. Dropped: why, the first reasons. */
  because: string[];
}

/** A problem as a phrase. */
export function phrase({ line, message }: Problem): string {
  return line === null ? message : `line ${String(line)}: ${message}`;
}
