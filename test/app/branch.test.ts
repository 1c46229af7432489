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
} from './app.ts';
import { stubPipeline } from './stub-pipeline.ts';

let world: World;
afterEach(() => world.close());

const NOTEBOOK = notebookOf('import pandas as pd\n', 'print(1)\n');
const CHANGED = notebookOf('import pandas as pd\n', 'print(2)\n');
const BRANCH = 'architect/a';

async function run(issue: number): Promise<void> {
  await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
  await world.settle();
}

async function firstRun(files: Record<string, string> = { 'a.ipynb': NOTEBOOK }): Promise<number> {
  world = await startWorld(files);
  const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
  await run(issue);
  return issue;
}

const close = (number: number): Promise<unknown> =>
  world.github.request('owner', 'PATCH', `/repos/${REPOSITORY}/pulls/${number}`, { state: 'closed' });

describe('a second run', () => {
  test('adds commits for what changed, and follows its base by a merge', async () => {
    const issue = await firstRun();
    await world.github.commitFiles(REPOSITORY, 'main', { 'a.ipynb': CHANGED, 'new.txt': 'new' });
    await run(issue);
    const pulls = await pullsOf(world);
    expect(pulls).toHaveLength(1);
    expect((await commitsOf(world, 'main', BRANCH)).slice(5)).toEqual([
      'chore: follow main',
      'feat: turn a.ipynb into typed modules',
      'build: run the package of a.ipynb with MLflow and make',
    ]);
    expect(await world.github.readFile(REPOSITORY, BRANCH, 'new.txt')).toBe('new');
    expect(await world.github.readFile(REPOSITORY, BRANCH, 'a.ipynb')).toBe(CHANGED);
    expect(await answersOf(world, issue)).toHaveLength(2);
  });

  test('of the same notebook pushes nothing', async () => {
    const issue = await firstRun();
    const before = (await world.github.branches(REPOSITORY))[BRANCH];
    await run(issue);
    expect((await world.github.branches(REPOSITORY))[BRANCH]).toBe(before);
    expect(await pullsOf(world)).toHaveLength(1);
  });

  test('leaves alone what a human committed to the branch, and says so', async () => {
    const issue = await firstRun();
    const mine = await world.github.commitFiles(
      REPOSITORY,
      BRANCH,
      { 'src/models/model.py': 'MINE = 1\n' },
      { as: 'writer' },
    );
    await world.github.commitFiles(REPOSITORY, 'main', { 'a.ipynb': CHANGED });
    await run(issue);
    expect((await world.github.branches(REPOSITORY))[BRANCH]).toBe(mine);
    expect(await pullsOf(world)).toHaveLength(1);
    expect((await answersOf(world, issue)).at(-1)).toContain('commits that Architect did not make');
    const sha = (await world.github.branches(REPOSITORY))['main'] ?? '';
    expect(await checksOf(world, sha)).toMatchObject([{ status: 'completed', conclusion: 'failure' }]);
  });

  test('goes on after what a human committed to the branch was merged', async () => {
    const issue = await firstRun();
    await world.github.commitFiles(REPOSITORY, BRANCH, { 'notes.txt': 'mine' }, { as: 'writer' });
    const [pull] = await pullsOf(world);
    await world.github.request('owner', 'PUT', `/repos/${REPOSITORY}/pulls/${pull?.number}/merge`);
    await world.github.commitFiles(REPOSITORY, 'main', { 'a.ipynb': CHANGED });
    await run(issue);
    expect((await pullsOf(world)).map(({ state }) => state)).toEqual(['closed', 'open']);
    expect(await world.github.readFile(REPOSITORY, BRANCH, 'notes.txt')).toBe('mine');
    expect(await world.github.readFile(REPOSITORY, BRANCH, 'a.ipynb')).toBe(CHANGED);
  });

  test('does not begin where a human wrote to the branch: it is refused at once', async () => {
    const issue = await firstRun();
    await world.github.commitFiles(REPOSITORY, BRANCH, { 'notes.txt': 'mine' }, { as: 'writer' });
    let begun = 0;
    await world.restart({
      pipeline: stubPipeline({
        middle: async () => {
          begun += 1;
        },
      }),
    });
    await run(issue);
    expect(begun).toBe(0);
    expect((await answersOf(world, issue)).at(-1)).toContain('commits that Architect did not make');
  });

  test('removes a file that the package no longer has', async () => {
    const issue = await firstRun();
    await world.restart({ pipeline: stubPipeline({ files: { 'src/models/serving.py': 'X = 1\n' } }) });
    await run(issue);
    expect(await world.github.readFile(REPOSITORY, BRANCH, 'src/models/serving.py')).toBe('X = 1\n');
    await world.restart({ pipeline: stubPipeline() });
    await run(issue);
    expect(await world.github.readFile(REPOSITORY, BRANCH, 'src/models/serving.py')).toBeUndefined();
    expect(await pullsOf(world)).toHaveLength(1);
  });

  test('after the pull request was closed opens a new one from the same branch', async () => {
    const issue = await firstRun();
    const [pull] = await pullsOf(world);
    await close(pull?.number ?? 0);
    await world.github.commitFiles(REPOSITORY, 'main', { 'a.ipynb': CHANGED });
    await run(issue);
    expect((await pullsOf(world)).map(({ state, head }) => [state, head.ref])).toEqual([
      ['closed', BRANCH],
      ['open', BRANCH],
    ]);
  });

  test('on our own pull request is about its notebook', async () => {
    await firstRun({ 'a.ipynb': NOTEBOOK, 'sub/b.txt': 'x' });
    const [pull] = await pullsOf(world);
    await world.github.commitFiles(REPOSITORY, 'main', { 'a.ipynb': CHANGED, 'b.ipynb': NOTEBOOK });
    await run(pull?.number ?? 0);
    expect(await pullsOf(world)).toHaveLength(1);
    expect(await answersOf(world, pull?.number ?? 0)).toHaveLength(1);
  });
});

