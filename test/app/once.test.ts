import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { answersOf, checksOf, notebookOf, pullsOf, REPOSITORY, startWorld, type World } from './app.ts';
import { root } from '../run-tool.ts';
import { stubPipeline } from './stub-pipeline.ts';

let world: World;
afterEach(() => world.close());

const NOTEBOOK = notebookOf('import pandas as pd\n', 'print(1)\n');

/** Exactly one of everything that a run leaves. */
async function expectOne(issue: number): Promise<void> {
  expect(await pullsOf(world)).toHaveLength(1);
  expect(await answersOf(world, issue)).toHaveLength(1);
  expect((await answersOf(world, issue))[0]).toContain('✅');
  const sha = (await world.github.branches(REPOSITORY))['main'] ?? '';
  expect(await checksOf(world, sha)).toMatchObject([{ status: 'completed', conclusion: 'success' }]);
}

async function ask(): Promise<number> {
  const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
  await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
  return issue;
}

describe('an event is worked on once', () => {
  test('when GitHub sends it twice, and once more later', async () => {
    let calls = 0;
    const pipeline = stubPipeline({
      middle: async (call) => {
        calls = call;
      },
    });
    world = await startWorld({ 'a.ipynb': NOTEBOOK }, { pipeline });
    world.github.duplicateNext('issue_comment');
    const issue = await ask();
    await world.settle();
    const [first] = world.github.deliveries().filter(({ event }) => event === 'issue_comment');
    await world.github.redeliver(first?.guid ?? '');
    await world.settle();
    expect(calls).toBe(1);
    await expectOne(issue);
  });

  test.each([
    [
      'a label on an issue',
      'issues',
      async () => {
        const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it', as: 'writer' });
        await world.github.label(REPOSITORY, issue, 'productionize', 'writer');
      },
    ],
    [
      'a label on a pull request',
      'pull_request',
      async () => {
        await world.github.commitFiles(REPOSITORY, 'ideas', { 'b.ipynb': NOTEBOOK }, { as: 'writer' });
        const number = await world.github.openPull(REPOSITORY, { head: 'ideas', as: 'writer' });
        await world.github.label(REPOSITORY, number, 'productionize', 'writer');
      },
    ],
    [
      'a push',
      'push',
      async () => {
        const text = notebookOf('x = 1\n');
        await world.github.commitFiles(REPOSITORY, 'main', { 'a.ipynb': text }, { as: 'writer' });
      },
    ],
  ])('%s, too', async (_, event, happen) => {
    let calls = 0;
    const pipeline = stubPipeline({
      middle: async (call) => {
        calls = call;
      },
    });
    world = await startWorld({ '.architect.yaml': 'on: push\n', 'a.ipynb': NOTEBOOK }, { pipeline });
    const isAsked = (name: string, action: unknown): boolean =>
      name === event && (action ?? 'labeled') === 'labeled';
    world.github.hookPlan = ({ event: name, payload }) => ({ duplicate: isAsked(name, payload['action']) });
    await happen();
    await world.settle();
    const repeated = (): number => world.log.filter((line) => /taken in: (?!added)/.test(line)).length;
    expect(repeated()).toBe(1);
    const first = world.github.deliveries().find((one) => isAsked(one.event, one.action));
    world.github.hookPlan = undefined;
    await world.github.redeliver(first?.guid ?? '');
    await world.settle();
    expect(repeated()).toBe(2);
    expect(calls).toBe(1);
    expect(await pullsOf(world)).toHaveLength(1);
  });

  test('again when it failed', async () => {
    const pipeline = stubPipeline({
      middle: (call) => (call === 1 ? Promise.reject(new Error('out of luck')) : Promise.resolve()),
    });
    world = await startWorld({ 'a.ipynb': NOTEBOOK }, { pipeline });
    const issue = await ask();
    await world.settle();
    expect(await pullsOf(world)).toEqual([]);
    await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
    await world.settle();
    expect(await pullsOf(world)).toHaveLength(1);
    // Each answer stands below its question.
    expect(await answersOf(world, issue)).toEqual([
      expect.stringContaining('❌'),
      expect.stringContaining('✅'),
    ]);
    const sha = (await world.github.branches(REPOSITORY))['main'] ?? '';
    expect((await checksOf(world, sha)).map(({ conclusion }) => conclusion).sort()).toEqual([
      'failure',
      'success',
    ]);
  });

  test('while a run is under way, the same wish joins it', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let calls = 0;
    const pipeline = stubPipeline({
      middle: async (call) => {
        calls = call;
        await gate;
      },
    });
    world = await startWorld({ 'a.ipynb': NOTEBOOK }, { pipeline });
    const issue = await ask();
    await world.github.waitForDelivery(({ event }) => event === 'check_run').catch(() => undefined);
    await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
    const other = await world.github.openIssue(REPOSITORY, { title: 'Talk more' });
    await world.github.comment(REPOSITORY, other, '/architect run', 'writer');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    release();
    await world.settle();
    expect(calls).toBe(1);
    await expectOne(issue);
    expect((await answersOf(world, other))[0]).toContain(`already being worked on: see #${issue}`);
  });
});

