import { notFound, ok, page, Refusal, type Answer } from '../answer.ts';
import { complete } from '../complete.ts';
import type { Repository } from '../repositories.ts';
import {
  adminToken,
  htmlUrl,
  now,
  repositoryUrl,
  upstreamToken,
  type Json,
  type Service,
} from '../service.ts';
import { describeApp } from './apps.ts';
import type { Annotation, CheckRunState } from './check-run-store.ts';
import type { Exchange, Routes } from './exchange.ts';

/** Check runs: emulate keeps status and output, we keep annotations and know commits. */
export const checkRoutes: Routes = {
  'POST /repos/{owner}/{repo}/check-runs': async (service, exchange) => {
    const headSha = exchange.text('head_sha') ?? '';
    const annotations = annotationsOf(exchange);
    if ((await exchange.repository.git.commit(headSha)) === undefined)
      throw new Refusal(422, `No commit found for SHA: ${headSha}`);
    const answer = await forward(service, exchange);
    const id = Number(answer['id']);
    const name = String(answer['name']);
    const startedAt = exchange.text('started_at') ?? now();
    const run: CheckRunState = {
      id,
      repository: exchange.repository,
      headSha,
      name,
      startedAt,
      annotations: [],
    };
    service.checkRuns.all.push(run);
    append(service, run, annotations);
    return { status: 201, body: await describeCheckRun(service, run) };
  },

  'PATCH /repos/{owner}/{repo}/check-runs/{id}': async (service, exchange) => {
    const run = mustFind(service, exchange);
    const annotations = annotationsOf(exchange);
    const answer = await forward(service, exchange);
    run.name = String(answer['name']);
    append(service, run, annotations);
    return ok(await describeCheckRun(service, run));
  },

  'GET /repos/{owner}/{repo}/check-runs/{id}': async (service, exchange) =>
    ok(await describeCheckRun(service, mustFind(service, exchange))),

  'GET /repos/{owner}/{repo}/check-runs/{id}/annotations': async (service, exchange) =>
    page(mustFind(service, exchange).annotations, exchange.url),

  'GET /repos/{owner}/{repo}/commits/{ref+}/check-runs': async (service, exchange) => {
    const commit = await exchange.repository.git.commit(exchange.param('ref'));
    if (commit === undefined) throw new Refusal(422, `No commit found for SHA: ${exchange.param('ref')}`);
    return listRuns(service, exchange, commit.sha);
  },
};

async function listRuns(service: Service, exchange: Exchange, sha: string): Promise<Answer> {
  const query = exchange.url.searchParams;
  let runs = service.checkRuns.all.filter(
    (run) =>
      run.repository === exchange.repository &&
      run.headSha === sha &&
      (query.get('check_name') ?? run.name) === run.name &&
      Number(query.get('app_id') ?? service.app.id) === service.app.id,
  );
  if ((query.get('filter') ?? 'latest') === 'latest')
    runs = [...new Map(runs.map((run) => [run.name, run])).values()];
  const described = await Promise.all(runs.reverse().map((run) => describeCheckRun(service, run)));
  const status = query.get('status');
  const chosen = described.filter((run) => status === null || run['status'] === status);
  return page(chosen, exchange.url, (slice, total) => ({ total_count: total, check_runs: slice }));
}

function mustFind(service: Service, exchange: Exchange): CheckRunState {
  const run = service.checkRuns.find(exchange.repository, Number(exchange.param('id')));
  if (run === undefined) throw notFound();
  return run;
}

async function forward(service: Service, exchange: Exchange): Promise<Json> {
  const token = await upstreamToken(service, exchange.caller);
  const { status, data } = await service.upstream.send<Json>(
    token,
    exchange.method,
    exchange.path,
    exchange.body,
  );
  if (status >= 300) throw new Refusal(status, String(data['message']));
  return data;
}

function annotationsOf(exchange: Exchange): Json[] {
  const output = exchange.body['output'] as Json | undefined;
  const annotations = (output?.['annotations'] ?? []) as Json[];
  if (annotations.length > 50)
    throw new Refusal(
      422,
      `Invalid request.\n\nNo more than 50 items are allowed; ${annotations.length} were supplied.`,
    );
  if (output !== undefined && typeof output['summary'] !== 'string')
    throw new Refusal(422, 'Invalid request.\n\n"summary" wasn\'t supplied.');
  return annotations;
}

function append(service: Service, run: CheckRunState, annotations: Json[]): void {
  for (const given of annotations) {
    const blob = `${htmlUrl(service, run.repository)}/blob/${run.headSha}/${String(given['path'])}`;
    run.annotations.push({
      start_column: null,
      end_column: null,
      title: null,
      raw_details: null,
      ...given,
      blob_href: blob,
    } as Annotation);
  }
}

/** emulate's check run, with the App, the annotations and the pull requests that it leaves out. */
export async function describeCheckRun(service: Service, run: CheckRunState): Promise<Json> {
  const path = `/repos/${run.repository.fullName}/check-runs/${run.id}`;
  const data = await service.upstream.get<Json>(adminToken(service, run.repository), path);
  Object.assign(data['output'] as Json, {
    annotations_count: run.annotations.length,
    annotations_url: `${repositoryUrl(service, run.repository)}/check-runs/${run.id}/annotations`,
  });
  data['started_at'] ??= run.startedAt;
  data['app'] = await describeApp(service);
  data['details_url'] ??= `${service.url}/apps/${service.app.slug}`;
  data['pull_requests'] = pullsOf(service, run.repository, run.headSha);
  return complete(data, service);
}

/** The open pull requests of this repository whose head is this commit. */
export function pullsOf(service: Service, repository: Repository, sha: string): Json[] {
  const url = repositoryUrl(service, repository);
  const short = { id: 1, name: repository.name, url };
  return service.pulls.all
    .filter((pull) => pull.open && pull.headRepository === repository && pull.headSha === sha)
    .map((pull) => ({
      id: pull.number,
      number: pull.number,
      url: `${url}/pulls/${pull.number}`,
      head: { ref: pull.headBranch, sha, repo: short },
      base: { ref: pull.baseBranch, sha, repo: short },
    }));
}
