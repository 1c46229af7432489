import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ServerSettings, startServer } from '../../src/index.ts';
import { startWorld, type World } from './app.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ 'readme.txt': 'x' });
});
afterAll(() => world.close());

let folders = 0;
/** A start beside the world's own server; the log is in `lines`. */
async function start(
  more: Partial<ServerSettings>,
  lines: string[] = [],
  signal?: AbortSignal,
): Promise<void> {
  folders += 1;
  const state = join(world.settings.state, `other-${folders}`);
  const server = await startServer(
    { ...world.settings, state, ...more },
    {
      sandbox: null,
      version: 'test',
      writeLog: (line) => lines.push(line),
      ...(signal === undefined ? {} : { signal }),
    },
  );
  await server.close();
}

/** Something on this machine that answers every request so. */
async function withHost<T>(listener: RequestListener, work: (apiUrl: string) => Promise<T>): Promise<T> {
  const host = createServer(listener);
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(host.address() as AddressInfo).port}/api/v3`);
  } finally {
    host.closeAllConnections();
    host.close();
  }
}

const answering =
  (status: number, body: string, type = 'application/json'): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  };

test('a key and a number that fit are taken', async () => {
  await start({});
});

test("a key that is not the App's is refused", async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  await expect(start({ privateKey: pem })).rejects.toMatchObject({
    name: 'UserError',
    message: `GitHub does not take the private key for the App with the APP_ID ${world.github.app.id} (A JSON web token could not be decoded).`,
    help: expect.stringContaining('Both must be of one App'),
  });
});

test('a number that no App has is refused', async () => {
  await expect(start({ appId: 4_711 })).rejects.toMatchObject({
    name: 'UserError',
    message: `There is no App with the APP_ID 4711 at ${world.settings.apiUrl}.`,
    help: expect.stringContaining('"App ID"'),
  });
});

test.each([
  ['a page', answering(200, '<html>Welcome</html>', 'text/html')],
  ['another service', answering(200, '{"id": 1}')],
  ['a page that is not found', answering(404, '{"message": "Not Found"}')],
])('a host that is no GitHub is refused: %s', async (_, listener) => {
  await withHost(listener, async (apiUrl) => {
    await expect(start({ apiUrl })).rejects.toMatchObject({
      message: `What answers at ${apiUrl} is not GitHub's API.`,
      help: expect.stringContaining('GHE_HOST'),
    });
  });
});

test('a host that nobody answers at is refused when its time is over, after some tries', async () => {
  const lines: string[] = [];
  const apiUrl = await withHost(answering(200, ''), (url) => Promise.resolve(url));
  await expect(start({ apiUrl, patience: 3_000 }, lines)).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringMatching(/^GitHub does not answer at http:\S+ within 3 s \(.+\)\.$/),
    help: expect.stringContaining('may reach that host'),
  });
  expect(lines.join('')).toContain('again in 2000 ms');
});

test('a host that takes the connection and never answers is refused as well', async () => {
  await withHost(
    () => undefined,
    (apiUrl) => expect(start({ apiUrl })).rejects.toThrow('GitHub does not answer at'),
  );
});

test('a host that comes up meanwhile is waited for', async () => {
  let asked = 0;
  await withHost(
    (request, response) => {
      asked += 1;
      if (asked === 1) request.socket.destroy();
      else answering(200, JSON.stringify({ id: world.settings.appId }))(request, response);
    },
    (apiUrl) => start({ apiUrl, patience: 60_000 }),
  );
  expect(asked).toBe(2);
});

test.each([500, 503, 429])('a GitHub in trouble (%i) keeps no server from its start', async (status) => {
  const lines: string[] = [];
  await withHost(answering(status, '{"message": "Try later"}'), (apiUrl) => start({ apiUrl }, lines));
  expect(lines.join('')).toContain('GitHub does not say whether it knows the App');
});

test('who stops a start that waits need not wait', async () => {
  const controller = new AbortController();
  await withHost(
    () => controller.abort(new Error('told to stop')),
    (apiUrl) =>
      expect(start({ apiUrl, patience: 600_000 }, [], controller.signal)).rejects.toThrow('told to stop'),
  );
  expect(existsSync(join(world.settings.state, `other-${folders}`, 'owner.json'))).toBe(false);
});
