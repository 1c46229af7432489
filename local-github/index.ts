import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signAppToken } from './app-token.ts';
import { Callers } from './callers.ts';
import { Door, HOOK_PATH } from './door.ts';
import { startEmulator, type Emulator } from './emulator.ts';
import { GitRepository } from './git/repository.ts';
import { mustBeRecentGit } from './git/run-git.ts';
import { Deliveries } from './hooks/delivery.ts';
import { announceRefs } from './hooks/ref-events.ts';
import { localGitHubOf } from './local-github.ts';
import type { AppOptions, LocalGitHub, LocalGitHubOptions } from './options.ts';
import { Repositories } from './repositories.ts';
import { CheckRuns } from './rest/check-run-store.ts';
import { describeApp } from './rest/apps.ts';
import { PullStates } from './rest/pull-state.ts';
import { commitFiles } from './seed.ts';
import { adminToken, type Service } from './service.ts';
import { Upstream } from './upstream.ts';

export type { Delivery, HookPlan } from './hooks/delivery.ts';
export type { Fault } from './faults.ts';
export type { TraceEntry } from './trace.ts';
export type * from './options.ts';

/** What `app.yml` asks for. */
const defaultPermissions: Required<AppOptions>['permissions'] = {
  metadata: 'read',
  contents: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
};
const defaultEvents = ['issues', 'pull_request', 'issue_comment', 'push', 'check_run', 'check_suite'];

/** Starts a GitHub on the loopback interface: emulate for people and talk, git for everything about files. */
export async function startLocalGitHub(options: LocalGitHubOptions): Promise<LocalGitHub> {
  await mustBeRecentGit();
  const gitRoot = await mkdtemp(join(tmpdir(), 'local-github-'));
  const door = new Door();
  let emulator: Emulator | undefined;
  let service: Service | undefined;
  const close = async (): Promise<void> => {
    await service?.deliveries.close();
    await door.close();
    await emulator?.close();
    await Promise.all((service?.repositories.all() ?? []).map(({ git }) => git.close()));
    await rm(gitRoot, { recursive: true, force: true });
  };
  try {
    const url = await door.listen();
    const plan = planOf(options, url);
    emulator = await startEmulator(options, plan);
    service = makeService(options, plan, emulator, gitRoot);
    door.open(service);
    await makeRepositories(service, options);
    service.appDescription = await describeApp(service);
    service.ready = true;
    return localGitHubOf(service, door, close);
  } catch (error) {
    await close();
    throw error;
  }
}

type Plan = Parameters<typeof startEmulator>[1] & { events: string[] };

function planOf(options: LocalGitHubOptions, baseUrl: string): Plan {
  const { app = {} } = options;
  const account = app.account ?? options.repositories[0]?.name.split('/')[0] ?? options.users[0];
  if (account === undefined) throw new Error('a local GitHub needs a user');
  const owners = options.repositories.map(({ name }) => name.split('/')[0] ?? '');
  for (const owner of [...owners, account])
    if (!options.users.includes(owner) && !(owner in (options.organisations ?? {})))
      throw new Error(`${owner} is neither a user nor an organisation of this local GitHub`);
  for (const [name, { members }] of Object.entries(options.organisations ?? {}))
    if (!Object.values(members).includes('admin')) throw new Error(`the organisation ${name} has no admin`);
  return {
    baseUrl,
    hookUrl: baseUrl + HOOK_PATH,
    app: {
      id: app.id ?? 4242,
      slug: app.slug ?? 'architect-productionize',
      permissions: app.permissions ?? defaultPermissions,
      account,
    },
    events: app.events ?? defaultEvents,
    installationId: 777,
    tokens: Object.fromEntries(
      options.users.map((login) => [login, `ghp_${randomBytes(18).toString('hex')}`]),
    ),
  };
}

function makeService(options: LocalGitHubOptions, plan: Plan, emulator: Emulator, gitRoot: string): Service {
  let lastId = 900_000;
  let token: Promise<string> | undefined;
  const callers = new Callers({ id: plan.app.id, privateKey: emulator.privateKey });
  for (const [login, value] of Object.entries(plan.tokens))
    callers.add(value, { kind: 'user', token: value, login });
  const service: Service = {
    url: plan.baseUrl,
    gitRoot,
    upstream: new Upstream(emulator.url),
    callers,
    repositories: new Repositories(options.organisations ?? {}),
    deliveries: new Deliveries(randomBytes(16).toString('hex'), plan.app.id),
    pulls: new PullStates(),
    checkRuns: new CheckRuns(),
    tokens: plan.tokens,
    app: {
      id: plan.app.id,
      slug: plan.app.slug,
      privateKey: emulator.privateKey,
      events: plan.events,
      account: plan.app.account,
      allRepositories: options.app?.repositories === undefined,
    },
    installationId: plan.installationId,
    appDescription: undefined,
    edits: new Map(),
    installationToken: () => (token ??= mintToken(service)),
    refsMoved: (changes) => announceRefs(service, changes),
    nextId: () => (lastId += 1),
    installationState: 'active',
    ready: false,
  };
  return service;
}

async function mintToken(service: Service): Promise<string> {
  const path = `/app/installations/${service.installationId}/access_tokens`;
  const { data } = await service.upstream.send<{ token: string }>(signAppToken(service), 'POST', path, {});
  return data.token;
}

async function makeRepositories(service: Service, options: LocalGitHubOptions): Promise<void> {
  await Promise.all(
    options.repositories.map(
      async ({ name: fullName, private: hidden = false, defaultBranch = 'main', ...rest }) => {
        const [owner = '', name = ''] = fullName.split('/');
        const git = new GitRepository(fullName, join(service.gitRoot, owner, `${name}.git`), defaultBranch);
        await git.create();
        const collaborators = new Map(Object.entries(rest.collaborators ?? {}));
        const installed = options.app?.repositories?.includes(fullName) ?? owner === service.app.account;
        const toldBranches = new Set<string>();
        const repository = {
          fullName,
          owner,
          name,
          private: hidden,
          collaborators,
          git,
          installed,
          source: undefined,
          toldBranches,
        };
        service.repositories.add(repository);
        const token = adminToken(service, repository);
        const words: Record<string, string> = { read: 'pull', write: 'push' };
        for (const [login, role] of collaborators) {
          if (role === 'none') continue;
          const path = `/repos/${fullName}/collaborators/${login}`;
          await service.upstream.send(token, 'PUT', path, { permission: words[role] ?? role });
        }
        if (rest.files === undefined) return;
        const as = service.repositories.administrator(repository);
        await commitFiles(repository, defaultBranch, rest.files, { as, token, message: 'Initial commit' });
      },
    ),
  );
}
