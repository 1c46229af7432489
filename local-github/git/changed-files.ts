import type { GitRepository } from './repository.ts';
import { git, runGit } from './run-git.ts';

export interface ChangedFile {
  path: string;
  previous: string | undefined;
  status: 'added' | 'modified' | 'removed' | 'renamed' | 'copied' | 'changed';
  /** Of the blob after the change; before it, where the file is gone. */
  sha: string;
  additions: number;
  deletions: number;
  /** From the first `@@` on; `undefined` for binary files and pure renames. */
  patch: string | undefined;
}

const statuses: Record<string, ChangedFile['status']> = {
  A: 'added',
  M: 'modified',
  D: 'removed',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
};

/** What differs between two trees, with three processes however many files there are. */
export async function changedFiles(
  repository: GitRepository,
  base: string,
  head: string,
): Promise<ChangedFile[]> {
  const diff = (...args: string[]): Promise<string> =>
    git(repository.folder, 'diff', '-M', ...args, base, head);
  const [raw, numbers, text] = await Promise.all([
    diff('--raw', '-z', '--no-abbrev'),
    diff('--numstat', '-z'),
    diff('--patch', '--no-color', '--no-ext-diff'),
  ]);
  const counts = parseNumbers(numbers);
  const patches = text === '' ? [] : text.split(/^(?=diff --git )/m);
  const files: ChangedFile[] = [];
  const fields = raw.split('\0');
  for (let at = 0; at + 1 < fields.length;) {
    const [, , before = '', after = '', letter = 'M'] = (fields[at] ?? '').slice(1).split(' ');
    const moved = /^[RC]/.test(letter);
    const previous = moved ? fields[at + 1] : undefined;
    const path = fields[at + (moved ? 2 : 1)] ?? '';
    at += moved ? 3 : 2;
    const patch = patches.shift() ?? '';
    if (letter.startsWith('T')) patches.shift(); // git writes a deletion and an addition
    const [additions, deletions] = counts.get(path) ?? [0, 0];
    files.push({
      path,
      previous,
      status: statuses[letter[0] ?? 'M'] ?? 'modified',
      sha: letter.startsWith('D') ? before : after,
      additions,
      deletions,
      patch: hunks(patch),
    });
  }
  return files;
}

/** The whole difference as text. */
export function diffText(repository: GitRepository, base: string, head: string): Promise<string> {
  return git(repository.folder, 'diff', '-M', base, head);
}

function hunks(patch: string): string | undefined {
  const at = patch.indexOf('\n@@ ');
  return at < 0 ? undefined : patch.slice(at + 1).replace(/\n$/, '');
}

function parseNumbers(text: string): Map<string, [number, number]> {
  const counts = new Map<string, [number, number]>();
  const fields = text.split('\0');
  for (let at = 0; at + 1 < fields.length; at += 1) {
    const [added = '', deleted = '', name = ''] = (fields[at] ?? '').split('\t');
    let path = name;
    if (name === '') {
      path = fields[at + 2] ?? '';
      at += 2;
    }
    counts.set(path, [Number(added) || 0, Number(deleted) || 0]);
  }
  return counts;
}

export interface CommitPaths {
  added: string[];
  removed: string[];
  modified: string[];
}

/** Paths that each commit touched, against its first parent. One process for all. */
export async function pathsOfCommits(
  repository: GitRepository,
  shas: string[],
): Promise<Map<string, CommitPaths>> {
  const args = [
    'diff-tree',
    '--stdin',
    '-r',
    '--root',
    '-m',
    '--first-parent',
    '--no-renames',
    '--name-status',
    '-z',
  ];
  const { stdout } = await runGit(repository.folder, args, `${shas.join('\n')}\n`);
  const result = new Map<string, CommitPaths>(
    shas.map((sha) => [sha, { added: [], removed: [], modified: [] }]),
  );
  const fields = stdout.toString().split('\0');
  let current: CommitPaths | undefined;
  for (let at = 0; at < fields.length; at += 1) {
    // a status is one letter; a line that names the commit comes before its entries
    const field = (fields[at] ?? '').trim();
    if (/^[0-9a-f]{40}/.test(field)) {
      current = result.get(field.slice(0, 40));
      continue;
    }
    const path = fields[(at += 1)];
    if (current === undefined || path === undefined) continue;
    if (field === 'A') current.added.push(path);
    else if (field === 'D') current.removed.push(path);
    else current.modified.push(path);
  }
  return result;
}
