import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { LocalGitHub } from '../../local-github/index.ts';
import { knownMismatches } from '../../local-github/schema/mismatches.ts';
import { allProblems, newProblems, OpenApi } from '../../local-github/schema/openapi.ts';
import { as, asApp, churn, octokitOf, refusal, startAcme } from './world.ts';
import { signAppToken } from '../../local-github/app-token.ts';

let github: LocalGitHub;

beforeAll(async () => {
  github = await startAcme({
    app: {
      permissions: {
        metadata: 'read',
        contents: 'write',
        pull_requests: 'write',
        issues: 'write',
        checks: 'write',
        statuses: 'write',
      },
      events: [
        'issues',
        'pull_request',
        'issue_comment',
        'push',
        'create',
        'delete',
        'check_run',
        'check_suite',
      ],
    },
  });
  await tour();
});
afterAll(() => github.close());

test('nothing differs from GitHub’s description but what is listed', () => {
  expect(newProblems(github)).toEqual([]);
});

test('everything that is listed still differs: the list may only shrink', () => {
  const problems = allProblems(github);
  expect(Object.keys(knownMismatches).filter((mismatch) => !problems.has(mismatch))).toEqual([]);
});

test('the tour sees every kind of event that the App listens to', () => {
  const kinds = github.deliveries().map(({ event, action }) => [event, action].filter(Boolean).join('.'));
  expect([...new Set(kinds)].sort()).toEqual(
    [
      'check_run.completed',
      'check_run.created',
      'check_run.requested_action',
      'check_run.rerequested',
      'check_suite.rerequested',
      'create',
      'delete',
      'installation.created',
      'installation_repositories.added',
      'installation_repositories.removed',
      'issue_comment.created',
      'issue_comment.deleted',
      'issue_comment.edited',
      'issues.closed',
      'issues.edited',
      'issues.labeled',
      'issues.opened',
      'issues.reopened',
      'issues.unlabeled',
      'pull_request.closed',
      'pull_request.converted_to_draft',
      'pull_request.edited',
      'pull_request.labeled',
      'pull_request.opened',
      'pull_request.ready_for_review',
      'pull_request.review_requested',
      'pull_request.reopened',
      'pull_request.synchronize',
      'pull_request.unlabeled',
      'push',
    ].sort(),
  );
});

test('a payload that lacks a field is found', () => {
  const [delivery] = github.deliveries().filter(({ event }) => event === 'push');
  if (delivery === undefined) throw new Error('no push');
  const { pusher: _missing, ...payload } = delivery.payload;
  expect(new OpenApi().problemsOfDelivery({ ...delivery, payload })).toEqual([
    "webhook push: / must have required property 'pusher'",
  ]);
});

/** Everything that Architect uses, once. */
async function tour(): Promise<void> {
  const app = await asApp(github);
  const wim = as(github, 'wim');
  await talk(app, wim);
  const number = await openPull(app);
  await check(app);
  await changePull(app, wim, number);
  await openFromFork(app);
  await read(app, number);
  await asAppItself();
  await github.setInstallation('created');
  await github.setInstalled('acme/vault', false);
  await github.setInstalled('acme/vault', true);
  await github.waitForDelivery(({ event, action }) => event === 'pull_request' && action === 'closed');
  await github.waitForDelivery(({ event }) => event === 'delete');
}

type Client = ReturnType<typeof octokitOf>;

