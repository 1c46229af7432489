import { afterEach, describe, expect, test } from '@jest/globals';
import {
  answersOf,
  checksOf,
  commitsOf,
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

describe('a writer gets one pull request', () => {
  test('for the label on an issue: the only notebook, and everything about the run is shown', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it', as: 'writer' });
    await world.github.label(REPOSITORY, issue, 'productionize', 'writer');
    await world.settle();
    const [pull, ...more] = await pullsOf(world);
    expect(more).toEqual([]);
    expect(pull).toMatchObject({
      title: 'Production package from nb/a.ipynb',
      state: 'open',
      draft: false,
      head: { ref: 'architect/nb-a' },
      base: { ref: 'main' },
      labels: [expect.objectContaining({ name: 'architect' })],
    });
    expect(pull?.body).toContain(`Requested by @writer in #${issue}`);
    expect(pull?.body).toContain('# Report of nb/a.ipynb');
    expect(await commitsOf(world, 'main', 'architect/nb-a')).toEqual([
      'docs: plan the extraction of nb/a.ipynb',
      'feat: lay out the package of nb/a.ipynb',
      'feat: turn nb/a.ipynb into typed modules',
      'test: hold the package to what nb/a.ipynb computes',
      'build: run the package of nb/a.ipynb with MLflow and make',
    ]);
    const answers = await answersOf(world, issue);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain(`✅ The package is in #${pull?.number}.\n`);
    expect(answers[0]).toContain('**Verified');
    expect(await checksOf(world, await mainOf(world))).toEqual([
      expect.objectContaining({
        name: 'architect: nb/a.ipynb',
        status: 'completed',
        conclusion: 'success',
      }),
    ]);
    expect(writesOf(world)).toContain(`POST /repos/${REPOSITORY}/issues/${issue}/reactions`);
  });

  test('for the label on an issue that names one of many notebooks', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK, 'nb/b.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, {
      title: 'Ship it',
      body: 'It is (nb/b.ipynb).',
      as: 'writer',
    });
    await world.github.label(REPOSITORY, issue, 'productionize', 'writer');
    await world.settle();
    expect((await pullsOf(world)).map(({ head }) => head.ref)).toEqual(['architect/nb-b']);
  });

  test('for the label on a pull request: each notebook that it changes, on top of its branch', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const sha = await world.github.commitFiles(
      REPOSITORY,
      'ideas',
      { 'nb/b.ipynb': NOTEBOOK, 'nb/c.ipynb': NOTEBOOK, 'readme.txt': 'x' },
      { as: 'writer' },
    );
    const number = await world.github.openPull(REPOSITORY, { head: 'ideas', as: 'writer' });
    await world.github.label(REPOSITORY, number, 'productionize', 'writer');
    await world.settle();
    expect((await pullsOf(world)).map(({ head, base }) => [head.ref, base.ref]).sort()).toEqual([
      ['architect/nb-b', 'ideas'],
      ['architect/nb-c', 'ideas'],
    ]);
    const answers = await answersOf(world, number);
    expect(answers).toHaveLength(1);
    expect(answers[0]).toContain('`nb/b.ipynb`');
    expect(answers[0]).toContain('`nb/c.ipynb`');
    const checks = await checksOf(world, sha);
    expect(checks.map(({ name, conclusion }) => [name, conclusion]).sort()).toEqual([
      ['architect: nb/b.ipynb', 'success'],
      ['architect: nb/c.ipynb', 'success'],
    ]);
  });

  test('for a command with path and target', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK, 'nb/b c.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await world.github.comment(REPOSITORY, issue, '/architect run "nb/b c.ipynb" --target clf', 'writer');
    await world.settle();
    expect((await pullsOf(world)).map(({ head }) => head.ref)).toEqual(['architect/nb-b-c']);
    const config = await world.github.readFile(REPOSITORY, 'architect/nb-b-c', 'configs/default.yaml');
    expect(config).toContain('target: clf');
  });

  test('for a push, where the configuration asks for it, of the notebooks that it changes', async () => {
    world = await startWorld({
      '.architect.yaml': 'on: push\n',
      'nb/a.ipynb': NOTEBOOK,
      'nb/b.ipynb': NOTEBOOK,
    });
    await world.github.commitFiles(
      REPOSITORY,
      'main',
      { 'nb/a.ipynb': notebookOf('x = 1\n') },
      { as: 'writer' },
    );
    await world.settle();
    expect((await pullsOf(world)).map(({ head }) => head.ref)).toEqual(['architect/nb-a']);
    expect(await checksOf(world, await mainOf(world))).toMatchObject([{ conclusion: 'success' }]);
  });

  test('for "Re-run" on the check: the same pull request, and a new check', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it' });
    await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
    await world.settle();
    const [check] = await checksOf(world, await mainOf(world));
    await world.github.rerequestCheckRun(REPOSITORY, check?.id ?? 0, 'writer');
    await world.settle();
    expect(await pullsOf(world)).toHaveLength(1);
    expect(await checksOf(world, await mainOf(world))).toHaveLength(2);
    expect(await answersOf(world, issue)).toHaveLength(1);
  });
});

