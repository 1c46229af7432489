/** A tree of text files: path relative to its root with forward slashes → text. Keys are kept sorted. */
export type FileTree = Record<string, string>;

/** The folders that a path lies in, from the top: `a/b/c.py` lies in `a` and `a/b`; a file of the root lies in none. */
export function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
