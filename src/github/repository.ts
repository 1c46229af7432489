import { RefusedError } from '../lib/errors.ts';
import { type GithubClient, statusOf } from './client.ts';

/** A repository by its names. */
export interface RepositoryName {
  owner: string;
  repo: string;
}

/** One file of a commit. */
export interface TreeEntry {
  path: string;
  /** `100644`, `100755`, `120000` (link), `160000` (submodule). */
  mode: string;
  sha: string;
  bytes: number;
}

/** What a pull request is about. */
export interface PullRequest {
  number: number;
  state: 'open' | 'closed';
  title: string;
  body: string;
  headRef: string;
  headSha: string;
  /** Null: the fork was deleted. */
  headRepository: number | null;
  baseRef: string;
  baseRepository: number;
  draft: boolean;
  url: string;
  /** GitHub's other number of it, for GraphQL. */
  node: string;
}

/** Whether a user may write to the repository; anything unclear is a no. */
export async function mayWrite(
  client: GithubClient,
  name: RepositoryName,
  username: string,
): Promise<boolean> {
  try {
    const { data } = await client.rest.repos.getCollaboratorPermissionLevel({ ...name, username });
    return ['admin', 'maintain', 'write'].includes(data.permission);
  } catch {
    return false;
  }
}

/** Head commit of a branch; undefined: no such branch. */
export async function readHead(
  client: GithubClient,
  name: RepositoryName,
  branch: string,
): Promise<string | undefined> {
  try {
    const { data } = await client.rest.git.getRef({ ...name, ref: `heads/${branch}` });
    return data.object.sha;
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** The tree of a commit, and all its files. */
export async function readTree(
  client: GithubClient,
  name: RepositoryName,
  commit: string,
): Promise<{ tree: string; files: TreeEntry[] }> {
  const { data: found } = await client.rest.git.getCommit({ ...name, commit_sha: commit });
  const { data } = await client.rest.git.getTree({ ...name, tree_sha: found.tree.sha, recursive: '1' });
  if (data.truncated) {
    throw new RefusedError(
      'repository_too_large',
      'The repository has more files than GitHub lists at once (100,000).',
      'Move the notebook into a smaller repository.',
    );
  }
  const files = data.tree.flatMap(({ path, mode, sha, size, type }) =>
    type === 'tree' ? [] : [{ path, mode, sha, bytes: size ?? 0 }],
  );
  return { tree: found.tree.sha, files };
}

/** Text of a file of a commit; undefined: no such file. */
export async function readFile(
  client: GithubClient,
  name: RepositoryName,
  path: string,
  commit: string,
): Promise<string | undefined> {
  try {
    const { data } = await client.rest.repos.getContent({ ...name, path, ref: commit });
    if (Array.isArray(data) || data.type !== 'file' || !('content' in data)) return undefined;
    return Buffer.from(data.content, 'base64').toString('utf8');
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

/** A pull request. */
export async function readPull(
  client: GithubClient,
  name: RepositoryName,
  number: number,
): Promise<PullRequest> {
  const { data } = await client.rest.pulls.get({ ...name, pull_number: number });
  return pullOf(data);
}

/** What our callers need of an answer of GitHub about a pull request. */
export function pullOf(data: {
  number: number;
  state: string;
  title: string;
  body: string | null;
  head: { ref: string; sha: string; repo: { id: number } | null };
  base: { ref: string; repo: { id: number } };
  draft?: boolean | undefined;
  html_url: string;
  node_id: string;
}): PullRequest {
  return {
    number: data.number,
    state: data.state === 'open' ? 'open' : 'closed',
    title: data.title,
    body: data.body ?? '',
    headRef: data.head.ref,
    headSha: data.head.sha,
    headRepository: data.head.repo?.id ?? null,
    baseRef: data.base.ref,
    baseRepository: data.base.repo.id,
    draft: data.draft ?? false,
    url: data.html_url,
    node: data.node_id,
  };
}

/** Paths that a pull request adds or changes. */
export async function readChangedPaths(
  client: GithubClient,
  name: RepositoryName,
  number: number,
): Promise<string[]> {
  const files = await client.paginate(client.rest.pulls.listFiles, {
    ...name,
    pull_number: number,
    per_page: 100,
  });
  return files.filter(({ status }) => status !== 'removed').map(({ filename }) => filename);
}
