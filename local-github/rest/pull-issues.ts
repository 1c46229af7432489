import { notFound, ok, page, Refusal } from '../answer.ts';
import type { Repository } from '../repositories.ts';
import { adminToken, repositoryUrl, upstreamToken, type Json, type Service } from '../service.ts';
import { describePull } from './describe-pull.ts';
import type { Exchange, Routes } from './exchange.ts';
import type { PullState } from './pull-state.ts';
import { changePull } from './pulls.ts';

/** To GitHub a pull request is an issue too; emulate hides them from its issues. */
export const pullIssueRoutes: Routes = {
  'GET /repos/{owner}/{repo}/issues/{number}': async (service, exchange) => {
    const pull = pullOf(service, exchange);
    return pull && ok(await describeAsIssue(service, pull));
  },

  'PATCH /repos/{owner}/{repo}/issues/{number}': async (service, exchange) => {
    const pull = pullOf(service, exchange);
    if (pull === undefined) return undefined;
    const { labels, state_reason: _reason, ...rest } = exchange.body;
    if (labels !== undefined) await setLabels(service, exchange, labels);
    await changePull(service, exchange, pull, rest);
    return ok(await describeAsIssue(service, pull));
  },

  'GET /repos/{owner}/{repo}/issues': async (service, exchange) => {
    const query = exchange.url.searchParams;
    const known = ['state', 'labels', 'creator', 'sort', 'direction', 'per_page', 'page'];
    for (const name of query.keys())
      if (!known.includes(name))
        throw new Refusal(501, `local-github lists issues by ${known.join(', ')} alone`);
    const pulls = service.pulls.all.filter((pull) => pull.repository === exchange.repository);
    const all = [
      ...(await allIssues(service, exchange.repository)),
      ...(await Promise.all(pulls.map((pull) => describeAsIssue(service, pull)))),
    ].filter((issue) => fits(issue, query));
    const key = query.get('sort') === 'updated' ? 'updated_at' : 'created_at';
    const order = (issue: Json): string =>
      `${String(issue[key])} ${String(issue['number']).padStart(9, '0')}`;
    all.sort((a, b) => (order(a) < order(b) ? 1 : -1));
    if (query.get('direction') === 'asc') all.reverse();
    return page(all, exchange.url);
  },
};

function pullOf(service: Service, exchange: Exchange): PullState | undefined {
  return service.pulls.find(exchange.repository, Number(exchange.param('number')));
}

async function setLabels(service: Service, exchange: Exchange, labels: unknown): Promise<void> {
  const token = await upstreamToken(service, exchange.caller);
  const { status } = await service.upstream.send(token, 'PUT', `${exchange.path}/labels`, { labels });
  if (status !== 200) throw new Refusal(status, 'Validation Failed');
}

async function allIssues(service: Service, repository: Repository): Promise<Json[]> {
  const issues: Json[] = [];
  for (let number = 1; ; number += 1) {
    const path = `/repos/${repository.fullName}/issues?state=all&per_page=100&page=${number}`;
    const batch = await service.upstream.get<Json[]>(adminToken(service, repository), path);
    issues.push(...batch);
    if (batch.length < 100) return issues;
  }
}

function fits(issue: Json, query: URLSearchParams): boolean {
  const state = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter(Boolean);
  const names = (issue['labels'] as Json[]).map((label) => label['name']);
  const creator = query.get('creator');
  return (
    (state === 'all' || issue['state'] === state) &&
    labels.every((label) => names.includes(label)) &&
    (creator === null || (issue['user'] as Json)['login'] === creator)
  );
}

/** What an issue says where it is a pull request. */
export function pullLinks(service: Service, pull: PullState, mergedAt: unknown): Json {
  const html = `${service.url}/${pull.repository.fullName}/pull/${pull.number}`;
  return {
    url: `${repositoryUrl(service, pull.repository)}/pulls/${pull.number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: mergedAt ?? null,
  };
}

async function describeAsIssue(service: Service, pull: PullState): Promise<Json> {
  const data = await describePull(service, pull);
  if (data['number'] === undefined) throw notFound();
  const url = `${repositoryUrl(service, pull.repository)}/issues/${pull.number}`;
  const same =
    'html_url id node_id number title user labels state locked active_lock_reason assignee assignees'
      .concat(' milestone comments created_at updated_at closed_at body author_association draft')
      .split(' ');
  return {
    url,
    repository_url: repositoryUrl(service, pull.repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    ...Object.fromEntries(same.map((key) => [key, data[key]])),
    state_reason: null,
    closed_by: null,
    performed_via_github_app: null,
    pull_request: pullLinks(service, pull, data['merged_at']),
  };
}
