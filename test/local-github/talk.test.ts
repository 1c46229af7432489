import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LocalGitHub } from '../../local-github/index.ts';
import { as, asApp, churn, refusal, startAcme } from './world.ts';

let github: LocalGitHub;
let app: Awaited<ReturnType<typeof asApp>>;
let head_sha: string;
beforeAll(async () => {
  github = await startAcme();
  app = await asApp(github);
  head_sha = (await github.branches('acme/churn'))['main'] ?? '';
});
afterAll(() => github.close());

const annotations = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    path: 'churn.ipynb',
    start_line: index + 1,
    end_line: index + 1,
    annotation_level: 'warning' as const,
    message: `line ${index + 1}`,
  }));

describe('a check run', () => {
  const start = async (name: string, count = 0): Promise<number> => {
    const output = { title: 't', summary: 's', annotations: annotations(count) };
    return (await app.rest.checks.create({ ...churn, name, head_sha, status: 'in_progress', output })).data
      .id;
  };

  test('gathers annotations over updates', async () => {
    const check_run_id = await start('gathers', 50);
    const output = { title: 't', summary: 's', annotations: annotations(10) };
    await app.rest.checks.update({ ...churn, check_run_id, output });
    const all = await app.paginate(app.rest.checks.listAnnotations, { ...churn, check_run_id });
    expect(all).toHaveLength(60);
    expect((await app.rest.checks.get({ ...churn, check_run_id })).data.output.annotations_count).toBe(60);
  });

  test('takes fifty annotations at a time', async () => {
    expect(await refusal(start('too many', 51))).toMatch(/^422 .*No more than 50 items are allowed; 51/s);
  });

  test('belongs to a commit that is there', async () => {
    const sha = 'f'.repeat(40);
    const call = app.rest.checks.create({ ...churn, name: 'nowhere', head_sha: sha });
    expect(await refusal(call)).toBe(`422 No commit found for SHA: ${sha}`);
  });

  test('is found by its commit, the latest of a name', async () => {
    await start('latest');
    const second = await start('latest');
    const { data } = await app.rest.checks.listForRef({ ...churn, ref: 'main', check_name: 'latest' });
    expect([data.total_count, data.check_runs[0]?.id, data.check_runs[0]?.app?.slug]).toEqual([
      1,
      second,
      github.app.slug,
    ]);
  });
});

test('the App is known as the author of what it wrote', async () => {
  const issue_number = await github.openIssue('acme/churn', { title: 'Talk' });
  await app.rest.issues.createComment({ ...churn, issue_number, body: 'hi' });
  const { data } = await app.rest.issues.listComments({ ...churn, issue_number });
  expect(data[0]).toMatchObject({
    user: { login: 'architect-productionize[bot]', type: 'Bot' },
    performed_via_github_app: { id: github.app.id },
  });
});

test('comments come in pages, with links to the next', async () => {
  const issue_number = await github.openIssue('acme/churn', { title: 'Long talk' });
  for (let number = 0; number < 5; number += 1)
    await github.comment('acme/churn', issue_number, `number ${number}`);
  const all = await app.paginate(app.rest.issues.listComments, { ...churn, issue_number, per_page: 2 });
  expect(all.map(({ body }) => body)).toEqual([0, 1, 2, 3, 4].map((number) => `number ${number}`));
});

test('a reaction is made once', async () => {
  const issue_number = await github.openIssue('acme/churn', { title: 'React' });
  const comment_id = await github.comment('acme/churn', issue_number, '/architect run');
  const react = () => app.rest.reactions.createForIssueComment({ ...churn, comment_id, content: 'eyes' });
  expect([(await react()).status, (await react()).status]).toEqual([201, 200]);
  const { data } = await app.rest.reactions.listForIssueComment({ ...churn, comment_id });
  expect(data.map(({ content, user }) => [content, user?.login])).toEqual([
    ['eyes', 'architect-productionize[bot]'],
  ]);
});

test('a pull request takes reactions as an issue does', async () => {
  await github.commitFiles('acme/churn', 'react', { 'react.txt': 'x' });
  const issue_number = await github.openPull('acme/churn', { head: 'react' });
  const made = await app.rest.reactions.createForIssue({ ...churn, issue_number, content: 'eyes' });
  expect(made.status).toBe(201);
  const missing = app.rest.reactions.createForIssue({ ...churn, issue_number: 4_711, content: 'eyes' });
  expect(await refusal(missing)).toMatch(/^404/);
});

test('a comment that is too long is refused', async () => {
  const issue_number = await github.openIssue('acme/churn', { title: 'Too long' });
  const write = (body: string) => app.rest.issues.createComment({ ...churn, issue_number, body });
  expect((await write('x'.repeat(65_536))).status).toBe(201);
  expect(await refusal(write('x'.repeat(65_537)))).toMatch(/^422 .*maximum is 65536 characters/);
});

test('the worst of the newest commit statuses counts', async () => {
  const { rest } = as(github, 'wim');
  const set = (context: string, state: 'failure' | 'success') =>
    rest.repos.createCommitStatus({ ...churn, sha: head_sha, context, state });
  await set('one', 'failure');
  await set('two', 'success');
  const combined = async () =>
    (await rest.repos.getCombinedStatusForRef({ ...churn, ref: 'main' })).data.state;
  expect(await combined()).toBe('failure');
  await set('one', 'success');
  expect(await combined()).toBe('success');
});

test('what is not there is said loudly', async () => {
  expect(await refusal(app.rest.repos.getReadme(churn))).toMatch(/^501 local-github does not have GET/);
});