async function talk({ rest: app }: Client, { rest: wim }: Client): Promise<void> {
  const issue_number = await github.openIssue('acme/churn', { title: 'Make a package', as: 'otto' });
  const comment_id = await github.comment('acme/churn', issue_number, '/architect run', 'otto');
  await wim.issues.addLabels({ ...churn, issue_number, labels: ['productionize'] });
  await app.reactions.createForIssueComment({ ...churn, comment_id, content: 'eyes' });
  await app.reactions.createForIssue({ ...churn, issue_number, content: 'eyes' });
  await app.reactions.listForIssueComment({ ...churn, comment_id });
  const { data: reply } = await app.issues.createComment({
    ...churn,
    issue_number,
    body: 'Reading the notebook',
  });
  await app.issues.updateComment({ ...churn, comment_id: reply.id, body: 'Done' });
  await app.issues.getComment({ ...churn, comment_id: reply.id });
  await app.issues.listComments({ ...churn, issue_number, per_page: 1 });
  await app.issues.get({ ...churn, issue_number });
  await app.issues.listForRepo({ ...churn, state: 'all' });
  await app.issues.listLabelsOnIssue({ ...churn, issue_number });
  await app.issues.removeLabel({ ...churn, issue_number, name: 'productionize' });
  await app.issues.deleteComment({ ...churn, comment_id: reply.id });
  await wim.issues.update({ ...churn, issue_number, title: 'Make a package of it' });
  await wim.issues.update({ ...churn, issue_number, state: 'closed', state_reason: 'completed' });
  await wim.issues.update({ ...churn, issue_number, state: 'open' });
  await refusal(app.issues.createComment({ ...churn, issue_number, body: 'x'.repeat(65_537) }));
  await refusal(app.issues.get({ ...churn, issue_number: 999 }));
}

async function openPull({ rest: app }: Client): Promise<number> {
  const { data: main } = await app.git.getRef({ ...churn, ref: 'heads/main' });
  const { data: base } = await app.git.getCommit({ ...churn, commit_sha: main.object.sha });
  const { data: blob } = await app.git.createBlob({ ...churn, content: 'eA==', encoding: 'base64' });
  await app.git.getBlob({ ...churn, file_sha: blob.sha });
  const { data: tree } = await app.git.createTree({
    ...churn,
    base_tree: base.tree.sha,
    tree: [
      { path: 'src/data/loader.py', mode: '100644', type: 'blob', content: 'x = 1\n' },
      { path: 'x.bin', mode: '100644', type: 'blob', sha: blob.sha },
      { path: 'README.md', mode: '100644', type: 'blob', sha: null },
    ],
  });
  await app.git.getTree({ ...churn, tree_sha: tree.sha, recursive: '1' });
  const { data: commit } = await app.git.createCommit({
    ...churn,
    message: 'extract: the plan',
    tree: tree.sha,
    parents: [main.object.sha],
  });
  await app.git.createRef({ ...churn, ref: 'refs/heads/architect/churn', sha: commit.sha });
  await refusal(app.git.createRef({ ...churn, ref: 'refs/heads/architect/churn', sha: commit.sha }));
  const pull = {
    ...churn,
    title: 'A package',
    head: 'architect/churn',
    base: 'main',
    body: 'Report',
    draft: true,
  };
  const { data } = await app.pulls.create(pull);
  await refusal(app.pulls.create(pull));
  return data.number;
}

async function openFromFork({ rest: app }: Client): Promise<void> {
  const fork = await github.fork('acme/churn', 'otto');
  await github.commitFiles(fork, 'patch', { 'patch.py': 'x' }, { as: 'otto' });
  const pull_number = await github.openPull('acme/churn', { head: 'otto:patch', as: 'otto' });
  await app.pulls.get({ ...churn, pull_number });
  await app.pulls.listFiles({ ...churn, pull_number });
}

async function check({ rest: app }: Client): Promise<void> {
  const { data: ref } = await app.git.getRef({ ...churn, ref: 'heads/architect/churn' });
  const annotation = {
    path: 'churn.ipynb',
    start_line: 1,
    end_line: 1,
    annotation_level: 'warning',
    message: 'No seed',
  } as const;
  const { data: run } = await app.checks.create({
    ...churn,
    name: 'Architect',
    head_sha: ref.object.sha,
    status: 'in_progress',
    external_id: 'run-1',
    started_at: '2026-01-01T00:00:00Z',
    output: { title: 'Working', summary: 'Step 1 of 5', annotations: [annotation] },
  });
  await app.checks.update({
    ...churn,
    check_run_id: run.id,
    status: 'completed',
    conclusion: 'success',
    output: { title: 'Verified', summary: 'The same', annotations: [{ ...annotation, title: 'Again' }] },
  });
  await app.checks.get({ ...churn, check_run_id: run.id });
  await app.checks.listAnnotations({ ...churn, check_run_id: run.id });
  await app.checks.listForRef({ ...churn, ref: ref.object.sha });
  await github.rerequestCheckRun('acme/churn', run.id, 'wim');
  await github.rerequestCheckSuite('acme/churn', ref.object.sha, 'wim');
  await github.pressCheckAction('acme/churn', run.id, 'cancel', 'wim');
  await app.repos.createCommitStatus({
    ...churn,
    sha: ref.object.sha,
    state: 'success',
    context: 'architect',
  });
  await app.repos.listCommitStatusesForRef({ ...churn, ref: 'architect/churn' });
  await app.repos.getCombinedStatusForRef({ ...churn, ref: 'architect/churn' });
}

