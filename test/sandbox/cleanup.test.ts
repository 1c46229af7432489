import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { createDockerSandbox } from '../../src/sandbox/docker-engine.ts';
import { connect } from '../../src/sandbox/engine.ts';
import { isDead, OWNER, OWNER_LABEL, sweep } from '../../src/sandbox/owner.ts';
import { engineTest, leftovers, python, testSandbox } from './engine.ts';

const { sandbox, cache } = testSandbox();
const FOREVER = 'import time\nwhile True: time.sleep(1)';

engineTest('an aborted run stops at once, throws the reason and leaves nothing', async () => {
  const controller = new AbortController();
  const before = await leftovers();
  const run = python(sandbox, FOREVER, { signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 1500);
  await expect(run).rejects.toThrow('enough');
  const mine = new Set(before);
  expect((await leftovers(OWNER)).filter((one) => !mine.has(one))).toEqual([]);
});

engineTest('an abort at any moment of the start leaves nothing', async () => {
  for (const delay of [0, 60, 120, 200, 300]) {
    const controller = new AbortController();
    const run = python(sandbox, FOREVER, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error(`after ${delay} ms`)), delay);
    await expect(run).rejects.toThrow(`after ${delay} ms`);
  }
  expect(await leftovers(OWNER)).toEqual([]);
});

engineTest('a failed copy leaves nothing', async () => {
  await expect(python(sandbox, '', { files: { big: 'x'.repeat(40 << 20) } })).rejects.toThrow('does not fit');
  expect(await leftovers(OWNER)).toEqual([]);
});

engineTest('closing stops what runs, and can be done twice', async () => {
  const other = createDockerSandbox({ cache });
  const run = python(other, FOREVER);
  const ended = expect(run).rejects.toThrow('The sandbox was closed.');
  await sleep(1000);
  await other.close();
  await ended;
  await other.close();
  expect(await leftovers(OWNER)).toEqual([]);
  await expect(python(other, 'print(1)')).rejects.toThrow('The sandbox was closed.');
});

/** Starts a process of its own that runs something endless in a sandbox; answers its owner label when it is up. */
async function endlessChild() {
  const program = `
    import { createDockerSandbox } from './src/sandbox/docker-engine.ts';
    import { OWNER } from './src/sandbox/owner.ts';
    console.log(OWNER);
    await createDockerSandbox({ cache: ${JSON.stringify(cache)} }).run({
      name: 'endless', command: ['sleep', '600'], limits: { workspace: 16, memory: 64 },
    });`;
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module-typescript', '-e', program], {
    cwd: new URL('../..', import.meta.url),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const owner = line.toString().trim();
  for (let tries = 0; (await leftovers(owner)).length < 3 && tries < 100; tries++) await sleep(100);
  expect(await leftovers(owner)).toHaveLength(3);
  return { child, owner };
}

engineTest('Ctrl-C removes what the process started, and ends it', async () => {
  const { child, owner } = await endlessChild();
  child.kill('SIGINT');
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect([code, signal]).not.toEqual([0, null]);
  expect(await leftovers(owner)).toEqual([]);
});

engineTest('what a killed process left is swept by the next one, and what living ones own is not', async () => {
  const [dead, alive] = [await endlessChild(), await endlessChild()];
  dead.child.kill('SIGKILL');
  await once(dead.child, 'exit');
  const next = createDockerSandbox({ cache });
  await python(next, 'print(1)');
  await next.close();
  expect(await leftovers(dead.owner)).toEqual([]);
  expect(await leftovers(alive.owner)).toHaveLength(3);
  alive.child.kill('SIGTERM');
  await once(alive.child, 'exit');
  expect(await leftovers(alive.owner)).toEqual([]);
});

engineTest('a volume without its process is swept as well', async () => {
  const owner = `${OWNER.split('/')[0]}/${process.pid}/1`;
  expect(isDead(owner)).toBe(true);
  const docker = connect();
  await docker.createVolume({ Name: `architect-test-${process.pid}`, Labels: { [OWNER_LABEL]: owner } });
  await sweep(docker, isDead);
  expect(await leftovers(owner)).toEqual([]);
  expect(isDead(OWNER)).toBe(false);
});
