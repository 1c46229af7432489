import { spawn } from 'node:child_process';
import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readServerSettings } from '../../src/config/server-settings.ts';
import { type RunningServer, type ServerSettings, startServer } from '../../src/index.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { root } from '../run-tool.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
});
const { privateKey: curve } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const SECRET = 'a secret of more than thirty-two bytes';
const environment = (more: Record<string, string | undefined> = {}): NodeJS.ProcessEnv => ({
  APP_ID: '7',
  PRIVATE_KEY: privateKey,
  WEBHOOK_SECRET: SECRET,
  ARCHITECT_STATE: '/var/lib/architect',
  ...(more as NodeJS.ProcessEnv),
});
const given = { port: null, host: null };

let folder: string;
let github: Server;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'architect-server-'));
  writeFileSync(join(folder, 'key.pem'), privateKey);
  // A GitHub that knows the App and nothing else: nothing here needs more.
  github = createServer(({ url }, response) => {
    response.writeHead(url === '/api/v3/app' ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: 7, slug: 'architect' }));
  }).listen(0, '127.0.0.1');
  await once(github, 'listening');
});
afterAll(() => {
  github.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Settings of a server on a folder of its own, beside that GitHub. */
function settingsOf(state: string, given: { port?: number; host?: string } = {}): ServerSettings {
  const variables = environment({ ARCHITECT_STATE: join(folder, state), ...ownGithub() });
  return { ...readServerSettings(variables, { port: 0, host: '127.0.0.1', ...given }), grace: 0 };
}

const ownGithub = (): Record<string, string> => ({
  GHE_HOST: `127.0.0.1:${(github.address() as AddressInfo).port}`,
  GHE_PROTOCOL: 'http',
});

describe('settings', () => {
  test.each([
    [{ APP_ID: '' }, /^APP_ID is missing/],
    [{ APP_ID: 'abc' }, /^APP_ID is missing or no number/],
    [{ PRIVATE_KEY: '' }, /^PRIVATE_KEY or PRIVATE_KEY_PATH is missing/],
    [{ PRIVATE_KEY: 'no key' }, /^PRIVATE_KEY is no private key/],
    [{ PRIVATE_KEY: curve }, /^PRIVATE_KEY is a key of the kind ec; those of Apps are RSA/],
    [{ PRIVATE_KEY: '', PRIVATE_KEY_PATH: '/nowhere.pem' }, /^PRIVATE_KEY_PATH cannot be read/],
    [{ WEBHOOK_SECRET: undefined }, /^WEBHOOK_SECRET or WEBHOOK_SECRET_PATH is missing/],
    [{ WEBHOOK_SECRET: 'development' }, /^WEBHOOK_SECRET must have at least 32 bytes, and has 11/],
    [{ WEBHOOK_SECRET: '', WEBHOOK_SECRET_PATH: '/nowhere' }, /^WEBHOOK_SECRET_PATH cannot be read/],
    [{ WEBHOOK_SECRET: '', WEBHOOK_SECRET_PATH: '/dev/null' }, /^WEBHOOK_SECRET_PATH must have at least 32/],
    [{ WEBHOOK_SECRET: 'x'.repeat(31) }, /^WEBHOOK_SECRET/],
    [{ GHE_HOST: 'https://ghe.example.org' }, /^GHE_HOST is no host name/],
    [{ GHE_HOST: 'ghe.example.org', GHE_PROTOCOL: 'git' }, /^GHE_PROTOCOL/],
    [{ PORT: '99999' }, /^PORT/],
    [{ ARCHITECT_CONCURRENCY: '0' }, /^ARCHITECT_CONCURRENCY is no whole number from 1 to 64/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL/],
    [{ ARCHITECT_STATE: 'here' }, /^ARCHITECT_STATE/],
  ])('that are missing or wrong are refused in words: %j', (more, words) => {
    expect(() => readServerSettings(environment(more), given)).toThrow(words);
  });

  test('leave no secret in the environment', () => {
    const variables = environment({ PRIVATE_KEY_PATH: '/x', WEBHOOK_SECRET_PATH: '/y' });
    const settings = readServerSettings(variables, { port: 8080, host: '127.0.0.1' });
    expect(Object.keys(variables).sort()).toEqual(['APP_ID', 'ARCHITECT_STATE']);
    expect(settings).toMatchObject({
      appId: 7,
      webhookSecret: SECRET,
      apiUrl: 'https://api.github.com',
      gitUrl: 'https://github.com',
      port: 8080,
      host: '127.0.0.1',
      pace: true,
    });
  });

  test.each([
    ['a file', () => ({ PRIVATE_KEY: '', PRIVATE_KEY_PATH: join(folder, 'key.pem') })],
    ['one line', () => ({ PRIVATE_KEY: privateKey.replaceAll('\n', '\\n') })],
    ['base64', () => ({ PRIVATE_KEY: Buffer.from(privateKey).toString('base64') })],
  ])('take the private key from %s', (_, more) => {
    expect(readServerSettings(environment(more()), given).privateKey.trim()).toBe(privateKey.trim());
  });

  test('take the webhook secret from a file, without the end of its line', () => {
    const path = join(folder, 'webhook-secret');
    writeFileSync(path, `${SECRET}\n`);
    const variables = environment({ WEBHOOK_SECRET: undefined, WEBHOOK_SECRET_PATH: path });
    expect(readServerSettings(variables, given).webhookSecret).toBe(SECRET);
    expect(variables).not.toHaveProperty('WEBHOOK_SECRET_PATH');
  });

  test("know a GitHub of one's own", () => {
    const host = { GHE_HOST: '127.0.0.1:8080', GHE_PROTOCOL: 'http' };
    expect(readServerSettings(environment(host), given)).toMatchObject({
      apiUrl: 'http://127.0.0.1:8080/api/v3',
      gitUrl: 'http://127.0.0.1:8080',
    });
  });

  test.each([
    [undefined, true],
    ['ghe.example.org', true],
    ['localhost.example.org', true],
    ['127.0.0.1:8080', false],
    ['localhost', false],
  ])('keep the pace that GitHub asks for, unless it is on this machine: %s', (host, pace) => {
    expect(readServerSettings(environment({ GHE_HOST: host }), given)).toMatchObject({ pace });
  });
});

describe('the server', () => {
  let server: RunningServer;
  const log: string[] = [];
  beforeAll(async () => {
    server = await startServer(settingsOf('state'), {
      sandbox: null,
      version: 'test',
      writeLog: (line) => log.push(line),
    });
  });
  afterAll(() => server.close());

  const deliver = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${server.url}/api/github/webhooks`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'ping',
        'x-github-delivery': randomUUID(),
        'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
        ...headers,
      },
    });

  test('says that it lives', async () => {
    const answer = await fetch(`${server.url}/healthz`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', waiting: 0, running: 0 }]);
  });

  test('has nothing else to show', async () => {
    for (const path of ['/', '/probot', '/probot/setup', '/api/github/webhooks'])
      expect((await fetch(`${server.url}${path}`)).status).toBe(404);
    expect((await fetch(`${server.url}/probot/import`, { method: 'POST' })).status).toBe(404);
  });

  test('refuses what GitHub did not sign', async () => {
    const body = JSON.stringify({ action: 'created' });
    expect((await deliver(body, { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` })).status).toBe(400);
    const forged = createHmac('sha256', 'development').update(body).digest('hex');
    expect((await deliver(body, { 'x-hub-signature-256': `sha256=${forged}` })).status).toBe(400);
    expect((await deliver('{"zen": "x"} ', { 'x-hub-signature-256': '' })).status).toBe(400);
  });

  test('refuses a body that is too large before it is read, whatever length it names', async () => {
    expect((await deliver(`"${'x'.repeat(5_000_001)}"`).catch(() => ({ status: 413 }))).status).toBe(413);
    const sent = await new Promise<{ status: number | undefined; bytes: number }>((resolve) => {
      let bytes = 0;
      let status: number | undefined;
      const client = request(`${server.url}/api/github/webhooks`, { method: 'POST' });
      const chunk = Buffer.alloc(1_000_000);
      const more = (): void => {
        if (client.destroyed || bytes >= 200_000_000) return;
        bytes += chunk.length;
        client.write(chunk, () => setImmediate(more));
      };
      client.on('response', (response) => (status = response.statusCode));
      client.on('error', () => undefined);
      client.on('close', () => resolve({ status, bytes }));
      more();
    });
    expect(sent.bytes).toBeLessThan(100_000_000);
    expect([413, undefined]).toContain(sent.status);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  test('takes an event in at once, although GitHub does not answer', async () => {
    const start = performance.now();
    const event = {
      action: 'created',
      installation: { id: 1 },
      repository: { id: 2, name: 'models', default_branch: 'main', owner: { login: 'acme' } },
      sender: { login: 'writer', type: 'User' },
      issue: { number: 3, title: 'Ship', updated_at: 'u' },
      comment: { id: 9, body: '/architect run' },
    };
    const answer = await deliver(JSON.stringify(event), { 'x-github-event': 'issue_comment' });
    expect(answer.status).toBe(200);
    expect(performance.now() - start).toBeLessThan(8_000);
    expect(log.join('')).toContain('taken in: added');
    expect(log.join('')).toContain('"repository":"acme/models"');
  });

  test('takes what happens in two repositories for two events, whatever their numbers and times are', async () => {
    const labelled = (id: number): string =>
      JSON.stringify({
        action: 'labeled',
        installation: { id: 1 },
        repository: { id, name: `r${id}`, default_branch: 'main', owner: { login: 'acme' } },
        sender: { login: 'writer', type: 'User' },
        label: { name: 'productionize' },
        issue: { number: 1, title: 'Ship', updated_at: '2026-01-01T00:00:00Z' },
      });
    const taken = async (id: number): Promise<string | undefined> => {
      const from = log.length;
      await deliver(labelled(id), { 'x-github-event': 'issues' });
      return log.slice(from).find((line) => line.includes(`"acme/r${id}"`) && line.includes('taken in'));
    };
    expect([await taken(11), await taken(12), await taken(11)]).toEqual([
      expect.stringContaining('taken in: added'),
      expect.stringContaining('taken in: added'),
      expect.stringContaining('taken in: joined'),
    ]);
  });

  test('says that its port is taken, or its address is not of this machine', async () => {
    const port = Number(new URL(server.url).port);
    const start = (host: string): Promise<RunningServer> =>
      startServer(settingsOf('other', { port, host }), {
        sandbox: null,
        version: 'test',
        writeLog: () => undefined,
      });
    await expect(start('127.0.0.1')).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(`Cannot listen on 127.0.0.1:${port}`),
      help: expect.stringContaining('choose another PORT'),
    });
    await expect(start('203.0.113.9')).rejects.toMatchObject({
      help: expect.stringContaining('HOST must be'),
    });
  });

  test('says that its folder cannot be used', async () => {
    await expect(
      startServer(settingsOf('key.pem'), { sandbox: null, version: 'test', writeLog: () => undefined }),
    ).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('ARCHITECT_STATE cannot be used'),
    });
  });

  test('warns when it starts that no container engine answers', async () => {
    const lines: string[] = [];
    const sandbox = {
      status: async () => ({ kind: 'absent', reason: 'Nobody answers.', advice: 'Start one.' }),
    } as unknown as Sandbox;
    const other = await startServer(settingsOf('without'), {
      sandbox,
      version: 'test',
      writeLog: (line) => lines.push(line),
    });
    await other.close();
    expect(lines.join('')).toContain('no package verified: Nobody answers. Start one.');
  });
});

describe('the process', () => {
  const cli = join(root, 'src', 'cli.ts');

  test('lets its work end when the same signal comes from two sides', async () => {
    const child = spawn(process.execPath, [cli, 'serve', '--port', '0', '--host', '127.0.0.1'], {
      env: { ...process.env, ...environment({ ARCHITECT_STATE: join(folder, 'twice'), ...ownGithub() }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      const before = out;
      out += chunk.toString('utf8');
      if (before.includes('listening') || !out.includes('listening')) return;
      child.kill('SIGTERM');
      child.kill('SIGINT');
    });
    const [code] = (await once(child, 'close')) as [number | null];
    expect(out).toContain('"stopped"');
    expect(code).toBe(0);
  });
});
