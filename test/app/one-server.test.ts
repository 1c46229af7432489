import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startServer } from '../../src/index.ts';
import { root } from '../run-tool.ts';
import { notebookOf, startWorld, type World } from './app.ts';

let world: World;
let child: ChildProcess | undefined;
beforeEach(async () => {
  world = await startWorld({ 'a.ipynb': notebookOf('x = 1\n') });
});
afterEach(async () => {
  child?.kill('SIGKILL');
  child = undefined;
  await world.close();
});

/** `architect serve` on the world's folder of state. */
function serve(): ChildProcess {
  const { github, settings } = world;
  return spawn(process.execPath, [join(root, 'src/cli.ts'), 'serve', '--port', '0', '--host', '127.0.0.1'], {
    env: {
      ...process.env,
      APP_ID: String(github.app.id),
      PRIVATE_KEY: github.app.privateKey,
      WEBHOOK_SECRET: github.webhookSecret,
      GHE_HOST: new URL(github.url).host,
      GHE_PROTOCOL: 'http',
      ARCHITECT_STATE: settings.state,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Waits until a process says something. */
async function heard({ stdout }: ChildProcess, words: string): Promise<void> {
  let text = '';
  for await (const chunk of stdout ?? []) {
    text += String(chunk);
    if (text.includes(words)) return;
  }
  throw new Error(`it ended without "${words}": ${text}`);
}

const startHere = (): ReturnType<typeof startServer> =>
  startServer(world.settings, { sandbox: null, version: 'test', writeLog: () => undefined });

test('a second server on the same folder is refused, and told whose it is', async () => {
  child = serve();
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  expect(code).toBe(2);
  expect(words).toContain(`The folder ${world.settings.state} of ARCHITECT_STATE belongs to another`);
  expect(words).toContain(`process ${process.pid} on `);
  expect(words).toContain('give this one a folder of its own');
  // In the same process too.
  await expect(startHere()).rejects.toMatchObject({ message: expect.stringContaining('belongs to another') });
});

test('a server that was killed leaves no lock behind, and holds it while it lives', async () => {
  await world.server.close();
  child = serve();
  await heard(child, '"listening"');
  await expect(startHere()).rejects.toMatchObject({
    message: expect.stringContaining(`process ${child.pid} on `),
  });
  child.kill('SIGKILL');
  await once(child, 'close');
  world.server = await startHere();
});

test('a number of a process that lives again means nothing', async () => {
  await world.server.close();
  const told = { pid: process.pid, host: 'elsewhere', since: '2026-01-01T00:00:00.000Z' };
  writeFileSync(join(world.settings.state, 'owner.json'), JSON.stringify(told));
  world.server = await startHere();
});

test('a server that could not listen lets the folder go', async () => {
  await world.server.close();
  const settings = { ...world.settings, host: '203.0.113.9' };
  await expect(
    startServer(settings, { sandbox: null, version: 'test', writeLog: () => undefined }),
  ).rejects.toThrow('Cannot listen');
  world.server = await startHere();
});
