import type { Answer } from '../answer.ts';
import { GitRepository } from '../git/repository.ts';
import { join } from 'node:path';
import type { Repository } from '../repositories.ts';
import type { Json, Service } from '../service.ts';
import type { Exchange } from './exchange.ts';

/** What a request that succeeded means for git: a fork or a new repository gets a folder of its own. */
export async function afterwards(service: Service, exchange: Exchange, answer: Answer): Promise<void> {
  if (exchange.method !== 'POST' || answer.status >= 300) return;
  const isFork = /^\/repos\/[^/]+\/[^/]+\/forks$/.test(exchange.path);
  if (!isFork && !/^\/(user|orgs\/[^/]+)\/repos$/.test(exchange.path)) return;
  await addRepository(service, answer.body as Json, isFork ? exchange.repository : undefined);
}

/** Registers a repository that emulate has just made. */
async function addRepository(service: Service, body: Json, source: Repository | undefined): Promise<void> {
  const fullName = String(body['full_name']);
  const [owner = '', name = ''] = fullName.split('/');
  const git = new GitRepository(
    fullName,
    join(service.gitRoot, owner, `${name}.git`),
    String(body['default_branch']),
  );
  await git.create(source?.git);
  service.repositories.add({
    fullName,
    owner,
    name,
    private: body['private'] === true,
    collaborators: new Map(),
    git,
    installed: owner === service.app.account && service.app.allRepositories,
    source: source?.fullName,
    toldBranches: new Set(),
  });
}
