import type { IncomingHttpHeaders } from 'node:http';
import { notFound, type Answer } from '../answer.ts';
import type { Caller } from '../callers.ts';
import type { Repository } from '../repositories.ts';
import type { Json, Service } from '../service.ts';

/** A request that was let in. */
export class Exchange {
  readonly method: string;
  /** Without `/api/v3`; owner and repository as they are written. */
  readonly path: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
  readonly caller: Caller;
  /** What stands in the braces of the route, decoded. */
  params: Record<string, string> = {};
  private readonly found: Repository | undefined;

  constructor(parts: {
    method: string;
    path: string;
    url: URL;
    headers: IncomingHttpHeaders;
    body: unknown;
    caller: Caller;
    repository: Repository | undefined;
  }) {
    this.method = parts.method;
    this.path = parts.path;
    this.url = parts.url;
    this.headers = parts.headers;
    this.body = typeof parts.body === 'object' && parts.body !== null ? (parts.body as Json) : {};
    this.caller = parts.caller;
    this.found = parts.repository;
  }

  get repository(): Repository {
    if (this.found === undefined) throw notFound();
    return this.found;
  }

  param(name: string): string {
    return this.params[name] ?? '';
  }

  /** A text in the body. */
  text(name: string): string | undefined {
    const value = this.body[name];
    return typeof value === 'string' ? value : undefined;
  }
}

/** `undefined`: emulate answers. */
export type Handler = (service: Service, exchange: Exchange) => Promise<Answer | undefined>;
/** `METHOD /path/{one}/{several+}` → handler. */
export type Routes = Record<string, Handler>;

interface Route {
  method: string;
  pattern: RegExp;
  handler: Handler;
}

export function compileRoutes(routes: Routes): Route[] {
  return Object.entries(routes).map(([key, handler]) => {
    const [method = '', path = ''] = key.split(' ');
    const source = path
      .replaceAll('{owner}/{repo}', '[^/]+/[^/]+')
      .replace(/\{(\w+)\+\}/g, '(?<$1>.+)')
      .replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    return { method, pattern: new RegExp(`^${source}$`), handler };
  });
}

/** The answer of the first route that fits and has one. */
export async function answerByRoutes(
  routes: Route[],
  service: Service,
  exchange: Exchange,
): Promise<Answer | undefined> {
  for (const { method, pattern, handler } of routes) {
    const match = method === exchange.method ? pattern.exec(exchange.path) : null;
    if (match === null) continue;
    exchange.params = Object.fromEntries(
      Object.entries(match.groups ?? {}).map(([name, value]) => [name, decode(value)]),
    );
    const answer = await handler(service, exchange);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw notFound();
  }
}
