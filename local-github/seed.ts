import type { Files, CommitOptions } from './options.ts';
import type { TreeEntry } from './git/objects.ts';
import { isoSeconds } from './git/objects.ts';
import { ZERO, type RefChange } from './git/repository.ts';
import { buildTree } from './rest/build-tree.ts';
import type { Repository } from './repositories.ts';

/** A commit of these files on a branch, as its committer would push it. */
export async function commitFiles(
  repository: Repository,
  branch: string,
  files: Files,
  options: CommitOptions & { as: string; token: string },
): Promise<RefChange> {
  const { git } = repository;
  const ref = `refs/heads/${branch}`;
  const before = await git.ref(ref);
  const parent = before ?? (await git.commit(options.from ?? git.defaultBranch))?.sha;
  const base = parent === undefined ? undefined : (await git.commit(parent))?.tree;
  const entries = await Promise.all(
    Object.entries(files).map(async ([path, content]) => ({
      path,
      mode: modeOf(path),
      type: 'blob' as TreeEntry['type'],
      sha: content === null ? null : await git.write('blob', Buffer.from(content)),
    })),
  );
  const tree = await buildTree(git, base, entries);
  const date = isoSeconds(options.date ?? Date.now() / 1000);
  const person = { name: options.as, email: `${options.as}@example.com`, date };
  const message = options.message ?? `Change ${Object.keys(files).join(', ')}`;
  const parents = parent === undefined ? [] : [parent];
  const after = await git.writeCommit({ tree, parents, author: person, committer: person, message });
  if (!(await git.moveRef(ref, before ?? ZERO, after))) throw new Error(`${ref} cannot be written`);
  const caller = { kind: 'user' as const, token: options.token, login: options.as };
  return { repository: git, ref, before: before ?? ZERO, after, caller };
}

function modeOf(path: string): string {
  return path.endsWith('.sh') ? '100755' : '100644';
}
