import type { Caller } from './callers.ts';
import type { GitRepository } from './git/repository.ts';
import type { OrganisationOptions, Role } from './options.ts';

export const ranks: Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];
export const atLeast = (role: Role, wanted: Role): boolean => ranks.indexOf(role) >= ranks.indexOf(wanted);

/** What is known of a repository besides what emulate keeps. */
export interface Repository {
  /** As it is written. */
  fullName: string;
  owner: string;
  name: string;
  private: boolean;
  collaborators: Map<string, Role>;
  git: GitRepository;
  /** False where the App was installed on chosen repositories and this is none of them. */
  installed: boolean;
  /** The repository that this one was forked from. */
  source: string | undefined;
  /** Branches that emulate was told of: it opens no pull request on one that it does not know. */
  toldBranches: Set<string>;
}

/** Every repository, by its name in any case. */
export class Repositories {
  private readonly known = new Map<string, Repository>();
  private readonly organisations: Record<string, OrganisationOptions>;

  constructor(organisations: Record<string, OrganisationOptions>) {
    this.organisations = organisations;
  }

  add(repository: Repository): void {
    this.known.set(repository.fullName.toLowerCase(), repository);
  }

  find(fullName: string): Repository | undefined {
    return this.known.get(fullName.toLowerCase());
  }

  all(): Repository[] {
    return [...this.known.values()];
  }

  /** The role of a user, as GitHub works it out: owner, organisation, collaborator, public. */
  role(login: string, repository: Repository): Role {
    if (login === repository.owner) return 'admin';
    const organisation = this.organisations[repository.owner];
    const membership = organisation?.members[login];
    if (membership === 'admin') return 'admin';
    const roles: Role[] = [
      repository.private ? 'none' : 'read',
      membership === undefined ? 'none' : (organisation?.basePermission ?? 'read'),
      repository.collaborators.get(login) ?? 'none',
    ];
    return roles.reduce((best, role) => (atLeast(role, best) ? role : best));
  }

  /** Someone who may do everything in it. */
  administrator(repository: { owner: string }): string {
    const members = Object.entries(this.organisations[repository.owner]?.members ?? {});
    return members.find(([, role]) => role === 'admin')?.[0] ?? repository.owner;
  }

  /** Whether the caller knows that it is there. */
  sees(caller: Caller, repository: Repository): boolean {
    if (!repository.private) return true;
    if (caller.kind === 'user') return this.role(caller.login, repository) !== 'none';
    if (caller.kind === 'installation') return includes(caller, repository);
    return false;
  }
}

/** Whether an installation token was made for this repository. */
export function includes(caller: Caller & { kind: 'installation' }, repository: Repository): boolean {
  if (!repository.installed) return false;
  if (caller.repositories === undefined) return repository.owner === caller.login;
  return caller.repositories.includes(repository.fullName);
}
