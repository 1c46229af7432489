/** A tree of text files: path relative to its root with forward slashes → text. Keys are kept sorted. */
export type FileTree = Record<string, string>;
