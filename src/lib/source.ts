/** One file of a working tree that may be copied into a container. */
export interface TreeFile {
  /** Relative to the root, with forward slashes. */
  path: string;
  bytes: number;
  /** When it was changed last, milliseconds: a run that goes on must not mix two versions of the data. */
  modified: number;
}

/** A notebook in its working tree. Plain JSON. */
export interface Source {
  /** Absolute path of the working tree's root. */
  root: string;
  /** The notebook, relative to the root, with forward slashes. */
  path: string;
  /** Text of the notebook's file. */
  text: string;
  /** What a run gets to see, sorted by path; links, environments and caches are not among them. */
  files: TreeFile[];
  /** What was left out and why, as sentences. */
  notes: string[];
}
