import { Refusal, type Answer } from '../answer.ts';
import { findLogin, upstreamToken, type Json, type Service } from '../service.ts';
import type { Exchange } from './exchange.ts';

/** What emulate answers as GitHub would, after the front door decided who may. */
const trusted = [
  /^\/$|^\/(meta|rate_limit|zen)$/,
  /^\/user(\/(repos|orgs))?$/,
  /^\/users\/[^/]+(\/(repos|orgs|installation))?$/,
  /^\/orgs\/[^/]+(\/(members|memberships|repos|installation)(\/[^/]+)?)?$/,
  /^\/repos\/[^/]+\/[^/]+$/,
  /^\/repos\/[^/]+\/[^/]+\/(forks|collaborators(\/[^/]+)?|topics|languages)$/,
  /^\/repos\/[^/]+\/[^/]+\/(labels|milestones)(\/[^/]+)?$/,
  /^\/repos\/[^/]+\/[^/]+\/issues(\/comments(\/\d+)?)?$/,
  /^\/repos\/[^/]+\/[^/]+\/issues\/\d+(\/(comments|labels(\/[^/]+)?|lock|timeline|events|assignees))?$/,
  /^\/repos\/[^/]+\/[^/]+\/pulls\/\d+\/(requested_reviewers|reviews(\/\d+)?|comments)$/,
  /^\/repos\/[^/]+\/[^/]+\/check-runs\/\d+\/rerequest$/,
  /^\/search\/issues$/,
];

/** Passes the request on. What is not known to be answered as GitHub does is refused loudly. */
export async function answerByEmulate(service: Service, exchange: Exchange): Promise<Answer> {
  const { method, path, url, body } = exchange;
  if (/^\/repos\//.test(path)) void exchange.repository; // 404 where there is none
  if (!trusted.some((pattern) => pattern.test(path)))
    throw new Refusal(501, `local-github does not have ${method} ${path}: add it, or do without`);
  const token = await upstreamToken(service, exchange.caller);
  const sent = method === 'GET' || method === 'DELETE' ? undefined : body;
  const exact = path.replace(
    /^\/users\/([^/]+)/,
    (_, name: string) => `/users/${findLogin(service, name) ?? name}`,
  );
  const answer = await service.upstream.send(token, method, exact + url.search, sent);
  const headers: Record<string, string> = {};
  for (const name of [
    'link',
    'x-ratelimit-limit',
    'x-ratelimit-remaining',
    'x-ratelimit-reset',
    'x-ratelimit-resource',
  ]) {
    const value = answer.headers.get(name);
    if (value !== null) headers[name] = value.replaceAll(service.upstream.url, `${service.url}/api/v3`);
  }
  const data = refusalOf(answer.status, answer.data);
  if (oneRepository.test(path) && answer.status < 300) countRepository(data);
  return { status: answer.status, body: data, headers };
}

/** emulate's own address of documentation is replaced, and the status put into the body. */
function refusalOf(status: number, data: unknown): unknown {
  if (status < 400 || typeof data !== 'object' || data === null) return data;
  return { ...data, documentation_url: 'https://docs.github.com/rest', status: String(status) };
}

/** What answers with a whole repository. */
const oneRepository = /^\/repos\/[^/]+\/[^/]+(\/forks)?$|^\/(user|orgs\/[^/]+)\/repos$/;

/** Only the answer about one repository has these; a list does not. */
function countRepository(data: unknown): void {
  if (Array.isArray(data)) return;
  const repository = data as Json;
  repository['network_count'] ??= repository['forks_count'];
  repository['subscribers_count'] ??= 0;
}
