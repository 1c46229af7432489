import { complete } from '../complete.ts';
import { describeCheckRun } from '../rest/checks.ts';
import { describePull } from '../rest/describe-pull.ts';
import type { PullState } from '../rest/pull-state.ts';
import { pullLinks } from '../rest/pull-issues.ts';
import type { Repository } from '../repositories.ts';
import { adminToken, type Json, type Service } from '../service.ts';

/** Events that git tells us better. */
const ours = new Set(['push', 'create', 'delete', 'fork']);

/** Takes a webhook from emulate, mends it, and sends it to the App where it listens to such events. */
export async function takeFromEmulate(service: Service, event: string, payload: Json): Promise<void> {
  const fullName = String((payload['repository'] as Json | undefined)?.['full_name']);
  const repository = service.repositories.find(fullName);
  if (!service.ready || ours.has(event) || repository === undefined) return;
  const whole = mendEdit(service, repository, event, complete(payload, service));
  const mended = await mend(service, repository, event, whole);
  if (mended !== undefined) sendEvent(service, repository, mended.event, mended.payload);
}

/** Sends an event of a repository, with the installation in it, where the App gets such events. */
export function sendEvent(service: Service, repository: Repository, event: string, payload: Json): void {
  if (!service.app.events.includes(event) || !repository.installed || service.installationState !== 'active')
    return;
  const id = service.installationId;
  const node = Buffer.from(`Integration:${id}`).toString('base64url');
  service.deliveries.send(event, { ...payload, installation: { id, node_id: node } });
}

async function mend(
  service: Service,
  repository: Repository,
  event: string,
  payload: Json,
): Promise<{ event: string; payload: Json } | undefined> {
  if (event === 'check_run') return mendCheckRun(service, repository, payload);
  const number = Number(((payload['pull_request'] ?? payload['issue']) as Json | undefined)?.['number']);
  const pull = await pullOf(service, repository, number, event === 'pull_request');
  if (event === 'issues' && pull === undefined)
    return { event, payload: await mendLabel(service, repository, payload) };
  if (pull === undefined) return { event, payload };
  if (event === 'issue_comment') return { event, payload: mendPullIssue(service, pull, payload) };
  if (event !== 'issues' && event !== 'pull_request') return { event, payload };
  // emulate reports a label on a pull request as one on an issue; GitHub sends `pull_request` and nothing else
  const { issue: _issue, ...rest } = await mendLabel(service, repository, payload);
  const described = await describePull(service, pull);
  const reviewers = described['requested_reviewers'] as Json[];
  return {
    event: 'pull_request',
    payload: {
      ...rest,
      number,
      pull_request: described,
      ...(payload['action'] === 'review_requested' && { requested_reviewer: reviewers.at(-1) }),
    },
  };
}

/** A pull request that is being opened is known a moment after emulate's webhook for it. */
async function pullOf(service: Service, repository: Repository, number: number, must: boolean) {
  for (let tries = 0; tries < 200; tries += 1) {
    const pull = service.pulls.find(repository, number);
    if (pull !== undefined || !must) return pull;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
}

/** A comment on a pull request says so; emulate shows an issue like any other. */
function mendPullIssue(service: Service, pull: PullState, payload: Json): Json {
  const links = pullLinks(service, pull, undefined);
  const issue = { ...(payload['issue'] as Json), html_url: links['html_url'], pull_request: links };
  return { ...payload, issue };
}

/** Says what a title or body was before it was edited. */
function mendEdit(service: Service, repository: Repository, event: string, payload: Json): Json {
  if (payload['action'] !== 'edited') return payload;
  const areas: Record<string, [string, string]> = {
    issue_comment: ['comment', 'issues/comments'],
    issues: ['issue', 'issues'],
    pull_request: ['pull_request', 'pulls'],
  };
  const [key, area] = areas[event] ?? ['', ''];
  const object = payload[key] as Json | undefined;
  const id = event === 'issue_comment' ? object?.['id'] : object?.['number'];
  const changes = service.edits.get(`/repos/${repository.fullName}/${area}/${String(id)}`)?.shift();
  return { ...payload, changes: changes ?? {} };
}

/** emulate gives a label's name and colour only. */
async function mendLabel(service: Service, repository: Repository, payload: Json): Promise<Json> {
  const name = (payload['label'] as Json | undefined)?.['name'];
  if (typeof name !== 'string') return payload;
  const path = `/repos/${repository.fullName}/labels/${encodeURIComponent(name)}`;
  const { status, data } = await service.upstream.send<Json>(adminToken(service, repository), 'GET', path);
  return { ...payload, label: status === 200 ? complete(data, service) : payload['label'] };
}

/** GitHub tells an App that its run was made, ended or asked for again. */
async function mendCheckRun(
  service: Service,
  repository: Repository,
  payload: Json,
): Promise<{ event: string; payload: Json } | undefined> {
  const id = Number((payload['check_run'] as Json)['id']);
  for (let tries = 0; tries < 200; tries += 1) {
    const run = service.checkRuns.find(repository, id);
    if (run !== undefined)
      return { event: 'check_run', payload: { ...payload, check_run: await describeCheckRun(service, run) } };
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return undefined;
}
