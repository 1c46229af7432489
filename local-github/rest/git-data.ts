import { created, invalid, notFound, ok, page, Refusal } from '../answer.ts';
import type { Commit, Person, TreeEntry } from '../git/objects.ts';
import { ZERO } from '../git/repository.ts';
import type { Repository } from '../repositories.ts';
import { botLogin, htmlUrl, loginOf, now, repositoryUrl, type Json, type Service } from '../service.ts';
import type { Exchange, Routes } from './exchange.ts';
import { buildTree } from './build-tree.ts';

/** Blobs, trees, commits and refs, straight from the bare repository. */
export const gitDataRoutes: Routes = {
  'POST /repos/{owner}/{repo}/git/blobs': async (service, exchange) => {
    const content = exchange.text('content');
    if (content === undefined) throw new Refusal(422, 'Invalid request.\n\n"content" wasn\'t supplied.');
    const encoding = exchange.text('encoding') === 'base64' ? 'base64' : 'utf8';
    const sha = await exchange.repository.git.write('blob', Buffer.from(content, encoding));
    return created({ sha, url: `${repositoryUrl(service, exchange.repository)}/git/blobs/${sha}` });
  },

  'GET /repos/{owner}/{repo}/git/blobs/{sha}': async (service, exchange) => {
    const blob = await exchange.repository.git.read(sha40(exchange));
    if (blob?.type !== 'blob') throw notFound();
    const accept = exchange.headers.accept ?? '';
    if (/\.raw(\+|$)/.test(accept)) return { status: 200, raw: blob.data };
    return ok({
      sha: blob.sha,
      node_id: nodeId('Blob', blob.sha),
      size: blob.data.length,
      url: `${repositoryUrl(service, exchange.repository)}/git/blobs/${blob.sha}`,
      content: base64Lines(blob.data),
      encoding: 'base64',
    });
  },

  'POST /repos/{owner}/{repo}/git/trees': async (service, exchange) => {
    const { git } = exchange.repository;
    const entries = exchange.body['tree'];
    if (!Array.isArray(entries)) throw new Refusal(422, 'Invalid tree info');
    const sha = await buildTree(git, exchange.text('base_tree'), entries as Json[]);
    return created(await describeTree(service, exchange.repository, sha, false));
  },

  'GET /repos/{owner}/{repo}/git/trees/{sha+}': async (service, exchange) => {
    const name = exchange.param('sha');
    const { git } = exchange.repository;
    const tree = await git.read(`${/^[0-9a-f]{40}$/.test(name) ? name : `refs/heads/${name}`}^{tree}`);
    if (tree?.type !== 'tree') throw notFound();
    const recursive = exchange.url.searchParams.has('recursive');
    return ok(await describeTree(service, exchange.repository, tree.sha, recursive));
  },

  'POST /repos/{owner}/{repo}/git/commits': async (service, exchange) => {
    const { git } = exchange.repository;
    const tree = exchange.text('tree') ?? '';
    const parents = (exchange.body['parents'] ?? []) as string[];
    const message = exchange.text('message');
    if (message === undefined || message === '')
      throw new Refusal(422, 'Invalid request.\n\n"message" wasn\'t supplied.');
    if ((await git.read(sha(tree)))?.type !== 'tree') throw new Refusal(422, 'Tree SHA does not exist');
    for (const parent of parents)
      if ((await git.read(sha(parent)))?.type !== 'commit')
        throw new Refusal(422, 'Parent SHA does not exist or is not a commit object');
    const login = loginOf(service, exchange.caller) ?? botLogin(service);
    const author = person(exchange.body['author'], { name: login, email: noreply(login), date: now() });
    const committer = person(exchange.body['committer'], author);
    const commit = { tree, parents, author, committer, message };
    const written = await git.writeCommit(commit);
    // GitHub signs what an App commits without naming an author; the bytes here stay unsigned
    const signed = exchange.caller.kind === 'installation' && exchange.body['author'] === undefined;
    if (signed) service.pulls.signed.add(written);
    return created(describeGitCommit(service, exchange.repository, { ...commit, sha: written, signed }));
  },

  'GET /repos/{owner}/{repo}/git/commits/{sha}': async (service, exchange) => {
    const commit = await exchange.repository.git.commit(sha40(exchange));
    if (commit === undefined) throw notFound();
    return ok(describeGitCommit(service, exchange.repository, commit));
  },

  'GET /repos/{owner}/{repo}/git/ref/{ref+}': async (service, exchange) => {
    const ref = `refs/${exchange.param('ref')}`;
    const sha = (await exchange.repository.git.refs(ref)).get(ref);
    if (sha === undefined) throw notFound();
    return ok(await describeRef(service, exchange.repository, ref, sha));
  },

  'GET /repos/{owner}/{repo}/git/matching-refs/{ref+}': async (service, exchange) => {
    const refs = await exchange.repository.git.refs(`refs/${exchange.param('ref')}`);
    const described = [...refs].map(([ref, sha]) => describeRef(service, exchange.repository, ref, sha));
    return page(await Promise.all(described), exchange.url);
  },

  'POST /repos/{owner}/{repo}/git/refs': async (service, exchange) => {
    const ref = exchange.text('ref') ?? '';
    const sha = exchange.text('sha') ?? '';
    if (!/^refs\/[^/]+\/.+/.test(ref))
      throw new Refusal(422, "Reference name must start with 'refs/' and have at least two slashes.");
    return exchange.repository.git.exclusive(async () => {
      const { git } = exchange.repository;
      await mustBeCommit(exchange.repository, ref, sha);
      if ((await git.refs(ref)).has(ref)) throw new Refusal(422, 'Reference already exists');
      if (!(await git.moveRef(ref, ZERO, sha))) throw new Refusal(422, 'Reference could not be created');
      await moved(service, exchange, ref, ZERO, sha);
      return created(await describeRef(service, exchange.repository, ref, sha));
    });
  },

  'PATCH /repos/{owner}/{repo}/git/refs/{ref+}': async (service, exchange) => {
    const ref = `refs/${exchange.param('ref')}`;
    const sha = exchange.text('sha') ?? '';
    return exchange.repository.git.exclusive(async () => {
      const { git } = exchange.repository;
      const before = (await git.refs(ref)).get(ref);
      if (before === undefined) throw new Refusal(422, 'Reference does not exist');
      await mustBeCommit(exchange.repository, ref, sha);
      const force = exchange.body['force'] === true;
      if (!force && !(await git.isAncestor(before, sha)))
        throw new Refusal(422, 'Update is not a fast forward');
      if (!(await git.moveRef(ref, before, sha))) throw new Refusal(409, 'Reference cannot be updated');
      if (before !== sha) await moved(service, exchange, ref, before, sha);
      return ok(await describeRef(service, exchange.repository, ref, sha));
    });
  },

  'DELETE /repos/{owner}/{repo}/git/refs/{ref+}': async (service, exchange) => {
    const ref = `refs/${exchange.param('ref')}`;
    return exchange.repository.git.exclusive(async () => {
      const { git } = exchange.repository;
      const before = (await git.refs(ref)).get(ref);
      if (before === undefined) throw new Refusal(422, 'Reference does not exist');
      if (ref === `refs/heads/${git.defaultBranch}`)
        throw new Refusal(422, 'Cannot delete the default branch');
      await git.moveRef(ref, before, ZERO);
      await moved(service, exchange, ref, before, ZERO);
      return { status: 204 };
    });
  },
};

