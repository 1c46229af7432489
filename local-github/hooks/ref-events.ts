import { pathsOfCommits } from '../git/changed-files.ts';
import type { Commit } from '../git/objects.ts';
import { ZERO, type RefChange } from '../git/repository.ts';
import {
  adminToken,
  describeAccount,
  describeRepository,
  htmlUrl,
  loginOf,
  type Json,
  type Service,
} from '../service.ts';
import type { Repository } from '../repositories.ts';
import type { PullState } from '../rest/pull-state.ts';
import { describePull, keepHead, setOpen } from '../rest/describe-pull.ts';
import { sendEvent } from './from-emulate.ts';

/** GitHub puts so many commits into one `push`. */
const mostCommits = 2048;

/** Sends `push`, `create`, `delete` and what follows for pull requests, in GitHub's order. */
export async function announceRefs(service: Service, changes: RefChange[]): Promise<void> {
  for (const change of changes) {
    const repository = service.repositories.find(change.repository.fullName);
    if (repository === undefined || !/^refs\/(heads|tags)\//.test(change.ref)) continue;
    const login = loginOf(service, change.caller) ?? repository.owner;
    const common = {
      repository: await describeRepository(service, repository),
      sender: await describeAccount(service, login),
    };
    await announcePush(service, repository, change, login, common);
    if (change.ref.startsWith('refs/heads/')) await followPulls(service, repository, change, common);
  }
}

async function announcePush(
  service: Service,
  repository: Repository,
  change: RefChange,
  login: string,
  common: { repository: Json; sender: Json },
): Promise<void> {
  const { ref, before, after } = change;
  const isBranch = ref.startsWith('refs/heads/');
  const short = {
    ref: ref.replace(/^refs\/(heads|tags)\//, ''),
    ref_type: isBranch ? 'branch' : 'tag',
    pusher_type: 'user',
  };
  if (before === ZERO) {
    const description = common.repository['description'] ?? null;
    sendEvent(service, repository, 'create', {
      ...short,
      master_branch: repository.git.defaultBranch,
      description,
      ...common,
    });
  }
  if (after === ZERO) sendEvent(service, repository, 'delete', { ...short, ...common });
  sendEvent(service, repository, 'push', {
    ...(await describePush(service, repository, change, login)),
    ...common,
  });
}

async function describePush(
  service: Service,
  repository: Repository,
  change: RefChange,
  login: string,
): Promise<Json> {
  const { ref, before, after } = change;
  const { git } = repository;
  const commits = after === ZERO ? [] : await newCommits(repository, change);
  const paths = await pathsOfCommits(
    git,
    commits.map(({ sha }) => sha),
  );
  const described = commits.map((commit) => ({
    ...describeCommit(service, repository, commit),
    ...paths.get(commit.sha),
  }));
  const head = after === ZERO ? undefined : await git.commit(after);
  const headPaths = head && (await pathsOfCommits(git, [head.sha])).get(head.sha);
  const forced = before !== ZERO && after !== ZERO && !(await git.isAncestor(before, after));
  const html = htmlUrl(service, repository);
  return {
    ref,
    before,
    after,
    created: before === ZERO,
    deleted: after === ZERO,
    forced,
    base_ref: null,
    compare:
      before === ZERO
        ? `${html}/commit/${after}`
        : `${html}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: described,
    head_commit: head === undefined ? null : { ...describeCommit(service, repository, head), ...headPaths },
    pusher: { name: login, email: `${login}@users.noreply.github.com` },
  };
}

/** Oldest first: what this push brought; for a new branch what no other ref has. */
async function newCommits({ git }: Repository, { ref, before, after }: RefChange): Promise<Commit[]> {
  const others = [...(await git.refs('refs/heads/'))].filter(([name]) => name !== ref).map(([, sha]) => sha);
  const known = before === ZERO ? others : [before];
  const shas = await git.revisions(after, ...known.map((sha) => `^${sha}`));
  const oldest = shas.reverse().slice(-mostCommits);
  const commits = await Promise.all(oldest.map((sha) => git.commit(sha)));
  return commits.filter((commit) => commit !== undefined);
}

function describeCommit(service: Service, repository: Repository, commit: Commit): Json {
  const person = ({ name, email, date }: Commit['author']): Json => ({ name, email, date });
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${htmlUrl(service, repository)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
  };
}

/** A pull request follows its head branch, and closes when the branch is gone or its commits are all in the base. */
async function followPulls(
  service: Service,
  repository: Repository,
  { ref, before, after }: RefChange,
  common: { repository: Json; sender: Json },
): Promise<void> {
  for (const pull of service.pulls.from(repository, ref.slice('refs/heads/'.length))) {
    if (after === ZERO) {
      await closePull(service, pull);
      continue;
    }
    pull.headSha = after;
    await keepHead(pull);
    sendEvent(service, pull.repository, 'pull_request', {
      action: 'synchronize',
      number: pull.number,
      before,
      after,
      pull_request: await describePull(service, pull),
      ...common,
      repository: await describeRepository(service, pull.repository),
    });
  }
}

/** emulate sends `pull_request.closed`. */
async function closePull(service: Service, pull: PullState): Promise<void> {
  await setOpen(pull, false);
  const path = `/repos/${pull.repository.fullName}/pulls/${pull.number}`;
  await service.upstream.send(adminToken(service, pull.repository), 'PATCH', path, { state: 'closed' });
}
