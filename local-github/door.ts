import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Refusal, type Answer } from './answer.ts';
import { authorise } from './authorise.ts';
import type { Caller } from './callers.ts';
import { complete } from './complete.ts';
import { takeFault, type Fault } from './faults.ts';
import { handleGit, parseGitRequest } from './git-door.ts';
import { takeFromEmulate } from './hooks/from-emulate.ts';
import { renderPage } from './pages.ts';
import { mustBeActive } from './rest/apps.ts';
import { answerByEmulate } from './rest/by-emulate.ts';
import { afterwards } from './rest/afterwards.ts';
import type { Repository } from './repositories.ts';
import { answerByRoutes, Exchange } from './rest/exchange.ts';
import { routes } from './rest/routes.ts';
import { loginOf, adminToken, type Json, type Service } from './service.ts';
import { redact, type TraceEntry } from './trace.ts';

/** Where emulate sends its webhooks. */
export const HOOK_PATH = '/_local/hook';

/** The one address that an App knows. */
export class Door {
  readonly faults: Fault[] = [];
  readonly trace: TraceEntry[] = [];
  private readonly server: Server;
  private readonly running = new Set<Promise<void>>();
  private closing = false;
  private readonly stop = new AbortController();
  private service: Service | undefined;

  constructor() {
    this.server = createServer((request, response) => {
      const task = this.handle(request, response)
        .catch((error: unknown) => this.fail(request, response, error))
        .finally(() => this.running.delete(task));
      this.running.add(task);
    });
  }

