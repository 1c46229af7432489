import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LocalGitHub } from '../../local-github/index.ts';
import { as, asApp, churn, makeFolders, mint, octokitOf, refusal, runGit, startAcme } from './world.ts';

let github: LocalGitHub;
const folders = makeFolders();
beforeAll(async () => {
  github = await startAcme();
});
afterAll(async () => {
  await github.close();
  await folders.clear();
});

const tokenOf = (login: string): string => github.tokens[login] ?? '';
const address = (name = 'acme/churn'): string => `${github.url}/${name}.git`;

async function clone(
  token: string | undefined,
  name?: string,
): Promise<{ folder: string; code: number; output: string }> {
  const folder = await folders.make();
  return { folder, ...(await runGit(folder, token, 'clone', '-q', address(name), '.')) };
}

/** A clone of wim's with one commit on a branch of its own. */
async function work(branch: string): Promise<string> {
  const { folder } = await clone(tokenOf('wim'));
  await runGit(folder, undefined, 'checkout', '-q', '-b', branch);
  await writeFile(join(folder, `${branch}.txt`), branch);
  await commit(folder, `add ${branch}`);
  return folder;
}

async function commit(folder: string, message: string): Promise<void> {
  await runGit(folder, undefined, 'add', '-A');
  await runGit(folder, undefined, 'commit', '-q', '-m', message);
}

describe('a clone', () => {
  test('of a public repository needs no token', async () => {
    const { folder, code } = await clone(undefined);
    expect(code).toBe(0);
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('# Churn\n');
  });

  test('of a private one needs one that may read it', async () => {
    expect((await clone(undefined, 'acme/vault')).code).not.toBe(0);
    expect((await clone(tokenOf('otto'), 'acme/vault')).output).toMatch(/not found/);
    expect((await clone(tokenOf('wim'), 'acme/vault')).code).toBe(0);
  });

  test('with a token of the installation, for its repositories alone', async () => {
    const token = await mint(github, { repositories: ['vault'], permissions: { contents: 'read' } });
    expect((await clone(token, 'acme/vault')).code).toBe(0);
    const other = await mint(github, { repositories: ['churn'], permissions: { contents: 'read' } });
    expect((await clone(other, 'acme/vault')).code).not.toBe(0);
  });

  test('with a revoked token fails', async () => {
    const token = await mint(github);
    await octokitOf(github, token).rest.apps.revokeInstallationAccessToken();
    expect((await clone(token, 'acme/vault')).output).toMatch(
      /Authentication failed|could not read Username/,
    );
  });

  test('is shallow where that is asked for', async () => {
    await github.commitFiles('acme/churn', 'main', { 'second.txt': '2' });
    const folder = await folders.make();
    await runGit(folder, tokenOf('wim'), 'clone', '-q', '--depth', '1', address(), '.');
    expect((await runGit(folder, undefined, 'rev-list', '--count', 'HEAD')).output).toBe('1');
  });

  test('has what was committed over REST, and git finds it sound', async () => {
    const sha = await github.commitFiles('acme/churn', 'sound', {
      'deep/er/ü n.txt': 'x',
      'run.sh': '#!/bin/sh\n',
    });
    const { folder } = await clone(tokenOf('wim'));
    expect((await runGit(folder, undefined, 'rev-parse', 'origin/sound')).output).toBe(sha);
    expect((await runGit(folder, undefined, 'fsck', '--strict')).code).toBe(0);
  });
});

describe('a push', () => {
  test('of a new branch is seen over REST, byte for byte', async () => {
    const folder = await work('pushed');
    await mkdir(join(folder, 'deep'));
    await writeFile(join(folder, 'deep/ü n.bin'), Buffer.from([0, 255, 10]));
    await symlink('README.md', join(folder, 'link'));
    await commit(folder, 'subject\n\nbody with ü');
    expect((await runGit(folder, tokenOf('wim'), 'push', '-q', 'origin', 'pushed')).output).toBe('');
    const { rest } = as(github, 'wim');
    const { data } = await rest.repos.getContent({ ...churn, path: 'deep/ü n.bin', ref: 'pushed' });
    expect(data).toMatchObject({ type: 'file', content: 'AP8K\n' });
    const { data: head } = await rest.repos.getCommit({ ...churn, ref: 'pushed' });
    expect(head.commit.message).toBe('subject\n\nbody with ü');
  });

  test('of a stranger is refused', async () => {
    const folder = await work('strange');
    expect((await runGit(folder, tokenOf('otto'), 'push', 'origin', 'strange')).output).toMatch(/403/);
  });

  test('with a token that may only read is refused', async () => {
    const folder = await work('readonly');
    const token = await mint(github, { permissions: { contents: 'read' } });
    expect((await runGit(folder, token, 'push', 'origin', 'readonly')).output).toMatch(/403/);
  });

  test('that is not a fast forward is refused, and taken with force', async () => {
    const folder = await work('rewritten');
    await runGit(folder, tokenOf('wim'), 'push', '-q', 'origin', 'rewritten');
    await runGit(folder, undefined, 'commit', '-q', '--amend', '-m', 'again');
    expect((await runGit(folder, tokenOf('wim'), 'push', 'origin', 'rewritten')).output).toMatch(/rejected/);
    expect((await runGit(folder, tokenOf('wim'), 'push', '-q', '-f', 'origin', 'rewritten')).code).toBe(0);
    const { payload } = await github.waitForDelivery(
      ({ event, payload }) => event === 'push' && payload['forced'] === true,
    );
    expect(payload['ref']).toBe('refs/heads/rewritten');
  });

  test('that deletes a branch works, but not for the default branch', async () => {
    const folder = await work('short-lived');
    await runGit(folder, tokenOf('wim'), 'push', '-q', 'origin', 'short-lived');
    expect((await runGit(folder, tokenOf('wim'), 'push', '-q', 'origin', ':short-lived')).code).toBe(0);
    expect(await github.branches('acme/churn')).not.toHaveProperty('short-lived');
    expect((await runGit(folder, tokenOf('wim'), 'push', 'origin', ':main')).output).toMatch(/rejected/);
  });

  test('to an empty repository is its first', async () => {
    const empty = await startAcme({ repositories: [{ name: 'acme/empty' }] });
    const folder = await folders.make();
    const token = empty.tokens['olga'];
    await runGit(folder, token, 'clone', '-q', `${empty.url}/acme/empty.git`, '.');
    await writeFile(join(folder, 'a.txt'), 'a');
    await commit(folder, 'first');
    expect((await runGit(folder, token, 'push', '-q', 'origin', 'HEAD:main')).code).toBe(0);
    expect(await empty.readFile('acme/empty', 'main', 'a.txt')).toBe('a');
    await empty.close();
  });
});

