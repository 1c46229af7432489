import { Refusal } from '../answer.ts';
import type { TreeEntry } from '../git/objects.ts';
import type { GitRepository } from '../git/repository.ts';

const types: Record<string, TreeEntry['type']> = {
  '100644': 'blob',
  '100755': 'blob',
  '120000': 'blob',
  '040000': 'tree',
  '160000': 'commit',
};

interface Change {
  path?: unknown;
  mode?: unknown;
  sha?: unknown;
  content?: unknown;
}

/** A folder that is being changed: an entry, a deletion (`null`), or a folder of changes. */
interface Folder {
  entries: Map<string, TreeEntry | null>;
  folders: Map<string, Folder>;
}

/** Writes the tree that `POST git/trees` asks for: changes upon a base; `sha: null` deletes. */
export async function buildTree(
  git: GitRepository,
  base: string | undefined,
  changes: Change[],
): Promise<string> {
  const root: Folder = { entries: new Map(), folders: new Map() };
  for (const change of changes) await plant(git, root, change);
  const start = base === undefined ? undefined : await treeOf(git, base);
  return (await writeFolder(git, start, root)) ?? git.writeTree([]);
}

async function treeOf(git: GitRepository, base: string): Promise<TreeEntry[]> {
  const tree = /^[0-9a-f]{40}$/.test(base) ? await git.tree(base) : undefined;
  if (tree === undefined) throw new Refusal(422, 'Invalid tree info');
  return tree;
}

async function plant(git: GitRepository, root: Folder, change: Change): Promise<void> {
  const { path, mode, sha, content } = change;
  const type = typeof mode === 'string' ? types[mode] : undefined;
  if (typeof path !== 'string' || type === undefined) throw new Refusal(422, 'Invalid tree info');
  const parts = path.split('/');
  // git itself would refuse such a tree
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git'))
    throw new Refusal(422, 'tree.path contains a malformed path component');
  const name = parts.pop() ?? '';
  let folder = root;
  for (const part of parts) {
    const next: Folder = folder.folders.get(part) ?? { entries: new Map(), folders: new Map() };
    folder.folders.set(part, next);
    folder = next;
  }
  if (sha === null) {
    folder.entries.set(name, null);
    return;
  }
  const written = typeof content === 'string' ? await git.write('blob', Buffer.from(content)) : String(sha);
  const isThere =
    /^[0-9a-f]{40}$/.test(written) && (type === 'commit' || (await git.read(written))?.type === type);
  if (!isThere) throw new Refusal(422, `tree.sha ${written} is not a valid ${type}`);
  folder.entries.set(name, { path: name, mode: String(mode), type, sha: written });
}

/** `undefined` where nothing is left in it. */
async function writeFolder(
  git: GitRepository,
  base: TreeEntry[] | undefined,
  { entries, folders }: Folder,
): Promise<string | undefined> {
  const result = new Map((base ?? []).map((entry) => [entry.path, entry]));
  for (const [name, entry] of entries) {
    if (entry === null && !result.delete(name)) throw new Refusal(422, 'GitRPC::BadObjectState');
    if (entry !== null) result.set(name, entry);
  }
  for (const [name, folder] of folders) {
    const old = result.get(name);
    const below = old?.type === 'tree' ? await git.tree(old.sha) : undefined;
    const sha = await writeFolder(git, below, folder);
    if (sha === undefined) result.delete(name);
    else result.set(name, { path: name, mode: '040000', type: 'tree', sha });
  }
  return result.size === 0 ? undefined : git.writeTree([...result.values()]);
}
