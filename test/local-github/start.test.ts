import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { startLocalGitHub } from '../../local-github/index.ts';
import { root } from '../run-tool.ts';
import { makeFolders } from './world.ts';

test('a local GitHub answers once it is started, and leaves no folder and no process when it is closed', async () => {
  const { make, clear } = makeFolders();
  const folder = await make();
  const address = pathToFileURL(join(root, 'local-github/index.ts')).href;
  // a process of its own: it ends by itself only where nothing is left that runs
  const script = `
    import { readdirSync } from 'node:fs';
    import { startLocalGitHub } from '${address}';
    const github = await startLocalGitHub({
      users: ['olga'],
      repositories: [{ name: 'olga/churn', files: { 'churn.ipynb': '{}' } }],
    });
    const { data } = await github.request('olga', 'GET', '/repos/olga/churn/contents/churn.ipynb');
    await github.request('olga', 'POST', '/repos/olga/churn/issues', { title: 'x' });
    const folders = readdirSync(process.env.TMPDIR).length;
    await github.close();
    const after = await fetch(github.url).then(() => 'open', () => 'closed');
    console.log(data.path, folders, after);`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', script],
    { env: { ...process.env, NODE_OPTIONS: '', TMPDIR: folder } },
  );
  expect(stdout).toBe('churn.ipynb 1 closed\n');
  expect(await readdir(folder)).toEqual([]);
  await clear();
});

test('closing does not wait for what a fault delays', async () => {
  const github = await startLocalGitHub({ users: ['olga'], repositories: [{ name: 'olga/churn' }] });
  github.faults.push({ path: /churn/, delayMs: 86_400_000 });
  const late = fetch(`${github.url}/api/v3/repos/olga/churn`).catch(() => 'broken off');
  await github.request('olga', 'GET', '/user');
  await github.close();
  expect(await late).toBe('broken off');
});

test('what cannot be is said at the start', async () => {
  const start = (options: Partial<Parameters<typeof startLocalGitHub>[0]>) =>
    startLocalGitHub({ users: ['olga'], repositories: [], ...options });
  await expect(start({ repositories: [{ name: 'acme/churn' }] })).rejects.toThrow(
    'acme is neither a user nor an organisation of this local GitHub',
  );
  await expect(start({ organisations: { acme: { members: { olga: 'member' } } } })).rejects.toThrow(
    'the organisation acme has no admin',
  );
});
