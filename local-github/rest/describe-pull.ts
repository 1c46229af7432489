import { complete } from '../complete.ts';
import { changedFiles } from '../git/changed-files.ts';
import { adminToken, type Json, type Service } from '../service.ts';
import { sum } from './commits.ts';
import type { PullState } from './pull-state.ts';

/** `refs/pull/N/head`, as on GitHub: the commits of a fork are in the base repository too. */
export function keepHead(pull: PullState): Promise<void> {
  return pull.repository.git.fetchFrom(
    pull.headRepository.git,
    pull.headSha,
    `refs/pull/${pull.number}/head`,
  );
}

/** Remembers where the base was when it closed; follows the branches again when it opens. */
export async function setOpen(pull: PullState, open: boolean): Promise<void> {
  if (pull.open === open) return;
  pull.open = open;
  pull.closedBaseSha = open ? undefined : await pull.repository.git.ref(`refs/heads/${pull.baseBranch}`);
}

export async function baseShaOf(pull: PullState): Promise<string> {
  return (
    pull.closedBaseSha ?? (await pull.repository.git.ref(`refs/heads/${pull.baseBranch}`)) ?? pull.headSha
  );
}

export async function mergeBaseOf(pull: PullState): Promise<string> {
  const base = await baseShaOf(pull);
  return (await pull.repository.git.mergeBase(base, pull.headSha)) ?? base;
}

/** emulate's pull request with what git knows. */
export async function describePull(service: Service, pull: PullState): Promise<Json> {
  const path = `/repos/${pull.repository.fullName}/pulls/${pull.number}`;
  const data = await service.upstream.get<Json>(adminToken(service, pull.repository), path);
  const { git } = pull.repository;
  const base = await baseShaOf(pull);
  const mergeBase = (await git.mergeBase(base, pull.headSha)) ?? base;
  const [files, commits, merged] = await Promise.all([
    changedFiles(git, mergeBase, pull.headSha),
    git.revisions(`${mergeBase}..${pull.headSha}`),
    pull.open ? git.mergeTree(base, pull.headSha) : undefined,
  ]);
  const clean = merged !== undefined;
  Object.assign(data['head'] as Json, { sha: pull.headSha });
  Object.assign(data['base'] as Json, { sha: base });
  Object.assign(data, {
    changed_files: files.length,
    additions: sum(files, 'additions'),
    deletions: sum(files, 'deletions'),
    commits: commits.length,
    merge_commit_sha: pull.mergeCommit ?? null,
    mergeable: pull.open ? clean : null,
    rebaseable: pull.open ? clean : null,
    mergeable_state: pull.open ? stateOf(data['draft'] === true, clean) : 'unknown',
    active_lock_reason: data['active_lock_reason'] ?? null,
  });
  return complete(data, service);
}

function stateOf(draft: boolean, clean: boolean): string {
  if (!clean) return 'dirty';
  return draft ? 'draft' : 'clean';
}

/** What only a single pull request has, and none of a list. */
const onlySingle = new Set(
  'merged mergeable rebaseable mergeable_state merged_by comments review_comments maintainer_can_modify commits additions deletions changed_files'.split(
    ' ',
  ),
);

export function short(pull: Json): Json {
  return Object.fromEntries(Object.entries(pull).filter(([key]) => !onlySingle.has(key)));
}
