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
