import { createHash } from 'node:crypto';
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import type { Caller } from '../callers.ts';
import { encodeCommit, encodeTree, parseCommit, parseTree, type Commit, type TreeEntry } from './objects.ts';
import { ObjectReader, type GitObject } from './object-reader.ts';
import { git, runGit } from './run-git.ts';

export const ZERO = '0'.repeat(40);

/** `before` or `after` is 40 zeros where the ref was made or deleted. */
export interface RefChange {
  repository: GitRepository;
  ref: string;
  before: string;
  after: string;
  caller: Caller;
}

/** A bare repository: the truth about objects and refs. */
export class GitRepository {
  /** `OWNER/REPO` as it is written. */
  readonly fullName: string;
  readonly folder: string;
  defaultBranch: string;
  private readonly reader: ObjectReader;
  private tail: Promise<unknown> = Promise.resolve();
  private temporary = 0;

  constructor(fullName: string, folder: string, defaultBranch: string) {
    this.fullName = fullName;
    this.folder = folder;
    this.defaultBranch = defaultBranch;
    this.reader = new ObjectReader(folder);
  }

  /** Makes the folder; from another repository's where this one is a fork. */
  async create(source?: GitRepository): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await git(this.folder, 'init', '-q', '--bare', '-b', this.defaultBranch);
    await git(this.folder, 'config', 'http.receivepack', 'true');
    // it would tidy up in the background, and still be there when the folder goes
    await git(this.folder, 'config', 'gc.auto', '0');
    if (source === undefined) return;
    await git(
      this.folder,
      'fetch',
      '-q',
      source.folder,
      '+refs/heads/*:refs/heads/*',
      '+refs/tags/*:refs/tags/*',
    );
  }

  close(): Promise<void> {
    return this.reader.close();
  }

  /** One after the other: what reads refs and then writes them. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const result = this.tail.then(task, task);
    this.tail = result.catch(() => undefined);
    return result;
  }

  read(name: string): Promise<GitObject | undefined> {
    return this.reader.read(name);
  }

  /** The commit behind a SHA, branch, tag or full ref. */
  async commit(name: string): Promise<Commit | undefined> {
    for (const candidate of [name, `refs/heads/${name}`, `refs/tags/${name}`]) {
      if (candidate === name && !/^([0-9a-f]{40}|refs\/.+)$/.test(name)) continue;
      const object = await this.read(`${candidate}^{commit}`);
      if (object?.type === 'commit') return parseCommit(object.sha, object.data);
    }
    return undefined;
  }

  async tree(name: string): Promise<TreeEntry[] | undefined> {
    const object = await this.read(`${name}^{tree}`);
    return object?.type === 'tree' ? parseTree(object.data) : undefined;
  }

  /** Writes a loose object, as git would, and gives its SHA. */
  async write(type: 'blob' | 'tree' | 'commit', data: Buffer): Promise<string> {
    const bytes = Buffer.concat([Buffer.from(`${type} ${data.length}\0`), data]);
    const sha = createHash('sha1').update(bytes).digest('hex');
    const folder = join(this.folder, 'objects', sha.slice(0, 2));
    const path = join(folder, sha.slice(2));
    if (await exists(path)) return sha;
    await mkdir(folder, { recursive: true });
    const temporary = join(folder, `tmp_obj_${(this.temporary += 1)}`);
    await writeFile(temporary, await promisify(deflate)(bytes), { mode: 0o444 });
    await rename(temporary, path);
    return sha;
  }

  writeTree(entries: TreeEntry[]): Promise<string> {
    return this.write('tree', encodeTree(entries));
  }

  writeCommit(commit: Omit<Commit, 'sha' | 'signed'>): Promise<string> {
    return this.write('commit', encodeCommit(commit));
  }

  /** Full ref → SHA of what it names. */
  async refs(prefix = 'refs/'): Promise<Map<string, string>> {
    const text = await git(this.folder, 'for-each-ref', '--format=%(objectname) %(refname)');
    const lines = text.split('\n').filter((line) => line.slice(41).startsWith(prefix));
    return new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]));
  }

  async ref(ref: string): Promise<string | undefined> {
    return (await this.read(ref))?.sha;
  }

  /** Moves a ref from `before` to `after`; false where it is no longer at `before` or the name is no ref. */
  async moveRef(ref: string, before: string, after: string): Promise<boolean> {
    const args = after === ZERO ? ['-d', ref, before] : [ref, after, before];
    return (await runGit(this.folder, ['update-ref', ...args])).code === 0;
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    return (await runGit(this.folder, ['merge-base', '--is-ancestor', ancestor, descendant])).code === 0;
  }

  async mergeBase(one: string, other: string): Promise<string | undefined> {
    const { code, stdout } = await runGit(this.folder, ['merge-base', one, other]);
    return code === 0 ? stdout.toString().trim() : undefined;
  }

  /** The tree that has both sides; `undefined` where they conflict. */
  async mergeTree(base: string, head: string): Promise<string | undefined> {
    const { code, stdout } = await runGit(this.folder, ['merge-tree', '--write-tree', base, head]);
    return code === 0 ? stdout.toString().trim() : undefined;
  }

  /** SHAs, newest first. */
  async revisions(...range: string[]): Promise<string[]> {
    return (await git(this.folder, 'rev-list', ...range)).split('\n').filter(Boolean);
  }

  /** Brings another repository's commit here, under a ref. */
  async fetchFrom(source: GitRepository, sha: string, ref: string): Promise<void> {
    await git(
      this.folder,
      '-c',
      'uploadpack.allowAnySHA1InWant=true',
      'fetch',
      '-q',
      source.folder,
      `+${sha}:${ref}`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
