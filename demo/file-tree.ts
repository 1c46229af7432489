import { dim, kilobytes, say } from './screen.ts';

interface Branch {
  folders: Map<string, Branch>;
  files: [name: string, bytes: number][];
}

/** Draws files as a tree, folders before the files beside them. */
export function drawTree(files: [path: string, bytes: number][]): void {
  const root: Branch = { folders: new Map(), files: [] };
  for (const [path, bytes] of files) {
    const parts = path.split('/');
    let at = root;
    for (const part of parts.slice(0, -1)) {
      const next = at.folders.get(part) ?? { folders: new Map(), files: [] };
      at.folders.set(part, next);
      at = next;
    }
    at.files.push([parts.at(-1) ?? '', bytes]);
  }
  const rows = branchRows(root, '');
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  for (const [name, bytes] of rows) {
    say(bytes === null ? name : `${name.padEnd(width)}  ${dim(kilobytes(bytes).padStart(8))}`);
  }
}

function branchRows(branch: Branch, indent: string): [name: string, bytes: number | null][] {
  const folders = [...branch.folders].map(([name, inner]) => ({ name: `${name}/`, bytes: null, inner }));
  const files = branch.files.map(([name, bytes]) => ({ name, bytes, inner: undefined }));
  const entries = [...folders, ...files];
  return entries.flatMap(({ name, bytes, inner }, index): [string, number | null][] => {
    const last = index === entries.length - 1;
    const row: [string, number | null] = [`${indent}${last ? '└── ' : '├── '}${name}`, bytes];
    return inner === undefined ? [row] : [row, ...branchRows(inner, `${indent}${last ? '    ' : '│   '}`)];
  });
}
