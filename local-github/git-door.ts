import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller } from './callers.ts';
import { serveGit } from './git/smart-http.ts';
import { ZERO } from './git/repository.ts';
import { atLeast, includes, type Repository } from './repositories.ts';
import { loginOf, type Service } from './service.ts';

export interface GitRequest {
  fullName: string;
  /** `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  operation: string;
  writes: boolean;
}

export function parseGitRequest(url: URL): GitRequest | undefined {
  const match = /^\/([^/]+\/[^/]+?)\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/.exec(url.pathname);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const writes = [match[2], url.searchParams.get('service')].includes('git-receive-pack');
  return { fullName: match[1], operation: match[2], writes };
}

/** Git over HTTP. Answers with the status that was sent. */
export async function handleGit(
  service: Service,
  caller: Caller,
  wanted: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  const repository = service.repositories.find(wanted.fullName);
  const refusal = refuse(service, caller, wanted, repository);
  if (refusal !== undefined || repository === undefined) {
    const status = refusal ?? 404;
    const text = status === 403 ? 'Write access to repository not granted.\n' : 'Repository not found.\n';
    response.writeHead(status, status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {});
    response.end(text);
    return status;
  }
  const user = loginOf(service, caller) ?? '';
  const serve = (done: () => Promise<void>): Promise<void> =>
    serveGit(repository.git, wanted.operation, request, response, user, done);
  if (wanted.operation !== 'git-receive-pack') await serve(async () => undefined);
  else
    await repository.git.exclusive(async () => {
      const before = await repository.git.refs();
      await serve(() => announce(service, repository, caller, before));
    });
  return response.statusCode;
}

/** Sends what follows from the refs that a push moved. */
async function announce(
  service: Service,
  repository: Repository,
  caller: Caller,
  before: Map<string, string>,
): Promise<void> {
  const after = await repository.git.refs();
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changes = names.map((ref) => ({
    repository: repository.git,
    ref,
    before: before.get(ref) ?? ZERO,
    after: after.get(ref) ?? ZERO,
    caller,
  }));
  await service.refsMoved(changes.filter((change) => change.before !== change.after));
}

function refuse(
  service: Service,
  caller: Caller,
  { writes }: GitRequest,
  repository: Repository | undefined,
): number | undefined {
  if (caller.kind === 'app') return 401;
  if (repository === undefined || !service.repositories.sees(caller, repository))
    return caller.kind === 'anonymous' ? 401 : 404;
  if (writes && caller.kind === 'anonymous') return 401;
  if (caller.kind === 'installation') {
    if (repository.private || writes) {
      const level = includes(caller, repository) ? caller.permissions['contents'] : undefined;
      if (level === undefined || (writes && level !== 'write')) return 403;
    }
    return undefined;
  }
  if (!writes || caller.kind === 'anonymous') return undefined;
  return atLeast(service.repositories.role(caller.login, repository), 'write') ? undefined : 403;
}
