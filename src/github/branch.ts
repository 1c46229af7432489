import { UserError } from '../lib/errors.ts';
import { type GithubClient, statusOf } from './client.ts';
import { readHead, type RepositoryName } from './repository.ts';
import { writeAgain, writeOnce } from './write-once.ts';

/** One commit to be made: what changes in it. */
export interface CommitPlan {
  message: string;
  /** Path → text; null removes the file. */
  changes: Record<string, string | null>;
}

/** Somebody wrote to our branch while we were about to. */
export class BranchMovedError extends UserError {}

/**
 * Whether all commits of `head` that `base` does not have were made by the App.
 * @param follows `head` must have all of `base` too: a history that was rewritten is somebody else's
 */
export async function areOurs(
  client: GithubClient,
  name: RepositoryName,
  base: string,
  head: string,
  login: string,
  follows: boolean,
): Promise<boolean> {
  const { data } = await client.rest.repos.compareCommitsWithBasehead({
    ...name,
    basehead: `${base}...${head}`,
    per_page: 100,
  });
  // What does not fit on a page is more than we ever push.
  if ((follows && data.behind_by > 0) || data.total_commits > data.commits.length) return false;
  return data.commits.every(({ author }) => author?.login?.toLowerCase() === login.toLowerCase());
}

/** Whether `commit` is in the history of `head`. */
export async function contains(
  client: GithubClient,
  name: RepositoryName,
  head: string,
  commit: string,
): Promise<boolean> {
  const { data } = await client.rest.repos.compareCommitsWithBasehead({
    ...name,
    basehead: `${head}...${commit}`,
    per_page: 1,
  });
  return data.ahead_by === 0;
}

/**
 * Makes commits one after the other, without a branch. Neither author nor committer is given, so that GitHub signs them.
 * @param tree to start from
 * @param parents of the first commit
 * @returns the last commit; undefined where there is none
 */
export async function makeCommits(
  client: GithubClient,
  name: RepositoryName,
  tree: string,
  parents: string[],
  plans: readonly CommitPlan[],
): Promise<string | undefined> {
  let at = { tree, parents };
  let last: string | undefined;
  for (const { message, changes } of plans) {
    const entries = Object.entries(changes).map(([path, text]) => ({
      path,
      mode: '100644' as const,
      type: 'blob' as const,
      ...(text === null ? { sha: null } : { content: text }),
    }));
    const base = at;
    const made = await writeAgain(() =>
      client.rest.git.createTree({ ...name, base_tree: base.tree, tree: entries }),
    );
    const commit = await writeAgain(() =>
      client.rest.git.createCommit({ ...name, message, tree: made.data.sha, parents: base.parents }),
    );
    last = commit.data.sha;
    at = { tree: made.data.sha, parents: [last] };
  }
  return last;
}

/**
 * Lets a branch point to a commit that follows what it points to.
 * @param before the head that the commit was made on; undefined: the branch is new
 */
export async function moveBranch(
  client: GithubClient,
  name: RepositoryName,
  branch: string,
  before: string | undefined,
  commit: string,
): Promise<void> {
  const isThere = async (): Promise<true | undefined> =>
    (await readHead(client, name, branch)) === commit ? true : undefined;
  try {
    await writeOnce(isThere, async () => {
      if (before === undefined)
        await client.rest.git.createRef({ ...name, ref: `refs/heads/${branch}`, sha: commit });
      else await client.rest.git.updateRef({ ...name, ref: `heads/${branch}`, sha: commit, force: false });
      return true;
    });
  } catch (error) {
    if (statusOf(error) !== 422) throw error;
    throw new BranchMovedError(
      'branch_moved',
      `Somebody else wrote to the branch ${branch} in the meantime; nothing was pushed over it.`,
      'Keep those commits, or delete the branch, and ask again.',
      { cause: error },
    );
  }
}
