import { created, invalid, notFound, ok, page, Refusal } from '../answer.ts';
import {
  adminToken,
  describeAccount,
  loginOf,
  now,
  upstreamToken,
  type Json,
  type Service,
} from '../service.ts';
import type { Exchange, Handler, Routes } from './exchange.ts';
import { nodeId } from './git-data.ts';

const reactions = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'];
/** Path of what was reacted to → reactions. */
const kept = new WeakMap<Service, Map<string, Json[]>>();

const listReactions: Handler = async (service, exchange) => {
  await mustBeThere(service, exchange);
  const content = exchange.url.searchParams.get('content');
  return page(
    ofService(service, exchange.path).filter(
      (reaction) => content === null || reaction['content'] === content,
    ),
    exchange.url,
  );
};

const react: Handler = async (service, exchange) => {
  await mustBeThere(service, exchange);
  const content = exchange.text('content') ?? '';
  if (!reactions.includes(content)) throw invalid('Reaction', 'invalid', { field: 'content' });
  const login = loginOf(service, exchange.caller) ?? '';
  const all = ofService(service, exchange.path);
  const before = all.find(
    (reaction) => reaction['content'] === content && (reaction['user'] as Json)['login'] === login,
  );
  if (before !== undefined) return ok(before);
  const id = service.nextId();
  const user = await describeAccount(service, login);
  const reaction = { id, node_id: nodeId('Reaction', String(id)), user, content, created_at: now() };
  all.push(reaction);
  return created(reaction);
};

const unreact: Handler = async (service, exchange) => {
  const all = ofService(service, exchange.path.replace(/\/\d+$/, ''));
  const at = all.findIndex((reaction) => reaction['id'] === Number(exchange.param('reaction')));
  if (at < 0) throw notFound();
  all.splice(at, 1);
  return { status: 204 };
};

/** Only GitHub's limit; emulate does the rest. */
const limited =
  (resource: string): Handler =>
  async (service, exchange) => {
    checkBody(exchange, resource);
    if (exchange.method === 'PATCH') await rememberEdit(service, exchange);
    return undefined;
  };

export const issueRoutes: Routes = {
  'GET /repos/{owner}/{repo}/issues/{number}/reactions': listReactions,
  'POST /repos/{owner}/{repo}/issues/{number}/reactions': react,
  'DELETE /repos/{owner}/{repo}/issues/{number}/reactions/{reaction}': unreact,
  'GET /repos/{owner}/{repo}/issues/comments/{id}/reactions': listReactions,
  'POST /repos/{owner}/{repo}/issues/comments/{id}/reactions': react,
  'DELETE /repos/{owner}/{repo}/issues/comments/{id}/reactions/{reaction}': unreact,
  'POST /repos/{owner}/{repo}/issues': limited('Issue'),
  'PATCH /repos/{owner}/{repo}/issues/{number}': limited('Issue'),
  'POST /repos/{owner}/{repo}/issues/{number}/comments': limited('IssueComment'),
  'PATCH /repos/{owner}/{repo}/issues/comments/{id}': limited('IssueComment'),
};

/** GitHub counts characters, not bytes. */
export function checkBody(exchange: Exchange, resource: string): void {
  const length = [...(exchange.text('body') ?? '')].length;
  if (length <= 65_536) return;
  const message = 'body is too long (maximum is 65536 characters)';
  throw invalid(resource, 'custom', { field: 'body', message });
}

function ofService(service: Service, path: string): Json[] {
  const map = kept.get(service) ?? new Map<string, Json[]>();
  kept.set(service, map);
  const list = map.get(path) ?? [];
  map.set(path, list);
  return list;
}

async function mustBeThere(service: Service, exchange: Exchange): Promise<void> {
  const target = exchange.path.replace(/\/reactions.*$/, '');
  // a pull request is an issue to GitHub, not to emulate
  const [, number] = /\/issues\/(\d+)$/.exec(target) ?? [];
  if (number !== undefined && service.pulls.find(exchange.repository, Number(number)) !== undefined) return;
  const token = await upstreamToken(service, exchange.caller);
  const { status } = await service.upstream.send(token, 'GET', target);
  if (status !== 200) throw status === 404 ? notFound() : new Refusal(status, 'Not Found');
}

/** An event of an edit says what was there before, and emulate has forgotten it by then. */
export async function rememberEdit(
  service: Service,
  exchange: Exchange,
  path = exchange.path,
): Promise<void> {
  const edited = ['title', 'body'].filter((field) => field in exchange.body);
  if (edited.length === 0) return;
  const before = await service.upstream.get<Json>(adminToken(service, exchange.repository), path);
  const changed = edited.filter((field) => before[field] !== exchange.body[field]);
  const changes = Object.fromEntries(changed.map((field) => [field, { from: before[field] ?? '' }]));
  service.edits.set(path, [...(service.edits.get(path) ?? []), changes]);
}