describe('the place of a package', () => {
  test('is below productionized/ where a path of the root is taken', async () => {
    await firstRun({ 'a.ipynb': NOTEBOOK, 'src/own.py': 'X = 1\n' });
    const folder = 'productionized/a';
    expect(await world.github.readFile(REPOSITORY, BRANCH, `${folder}/src/models/model.py`)).toContain(
      'SOURCE',
    );
    expect(await world.github.readFile(REPOSITORY, BRANCH, `${folder}/configs/default.yaml`)).toContain(
      'root: ../..',
    );
    expect(await world.github.readFile(REPOSITORY, BRANCH, 'src/own.py')).toBe('X = 1\n');
  });

  test('is not a place that a guardrail protects', async () => {
    const issue = await firstRun({
      'a.ipynb': NOTEBOOK,
      '.architect.yaml': 'guardrails:\n  protected_files: [src/**]\n',
    });
    expect(await pullsOf(world)).toEqual([]);
    expect((await answersOf(world, issue))[0]).toContain('is protected by the pattern');
  });

  test('stays after a merge; what a human changed there is not overwritten', async () => {
    const issue = await firstRun();
    const [pull] = await pullsOf(world);
    const { status } = await world.github.request(
      'owner',
      'PUT',
      `/repos/${REPOSITORY}/pulls/${pull?.number}/merge`,
    );
    expect(status).toBe(200);
    await world.github.commitFiles(REPOSITORY, 'main', { 'a.ipynb': CHANGED });
    await run(issue);
    const pulls = await pullsOf(world);
    expect(pulls.map(({ state }) => state)).toEqual(['closed', 'open']);
    expect(await commitsOf(world, 'main', BRANCH)).toContain('feat: turn a.ipynb into typed modules');
    expect(await world.github.readFile(REPOSITORY, BRANCH, 'productionized/a/Makefile')).toBeUndefined();
    await close(pulls[1]?.number ?? 0);
    await world.github.commitFiles(REPOSITORY, 'main', { 'src/models/model.py': 'MINE = 1\n' });
    await run(issue);
    expect((await pullsOf(world)).map(({ state }) => state)).toEqual(['closed', 'closed']);
    expect((await answersOf(world, issue)).at(-1)).toContain('changed on main since Architect wrote it');
  });
});
