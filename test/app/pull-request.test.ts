import { afterEach, describe, expect, test } from '@jest/globals';
import { checksOf, notebookOf, pullsOf, REPOSITORY, startWorld, type World } from './app.ts';
import { stubPipeline } from './stub-pipeline.ts';

let world: World;
afterEach(() => world.close());

const NOTEBOOK = notebookOf('import pandas as pd\n', 'print(1)\n');
const CHANGED = notebookOf('import pandas as pd\n', 'print(2)\n');

async function run(issue: number): Promise<void> {
  await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
  await world.settle();
}

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