describe('git data', () => {
  const wim = () => as(github, 'wim').rest.git;
  const main = async (): Promise<string> => (await github.branches('acme/churn'))['main'] ?? '';

  test('a branch does not move backwards without force', async () => {
    const old = await main();
    await github.commitFiles('acme/churn', 'forward', { 'f.txt': '1' });
    const update = { ...churn, ref: 'heads/forward', sha: old };
    expect(await refusal(wim().updateRef(update))).toBe('422 Update is not a fast forward');
    expect((await wim().updateRef({ ...update, force: true })).status).toBe(200);
  });

  test('a branch is made once', async () => {
    const ref = { ...churn, ref: 'refs/heads/once', sha: await main() };
    expect((await wim().createRef(ref)).status).toBe(201);
    expect(await refusal(wim().createRef(ref))).toBe('422 Reference already exists');
  });

  test('the default branch is not deleted', async () => {
    expect(await refusal(wim().deleteRef({ ...churn, ref: 'heads/main' }))).toBe(
      '422 Cannot delete the default branch',
    );
  });

  test('a branch names a commit that is there', async () => {
    const sha = 'f'.repeat(40);
    expect(await refusal(wim().createRef({ ...churn, ref: 'refs/heads/none', sha }))).toBe(
      '422 Object does not exist',
    );
  });

  test('a tree takes changes and deletions upon its base', async () => {
    const { data: base } = await wim().getCommit({ ...churn, commit_sha: await main() });
    const { data } = await wim().createTree({
      ...churn,
      base_tree: base.tree.sha,
      tree: [
        { path: 'data/train.csv', mode: '100644', type: 'blob', sha: null },
        { path: 'src/a/b.py', mode: '100644', type: 'blob', content: 'x' },
      ],
    });
    const { data: whole } = await wim().getTree({ ...churn, tree_sha: data.sha, recursive: '1' });
    const paths = whole.tree.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'src', 'src/a', 'src/a/b.py']));
    expect(paths).not.toContain('data');
  });

  test('a tree takes no path out of the repository, and none of git’s own', async () => {
    const plant = (path: string) =>
      refusal(wim().createTree({ ...churn, tree: [{ path, mode: '100644', type: 'blob', content: 'x' }] }));
    expect(await plant('../x')).toMatch(/^422 tree.path contains a malformed path component/);
    expect(await plant('a/.git/config')).toMatch(/^422 /);
  });

  test('a tree deletes nothing that is not there', async () => {
    const { data: base } = await wim().getCommit({ ...churn, commit_sha: await main() });
    const tree = [{ path: 'nowhere.py', mode: '100644' as const, type: 'blob' as const, sha: null }];
    const call = wim().createTree({ ...churn, base_tree: base.tree.sha, tree });
    expect(await refusal(call)).toBe('422 GitRPC::BadObjectState');
  });

  test('a commit of the App that names no author is signed by GitHub', async () => {
    const { rest } = await asApp(github);
    const { data: base } = await rest.git.getCommit({ ...churn, commit_sha: await main() });
    const parts = { ...churn, message: 'x', tree: base.tree.sha, parents: [base.sha] };
    expect((await rest.git.createCommit(parts)).data.verification.verified).toBe(true);
    const author = { name: 'x', email: 'x@example.com' };
    expect((await rest.git.createCommit({ ...parts, author })).data.verification.verified).toBe(false);
  });
});

test('files are read at any ref, and as a tarball', async () => {
  const { rest } = as(github, 'wim');
  const { data } = await rest.repos.getContent({ ...churn, path: 'data' });
  expect(data).toMatchObject([{ name: 'train.csv', type: 'file', size: 8 }]);
  const archive = await rest.repos.downloadTarballArchive({ ...churn, ref: 'main' });
  expect(Buffer.from(archive.data as ArrayBuffer).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
});
