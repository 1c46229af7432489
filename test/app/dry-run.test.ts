import { afterEach, describe, expect, test } from '@jest/globals';
import { DryRunError, type GithubClient } from '../../src/github/client.ts';
import { openGithubApp, PUBLISH } from '../../src/github/github-app.ts';
import { createLog } from '../../src/lib/logger.ts';
import { createSecrets } from '../../src/lib/secrets.ts';
import { notebookOf, REPOSITORY, startWorld, type World, writesOf } from './app.ts';

let world: World;
afterEach(() => world.close());

const NOTEBOOK = notebookOf('import pandas as pd\n', 'print(1)\n');

describe('a dry run', () => {
  test('changes nothing on GitHub, not even a reaction', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await world.settle();
    const before = writesOf(world).length;
    await world.github.comment(REPOSITORY, issue, '/architect run --dry-run', 'writer');
    await world.settle();
    expect(writesOf(world).slice(before)).toEqual([`POST /repos/${REPOSITORY}/issues/${issue}/comments`]);
    expect(Object.keys(await world.github.branches(REPOSITORY))).toEqual(['main']);
    expect(world.log.join('')).toContain('would go to architect/nb-a');
  });

  test('that is refused changes nothing either, and the log says who asked for what and why not', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await world.settle();
    const before = writesOf(world).length;
    const ask = async (words: string, login: string): Promise<void> => {
      await world.github.comment(REPOSITORY, issue, `/architect run ${words} --dry-run`, login);
      await world.settle();
    };
    await ask('nowhere.ipynb', 'writer');
    await ask('nb/a.ipynb', 'outsider');
    const own = `POST /repos/${REPOSITORY}/issues/${issue}/comments`;
    expect(writesOf(world).slice(before)).toEqual([own, own]);
    const lines = world.log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => String(msg).startsWith('dry run refused'));
    const about = {
      level: 40,
      repository: REPOSITORY,
      thread: issue,
      event: expect.stringMatching(/^comment:/),
    };
    expect(lines).toEqual([
      expect.objectContaining({
        ...about,
        sender: 'writer',
        wish: expect.objectContaining({ notebook: 'nowhere.ipynb', dryRun: true }),
        msg: expect.stringContaining('There is no notebook `nowhere.ipynb` at this commit.'),
      }),
      expect.objectContaining({
        ...about,
        sender: 'outsider',
        msg: expect.stringContaining('only people with write access'),
      }),
    ]);
  });

  test('of a misspelt command changes nothing either', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await world.settle();
    const before = writesOf(world).length;
    await world.github.comment(REPOSITORY, issue, '/architect run a.ipynb b.ipynb --dry-run', 'writer');
    await world.settle();
    expect(writesOf(world).slice(before)).toEqual([`POST /repos/${REPOSITORY}/issues/${issue}/comments`]);
    expect(world.log.join('')).toContain('dry run refused: One notebook at a time');
  });
});

describe('the client of a dry run', () => {
  const name = { owner: 'acme', repo: 'models' };
  const sha = '0'.repeat(40);
  const WRITES: [string, (client: GithubClient) => Promise<unknown>][] = [
    ['a comment', ({ rest }) => rest.issues.createComment({ ...name, issue_number: 1, body: 'x' })],
    ['an edit', ({ rest }) => rest.issues.updateComment({ ...name, comment_id: 1, body: 'x' })],
    [
      'a reaction',
      ({ rest }) => rest.reactions.createForIssue({ ...name, issue_number: 1, content: 'eyes' }),
    ],
    ['a check', ({ rest }) => rest.checks.create({ ...name, name: 'x', head_sha: sha })],
    ['a blob', ({ rest }) => rest.git.createBlob({ ...name, content: 'x' })],
    ['a branch', ({ rest }) => rest.git.createRef({ ...name, ref: 'refs/heads/x', sha })],
    ['a branch that goes', ({ rest }) => rest.git.deleteRef({ ...name, ref: 'heads/main' })],
    ['a pull request', ({ rest }) => rest.pulls.create({ ...name, title: 'x', head: 'x', base: 'main' })],
    ['a merge', ({ rest }) => rest.pulls.merge({ ...name, pull_number: 1 })],
    ['GraphQL', (client) => client.graphql('mutation { x }')],
    ['any request', (client) => client.request('PUT /anything')],
  ];

  test('lets nothing but GET leave the process, whatever its token may do', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const { github, settings } = world;
    const { data } = await github.request<{ id: number }>('owner', 'GET', `/repos/${REPOSITORY}`);
    const secrets = createSecrets();
    const log = createLog(secrets, { write: () => undefined });
    const app = openGithubApp(settings, { apiUrl: settings.apiUrl, pace: false, secrets, log });
    const grant = { installation: github.installationId, repository: data.id };
    const before = github.trace().length;
    await app.withToken(
      grant,
      PUBLISH,
      async ({ client }) => {
        for (const [what, write] of WRITES) {
          const failure: unknown = await write(client).catch((error: unknown) => error);
          expect([what, failure]).toEqual([what, expect.any(DryRunError)]);
        }
        expect((await client.rest.repos.get(name)).status).toBe(200);
      },
      true,
    );
    const arrived = github.trace().slice(before);
    expect(arrived.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST /app/installations/${github.installationId}/access_tokens`,
      `GET /repos/${REPOSITORY}`,
      'DELETE /installation/token',
    ]);
  });
});
