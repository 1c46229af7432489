import { describeCheckRun, pullsOf } from '../rest/checks.ts';
import { describeApp } from '../rest/apps.ts';
import type { CheckRunState } from '../rest/check-run-store.ts';
import type { Repository } from '../repositories.ts';
import { describeAccount, describeRepository, repositoryUrl, type Json, type Service } from '../service.ts';
import { sendEvent } from './from-emulate.ts';

/** Somebody presses a button of a check. */
export async function sendCheckAction(
  service: Service,
  repository: Repository,
  id: number,
  identifier: string,
  login: string,
): Promise<void> {
  const run = service.checkRuns.find(repository, id);
  if (run === undefined) throw new Error(`${repository.fullName} has no check run ${id}`);
  sendEvent(service, repository, 'check_run', {
    action: 'requested_action',
    check_run: await describeCheckRun(service, run),
    requested_action: { identifier },
    repository: await describeRepository(service, repository),
    sender: await describeAccount(service, login),
  });
}

/** Somebody presses "Re-run all checks" on a commit. */
export async function sendCheckSuite(
  service: Service,
  repository: Repository,
  sha: string,
  login: string,
): Promise<void> {
  const runs = service.checkRuns.all.filter((run) => run.repository === repository && run.headSha === sha);
  const [first] = runs;
  if (first === undefined) throw new Error(`the commit ${sha} of ${repository.fullName} has no check`);
  sendEvent(service, repository, 'check_suite', {
    action: 'rerequested',
    check_suite: await describeSuite(service, first, runs.length),
    repository: await describeRepository(service, repository),
    sender: await describeAccount(service, login),
  });
}

async function describeSuite(service: Service, run: CheckRunState, count: number): Promise<Json> {
  const { repository, headSha } = run;
  const brief = (await describeCheckRun(service, run))['check_suite'] as Json;
  const commit = await repository.git.commit(headSha);
  const url = `${repositoryUrl(service, repository)}/check-suites/${String(brief['id'])}`;
  return {
    ...brief,
    url,
    status: 'queued',
    conclusion: null,
    before: commit?.parents[0] ?? null,
    after: headSha,
    pull_requests: pullsOf(service, repository, headSha),
    app: await describeApp(service),
    created_at: run.startedAt,
    updated_at: run.startedAt,
    rerequestable: true,
    runs_rerequestable: true,
    latest_check_runs_count: count,
    check_runs_url: `${url}/check-runs`,
    head_commit: commit && {
      id: commit.sha,
      tree_id: commit.tree,
      message: commit.message,
      timestamp: commit.committer.date,
      author: { name: commit.author.name, email: commit.author.email },
      committer: { name: commit.committer.name, email: commit.committer.email },
    },
  };
}
