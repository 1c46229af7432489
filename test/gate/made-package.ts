/** The compiler's package of the demo, made without running anything. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_POLICY } from '../../src/guardrails/policy.ts';
import type { GuardContext } from '../../src/guardrails/check-tree.ts';
import type { FileTree } from '../../src/lib/file-tree.ts';
import { productionize } from '../../src/pipeline.ts';
import { directStep } from '../../src/runs/step.ts';
import { root } from '../run-tool.ts';

export const FOLDER = 'productionized/rentals';

/** Where the package goes: a repository with a link, and files that are not ours. */
export const GUARD: GuardContext = {
  policy: {
    ...DEFAULT_POLICY,
    protectedFiles: ['golden'],
    codeRules: [
      { pattern: 'sorted\\(', message: 'Sort with pandas', severity: 'warn' },
      { pattern: 'from .* import \\*', message: 'No wildcard imports', severity: 'block' },
    ],
  },
  folder: FOLDER,
  entries: { [`${FOLDER}/docs`]: '120000', [`${FOLDER}/NOTES.md`]: '100644', 'rentals.ipynb': '100644' },
  ours: [],
};

/** Makes it. */
export async function makePackage(): Promise<FileTree> {
  const text = readFileSync(join(root, 'fixtures/demo/rentals.ipynb'), 'utf8');
  const source = { root: '/repository', path: 'rentals.ipynb', text, files: [], notes: [] };
  let tree: FileTree = {};
  const repo = {
    checkout: async () => source,
    root: '../..',
    folder: FOLDER,
    publish: async (published: FileTree) => {
      const { 'REPORT.md': _, ...rest } = published;
      tree = rest;
      return FOLDER;
    },
  };
  const guard = { policy: DEFAULT_POLICY, folder: FOLDER, entries: {}, ours: [] };
  const request = { target: null, limits: { seconds: 60, memory: 512 }, guard, diagnostics: [] };
  await productionize(request, { repo, sandbox: null, say: () => undefined }, directStep);
  return tree;
}

/** A tree with one text of a file replaced; the text must be there. */
export function edited(tree: FileTree, path: string, old: string, text: string): FileTree {
  const before = tree[path] ?? '';
  if (!before.includes(old)) throw new Error(`${path} does not hold ${old}`);
  return { ...tree, [path]: before.replace(old, () => text) };
}
