import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { signAppToken } from '../../local-github/app-token.ts';
import type { LocalGitHub } from '../../local-github/index.ts';
import { as, asApp, churn, mint, octokitOf, refusal, startAcme } from './world.ts';

let github: LocalGitHub;
beforeAll(async () => {
  github = await startAcme();
});
afterAll(() => github.close());

const vault = { owner: 'acme', repo: 'vault' };
const blob = { content: 'x' };

test('a token that nobody was given is refused', async () => {
  expect(await refusal(octokitOf(github, 'ghp_mistyped').rest.repos.get(churn))).toBe('401 Bad credentials');
});

test('a token is dead after its hour', async () => {
  const token = await mint(github);
  github.expireToken(token);
  expect(await refusal(octokitOf(github, token).rest.repos.get(churn))).toBe('401 Bad credentials');
});

test('a token is dead after it was revoked', async () => {
  const { rest } = await asApp(github);
  expect((await rest.apps.revokeInstallationAccessToken()).status).toBe(204);
  expect(await refusal(rest.repos.get(churn))).toBe('401 Bad credentials');
});

test('a user cannot revoke an installation’s token', async () => {
  const wim = as(github, 'wim');
  expect(await refusal(wim.rest.apps.revokeInstallationAccessToken())).toMatch(/^403 /);
});

test('a web token that another key signed gets no installation token', async () => {
  const { generateKeyPairSync } = await import('node:crypto');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const forged = octokitOf(github, signAppToken({ app: { id: github.app.id, privateKey: pem } }));
  const request = { installation_id: github.installationId };
  const undecoded = '401 A JSON web token could not be decoded';
  expect(await refusal(forged.rest.apps.createInstallationAccessToken(request))).toBe(undecoded);
  expect(await refusal(forged.rest.apps.getAuthenticated())).toBe(undecoded);
});

test('a web token of an App that is not there is told so', async () => {
  const { privateKey } = github.app;
  const stranger = octokitOf(github, signAppToken({ app: { id: github.app.id + 1, privateKey } }));
  expect(await refusal(stranger.rest.apps.getAuthenticated())).toBe('404 Integration not found');
});

test('a read token cannot write', async () => {
  const { rest } = await asApp(github, { permissions: { contents: 'read' } });
  expect(await refusal(rest.git.createBlob({ ...churn, ...blob }))).toBe(
    '403 Resource not accessible by integration',
  );
});

test('a token for contents cannot comment', async () => {
  const number = await github.openIssue('acme/churn', { title: 'Talk' });
  const { rest } = await asApp(github, { permissions: { contents: 'write' } });
  expect(await refusal(rest.issues.createComment({ ...churn, issue_number: number, body: 'hi' }))).toBe(
    '403 Resource not accessible by integration',
  );
});

test('a token for pull requests comments on pull requests and not on issues', async () => {
  await github.commitFiles('acme/churn', 'talk', { 'talk.md': 'x' });
  const pull = await github.openPull('acme/churn', { head: 'talk' });
  const issue = await github.openIssue('acme/churn', { title: 'Talk' });
  const { rest } = await asApp(github, { permissions: { pull_requests: 'write' } });
  expect((await rest.issues.createComment({ ...churn, issue_number: pull, body: 'hi' })).status).toBe(201);
  expect(await refusal(rest.issues.createComment({ ...churn, issue_number: issue, body: 'hi' }))).toMatch(
    /^403 /,
  );
});

test('more rights than the App was given are not handed out', async () => {
  expect(await refusal(mint(github, { permissions: { workflows: 'write' } }))).toBe(
    '422 The permissions requested are not granted to this installation.',
  );
});

test('a token for one repository does not see another private one', async () => {
  const { rest } = await asApp(github, { repositories: ['churn'] });
  expect(await refusal(rest.repos.get(vault))).toBe('404 Not Found');
});

test('a token for one repository cannot write to another', async () => {
  const { rest } = await asApp(github, { repositories: ['vault'] });
  expect((await rest.git.createBlob({ ...vault, ...blob })).status).toBe(201);
  expect(await refusal(rest.git.createBlob({ ...churn, ...blob }))).toBe(
    '403 Resource not accessible by integration',
  );
});

test('an installation lists the repositories of its token', async () => {
  const { rest } = await asApp(github, { repositories: ['vault'] });
  const { data } = await rest.apps.listReposAccessibleToInstallation();
  expect(data.repositories.map(({ full_name }) => full_name)).toEqual(['acme/vault']);
});

test('the trace has no token', async () => {
  const token = await mint(github);
  await octokitOf(github, token).rest.repos.get(churn);
  expect(JSON.stringify(github.trace())).not.toContain(token);
  expect(github.trace().at(-1)).toMatchObject({
    caller: 'installation',
    login: 'architect-productionize[bot]',
  });
});

test('a web token may not live for long', async () => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { iss: github.app.id, iat: 0, exp: Math.floor(Date.now() / 1000) + 3600 };
  const { createSign } = await import('node:crypto');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  const token = `${text}.${createSign('RSA-SHA256').update(text).sign(github.app.privateKey, 'base64url')}`;
  expect(await refusal(octokitOf(github, token).rest.apps.getAuthenticated())).toBe(
    "401 'Expiration time' claim ('exp') is too far in the future",
  );
});

test('an installation that is suspended or removed does nothing', async () => {
  const other = await startAcme();
  const { rest } = await asApp(other);
  await other.setInstallation('suspend');
  expect(await refusal(rest.repos.get(churn))).toBe('403 This installation has been suspended');
  await other.setInstallation('unsuspend');
  expect((await rest.repos.get(churn)).status).toBe(200);
  await other.setInstallation('deleted');
  expect(await refusal(rest.repos.get(churn))).toBe('401 Bad credentials');
  expect(await refusal(mint(other))).toBe('404 Not Found');
  await other.close();
});

test('a repository that is taken from the installation is out of reach', async () => {
  const other = await startAcme();
  const { rest } = await asApp(other);
  await other.setInstalled('acme/vault', false);
  expect(await refusal(rest.repos.get(vault))).toBe('404 Not Found');
  expect(await refusal(mint(other, { repositories: ['vault'] }))).toMatch(
    /^422 There is at least one repository/,
  );
  await other.setInstalled('acme/vault', true);
  expect((await rest.repos.get(vault)).status).toBe(200);
  await other.close();
});
