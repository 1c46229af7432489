import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { startLocalGitHub } from '../../local-github/index.ts';

const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('local-github-'));

test('a local GitHub answers as soon as it is started, and leaves nothing when it is closed', async () => {
  const before = folders();
  const github = await startLocalGitHub({
    users: ['olga'],
    repositories: [{ name: 'olga/churn', files: { 'churn.ipynb': '{}' } }],
  });
  const mine = folders().filter((name) => !before.includes(name));
  const { data } = await github.request<{ full_name: string }>('olga', 'GET', '/repos/olga/churn');
  expect(data.full_name).toBe('olga/churn');

  await github.close();
  expect(mine.filter((name) => existsSync(`${tmpdir()}/${name}`))).toEqual([]);
  await expect(fetch(github.url)).rejects.toThrow('fetch failed');
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
