import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createNodeMiddleware, type Probot } from 'probot';
import { messageOf, systemCode, UsageError } from '../lib/errors.ts';

/** Where the server listens, and how much it reads. */
export interface ListenSettings {
  host: string;
  /** 0: any free port. */
  port: number;
  /** Bytes of a webhook's body; GitHub sends at most 25 MB, and what we act on is far smaller. */
  mostBytes: number;
}

/** A verified event of GitHub. */
export interface WebhookEvent {
  /** GUID of the delivery; the same when GitHub sends it again. */
  id: string;
  /** `issue_comment`. */
  name: string;
  payload: unknown;
}

/** A server that listens. */
export interface WebhookServer {
  url: string;
  /** Takes no new connection, and waits for the answers under way. */
  close(): Promise<void>;
}

/** Path at which GitHub delivers. */
export const WEBHOOK_PATH = '/api/github/webhooks';

/** Milliseconds in which a body must have arrived. */
const SLOWEST_BODY = 10_000;

/**
 * Listens for webhooks. Probot verifies the signature over the raw bytes before it parses them.
 * @param onEvent must come back at once: GitHub waits ten seconds. What it throws is answered with 500.
 */
export async function listenForWebhooks(
  probot: Probot,
  settings: ListenSettings,
  onEvent: (event: WebhookEvent) => Promise<void>,
  health: () => object,
): Promise<WebhookServer> {
  const middleware = await createNodeMiddleware(
    (app) =>
      app.onAny(async ({ id, name, payload }) => {
        await onEvent({ id, name, payload });
      }),
    { probot, webhooksPath: WEBHOOK_PATH },
  );
  const server = createServer((request, response) => {
    void answer(request, response, settings.mostBytes, health, middleware).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.requestTimeout = SLOWEST_BODY * 2;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(notListening(error, settings)));
    server.listen(settings.port, settings.host, resolve);
  });
  const { port, address, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { url: `http://${host}:${port}`, close: () => closeServer(server) };
}

/** What the operator can do about an address that is not to be had. */
const LISTEN_HELP: Record<string, string> = {
  EADDRINUSE: 'Another program listens there: end it, or choose another PORT.',
  EACCES: 'Low ports need more rights: choose a PORT from 1024 on.',
  EADDRNOTAVAIL: 'HOST must be an address of this machine; 0.0.0.0 means all of them.',
  ENOTFOUND: 'HOST must be an address of this machine; 0.0.0.0 means all of them.',
};

function notListening(error: unknown, { host, port }: ListenSettings): unknown {
  const help = LISTEN_HELP[systemCode(error) ?? ''];
  if (help === undefined) return error;
  return new UsageError('settings', `Cannot listen on ${host}:${port} (${messageOf(error)}).`, help);
}

type Middleware = Awaited<ReturnType<typeof createNodeMiddleware>>;

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  most: number,
  health: () => object,
  middleware: Middleware,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0];
  if (path === '/healthz' && (request.method === 'GET' || request.method === 'HEAD'))
    return say(response, 200, health());
  if (path !== WEBHOOK_PATH || request.method !== 'POST')
    return say(response, 404, { error: 'There is nothing here.' });
  const body = await readBody(request, most);
  if (body === 'too large') return refuseBody(request, response, most);
  if (body === 'cut off') return say(response, 400, { error: 'The body did not arrive whole.' });
  // The middleware takes a body that was read already.
  Object.assign(request, { body });
  await middleware(request, response);
}

/** Counts while it reads: a length that the sender names proves nothing. */
function readBody(request: IncomingMessage, most: number): Promise<string | 'too large' | 'cut off'> {
  if (Number(request.headers['content-length'] ?? 0) > most) return Promise.resolve('too large');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const slow = setTimeout(() => resolve('cut off'), SLOWEST_BODY);
    const end = (result: string): void => {
      clearTimeout(slow);
      resolve(result);
    };
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > most) {
        chunks.length = 0;
        end('too large');
      } else chunks.push(chunk);
    });
    request.on('end', () => end(Buffer.concat(chunks).toString('utf8')));
    request.on('error', () => end('cut off'));
    request.on('close', () => end('cut off'));
  });
}

function refuseBody(request: IncomingMessage, response: ServerResponse, most: number): void {
  response.setHeader('connection', 'close');
  response.on('finish', () => request.destroy());
  say(response, 413, { error: `The body is larger than ${most} bytes.` });
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(`${JSON.stringify(body)}\n`);
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
