import { notAccessible, notFound, Refusal, requiresAuthentication } from './answer.ts';
import type { Caller } from './callers.ts';
import type { Role } from './options.ts';
import { atLeast, includes, type Repositories, type Repository } from './repositories.ts';

type Level = 'read' | 'write';

/** What a request needs: one of these permissions for an App, this role for a user. */
interface Need {
  permissions: string[];
  level: Level;
  role: Role;
  /** The author of the issue, pull request or comment may do it too. */
  author?: 'issue' | 'comment';
  /** How a user without the role is refused. */
  refuse: () => Refusal;
}

const push = (): Refusal => new Refusal(403, 'Must have push access to repository');
const admin = (): Refusal => new Refusal(403, 'Must have admin rights to Repository.');
const onlyApps = (): Refusal => new Refusal(403, 'You must authenticate via a GitHub App.');

/** Part of the path after `/repos/OWNER/REPO` → permissions. The first that fits holds. */
const areas: [path: RegExp, permissions: string[]][] = [
  [/^\/(issues|labels|milestones)(\/|$)/, ['issues', 'pull_requests']],
  [/^\/pulls\/\d+\/merge$/, ['contents']],
  [/^\/pulls(\/|$)/, ['pull_requests']],
  [/^\/(check-runs|check-suites)(\/|$)/, ['checks']],
  [/^\/commits\/.+\/check-(runs|suites)$/, ['checks']],
  [/^\/statuses\//, ['statuses']],
  [/^\/commits\/.+\/status(es)?$/, ['statuses']],
  [/^\/(contents|git|branches|commits|compare|tarball|zipball)(\/|$)/, ['contents']],
  [/^(\/collaborators(\/|$)|\/forks$|\/installation$|$)/, ['metadata']],
];

function needOf(method: string, path: string, isPull: boolean): Need {
  const level: Level = method === 'GET' || method === 'HEAD' ? 'read' : 'write';
  const area = areas.find(([pattern]) => pattern.test(path))?.[1] ?? ['administration'];
  // issues permission alone does not reach pull requests' comments the other way round
  const permissions = /^\/issues\/\d+/.test(path) && !isPull ? ['issues'] : area;
  if (level === 'read') return { permissions, level, role: 'read', refuse: notFound };
  return { permissions, level, ...roleFor(method, path, permissions) };
}

function roleFor(method: string, path: string, permissions: string[]): Omit<Need, 'permissions' | 'level'> {
  if (path === '/forks') return { role: 'read', refuse: notFound };
  if (permissions[0] === 'checks') return { role: 'admin', refuse: onlyApps };
  if (permissions[0] === 'metadata' || permissions[0] === 'administration')
    return { role: 'admin', refuse: admin };
  if (/^\/pulls\/\d+\/merge$/.test(path)) return { role: 'write', refuse: push };
  if (permissions[0] === 'contents' || permissions[0] === 'statuses')
    return { role: 'write', refuse: notFound };
  if (
    method === 'POST' &&
    /^\/(issues|pulls)(\/\d+\/(comments|reactions|reviews)|\/comments\/\d+\/reactions)?$/.test(path)
  )
    return { role: 'read', refuse: notFound };
  if (/^\/(issues|pulls)\/comments\/\d+$/.test(path))
    return { role: 'write', author: 'comment', refuse: push };
  if (method === 'PATCH' && /^\/(issues|pulls)\/\d+$/.test(path))
    return { role: 'triage', author: 'issue', refuse: push };
  return { role: 'triage', refuse: push };
}

/**
 * Lets a request to a repository pass, or throws GitHub's refusal. emulate checks little beyond `contents`.
 *
 * @param path after `/repos/OWNER/REPO`
 * @param about who wrote it, and whether the number is a pull request
 */
export async function authorise(
  caller: Caller,
  method: string,
  path: string,
  repository: Repository,
  repositories: Repositories,
  about: { isPull: boolean; author: () => Promise<string | undefined> },
): Promise<void> {
  if (caller.kind === 'app' && path === '/installation') return;
  if (caller.kind === 'app') throw new Refusal(401, 'A JSON web token could not be decoded'); // a repository is not the App's own affair
  if (!repositories.sees(caller, repository)) throw notFound();
  const need = needOf(method, path, about.isPull);
  if (caller.kind === 'installation') return authoriseInstallation(caller, need, repository);
  if (need.level === 'read') return;
  if (caller.kind === 'anonymous') throw requiresAuthentication();
  if (need.refuse === onlyApps) throw onlyApps();
  if (atLeast(repositories.role(caller.login, repository), need.role)) return;
  if (need.author !== undefined && (await about.author()) === caller.login) return;
  throw need.refuse();
}

function authoriseInstallation(
  caller: Caller & { kind: 'installation' },
  need: Need,
  repository: Repository,
): void {
  const readsPublic = need.level === 'read' && !repository.private;
  if (readsPublic) return;
  if (!includes(caller, repository)) throw notAccessible();
  const granted = need.permissions.map((name) => (name === 'metadata' ? 'read' : caller.permissions[name]));
  const enough = granted.some((level) => level === 'write' || level === need.level);
  if (!enough) throw notAccessible();
}