describe('"Re-run all checks"', () => {
  test('makes every package of the commit again: the same pull requests, comment and a new check each', async () => {
    world = await startWorld({ 'readme.txt': 'x' });
    const sha = await world.github.commitFiles(
      REPOSITORY,
      'ideas',
      { 'nb/b.ipynb': NOTEBOOK, 'nb/c.ipynb': NOTEBOOK },
      { as: 'writer' },
    );
    const number = await world.github.openPull(REPOSITORY, { head: 'ideas', as: 'writer' });
    await world.github.comment(REPOSITORY, number, '/architect run', 'writer');
    await world.settle();
    await world.github.rerequestCheckSuite(REPOSITORY, sha, 'writer');
    await world.settle();
    expect(await pullsOf(world)).toHaveLength(2);
    const checks = await checksOf(world, sha);
    expect(checks.map(({ name, status, conclusion }) => [name, status, conclusion]).sort()).toEqual([
      ['architect: nb/b.ipynb', 'completed', 'success'],
      ['architect: nb/b.ipynb', 'completed', 'success'],
      ['architect: nb/c.ipynb', 'completed', 'success'],
      ['architect: nb/c.ipynb', 'completed', 'success'],
    ]);
    expect(await answersOf(world, number)).toHaveLength(1);
    // Again: only the latest check of each notebook is one to run again.
    await world.github.rerequestCheckSuite(REPOSITORY, sha, 'writer');
    await world.settle();
    expect(await checksOf(world, sha)).toHaveLength(6);
  });

  test('by somebody who may not: the check says so', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it' });
    await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
    await world.settle();
    const sha = await mainOf(world);
    await world.github.rerequestCheckSuite(REPOSITORY, sha, 'reader');
    await world.settle();
    expect(await checksOf(world, sha)).toMatchObject([
      { status: 'completed', conclusion: 'action_required' },
    ]);
  });
});

describe('who asks again', () => {
  test('is answered below the new comment, and the first answer stays as it was', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK, 'nb/b.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    const ask = async (text: string): Promise<void> => {
      await world.github.comment(REPOSITORY, issue, text, 'writer');
      await world.settle();
    };
    await ask('/architect run nb/a.ipynb');
    const [first] = await answersOf(world, issue);
    await ask('Thanks! And the other one?');
    await ask('/architect run nb/b.ipynb');
    const thread = await world.github.request<{ body: string; user: { login: string } }[]>(
      'owner',
      'GET',
      `/repos/${REPOSITORY}/issues/${issue}/comments`,
    );
    expect(thread.data.map(({ body, user }) => (user.login === 'writer' ? body : user.login))).toEqual([
      '/architect run nb/a.ipynb',
      'architect-productionize[bot]',
      'Thanks! And the other one?',
      '/architect run nb/b.ipynb',
      'architect-productionize[bot]',
    ]);
    expect(thread.data[1]?.body).toBe(first);
    expect(thread.data[4]?.body).toContain('`nb/b.ipynb`');
    expect(thread.data[4]?.body).not.toContain('`nb/a.ipynb`');
  });

  test('by the label gets a new answer too', async () => {
    world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it' });
    await world.github.label(REPOSITORY, issue, 'productionize', 'writer');
    await world.settle();
    await world.github.commitFiles(REPOSITORY, 'main', { 'nb/a.ipynb': notebookOf('x = 1\n') });
    await world.github.request(
      'writer',
      'DELETE',
      `/repos/${REPOSITORY}/issues/${issue}/labels/productionize`,
    );
    await world.github.label(REPOSITORY, issue, 'productionize', 'writer');
    await world.settle();
    expect((await answersOf(world, issue)).map((answer) => answer.includes('✅'))).toEqual([true, true]);
    expect(await pullsOf(world)).toHaveLength(1);
  });
});

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

  test('a push where the configuration does not ask for it, or somebody may not', async () => {
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

test('the progress does not tick off what was left out', async () => {
  const rest = stubPipeline();
  world = await startWorld(
    { 'nb/a.ipynb': NOTEBOOK },
    {
      pipeline: async (request, ports, step) => {
        await step(
          'observe',
          () => null,
          () => 'there is no engine',
        );
        // The run goes on when the comment says so.
        while (!shown().includes('– Run the notebook, watched: left out, because there is no engine.'))
          await new Promise((resolve) => setTimeout(resolve, 20));
        return rest(request, ports, step);
      },
    },
  );
  const shown = (): string =>
    JSON.stringify(
      world.github
        .trace()
        .filter(({ method, path }) => method === 'PATCH' && path.includes('/comments/'))
        .map(({ requestBody }) => requestBody),
    );
  const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it' });
  await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
  await world.settle();
  expect(shown()).not.toContain('✓ Run the notebook');
  expect(await pullsOf(world)).toHaveLength(1);
});

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
});