/** A branch must name a commit, and a SHA must be there. */
async function mustBeCommit(repository: Repository, ref: string, name: string): Promise<void> {
  const object = await repository.git.read(sha(name));
  if (object === undefined) throw new Refusal(422, 'Object does not exist');
  if (ref.startsWith('refs/heads/') && object.type !== 'commit')
    throw invalid('Reference', 'invalid', { field: 'sha' });
}

function moved(
  service: Service,
  exchange: Exchange,
  ref: string,
  before: string,
  after: string,
): Promise<void> {
  const { git } = exchange.repository;
  return service.refsMoved([{ repository: git, ref, before, after, caller: exchange.caller }]);
}

async function describeTree(
  service: Service,
  repository: Repository,
  sha: string,
  deep: boolean,
): Promise<Json> {
  const url = `${repositoryUrl(service, repository)}/git`;
  const walk = async (tree: string, prefix: string): Promise<Json[]> => {
    const entries = (await repository.git.tree(tree)) ?? [];
    const described: Json[] = [];
    for (const entry of entries) {
      described.push({ ...(await describeEntry(repository, entry, url)), path: prefix + entry.path });
      if (deep && entry.type === 'tree')
        described.push(...(await walk(entry.sha, `${prefix}${entry.path}/`)));
    }
    return described;
  };
  return { sha, url: `${url}/trees/${sha}`, tree: await walk(sha, ''), truncated: false };
}

async function describeEntry(repository: Repository, entry: TreeEntry, url: string): Promise<Json> {
  if (entry.type === 'commit') return { ...entry };
  if (entry.type === 'tree') return { ...entry, url: `${url}/trees/${entry.sha}` };
  const size = (await repository.git.read(entry.sha))?.data.length ?? 0;
  return { ...entry, size, url: `${url}/blobs/${entry.sha}` };
}

/** A commit of the git-data API. */
export function describeGitCommit(service: Service, repository: Repository, commit: Commit): Json {
  const url = repositoryUrl(service, repository);
  const html = `${htmlUrl(service, repository)}/commit`;
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${html}/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    parents: commit.parents.map((parent) => ({
      sha: parent,
      url: `${url}/git/commits/${parent}`,
      html_url: `${html}/${parent}`,
    })),
    verification: verificationOf(service, commit.sha),
  };
}

export function verificationOf(service: Service, sha: string): Json {
  const verified = service.pulls.signed.has(sha);
  return {
    verified,
    reason: verified ? 'valid' : 'unsigned',
    signature: null,
    payload: null,
    verified_at: verified ? now() : null,
  };
}

async function describeRef(
  service: Service,
  repository: Repository,
  ref: string,
  sha: string,
): Promise<Json> {
  const url = `${repositoryUrl(service, repository)}/git`;
  const type = (await repository.git.read(sha))?.type ?? 'commit';
  return {
    ref,
    node_id: nodeId('Ref', `${repository.fullName}:${ref}`),
    url: `${url}/${ref}`,
    object: { sha, type, url: `${url}/${type}s/${sha}` },
  };
}

export const nodeId = (type: string, id: string): string =>
  Buffer.from(`${type}:${id}`).toString('base64url');
export const noreply = (login: string): string => `${login}@users.noreply.github.com`;

/** GitHub breaks base64 after 60 characters. */
export function base64Lines(data: Buffer): string {
  return data.toString('base64').replace(/.{1,60}/g, '$&\n');
}

function person(given: unknown, fallback: Person): Person {
  if (typeof given !== 'object' || given === null) return fallback;
  const { name, email, date } = given as Partial<Person>;
  return { name: name ?? fallback.name, email: email ?? fallback.email, date: date ?? fallback.date };
}

function sha40(exchange: Exchange): string {
  return sha(exchange.param('sha'));
}

/** A name that git cannot take for anything but a SHA. */
function sha(name: string): string {
  return /^[0-9a-f]{40}$/.test(name) ? name : 'refs/none';
}
