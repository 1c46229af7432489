import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LocalGitHub } from '../../local-github/index.ts';
import { as, asApp, churn, refusal, startAcme } from './world.ts';

let github: LocalGitHub;
beforeAll(async () => {
  github = await startAcme();
});
afterAll(() => github.close());

const wim = () => as(github, 'wim').rest;

/** A branch with these files and a pull request for it. */
async function open(head: string, files: Record<string, string>, draft = false): Promise<number> {
  await github.commitFiles('acme/churn', head, files, { as: 'wim' });
  return github.openPull('acme/churn', { head, as: 'wim', draft });
}

test('the head follows its branch', async () => {
  const pull_number = await open('follows', { 'a.py': 'a = 1\n' });
  const sha = await github.commitFiles('acme/churn', 'follows', { 'b.py': 'b = 1\n' }, { as: 'wim' });
  const { data } = await wim().pulls.get({ ...churn, pull_number });
  expect([data.head.sha, data.commits, data.changed_files, data.additions]).toEqual([sha, 2, 2, 2]);
});

test('the files are what git says: changed, removed, renamed, binary', async () => {
  await github.commitFiles('acme/churn', 'main', { 'long.py': 'one\ntwo\nthree\nfour\nfive\n' });
  const pull_number = await open('files', { 'README.md': '# Churn\n\nA model.\n', 'data/train.csv': '' });
  const moved = { 'long.py': null, 'src/long one.py': 'one\ntwo\nthree\nfour\nfive\n' };
  await github.commitFiles('acme/churn', 'files', { ...moved, 'x.bin': Buffer.from([0, 1, 2]) });
  const { data } = await wim().pulls.listFiles({ ...churn, pull_number });
  expect(
    data.map(({ filename, status, patch, previous_filename }) => [
      filename,
      status,
      patch,
      previous_filename,
    ]),
  ).toEqual([
    ['README.md', 'modified', '@@ -1 +1,3 @@\n # Churn\n+\n+A model.', undefined],
    ['data/train.csv', 'modified', '@@ -1,2 +0,0 @@\n-a,b\n-1,2', undefined],
    ['src/long one.py', 'renamed', undefined, 'long.py'],
    ['x.bin', 'added', undefined, undefined],
  ]);
});

test('a merge keeps what was committed on the base meanwhile', async () => {
  const pull_number = await open('side', { 'side.py': 'x = 1\n' });
  await github.commitFiles('acme/churn', 'main', { 'other.py': 'y = 1\n' });
  await wim().pulls.merge({ ...churn, pull_number });
  expect(await github.readFile('acme/churn', 'main', 'side.py')).toBe('x = 1\n');
  expect(await github.readFile('acme/churn', 'main', 'other.py')).toBe('y = 1\n');
  const { data } = await wim().pulls.get({ ...churn, pull_number });
  expect([data.merged, data.state, data.merge_commit_sha]).toEqual([
    true,
    'closed',
    (await github.branches('acme/churn'))['main'],
  ]);
});

test('a conflict is seen and not merged', async () => {
  const pull_number = await open('clash', { 'README.md': 'ours\n' });
  await github.commitFiles('acme/churn', 'main', { 'README.md': 'theirs\n' });
  const { data } = await wim().pulls.get({ ...churn, pull_number });
  expect([data.mergeable, data.mergeable_state]).toEqual([false, 'dirty']);
  expect(await refusal(wim().pulls.merge({ ...churn, pull_number }))).toBe(
    '405 Pull Request is not mergeable',
  );
});

describe('it is refused to open', () => {
  const create = (head: string, base = 'main') =>
    refusal(wim().pulls.create({ ...churn, head, base, title: 'x' }));

  test('a second pull request for a branch', async () => {
    await open('twice', { 't.py': '' });
    expect(await create('twice')).toBe('422 Validation Failed A pull request already exists for acme:twice.');
  });

  test('one without commits', async () => {
    await github.commitFiles('acme/churn', 'equal', {}, { from: 'main' });
    await wim().git.updateRef({
      ...churn,
      ref: 'heads/equal',
      sha: (await github.branches('acme/churn'))['main'] ?? '',
      force: true,
    });
    expect(await create('equal')).toBe('422 Validation Failed No commits between main and equal');
  });

  test('one from or to a branch that is not there', async () => {
    expect(await create('nowhere')).toBe('422 Validation Failed head invalid');
    expect(await create('main', 'nowhere')).toBe('422 Validation Failed base invalid');
  });
});

test('a pull request may be opened again after the first was closed', async () => {
  const pull_number = await open('again', { 'again.py': '' });
  await wim().pulls.update({ ...churn, pull_number, state: 'closed' });
  expect(await github.openPull('acme/churn', { head: 'again', as: 'wim' })).toBeGreaterThan(pull_number);
});

test('a closed pull request keeps its head', async () => {
  const pull_number = await open('stays', { 'stays.py': '' });
  const before = (await github.branches('acme/churn'))['stays'];
  await wim().pulls.update({ ...churn, pull_number, state: 'closed' });
  await github.commitFiles('acme/churn', 'stays', { 'more.py': '' });
  expect((await wim().pulls.get({ ...churn, pull_number })).data.head.sha).toBe(before);
});

