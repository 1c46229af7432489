import { createHash } from 'node:crypto';
import type { CommitPlan } from '../github/branch.ts';
import type { FileTree } from '../lib/file-tree.ts';

/** The steps that write, in their order. */
const STEPS = ['extract', 'structure', 'harden', 'test', 'pipeline-config'] as const;
type Step = (typeof STEPS)[number];

const MESSAGES: Record<Step, (notebook: string) => string> = {
  extract: (notebook) => `docs: plan the extraction of ${notebook}`,
  structure: (notebook) => `feat: lay out the package of ${notebook}`,
  harden: (notebook) => `feat: turn ${notebook} into typed modules`,
  test: (notebook) => `test: hold the package to what ${notebook} computes`,
  'pipeline-config': (notebook) => `build: run the package of ${notebook} with MLflow and make`,
};

/** Files of the package that are the same whatever the notebook does. */
const FRAME = /^src\/(.*\/)?__init__\.py$|^src\/(errors|runtime|tracking)\.py$/;

/** The step that a file of the package belongs to. */
function stepOf(path: string): Step {
  if (path === 'EXTRACTION_PLAN.md') return 'extract';
  if (FRAME.test(path)) return 'structure';
  if (path.startsWith('src/') || path === 'configs/default.yaml') return 'harden';
  if (path.startsWith('tests/')) return 'test';
  return 'pipeline-config';
}

/**
 * One commit for each step that changes something.
 * @param before path → git's digest of the file, of what lies in the folder and is ours
 */
export function planCommits(
  tree: FileTree,
  before: ReadonlyMap<string, string>,
  notebook: string,
): CommitPlan[] {
  const name = plainPath(notebook);
  return STEPS.flatMap((step) => {
    const changes: Record<string, string | null> = {};
    for (const [path, text] of Object.entries(tree))
      if (stepOf(path) === step && before.get(path) !== blobDigest(text)) changes[path] = text;
    for (const path of before.keys())
      if (stepOf(path) === step && tree[path] === undefined) changes[path] = null;
    return Object.keys(changes).length === 0 ? [] : [{ message: MESSAGES[step](name), changes }];
  });
}

/** A path for messages and titles: nothing in it is a mention, a reference or a keyword that closes an issue. */
export function plainPath(path: string): string {
  return path.replace(/[^\p{L}\p{N}./_ -]/gu, '_').slice(0, 120);
}

/** What git calls a file with this text. */
export function blobDigest(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
