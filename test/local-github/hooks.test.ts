import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { signAppToken } from '../../local-github/app-token.ts';
import type { Delivery, LocalGitHub } from '../../local-github/index.ts';
import { as, asApp, churn, octokitOf, startAcme, startReceiver } from './world.ts';

let github: LocalGitHub;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  github = await startAcme();
  receiver = await startReceiver();
});
beforeEach(() => {
  github.deliverTo(receiver.url);
  github.hookPlan = undefined;
});
afterAll(async () => {
  await github.close();
  receiver.close();
});

/** The first delivery after this moment that fits. */
function next(event: string, action?: string): Promise<Delivery> {
  const before = github.deliveries().length;
  return github.waitForDelivery(
    (delivery) =>
      github.deliveries().indexOf(delivery) >= before &&
      delivery.event === event &&
      delivery.action === action &&
      delivery.status > 0,
  );
}

test('a delivery is signed, named and sent as GitHub does', async () => {
  const delivery = next('issues', 'opened');
  await github.openIssue('acme/churn', { title: 'Sign me' });
  const { guid } = await delivery;
  const got = receiver.received.find(({ headers }) => headers['x-github-delivery'] === guid);
  const signature = createHmac('sha256', github.webhookSecret)
    .update(got?.body ?? '')
    .digest('hex');
  expect(got?.headers).toMatchObject({
    'x-hub-signature-256': `sha256=${signature}`,
    'x-github-event': 'issues',
    'content-type': 'application/json',
  });
  expect(got?.headers['user-agent']).toMatch(/^GitHub-Hookshot\//);
  expect(guid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test('two deliveries have two GUIDs', async () => {
  await Promise.all([1, 2, 3].map((number) => github.openIssue('acme/churn', { title: `Issue ${number}` })));
  await github.waitForDelivery(({ payload }) => JSON.stringify(payload).includes('Issue 3'));
  const guids = github.deliveries().map(({ guid }) => guid);
  expect(guids.length).toBeGreaterThan(2);
  expect(new Set(guids).size).toBe(guids.length);
});

test('a delivery is sent again with the same GUID and the same bytes', async () => {
  const delivery = next('issues', 'opened');
  await github.openIssue('acme/churn', { title: 'Again' });
  const { guid } = await delivery;
  await github.redeliver(guid);
  const got = receiver.received.filter(({ headers }) => headers['x-github-delivery'] === guid);
  expect(got).toHaveLength(2);
  expect(got[0]?.body).toBe(got[1]?.body);
});

test('a delivery can be doubled, dropped and asked for by the App', async () => {
  const count = (guid: string): number =>
    receiver.received.filter(({ headers }) => headers['x-github-delivery'] === guid).length;
  github.duplicateNext('issues');
  const doubled = next('issues', 'opened');
  await github.openIssue('acme/churn', { title: 'Twice' });
  expect(count((await doubled).guid)).toBe(2);

  github.hookPlan = () => ({ drop: true });
  const dropped = github.waitForDelivery(({ payload }) => JSON.stringify(payload).includes('Never'));
  await github.openIssue('acme/churn', { title: 'Never' });
  const { guid } = await dropped;
  expect(count(guid)).toBe(0);

  github.hookPlan = undefined;
  const app = octokitOf(github, signAppToken(github));
  const { data } = await app.rest.apps.listWebhookDeliveries({ per_page: 100 });
  const lost = data.find((one) => one.guid === guid);
  expect(lost?.status_code).toBe(0);
  await app.rest.apps.redeliverWebhookDelivery({ delivery_id: lost?.id ?? 0 });
  await github.waitForDelivery((one) => one.guid === guid && one.redelivery && one.status === 200);
  expect(count(guid)).toBe(1);
});

test('an App that does not answer is recorded', async () => {
  github.deliverTo('http://127.0.0.1:1/');
  const before = github.deliveries().length;
  await github.openIssue('acme/churn', { title: 'Nobody' });
  const delivery = await github.waitForDelivery((one) => github.deliveries().indexOf(one) >= before);
  expect(delivery.status).toBe(0);
});

describe('a push', () => {
  test('names its commits and what each changed', async () => {
    const pushed = next('push');
    const sha = await github.commitFiles('acme/churn', 'main', {
      'new.py': 'x',
      'README.md': 'y',
      'data/train.csv': null,
    });
    const { payload } = await pushed;
    expect(payload).toMatchObject({
      ref: 'refs/heads/main',
      after: sha,
      created: false,
      forced: false,
      head_commit: { id: sha },
      commits: [{ id: sha, added: ['new.py'], modified: ['README.md'], removed: ['data/train.csv'] }],
      installation: { id: github.installationId },
      sender: { login: 'olga' },
    });
  });

  test('of a new branch has only the commits that no other has', async () => {
    const pushed = next('push');
    const sha = await github.commitFiles('acme/churn', 'fresh', { 'fresh.py': 'x' }, { as: 'wim' });
    const { payload } = await pushed;
    expect(payload).toMatchObject({ created: true, before: '0'.repeat(40), pusher: { name: 'wim' } });
    expect((payload['commits'] as { id: string }[]).map(({ id }) => id)).toEqual([sha]);
  });
});

describe('a pull request', () => {
  let number: number;
  beforeAll(async () => {
    await github.commitFiles('acme/churn', 'topic', { 'topic.py': 'x' }, { as: 'wim' });
    number = await github.openPull('acme/churn', { head: 'topic', as: 'wim' });
  });

  test('is labelled as a pull request, with the sender', async () => {
    const labelled = next('pull_request', 'labeled');
    await github.label('acme/churn', number, 'productionize', 'tess');
    expect((await labelled).payload).toMatchObject({
      number,
      label: { name: 'productionize' },
      pull_request: { number, head: { ref: 'topic' } },
      sender: { login: 'tess' },
    });
    const asIssue = github
      .deliveries()
      .filter(({ event, action }) => event === 'issues' && action === 'labeled');
    expect(asIssue).toEqual([]);
  });

  test('is synchronised by a push', async () => {
    const synchronised = next('pull_request', 'synchronize');
    const sha = await github.commitFiles('acme/churn', 'topic', { 'topic.py': 'y' }, { as: 'wim' });
    expect((await synchronised).payload).toMatchObject({ after: sha, pull_request: { head: { sha } } });
  });

  test('is commented on as an issue that says it is a pull request', async () => {
    const commented = next('issue_comment', 'created');
    await github.comment('acme/churn', number, '/architect run', 'otto');
    expect((await commented).payload).toMatchObject({
      issue: { number, pull_request: { html_url: `${github.url}/acme/churn/pull/${number}` } },
      comment: { body: '/architect run', user: { login: 'otto' }, author_association: 'NONE' },
    });
  });
});

test('an issue’s label comes as an issue’s', async () => {
  const number = await github.openIssue('acme/churn', { title: 'Label me' });
  const labelled = next('issues', 'labeled');
  await github.label('acme/churn', number, 'productionize', 'wim');
  expect((await labelled).payload).toMatchObject({ issue: { number }, label: { name: 'productionize' } });
});

test('an edited comment says what stood there', async () => {
  const number = await github.openIssue('acme/churn', { title: 'Edit' });
  const comment_id = await github.comment('acme/churn', number, 'before', 'wim');
  const edited = next('issue_comment', 'edited');
  await as(github, 'wim').rest.issues.updateComment({ ...churn, comment_id, body: 'after' });
  expect((await edited).payload).toMatchObject({
    changes: { body: { from: 'before' } },
    comment: { body: 'after' },
  });
});

test('"Re-run" on a check names the App and who pressed it', async () => {
  const { rest } = await asApp(github);
  const head_sha = (await github.branches('acme/churn'))['main'] ?? '';
  const { data: run } = await rest.checks.create({
    ...churn,
    name: 'Architect',
    head_sha,
    external_id: 'run-1',
  });
  const again = next('check_run', 'rerequested');
  await github.rerequestCheckRun('acme/churn', run.id, 'wim');
  expect((await again).payload).toMatchObject({
    check_run: { id: run.id, external_id: 'run-1', app: { id: github.app.id } },
    sender: { login: 'wim' },
  });
});

test('an event that the App did not ask for is not sent', async () => {
  const pushed = next('push');
  await github.commitFiles('acme/churn', 'quiet', { 'quiet.py': '' });
  await pushed;
  expect(github.deliveries().map(({ event }) => event)).not.toContain('create');
});

test('the App hears nothing of repositories that it is not installed on', async () => {
  const narrow = await startAcme({ app: { repositories: ['acme/vault'] } });
  await narrow.commitFiles('acme/churn', 'main', { 'a.py': '' });
  await narrow.commitFiles('acme/vault', 'main', { 'b.py': '' });
  const names = narrow.deliveries().map(({ payload }) => (payload['repository'] as { name: string }).name);
  expect(names).toEqual(['vault']);
  await narrow.close();
});