test('a branch that is deleted closes its pull request', async () => {
  const pull_number = await open('gone', { 'gone.py': '' });
  await wim().git.deleteRef({ ...churn, ref: 'heads/gone' });
  const { data } = await wim().pulls.get({ ...churn, pull_number });
  expect(data.state).toBe('closed');
  expect((await wim().pulls.listFiles({ ...churn, pull_number })).data).toHaveLength(1);
});

test('a pull request is found by its head', async () => {
  const number = await open('found', { 'found.py': '' });
  const { data } = await wim().pulls.list({ ...churn, head: 'acme:found' });
  expect(data.map((pull) => pull.number)).toEqual([number]);
  expect((await wim().pulls.list({ ...churn, head: 'acme:lost' })).data).toEqual([]);
});

describe('a draft', () => {
  const mutation = (name: string) =>
    `mutation($id: ID!) { ${name}(input: {pullRequestId: $id}) { pullRequest { isDraft } } }`;

  test('becomes ready by GraphQL and back', async () => {
    const pull_number = await open('draft', { 'draft.py': '' }, true);
    const app = await asApp(github);
    const draft = async () => (await app.rest.pulls.get({ ...churn, pull_number })).data.draft;
    const { node_id: id } = (await app.rest.pulls.get({ ...churn, pull_number })).data;
    expect(await draft()).toBe(true);
    await app.graphql(mutation('markPullRequestReadyForReview'), { id });
    expect(await draft()).toBe(false);
    await app.graphql(mutation('convertPullRequestToDraft'), { id });
    expect(await draft()).toBe(true);
  });

  test('does not become ready by REST', async () => {
    const pull_number = await open('draft-2', { 'draft-2.py': '' }, true);
    await as(github, 'wim').request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
      ...churn,
      pull_number,
      draft: false,
    });
    expect((await wim().pulls.get({ ...churn, pull_number })).data.draft).toBe(true);
  });

  test('stays one for an App that may only read', async () => {
    const pull_number = await open('draft-3', { 'draft-3.py': '' }, true);
    const app = await asApp(github, { permissions: { pull_requests: 'read' } });
    const { node_id: id } = (await app.rest.pulls.get({ ...churn, pull_number })).data;
    expect(await refusal(app.graphql(mutation('markPullRequestReadyForReview'), { id }))).toMatch(/^403 /);
  });

  test('another query is refused loudly', async () => {
    const app = await asApp(github);
    expect(await refusal(app.graphql('{ viewer { login } }'))).toMatch(/^501 local-github knows two/);
  });
});

describe('a review is asked for', () => {
  test('from a collaborator', async () => {
    const pull_number = await open('review', { 'review.py': '' });
    const { status, data } = await wim().pulls.requestReviewers({
      ...churn,
      pull_number,
      reviewers: ['tess'],
    });
    expect([status, data.requested_reviewers?.map((user) => 'login' in user && user.login)]).toEqual([
      201,
      ['tess'],
    ]);
  });

  test('and not from a stranger or the author', async () => {
    const pull_number = await open('review-2', { 'review-2.py': '' });
    const ask = (login: string) =>
      refusal(wim().pulls.requestReviewers({ ...churn, pull_number, reviewers: [login] }));
    expect(await ask('otto')).toMatch(/^422 Reviews may only be requested from collaborators\./);
    expect(await ask('wim')).toBe('422 Review cannot be requested from pull request author.');
  });
});

test('a fork’s pull request has another head repository, and its commits are in the base', async () => {
  const fork = await github.fork('acme/churn', 'otto');
  const sha = await github.commitFiles(fork, 'patch', { 'patch.py': 'p = 1\n' }, { as: 'otto' });
  const pull_number = await github.openPull('acme/churn', { head: 'otto:patch', as: 'otto' });
  const { data } = await wim().pulls.get({ ...churn, pull_number });
  expect([data.head.repo?.full_name, data.head.repo?.fork, data.head.label]).toEqual([
    'otto/churn',
    true,
    'otto:patch',
  ]);
  expect((await wim().git.getCommit({ ...churn, commit_sha: sha })).data.sha).toBe(sha);
  const next = await github.commitFiles(fork, 'patch', { 'patch.py': 'p = 2\n' }, { as: 'otto' });
  expect((await wim().pulls.get({ ...churn, pull_number })).data.head.sha).toBe(next);
});

test('a pull request is an issue too', async () => {
  const issue_number = await open('issue-too', { 'issue.py': '' });
  const { data } = await wim().issues.get({ ...churn, issue_number });
  expect(data.pull_request?.html_url).toBe(`${github.url}/acme/churn/pull/${issue_number}`);
  const { data: listed } = await wim().issues.listForRepo({ ...churn, per_page: 100 });
  expect(listed.map(({ number }) => number)).toContain(issue_number);
});

test('a body may have 65 536 characters and no more', async () => {
  const pull_number = await open('long-body', { 'body.py': '' });
  const update = (length: number) => wim().pulls.update({ ...churn, pull_number, body: 'é'.repeat(length) });
  expect((await update(65_536)).status).toBe(200);
  expect(await refusal(update(65_537))).toBe(
    '422 Validation Failed body is too long (maximum is 65536 characters)',
  );
});
