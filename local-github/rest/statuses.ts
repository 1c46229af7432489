import { created, notFound, ok, page, Refusal } from '../answer.ts';
import type { Repository } from '../repositories.ts';
import {
  describeAccount,
  describeRepository,
  loginOf,
  now,
  repositoryUrl,
  type Json,
  type Service,
} from '../service.ts';
import type { Exchange, Routes } from './exchange.ts';
import { nodeId } from './git-data.ts';

interface Status {
  repository: Repository;
  sha: string;
  data: Json;
}
const kept = new WeakMap<Service, Status[]>();

/** Commit statuses. */
export const statusRoutes: Routes = {
  'POST /repos/{owner}/{repo}/statuses/{sha}': async (service, exchange) => {
    const { repository } = exchange;
    const sha = await commitOf(exchange, 'sha');
    const state = exchange.text('state') ?? '';
    if (!['error', 'failure', 'pending', 'success'].includes(state))
      throw new Refusal(422, 'Validation Failed');
    const id = service.nextId();
    const time = now();
    const creator = await describeAccount(service, loginOf(service, exchange.caller) ?? '');
    const data: Json = {
      url: `${repositoryUrl(service, repository)}/statuses/${sha}`,
      avatar_url: creator['avatar_url'],
      id,
      node_id: nodeId('Status', String(id)),
      state,
      description: exchange.text('description') ?? null,
      target_url: exchange.text('target_url') ?? null,
      context: exchange.text('context') ?? 'default',
      created_at: time,
      updated_at: time,
      creator,
    };
    of(service).unshift({ repository, sha, data });
    return created(data);
  },

  'GET /repos/{owner}/{repo}/commits/{ref+}/statuses': async (service, exchange) =>
    page(await statusesOf(service, exchange), exchange.url),

  'GET /repos/{owner}/{repo}/commits/{ref+}/status': async (service, exchange) => {
    const sha = await commitOf(exchange, 'ref');
    const latest = new Map<unknown, Json>();
    for (const status of (await statusesOf(service, exchange)).reverse())
      latest.set(status['context'], status);
    const states = [...latest.values()].map((status) => status['state']);
    const url = `${repositoryUrl(service, exchange.repository)}/commits/${sha}`;
    return ok({
      state: combined(states),
      statuses: [...latest.values()].map(({ creator: _creator, ...status }) => status),
      sha,
      total_count: latest.size,
      repository: await describeRepository(service, exchange.repository),
      commit_url: url,
      url: `${url}/status`,
    });
  },
};

function combined(states: unknown[]): string {
  if (states.some((state) => state === 'error' || state === 'failure')) return 'failure';
  return states.length === 0 || states.includes('pending') ? 'pending' : 'success';
}

function of(service: Service): Status[] {
  const list = kept.get(service) ?? [];
  kept.set(service, list);
  return list;
}

async function statusesOf(service: Service, exchange: Exchange): Promise<Json[]> {
  const sha = await commitOf(exchange, 'ref');
  return of(service)
    .filter((status) => status.repository === exchange.repository && status.sha === sha)
    .map(({ data }) => data);
}

async function commitOf(exchange: Exchange, param: string): Promise<string> {
  const name = exchange.param(param);
  const commit = await exchange.repository.git.commit(name);
  if (commit !== undefined) return commit.sha;
  throw param === 'sha' ? new Refusal(422, `No commit found for SHA: ${name}`) : notFound();
}