test('at the pace that GitHub asks of Apps nothing is written twice or left out', async () => {
  world = await startWorld({ 'a.ipynb': NOTEBOOK }, { pace: true });
  const issue = await ask();
  await world.settle();
  await expectOne(issue);
});

describe('a restart in the middle', () => {
  test('goes on with the run: finished steps are not done again, and there is one of everything', async () => {
    const interrupted = stubPipeline({
      middle: (_, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    });
    world = await startWorld({ 'a.ipynb': NOTEBOOK }, { pipeline: interrupted });
    const issue = await ask();
    await world.github.waitForDelivery(({ event }) => event === 'issue_comment');
    while (!world.log.join('').includes('"name":"fetch"')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await world.restart({ pipeline: stubPipeline(), grace: 0 });
    await world.settle();
    await expectOne(issue);
    expect(world.log.join('')).toContain('"resumed":true');
  });

  test('goes on after the process was killed', async () => {
    world = await startWorld({ 'a.ipynb': NOTEBOOK });
    await world.server.close();
    const child = spawn(process.execPath, ['test/app/child-server.ts'], {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: '' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(JSON.stringify(world.settings));
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const until = async (part: string): Promise<void> => {
      while (!output.includes(part)) await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await until('"msg":"ready"');
    const url = /"msg":"ready","url":"([^"]+)"/.exec(output)?.[1] ?? '';
    world.github.deliverTo(`${url}/api/github/webhooks`);
    const issue = await ask();
    await until('"kind":"finished","name":"fetch"');
    child.kill('SIGKILL');
    await once(child, 'close');
    await world.restart({ pipeline: stubPipeline() });
    await world.settle();
    await expectOne(issue);
    expect(world.log.join('')).toContain('"resumed":true');
  });
});

describe('GitHub that is away for a while', () => {
  test('gets the end of the run all the same', async () => {
    world = await startWorld({ 'a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    world.github.faults.push({ method: 'PATCH', path: /\/check-runs\//, times: 9, skip: 1, status: 503 });
    await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
    await world.settle();
    await expectOne(issue);
  });
});

describe('an answer of GitHub that is lost after the write was done', () => {
  test.each([
    ['the comment', 'POST', /\/issues\/\d+\/comments$/],
    ['the check', 'POST', /\/check-runs$/],
    ['the new branch', 'POST', /\/git\/refs$/],
    ['the pull request', 'POST', /\/pulls$/],
    ['the end of the check', 'PATCH', /\/check-runs\/\d+$/],
    ['the edit of the comment', 'PATCH', /\/issues\/comments\/\d+$/],
  ])('leaves one of everything: %s', async (_, method, path) => {
    world = await startWorld({ 'a.ipynb': NOTEBOOK });
    const issue = await world.github.openIssue(REPOSITORY, { title: 'Talk' });
    // The person's own comment passes first.
    const skip = /comments/.test(path.source) && method === 'POST' ? 1 : 0;
    world.github.faults.push({ method, path, skip, after: true, status: 502 });
    await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
    await world.settle();
    expect(world.github.trace().filter(({ injected }) => injected)).toHaveLength(1);
    await expectOne(issue);
  });

  test('when the branch moves on', async () => {
    world = await startWorld({ 'a.ipynb': NOTEBOOK });
    const issue = await ask();
    await world.settle();
    await world.github.commitFiles(REPOSITORY, 'main', { 'a.ipynb': notebookOf('x = 1\n') });
    world.github.faults.push({ method: 'PATCH', path: /\/git\/refs\//, after: true, status: 502 });
    await world.github.comment(REPOSITORY, issue, '/architect run', 'writer');
    await world.settle();
    expect(world.github.trace().filter(({ injected }) => injected)).toHaveLength(1);
    expect(await pullsOf(world)).toHaveLength(1);
    expect((await answersOf(world, issue)).map((answer) => answer.includes('✅'))).toEqual([true, true]);
  });
});
