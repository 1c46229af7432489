import { notFound, ok } from '../answer.ts';
import type { TreeEntry } from '../git/objects.ts';
import type { Repository } from '../repositories.ts';
import { htmlUrl, repositoryUrl, type Json, type Service } from '../service.ts';
import type { Handler, Routes } from './exchange.ts';
import { base64Lines } from './git-data.ts';

const getContents: Handler = async (service, exchange) => {
  const { repository } = exchange;
  const path = exchange.param('path').replace(/^\/+|\/+$/g, '');
  const ref = exchange.url.searchParams.get('ref') ?? repository.git.defaultBranch;
  const commit = await repository.git.commit(ref);
  if (commit === undefined) throw notFound();
  const entry = await entryAt(repository, commit.tree, path);
  if (entry === undefined) throw notFound();
  if (entry.type !== 'tree')
    return file(service, repository, entry, path, ref, exchange.headers.accept ?? '');
  const entries = (await repository.git.tree(entry.sha)) ?? [];
  const list = entries.map(async (child) =>
    describe(service, repository, child, path === '' ? child.path : `${path}/${child.path}`, ref, undefined),
  );
  return ok(await Promise.all(list));
};

/** Files and folders at a ref. */
export const contentRoutes: Routes = {
  'GET /repos/{owner}/{repo}/contents': getContents,
  'GET /repos/{owner}/{repo}/contents/': getContents,
  'GET /repos/{owner}/{repo}/contents/{path+}': getContents,
};

async function file(
  service: Service,
  repository: Repository,
  entry: TreeEntry,
  path: string,
  ref: string,
  accept: string,
): Promise<ReturnType<typeof ok>> {
  const data = (await repository.git.read(entry.sha))?.data ?? Buffer.alloc(0);
  if (/\.raw(\+|$)/.test(accept)) return { status: 200, raw: data };
  return ok(await describe(service, repository, entry, path, ref, data));
}

async function describe(
  service: Service,
  repository: Repository,
  entry: TreeEntry,
  path: string,
  ref: string,
  data: Buffer | undefined,
): Promise<Json> {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const url = `${repositoryUrl(service, repository)}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const kind = entry.type === 'tree' ? 'tree' : 'blob';
  const git = `${repositoryUrl(service, repository)}/git/${kind}s/${entry.sha}`;
  const html = `${htmlUrl(service, repository)}/${kind}/${ref}/${encoded}`;
  const isLink = entry.mode === '120000';
  const types = { tree: 'dir', blob: isLink ? 'symlink' : 'file', commit: 'submodule' };
  const size =
    data?.length ?? (entry.type === 'blob' ? (await repository.git.read(entry.sha))?.data.length : 0);
  return {
    type: types[entry.type],
    name: path.split('/').at(-1),
    path,
    sha: entry.sha,
    size: size ?? 0,
    url,
    git_url: git,
    html_url: html,
    download_url: entry.type === 'blob' ? `${htmlUrl(service, repository)}/raw/${ref}/${encoded}` : null,
    _links: { self: url, git, html },
    ...(data && isLink && { target: data.toString() }),
    ...(data && !isLink && contentOf(data)),
  };
}

/** GitHub leaves the content out above one megabyte. */
function contentOf(data: Buffer): Json {
  if (data.length > 1024 * 1024) return { encoding: 'none', content: '' };
  return { encoding: 'base64', content: base64Lines(data) };
}

async function entryAt(repository: Repository, tree: string, path: string): Promise<TreeEntry | undefined> {
  let entry: TreeEntry | undefined = { path: '', mode: '040000', type: 'tree', sha: tree };
  for (const part of path.split('/').filter(Boolean)) {
    if (entry.type !== 'tree') return undefined;
    const entries: TreeEntry[] = (await repository.git.tree(entry.sha)) ?? [];
    entry = entries.find((child) => child.path === part);
    if (entry === undefined) return undefined;
  }
  return entry;
}