  /** Resolves with its address. */
  listen(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', () => {
        resolve(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}`);
      });
    });
  }

  open(service: Service): void {
    this.service = service;
  }

  /** Ends when nothing runs any more. */
  async close(): Promise<void> {
    this.closing = true;
    this.stop.abort();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await Promise.all(this.running);
    await closed;
  }

  /** A fault of ours: it is shown, and the request fails. */
  private fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    if (this.closing) return;
    const text = String((error as Error).stack ?? error);
    process.stderr.write(`local-github: ${request.method} ${request.url}: ${text}\n`);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { service } = this;
    if (service === undefined) throw new Error('not open yet');
    const url = new URL(request.url ?? '/', service.url);
    const method = request.method ?? 'GET';
    const git = parseGitRequest(url);
    const path = git ? url.pathname : apiPath(url.pathname);
    if (url.pathname === HOOK_PATH) return this.takeHook(service, request, response);

    const kind = git ? 'git' : path === undefined ? 'page' : path === '/graphql' ? 'graphql' : 'rest';
    const entry = this.begin(kind, method, path ?? url.pathname, url);
    const fault = takeFault(this.faults, method, entry.path);
    if (fault?.delayMs !== undefined) await this.pause(fault.delayMs);
    if (fault !== undefined && fault.after !== true) {
      if (fault.hangup === true) return void request.socket.destroy();
      if (fault.delayMs === undefined || fault.status !== undefined)
        return this.reply(request, response, entry, injected(fault));
    }
    if (git !== undefined) {
      const caller = await answerOrRefusal(async () => this.identify(service, entry, request));
      if ('status' in caller)
        return this.reply(request, response, entry, {
          ...caller,
          headers: { 'www-authenticate': 'Basic realm="GitHub"' },
        });
      entry.status = await handleGit(service, caller, git, request, response);
      return;
    }
    if (path === undefined) return this.reply(request, response, entry, await renderPage(service, url));
    const answer = await answerOrRefusal(() => this.answer(service, request, url, path, entry));
    if (fault?.after !== true) return this.reply(request, response, entry, answer);
    entry.injected = true;
    if (fault.hangup === true) return void request.socket.destroy();
    return this.reply(request, response, entry, injected(fault));
  }

  /** Until the time is over or the door closes. */
  private async pause(milliseconds: number): Promise<void> {
    await setTimeout(milliseconds, undefined, { signal: this.stop.signal }).catch(() => undefined);
  }

  private identify(service: Service, entry: TraceEntry, request: IncomingMessage): Caller {
    const caller = service.callers.identify(request.headers.authorization);
    entry.caller = caller.kind;
    entry.login = loginOf(service, caller);
    if (caller.kind === 'installation') mustBeActive(service);
    return caller;
  }

  private async answer(
    service: Service,
    request: IncomingMessage,
    url: URL,
    path: string,
    entry: TraceEntry,
  ): Promise<Answer> {
    const raw = await readBody(request);
    const body = parseBody(raw);
    entry.requestBody = redact(body);
    const caller = this.identify(service, entry, request);
    const [, given = '', rest = ''] = /^\/repos\/([^/]+\/[^/]+)(.*)$/.exec(path) ?? [];
    const repository = service.repositories.find(given);
    const exact = repository === undefined ? path : `/repos/${repository.fullName}${rest}`;
    entry.path = exact;
    const method = entry.method;
    if (repository !== undefined)
      await authorise(
        caller,
        method,
        rest,
        repository,
        service.repositories,
        look(service, rest, repository),
      );
    const exchange = new Exchange({
      method,
      path: exact,
      url,
      headers: request.headers,
      body,
      caller,
      repository,
    });
    const answer =
      (await answerByRoutes(routes, service, exchange)) ?? (await answerByEmulate(service, exchange));
    await afterwards(service, exchange, answer);
    return answer;
  }

  private begin(kind: TraceEntry['kind'], method: string, path: string, url: URL): TraceEntry {
    const entry: TraceEntry = {
      kind,
      method,
      path,
      query: url.search,
      status: 0,
      caller: 'unknown',
      login: undefined,
      requestBody: undefined,
      responseBody: undefined,
      injected: false,
    };
    this.trace.push(entry);
    return entry;
  }

  private reply(request: IncomingMessage, response: ServerResponse, entry: TraceEntry, answer: Answer): void {
    const { status, body, raw, headers } = answer;
    if (body !== undefined && this.service !== undefined) complete(body, this.service);
    entry.status = status;
    entry.responseBody = redact(body);
    entry.injected ||= answer.headers?.['x-local-fault'] === 'true';
    const isJson = raw === undefined && body !== undefined;
    response.writeHead(status, {
      'x-github-request-id': `local:${this.trace.length}`,
      'x-github-media-type': 'github.v3; format=json',
      ...(isJson && { 'content-type': 'application/json; charset=utf-8' }),
      ...headers,
    });
    request.resume();
    response.end(isJson ? JSON.stringify(body) : raw);
  }

  private async takeHook(
    service: Service,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const raw = await readBody(request);
    response.writeHead(200).end();
    await takeFromEmulate(service, String(request.headers['x-github-event']), parseBody(raw) as Json);
  }
}

/** The path of a REST request; `undefined` for a page. */
function apiPath(pathname: string): string | undefined {
  if (pathname.startsWith('/api/v3')) return pathname.slice('/api/v3'.length) || '/';
  if (pathname === '/api/graphql') return '/graphql';
  return undefined;
}

function injected(fault: Fault): Answer {
  const { status = 502, body = { message: 'injected' }, headers } = fault;
  return { status, body, headers: { ...headers, 'x-local-fault': 'true' } };
}

async function answerOrRefusal<T>(task: () => Promise<T>): Promise<T | Answer> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parseBody(raw: Buffer): unknown {
  if (raw.length === 0) return undefined;
  try {
    return JSON.parse(raw.toString());
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
}

/** What decides whether someone may touch an issue, pull request or comment of their own. */
function look(service: Service, path: string, repository: Repository) {
  const [, target = '', number = ''] = /^(\/(?:issues|pulls)\/(?:comments\/)?(\d+))/.exec(path) ?? [];
  const isPull = !target.includes('comments') && service.pulls.find(repository, Number(number)) !== undefined;
  return {
    isPull,
    author: async (): Promise<string | undefined> => {
      const place = isPull ? `/pulls/${number}` : target;
      const token = adminToken(service, repository);
      const { data } = await service.upstream.send<Json>(
        token,
        'GET',
        `/repos/${repository.fullName}${place}`,
      );
      return (data['user'] as { login?: string } | undefined)?.login;
    },
  };
}
