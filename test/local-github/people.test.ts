import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LocalGitHub } from '../../local-github/index.ts';
import { as, asApp, churn, octokitOf, refusal, startAcme } from './world.ts';

let github: LocalGitHub;
beforeAll(async () => {
  github = await startAcme();
});
afterAll(() => github.close());

const vault = { owner: 'acme', repo: 'vault' };

async function permission(username: string, repository = churn): Promise<[string, string | undefined]> {
  const { rest } = await asApp(github);
  const { data } = await rest.repos.getCollaboratorPermissionLevel({ ...repository, username });
  return [data.permission, data.role_name];
}

describe('the permission of', () => {
  test.each([
    ['an admin of the organisation', 'olga', 'admin', 'admin'],
    ['a plain member', 'mia', 'read', 'read'],
    ['a collaborator who may push', 'wim', 'write', 'write'],
    ['a collaborator who may triage', 'tess', 'read', 'triage'],
    ['a stranger to a public repository', 'otto', 'read', 'read'],
  ])('%s', async (_, login, word, role) => {
    expect(await permission(login)).toEqual([word, role]);
  });

  test('a stranger to a private repository is none', async () => {
    expect(await permission('otto', vault)).toEqual(['none', 'none']);
  });

  test('somebody who is not there is not found', async () => {
    expect(await refusal(permission('nobody-at-all'))).toBe('404 nobody-at-all is not a user');
  });
});

test('names are the same in any case', async () => {
  const { data } = await as(github, 'wim').rest.repos.get({ owner: 'ACME', repo: 'Churn' });
  expect(data.full_name).toBe('acme/churn');
  expect(await permission('WIM')).toEqual(['write', 'write']);
  expect((await as(github, 'wim').rest.users.getByUsername({ username: 'Wim' })).data.login).toBe('wim');
});

test('a private repository is not there for a stranger', async () => {
  expect(await refusal(as(github, 'otto').rest.repos.get(vault))).toBe('404 Not Found');
  expect(await refusal(octokitOf(github).rest.repos.get(vault))).toBe('404 Not Found');
});

test('a new collaborator may write from then on', async () => {
  const changed = await startAcme();
  const tess = as(changed, 'tess').rest;
  const ref = { ...churn, ref: 'refs/heads/tess', sha: (await changed.branches('acme/churn'))['main'] ?? '' };
  expect(await refusal(tess.git.createRef(ref))).toBe('404 Not Found');
  await as(changed, 'olga').rest.repos.addCollaborator({ ...churn, username: 'tess', permission: 'push' });
  expect((await tess.git.createRef(ref)).status).toBe(201);
  await changed.close();
});

describe('a stranger', () => {
  let issue: number;
  beforeAll(async () => {
    issue = await github.openIssue('acme/churn', { title: 'Of olga' });
  });
  const otto = () => as(github, 'otto').rest;

  test('may open an issue and comment', async () => {
    expect((await otto().issues.create({ ...churn, title: 'Mine' })).status).toBe(201);
    expect((await otto().issues.createComment({ ...churn, issue_number: issue, body: 'hi' })).status).toBe(
      201,
    );
  });

  test('may not label', async () => {
    const call = otto().issues.addLabels({ ...churn, issue_number: issue, labels: ['productionize'] });
    expect(await refusal(call)).toBe('403 Must have push access to repository');
  });

  test('may change an issue of his own and no other', async () => {
    const mine = await github.openIssue('acme/churn', { title: 'Mine', as: 'otto' });
    expect((await otto().issues.update({ ...churn, issue_number: mine, title: 'Still mine' })).status).toBe(
      200,
    );
    expect(await refusal(otto().issues.update({ ...churn, issue_number: issue, title: 'Mine now' }))).toMatch(
      /^403 /,
    );
  });

  test('may not change what another wrote', async () => {
    const comment_id = await github.comment('acme/churn', issue, 'of olga');
    expect(await refusal(otto().issues.updateComment({ ...churn, comment_id, body: 'x' }))).toMatch(/^403 /);
  });

  test('may not write code', async () => {
    const sha = (await github.branches('acme/churn'))['main'] ?? '';
    expect(await refusal(otto().git.createRef({ ...churn, ref: 'refs/heads/mine', sha }))).toBe(
      '404 Not Found',
    );
  });

  test('who does not say who he is may only read', async () => {
    const nobody = octokitOf(github).rest;
    expect((await nobody.repos.get(churn)).status).toBe(200);
    expect(await refusal(nobody.issues.create({ ...churn, title: 'x' }))).toBe('401 Requires authentication');
  });
});

test('who may triage may label', async () => {
  const number = await github.openIssue('acme/churn', { title: 'Sort me' });
  await github.label('acme/churn', number, 'productionize', 'tess');
  const { data } = await as(github, 'tess').rest.issues.get({ ...churn, issue_number: number });
  expect(data.labels).toMatchObject([{ name: 'productionize' }]);
});

test('a user cannot make a check run', async () => {
  const head_sha = (await github.branches('acme/churn'))['main'] ?? '';
  expect(await refusal(as(github, 'olga').rest.checks.create({ ...churn, name: 'mine', head_sha }))).toBe(
    '403 You must authenticate via a GitHub App.',
  );
});
