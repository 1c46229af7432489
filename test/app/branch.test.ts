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

describe('a pull request', () => {
  test('is a draft where the package is not verified', async () => {
    world = await startWorld({ 'a.ipynb': NOTEBOOK }, { pipeline: stubPipeline({ status: 'unverified' }) });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await run(issue);
    expect(await pullsOf(world)).toMatchObject([{ draft: true }]);
    const sha = (await world.github.branches(REPOSITORY))['main'] ?? '';
    expect(await checksOf(world, sha)).toMatchObject([{ conclusion: 'neutral' }]);
  });

  test('becomes ready when the package is verified, and a draft again when it is not', async () => {
    world = await startWorld({ 'a.ipynb': NOTEBOOK }, { pipeline: stubPipeline({ status: 'unverified' }) });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await run(issue);
    await world.restart({ pipeline: stubPipeline() });
    await run(issue);
    expect(await pullsOf(world)).toMatchObject([{ draft: false }]);
    await world.restart({ pipeline: stubPipeline({ status: 'unverified' }) });
    await run(issue);
    expect(await pullsOf(world)).toMatchObject([{ draft: true }]);
  });

  test('of two notebooks with the same short name are two', async () => {
    world = await startWorld({ 'x/a.ipynb': NOTEBOOK, 'x-a.ipynb': CHANGED });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await world.github.comment(REPOSITORY, issue, '/architect run x/a.ipynb', 'writer');
    await world.github.comment(REPOSITORY, issue, '/architect run x-a.ipynb', 'writer');
    await world.settle();
    const refs = (await pullsOf(world)).map(({ head }) => head.ref);
    expect(refs).toHaveLength(2);
    expect(new Set(refs).size).toBe(2);
    expect(refs).toContain('architect/x-a');
  });

  test('whose report is too long says where the rest is', async () => {
    world = await startWorld(
      { 'a.ipynb': NOTEBOOK },
      { pipeline: stubPipeline({ report: 'x'.repeat(70_000) }) },
    );
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await run(issue);
    const [pull] = await pullsOf(world);
    expect(pull?.body.length).toBeLessThanOrEqual(60_000);
    expect(pull?.body).toContain('the rest stands in REPORT.md');
  });
});

describe('annotations', () => {
  test('stand on the lines of the notebook, all of them, once', async () => {
    const findings = Array.from({ length: 70 }, (_, index) => ({
      code: 'magic_number',
      severity: 'low' as const,
      cell: 1,
      line: 1,
      message: `number ${index}`,
      advice: 'Name it.',
      kept: true,
      statement: null,
    }));
    world = await startWorld({ 'a.ipynb': NOTEBOOK }, { pipeline: stubPipeline({ findings }) });
    world.github.faults.push({
      method: 'PATCH',
      path: /\/check-runs\/\d+$/,
      skip: 1,
      times: 2,
      after: true,
      status: 502,
    });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    await run(issue);
    const sha = (await world.github.branches(REPOSITORY))['main'] ?? '';
    const [check] = await checksOf(world, sha);
    expect(check).toMatchObject({ status: 'completed', output: { annotations_count: 70 } });
    const { data } = await world.github.request<{ path: string; start_line: number; message: string }[]>(
      'owner',
      'GET',
      `/repos/${REPOSITORY}/check-runs/${check?.id}/annotations?per_page=100`,
    );
    expect(new Set(data.map(({ message }) => message)).size).toBe(70);
    const line = data[0]?.start_line ?? 0;
    expect(NOTEBOOK.split('\n')[line - 1]).toContain('print(1)');
  });
});
