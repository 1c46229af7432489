import { afterEach, describe, expect, test } from '@jest/globals';
import {
  answersOf,
  checksOf,
  notebookOf,
  pullsOf,
  REPOSITORY,
  startWorld,
  type World,
  writesOf,
} from './app.ts';
import { stubPipeline } from './stub-pipeline.ts';

let world: World;
afterEach(() => world.close());

const NOTEBOOK = notebookOf('import pandas as pd\n', 'print(1)\n');

const mainOf = async ({ github }: World): Promise<string> =>
  (await github.branches(REPOSITORY))['main'] ?? '';

describe('nothing is made, and the answer says why', () => {
  test.each(['outsider', 'reader'])('a command of somebody without write access: %s', async (login) => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await world.github.comment(REPOSITORY, issue, '/architect run', login);
    await world.github.comment(REPOSITORY, issue, '/architect run nb/a.ipynb', login);
    await world.settle();
    expect(await pullsOf(world)).toEqual([]);
    const answers = await answersOf(world, issue);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain('only people with write access');
    expect(await checksOf(world, await mainOf(world))).toEqual([]);
  });

  // GitHub lets people with the role triage give labels, and they may not write.
  test('a label of somebody without write access, on an issue and on a pull request', async () => {
    world = await startWorld(
      {},
      {
        options: {
          repositories: [
            { name: REPOSITORY, files: { 'nb/a.ipynb': NOTEBOOK }, collaborators: { reader: 'triage' } },
          ],
        },
      },
    );
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it', as: 'reader' });
    await world.github.commitFiles(REPOSITORY, 'ideas', { 'nb/b.ipynb': NOTEBOOK });
    const pull = await world.github.openPull(REPOSITORY, { head: 'ideas', as: 'owner' });
    for (const thread of [issue, pull])
      await world.github.label(REPOSITORY, thread, 'productionize', 'reader');
    await world.settle();
    expect(await pullsOf(world)).toEqual([]);
    for (const thread of [issue, pull])
      expect(await answersOf(world, thread)).toEqual([
        expect.stringContaining('`reader`: only people with write access'),
      ]);
  });

  test('a pull request from a fork', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const fork = await world.github.fork(REPOSITORY, 'outsider');
    await world.github.commitFiles(fork, 'evil', { 'nb/b.ipynb': NOTEBOOK }, { as: 'outsider' });
    const number = await world.github.openPull(REPOSITORY, { head: 'outsider:evil', as: 'outsider' });
    await world.github.label(REPOSITORY, number, 'productionize', 'writer');
    await world.github.comment(REPOSITORY, number, '/architect run', 'writer');
    await world.settle();
    expect(await pullsOf(world)).toEqual([]);
    const answers = await answersOf(world, number);
    expect(answers.length).toBeGreaterThan(0);
    expect(answers[0]).toContain('forks');
  });

  test('an issue that names no notebook where there are many', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK, 'nb/b.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it' });
    await world.github.label(REPOSITORY, issue, 'productionize', 'writer');
    await world.settle();
    expect(await pullsOf(world)).toEqual([]);
    const [answer] = await answersOf(world, issue);
    expect(answer).toContain('- `nb/a.ipynb`\n- `nb/b.ipynb`');
    expect(answer).toContain('/architect run PATH');
  });

  test('a command that is not known, and help, and status', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await world.github.comment(REPOSITORY, issue, 'see /architect run', 'writer');
    await world.github.comment(REPOSITORY, issue, '/architect rum', 'writer');
    await world.github.comment(REPOSITORY, issue, '/architect help', 'writer');
    await world.github.comment(REPOSITORY, issue, '/architect status', 'writer');
    await world.settle();
    expect(await pullsOf(world)).toEqual([]);
    const answers = (await answersOf(world, issue)).join('\n---\n');
    expect(answers).toContain('Did you mean `/architect run`?');
    expect(answers).toContain('| `/architect run --dry-run` |');
    expect(answers).toContain('Nothing waits or runs');
  });

  test("status shows what ended, with a link to the pull request, and keeps what is the operator's", async () => {
    const pipeline = stubPipeline({
      status: 'unverified',
      middle: (call) =>
        call === 2 ? Promise.reject(new Error('a bug at /opt/architect/src/x.ts')) : Promise.resolve(),
    });
    world = await startWorld({ 'a.ipynb': NOTEBOOK, 'b|c.ipynb': NOTEBOOK }, { pipeline });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    for (const words of ['run a.ipynb', 'run b|c.ipynb', 'run nowhere.ipynb', 'status']) {
      await world.github.comment(REPOSITORY, issue, `/architect ${words}`, 'writer');
      await world.settle();
    }
    const [pull] = await pullsOf(world);
    const status = (await answersOf(world, issue)).at(-1)?.split('\n').slice(1);
    expect(status).toEqual([
      '| Notebook | Commit | State | Since | Result |',
      '| --- | --- | --- | --- | --- |'.replaceAll(' ', ''),
      expect.stringMatching(
        /^\| `b\\\|c\.ipynb` \| `?[0-9a-f]{7}`? \| failed \| .* ago \| A failure of Architect's own \|$/,
      ),
      // No code span around the number: GitHub makes a link of it.
      expect.stringMatching(
        new RegExp(`\\| ended \\| .* ago \\| #${pull?.number} \\(draft, not verified\\) \\|$`),
      ),
    ]);
  });

  test('"Re-run" by somebody who may not: the check says so', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it' });
    await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
    await world.settle();
    const [check] = await checksOf(world, await mainOf(world));
    await world.github.rerequestCheckRun(REPOSITORY, check?.id ?? 0, 'reader');
    await world.settle();
    expect(await checksOf(world, await mainOf(world))).toMatchObject([
      { id: check?.id, status: 'completed', conclusion: 'action_required' },
    ]);
  });

  test('a push by somebody without write access, as with a key of its own: a check on the commit says so', async () => {
    world = await startWorld({ '.architect.yaml': 'on: push\n', 'nb/a.ipynb': NOTEBOOK });
    await world.github.commitFiles(
      REPOSITORY,
      'main',
      { 'nb/a.ipynb': notebookOf('x = 1\n') },
      { as: 'reader' },
    );
    await world.settle();
    expect(await pullsOf(world)).toEqual([]);
    expect(await checksOf(world, await mainOf(world))).toMatchObject([
      {
        ...{ name: 'architect', status: 'completed', conclusion: 'neutral' },
        output: { summary: expect.stringContaining('only people with write access') },
      },
    ]);
  });

  test('a push where the configuration does not ask for it', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    await world.github.commitFiles(REPOSITORY, 'main', { 'nb/a.ipynb': notebookOf('x = 1\n') });
    await world.settle();
    expect(await pullsOf(world)).toEqual([]);
    expect(writesOf(world).filter((line) => /check-runs|comments/.test(line))).toEqual([]);
  });

  test('a configuration that is wrong: the check names file and line', async () => {
    world = await startWorld({ '.architect.yaml': 'target: clf\nlimit: 3\n', 'nb/a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
    await world.settle();
    expect(await pullsOf(world)).toEqual([]);
    const [answer] = await answersOf(world, issue);
    expect(answer).toContain('`.architect.yaml`, line 2: unknown key `limit`');
    expect(answer).toContain('limits');
    const [check] = await checksOf(world, await mainOf(world));
    expect(check).toMatchObject({ status: 'completed', conclusion: 'failure' });
    const { data } = await world.github.request<{ path: string; start_line: number }[]>(
      'owner',
      'GET',
      `/repos/${REPOSITORY}/check-runs/${check?.id}/annotations`,
    );
    expect(data).toMatchObject([{ path: '.architect.yaml', start_line: 2 }]);
  });

  test('a failure of our own: the check is closed, the words hold no stack', async () => {
    const pipeline = stubPipeline({
      middle: () => Promise.reject(new Error('a bug at /opt/architect/src/x.ts')),
    });
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK }, { pipeline });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
    await world.settle();
    const [answer] = await answersOf(world, issue);
    expect(answer).toContain("failure of Architect's own");
    expect(answer).not.toContain('/opt/architect');
    expect(await checksOf(world, await mainOf(world))).toMatchObject([
      { status: 'completed', conclusion: 'failure' },
    ]);
  });
});