async function changePull(app: Client, { rest: wim }: Client, pull_number: number): Promise<void> {
  const { data: pull } = await app.rest.pulls.get({ ...churn, pull_number });
  await app.graphql(ready, { id: pull.node_id });
  await app.graphql(draft, { id: pull.node_id });
  await app.graphql(ready, { id: pull.node_id });
  await app.rest.pulls.update({ ...churn, pull_number, title: 'A verified package' });
  await app.rest.issues.get({ ...churn, issue_number: pull_number });
  await app.rest.issues.update({ ...churn, issue_number: pull_number, labels: ['kept'] });
  await app.rest.issues.createComment({ ...churn, issue_number: pull_number, body: 'On a pull request' });
  await app.rest.pulls.requestReviewers({ ...churn, pull_number, reviewers: ['wim'] });
  await wim.issues.addLabels({ ...churn, issue_number: pull_number, labels: ['productionize'] });
  await wim.issues.removeLabel({ ...churn, issue_number: pull_number, name: 'productionize' });
  await github.commitFiles('acme/churn', 'architect/churn', { 'NOTES.md': 'mine\n' }, { as: 'wim' });
  await wim.pulls.update({ ...churn, pull_number, state: 'closed' });
  await wim.pulls.update({ ...churn, pull_number, state: 'open' });
  await github.commitFiles('acme/churn', 'old', { 'old.md': 'x' });
  await app.rest.git.deleteRef({ ...churn, ref: 'heads/old' });
}
const mutation = (name: string): string =>
  `mutation($id: ID!) { ${name}(input: {pullRequestId: $id}) { pullRequest { isDraft } } }`;
const ready = mutation('markPullRequestReadyForReview');
const draft = mutation('convertPullRequestToDraft');

async function read({ rest: app, paginate }: Client, pull_number: number): Promise<void> {
  await app.pulls.list({ ...churn, state: 'all', head: 'acme:architect/churn' });
  await app.pulls.listFiles({ ...churn, pull_number });
  await app.pulls.listCommits({ ...churn, pull_number });
  await app.repos.get(churn);
  await app.repos.getContent({ ...churn, path: 'churn.ipynb' });
  await app.repos.getContent({ ...churn, path: 'data', ref: 'main' });
  await app.repos.listBranches(churn);
  await app.repos.getBranch({ ...churn, branch: 'architect/churn' });
  await app.repos.listCommits({ ...churn, sha: 'architect/churn' });
  await app.repos.getCommit({ ...churn, ref: 'architect/churn' });
  await app.repos.compareCommitsWithBasehead({ ...churn, basehead: 'main...architect/churn' });
  await app.repos.getCollaboratorPermissionLevel({ ...churn, username: 'wim' });
  await app.git.listMatchingRefs({ ...churn, ref: 'heads/architect' });
  await paginate(app.apps.listReposAccessibleToInstallation);
  await app.users.getByUsername({ username: 'wim' });
  await app.rateLimit.get();
  await app.pulls.merge({ ...churn, pull_number });
}

async function asAppItself(): Promise<void> {
  const { rest: app } = octokitOf(github, signAppToken(github));
  await app.apps.getAuthenticated();
  await app.apps.listInstallations();
  await app.apps.getInstallation({ installation_id: github.installationId });
  await app.apps.getRepoInstallation(churn);
  await app.apps.listWebhookDeliveries();
  const token = await asApp(github, { repositories: ['churn'], permissions: { contents: 'read' } });
  await refusal(token.rest.git.createBlob({ ...churn, content: 'x' }));
  await token.rest.apps.revokeInstallationAccessToken();
  await refusal(token.rest.repos.get(churn));
}
