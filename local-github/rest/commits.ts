import { notFound, ok, page, type Answer } from '../answer.ts';
import { changedFiles, diffText, type ChangedFile } from '../git/changed-files.ts';
import type { Commit } from '../git/objects.ts';
import type { Repository } from '../repositories.ts';
import { describeAccount, htmlUrl, repositoryUrl, type Json, type Service } from '../service.ts';
import type { Exchange, Routes } from './exchange.ts';
import { nodeId, verificationOf } from './git-data.ts';

/** Commits, branches and comparisons. */
export const commitRoutes: Routes = {
  'GET /repos/{owner}/{repo}/commits': async (service, exchange) => {
    const { git } = exchange.repository;
    const start = await git.commit(exchange.url.searchParams.get('sha') ?? git.defaultBranch);
    if (start === undefined) throw notFound();
    const path = exchange.url.searchParams.get('path');
    const shas = await git.revisions(start.sha, ...(path === null ? [] : ['--', path]));
    return describePage(service, exchange, shas);
  },

  'GET /repos/{owner}/{repo}/commits/{ref+}': async (service, exchange) => {
    const { git } = exchange.repository;
    const commit = await git.commit(exchange.param('ref'));
    if (commit === undefined) throw notFound();
    const base = commit.parents[0] ?? (await git.writeTree([]));
    const files = await changedFiles(git, base, commit.sha);
    const additions = sum(files, 'additions');
    const deletions = sum(files, 'deletions');
    return ok({
      ...(await describeCommit(service, exchange.repository, commit)),
      stats: { total: additions + deletions, additions, deletions },
      files: files.map((file) => describeFile(service, exchange.repository, commit.sha, file)),
    });
  },

  'GET /repos/{owner}/{repo}/compare/{basehead+}': async (service, exchange) => {
    const { git } = exchange.repository;
    const [from = '', to = ''] = exchange.param('basehead').split('...');
    const base = await git.commit(withoutOwner(from, exchange.repository));
    const head = await git.commit(withoutOwner(to, exchange.repository));
    const mergeBase = base && head && (await git.mergeBase(base.sha, head.sha));
    if (base === undefined || head === undefined || mergeBase === undefined) throw notFound();
    if (/\.diff(\+|$)/.test(exchange.headers.accept ?? ''))
      return { status: 200, raw: await diffText(git, mergeBase, head.sha) };
    const common = await git.commit(mergeBase);
    const ahead = (await git.revisions(`${base.sha}..${head.sha}`)).reverse();
    const behind = await git.revisions(`${head.sha}..${base.sha}`);
    const files = await changedFiles(git, mergeBase, head.sha);
    const html = `${htmlUrl(service, exchange.repository)}/compare/${from}...${to}`;
    const url = `${repositoryUrl(service, exchange.repository)}/compare/${from}...${to}`;
    return ok({
      url,
      html_url: html,
      permalink_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      base_commit: await describeCommit(service, exchange.repository, base),
      merge_base_commit: await describeCommit(service, exchange.repository, common ?? base),
      status:
        ahead.length > 0
          ? behind.length > 0
            ? 'diverged'
            : 'ahead'
          : behind.length > 0
            ? 'behind'
            : 'identical',
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: await describeCommits(service, exchange.repository, ahead),
      files: files.map((file) => describeFile(service, exchange.repository, head.sha, file)),
    });
  },

  'GET /repos/{owner}/{repo}/branches': async (service, exchange) => {
    const url = repositoryUrl(service, exchange.repository);
    const refs = await exchange.repository.git.refs('refs/heads/');
    const branches = [...refs].map(([ref, sha]) => ({
      name: ref.slice('refs/heads/'.length),
      commit: { sha, url: `${url}/commits/${sha}` },
      protected: false,
    }));
    return page(branches, exchange.url);
  },

  'GET /repos/{owner}/{repo}/branches/{branch+}': async (service, exchange) => {
    const name = exchange.param('branch');
    const commit = await exchange.repository.git.commit(`refs/heads/${name}`);
    if (commit === undefined) throw notFound();
    const url = `${repositoryUrl(service, exchange.repository)}/branches/${name}`;
    const checks = { enforcement_level: 'off', contexts: [], checks: [] };
    return ok({
      name,
      commit: await describeCommit(service, exchange.repository, commit),
      _links: { self: url, html: `${htmlUrl(service, exchange.repository)}/tree/${name}` },
      protected: false,
      protection: { enabled: false, required_status_checks: checks },
      protection_url: `${url}/protection`,
    });
  },
};

/** A page of commits: only those on it are read. */
export async function describePage(service: Service, exchange: Exchange, shas: string[]): Promise<Answer> {
  const answer = page(shas, exchange.url);
  return { ...answer, body: await describeCommits(service, exchange.repository, answer.body as string[]) };
}

async function describeCommits(service: Service, repository: Repository, shas: string[]): Promise<Json[]> {
  const commits = await Promise.all(shas.map((sha) => repository.git.commit(sha)));
  return Promise.all(
    commits
      .filter((commit) => commit !== undefined)
      .map((commit) => describeCommit(service, repository, commit)),
  );
}

/** A commit of the commits API. */
export async function describeCommit(
  service: Service,
  repository: Repository,
  commit: Commit,
): Promise<Json> {
  const url = repositoryUrl(service, repository);
  const html = `${htmlUrl(service, repository)}/commit`;
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: verificationOf(service, commit.sha),
    },
    url: `${url}/commits/${commit.sha}`,
    html_url: `${html}/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    author: await accountOf(service, commit.author.email),
    committer: await accountOf(service, commit.committer.email),
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: `${url}/commits/${parent}`,
      html_url: `${html}/${parent}`,
    })),
  };
}

/** A file of a pull request, comparison or commit. */
export function describeFile(
  service: Service,
  repository: Repository,
  head: string,
  file: ChangedFile,
): Json {
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  const html = htmlUrl(service, repository);
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${html}/blob/${head}/${path}`,
    raw_url: `${html}/raw/${head}/${path}`,
    contents_url: `${repositoryUrl(service, repository)}/contents/${path}?ref=${head}`,
    ...(file.patch !== undefined && { patch: file.patch }),
    ...(file.previous !== undefined && { previous_filename: file.previous }),
  };
}

export function sum(files: ChangedFile[], key: 'additions' | 'deletions'): number {
  return files.reduce((total, file) => total + file[key], 0);
}

/** The user whose address it is. */
async function accountOf(service: Service, email: string): Promise<Json | null> {
  const login = /^(?:\d+\+)?(.+)@(users\.noreply\.github|example)\.com$/.exec(email)?.[1];
  if (login === undefined || !(login in service.tokens || login === `${service.app.slug}[bot]`)) return null;
  return describeAccount(service, login);
}

/** `OWNER:BRANCH` where the owner is the repository's own. */
function withoutOwner(name: string, repository: Repository): string {
  const prefix = `${repository.owner}:`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}
