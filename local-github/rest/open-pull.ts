import { invalid, Refusal } from '../answer.ts';
import type { Repository } from '../repositories.ts';
import { adminToken, upstreamToken, type Json, type Service } from '../service.ts';
import { keepHead } from './describe-pull.ts';
import type { Exchange } from './exchange.ts';
import { checkBody } from './issues.ts';
import type { PullState } from './pull-state.ts';

/** Opens it in emulate and remembers its branches. */
export async function openPull(service: Service, exchange: Exchange): Promise<PullState> {
  const { repository } = exchange;
  checkBody(exchange, 'PullRequest');
  const base = exchange.text('base') ?? '';
  const given = exchange.text('head') ?? '';
  const { headRepository, headBranch } = headOf(service, repository, given);
  if (headRepository === undefined) throw invalid('PullRequest', 'invalid', { field: 'head' });
  await mustBeBranch(repository, base, 'base');
  const headSha = await mustBeBranch(headRepository, headBranch, 'head');
  const same = service.pulls
    .from(headRepository, headBranch)
    .find((pull) => pull.repository === repository && pull.baseBranch === base);
  const label = `${headRepository.owner}:${headBranch}`;
  if (same !== undefined)
    throw invalid('PullRequest', 'custom', { message: `A pull request already exists for ${label}.` });
  if (headRepository !== repository)
    await repository.git.fetchFrom(headRepository.git, headSha, 'refs/local/fork');
  await mustHaveCommits(repository, base, headBranch, headSha);
  await tellBranch(service, repository, base);
  await tellBranch(service, headRepository, headBranch);
  const body = { ...exchange.body, head: headRepository === repository ? headBranch : label };
  // the state must stand before emulate's webhook comes back for it
  const token = await upstreamToken(service, exchange.caller);
  const answer = await service.upstream.send<Json>(token, 'POST', exchange.path, body);
  if (answer.status !== 201) throw new Refusal(answer.status, String(answer.data['message']));
  const number = Number(answer.data['number']);
  const pull: PullState = {
    number,
    nodeId: String(answer.data['node_id']),
    repository,
    headRepository,
    headBranch,
    baseBranch: base,
    open: true,
    headSha,
    closedBaseSha: undefined,
    mergeCommit: undefined,
  };
  await keepHead(pull);
  service.pulls.all.push(pull);
  return pull;
}

function headOf(
  service: Service,
  base: Repository,
  head: string,
): { headRepository: Repository | undefined; headBranch: string } {
  const [, owner, branch] = /^([^:]+):(.+)$/.exec(head) ?? [];
  if (owner === undefined || branch === undefined) return { headRepository: base, headBranch: head };
  if (owner.toLowerCase() === base.owner.toLowerCase()) return { headRepository: base, headBranch: branch };
  const fork = service.repositories
    .all()
    .find((other) => other.source === base.fullName && other.owner.toLowerCase() === owner.toLowerCase());
  return { headRepository: fork, headBranch: branch };
}

export async function mustBeBranch(repository: Repository, branch: string, field: string): Promise<string> {
  const sha = branch === '' ? undefined : await repository.git.ref(`refs/heads/${branch}`);
  if (sha === undefined) throw invalid('PullRequest', 'invalid', { field });
  return sha;
}

async function mustHaveCommits(
  repository: Repository,
  base: string,
  head: string,
  headSha: string,
): Promise<void> {
  if (!(await repository.git.isAncestor(headSha, `refs/heads/${base}`))) return;
  throw invalid('PullRequest', 'custom', { message: `No commits between ${base} and ${head}` });
}

/** emulate opens a pull request only between branches that it knows: it gets their names, on a commit of its own. */
export async function tellBranch(service: Service, repository: Repository, branch: string): Promise<void> {
  if (repository.toldBranches.has(branch) || branch === repository.git.defaultBranch) return;
  const token = adminToken(service, repository);
  const path = `/repos/${repository.fullName}/git`;
  const main = await service.upstream.get<{ object: { sha: string } }>(
    token,
    `${path}/ref/heads/${repository.git.defaultBranch}`,
  );
  await service.upstream.send(token, 'POST', `${path}/refs`, {
    ref: `refs/heads/${branch}`,
    sha: main.object.sha,
  });
  repository.toldBranches.add(branch);
}

/** Follows the head branch again; throws where it cannot be opened again. */
export async function prepareReopening(service: Service, pull: PullState): Promise<void> {
  const sha = await pull.headRepository.git.ref(`refs/heads/${pull.headBranch}`);
  const refuse = (message: string): Refusal => invalid('PullRequest', 'custom', { message });
  if (sha === undefined)
    throw refuse(`state cannot be changed. The ${pull.headBranch} branch has been deleted.`);
  if (pull.mergeCommit !== undefined)
    throw refuse('state cannot be changed. The pull request cannot be reopened.');
  if (
    service.pulls
      .from(pull.headRepository, pull.headBranch)
      .some((other) => other.repository === pull.repository)
  )
    throw refuse('state cannot be changed. There is already an open pull request.');
  pull.headSha = sha;
  await keepHead(pull);
}
