import type { Callers, Caller } from './callers.ts';
import { complete } from './complete.ts';
import type { RefChange } from './git/repository.ts';
import type { Deliveries } from './hooks/delivery.ts';
import type { Repositories, Repository } from './repositories.ts';
import type { Upstream } from './upstream.ts';
import type { PullStates } from './rest/pull-state.ts';
import type { CheckRuns } from './rest/check-run-store.ts';

/** An object of the API of which only some fields matter here. */
export type Json = Record<string, unknown>;

/** What every route needs. */
export interface Service {
  /** The front door. */
  url: string;
  /** Folder of the bare repositories. */
  gitRoot: string;
  upstream: Upstream;
  callers: Callers;
  repositories: Repositories;
  deliveries: Deliveries;
  pulls: PullStates;
  checkRuns: CheckRuns;
  tokens: Record<string, string>;
  app: {
    id: number;
    slug: string;
    privateKey: string;
    events: string[];
    account: string;
    /** False where it is installed on chosen repositories. */
    allRepositories: boolean;
  };
  installationId: number;
  /** The App as GitHub shows it; `undefined` while we are starting. */
  appDescription: Json | undefined;
  /** What titles and bodies were before they were edited: path → one entry an edit, oldest first. */
  edits: Map<string, Json[]>;
  /** A token of the installation with every right: what a caller may do is decided here, not by emulate. */
  installationToken: () => Promise<string>;
  /** Sends what follows from refs that moved. */
  refsMoved: (changes: RefChange[]) => Promise<void>;
  /** A number that no other answer has. */
  nextId: () => number;
  /** What became of the installation. */
  installationState: 'active' | 'suspended' | 'deleted';
  /** emulate's webhooks count from now on. */
  ready: boolean;
}

export const now = (): string => new Date().toISOString().replace(/\.\d+Z$/, 'Z');

export const botLogin = (service: Service): string => `${service.app.slug}[bot]`;

/** The token with which emulate sees the same person. */
export async function upstreamToken(service: Service, caller: Caller): Promise<string | undefined> {
  if (caller.kind === 'anonymous') return undefined;
  return caller.kind === 'installation' ? service.installationToken() : caller.token;
}

/** The token of someone who may do everything in it. */
export function adminToken(service: Service, repository: { owner: string }): string {
  const token = service.tokens[service.repositories.administrator(repository)];
  if (token === undefined) throw new Error(`nobody administers ${repository.owner}`);
  return token;
}

/** The repository as the API shows it. */
export async function describeRepository(service: Service, repository: Repository): Promise<Json> {
  const path = `/repos/${repository.fullName}`;
  return complete(await service.upstream.get<Json>(adminToken(service, repository), path), service);
}

/** A user, organisation or bot as it stands inside other objects. */
export async function describeAccount(service: Service, login: string): Promise<Json> {
  const full = await service.upstream.get<Json>(undefined, `/users/${encodeURIComponent(login)}`);
  const { id, node_id, avatar_url, gravatar_id, type, site_admin } = full;
  return complete({ login, id, node_id, avatar_url, gravatar_id, type, site_admin }, service);
}

/** The login as it is written: GitHub ignores case in names. */
export function findLogin(service: Service, name: string): string | undefined {
  return Object.keys(service.tokens).find((login) => login.toLowerCase() === name.toLowerCase());
}

/** The login behind a request. */
export function loginOf(service: Service, caller: Caller): string | undefined {
  if (caller.kind === 'user') return caller.login;
  return caller.kind === 'installation' ? botLogin(service) : undefined;
}

export const repositoryUrl = (service: Service, repository: Repository): string =>
  `${service.url}/api/v3/repos/${repository.fullName}`;
export const htmlUrl = (service: Service, repository: Repository): string =>
  `${service.url}/${repository.fullName}`;
