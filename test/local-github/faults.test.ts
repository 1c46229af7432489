import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { LocalGitHub } from '../../local-github/index.ts';
import { as, churn, refusal, runGit, startAcme } from './world.ts';

let github: LocalGitHub;
beforeEach(async () => {
  github = await startAcme();
});
afterEach(() => github.close());

const get = () => refusal(as(github, 'wim').rest.repos.get(churn));

test('a fault answers as often as it says, and then no more', async () => {
  github.faults.push({ path: /^\/repos\/acme\/churn$/, status: 503, times: 2 });
  expect([await get(), await get(), await get()]).toEqual(['503 injected', '503 injected', 'not refused']);
});

test('a fault lets pass what it skips and what it does not name', async () => {
  github.faults.push({ method: 'GET', path: /churn$/, status: 500, skip: 1 });
  expect([await get(), await get()]).toEqual(['not refused', '500 injected']);
  github.faults.push({ method: 'DELETE', path: /churn$/, status: 500 });
  expect(await get()).toBe('not refused');
});

test('a rate limit comes with its headers', async () => {
  const headers = { 'retry-after': '1', 'x-ratelimit-remaining': '0' };
  github.faults.push({ path: /churn$/, status: 403, headers, body: { message: 'secondary rate limit' } });
  const response = await fetch(`${github.url}/api/v3/repos/acme/churn`);
  expect([response.status, response.headers.get('retry-after')]).toEqual([403, '1']);
});

test('a fault after the write leaves what was written', async () => {
  const issue_number = await github.openIssue('acme/churn', { title: 'Talk' });
  github.faults.push({ method: 'POST', path: /\/comments$/, status: 502, after: true });
  const { rest } = as(github, 'wim');
  expect(await refusal(rest.issues.createComment({ ...churn, issue_number, body: 'once' }))).toBe(
    '502 injected',
  );
  expect((await rest.issues.listComments({ ...churn, issue_number })).data).toHaveLength(1);
});

test('a connection can break off', async () => {
  github.faults.push({ path: /churn$/, hangup: true });
  await expect(fetch(`${github.url}/api/v3/repos/acme/churn`)).rejects.toThrow('fetch failed');
});

test('git can fail too', async () => {
  github.faults.push({ path: /churn\.git\/info\/refs$/, status: 503 });
  const { output } = await runGit('/', github.tokens['wim'], 'ls-remote', `${github.url}/acme/churn.git`);
  expect(output).toMatch(/503/);
});

test('the trace marks what a fault answered', async () => {
  github.faults.push({ path: /churn$/, status: 503 });
  await get();
  await get();
  expect(github.trace().map(({ status, injected }) => [status, injected])).toEqual([
    [503, true],
    [200, false],
  ]);
});
