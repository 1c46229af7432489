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
afterEach(async () => {
  await world.close();
  // What goes well leaves nothing for the operator to look into.
  expect(world.log.filter((line) => /^\{"level":[56]0/.test(line))).toEqual([]);
});

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
    expect(writesOf(world)).toContain(`POST /repos/${REPOSITORY}/issues/${number}/reactions`);
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

test('a comment that is gone before it got its 👀 is answered all the same', async () => {
  world = await startWorld({ 'nb/a.ipynb': NOTEBOOK });
  const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
  world.github.faults.push({ method: 'POST', path: /\/reactions$/, status: 404 });
  await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
  await world.settle();
  expect(await pullsOf(world)).toHaveLength(1);
  expect(await answersOf(world, issue)).toHaveLength(1);
  expect(world.log.join('')).toContain('no reaction was given');
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
