import { afterEach, describe, expect, test } from '@jest/globals';
import { answersOf, checksOf, notebookOf, pullsOf, REPOSITORY, startWorld, type World } from './app.ts';

let world: World;
afterEach(() => world.close());

const NOTEBOOK = notebookOf('import pandas as pd\n', 'print(1)\n');

const mainOf = async ({ github }: World): Promise<string> =>
  (await github.branches(REPOSITORY))['main'] ?? '';

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
