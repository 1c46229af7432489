/** A release before the current one that a notebook was found to run with. */
export interface OlderRelease {
  /** Requirement that goes back: `pandas<3`. */
  requirement: string;
  /** Statement that fails with current releases, and its place. */
  statement: number;
  cell: number;
  line: number;
  /** What has changed since, as a sentence; where no more is known, that the error came through the library. */
  change: string;
  /** What current releases take instead, as a clause; null where that is not known. */
  instead: string | null;
}
