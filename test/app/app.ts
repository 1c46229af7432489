import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalGitHub, type LocalGitHubOptions, startLocalGitHub } from '../../local-github/index.ts';
import type { Pipeline } from '../../src/app/ports.ts';
import { type RunningServer, type ServerSettings, startServer } from '../../src/index.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { stubPipeline } from './stub-pipeline.ts';

/** The App beside a GitHub of its own. */
export interface World {
  github: LocalGitHub;
  settings: ServerSettings;
  /** Everything that the server logged. */
  log: string[];
  server: RunningServer;
  /** Stops the server and starts another one on the same state. */
  restart(parts?: { pipeline?: Pipeline; grace?: number }): Promise<void>;
  /** Waits until GitHub delivered everything and the App has nothing left to do. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export const REPOSITORY = 'acme/models';

/** A notebook with these code cells, as Jupyter saves it. */
export function notebookOf(...cells: string[]): string {
  const file = {
    cells: cells.map((source) => ({
      cell_type: 'code',
      execution_count: null,
      metadata: {},
      outputs: [],
      source: source.split(/(?<=\n)/),
    })),
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(file, null, 1)}\n`;
}

/** Starts both. The pipeline is a stub unless a test brings another one. */
export async function startWorld(
  files: Record<string, string>,
  parts: {
    pipeline?: Pipeline;
    sandbox?: Sandbox;
    models?: ServerSettings['models'];
    pace?: boolean;
    options?: Partial<LocalGitHubOptions>;
  } = {},
): Promise<World> {
  const github = await startLocalGitHub({
    users: ['owner', 'writer', 'reader', 'outsider'],
    organisations: { acme: { members: { owner: 'admin' } } },
    repositories: [{ name: REPOSITORY, files, collaborators: { writer: 'write', reader: 'read' } }],
    ...parts.options,
  });
  const state = mkdtempSync(join(tmpdir(), 'architect-app-'));
  const settings: ServerSettings = {
    host: '127.0.0.1',
    port: 0,
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecret: github.webhookSecret,
    apiUrl: `${github.url}/api/v3`,
    gitUrl: github.url,
    state,
    concurrency: 2,
    logLevel: 'debug',
    grace: 20_000,
    patience: 0,
    editEvery: 20,
    pace: parts.pace ?? false,
    models: parts.models ?? null,
  };
  const log: string[] = [];
  const start = async (given: { pipeline?: Pipeline } = {}): Promise<RunningServer> => {
    const server = await startServer(settings, {
      sandbox: parts.sandbox ?? null,
      version: 'test',
      writeLog: (line) => log.push(line),
      pipeline: stubPipeline(),
      ...(parts.pipeline === undefined ? {} : { pipeline: parts.pipeline }),
      ...given,
    });
    github.deliverTo(`${server.url}/api/github/webhooks`);
    return server;
  };
  const world: World = {
    github,
    settings,
    log,
    server: await start(),
    restart: async (given = {}) => {
      settings.grace = given.grace ?? settings.grace;
      await world.server.close();
      world.server = await start(given);
    },
    settle: () => settle(world),
    close: async () => {
      await world.server.close();
      await github.close();
      rmSync(state, { recursive: true, force: true });
    },
  };
  return world;
}

/** The App's own writes come back as events: quiet is when nothing new came for a while. */
async function settle({ github, server }: World): Promise<void> {
  for (let quiet = 0; quiet < 3;) {
    const before = github.deliveries().length;
    await new Promise((resolve) => setTimeout(resolve, 150));
    await server.idle();
    quiet = github.deliveries().length === before ? quiet + 1 : 0;
  }
}

/** What the tests look at of a pull request. */
export interface Pull {
  number: number;
  title: string;
  body: string;
  draft: boolean;
  state: string;
  labels: { name: string }[];
  head: { ref: string; sha: string };
  base: { ref: string };
}

/** A check of the App on a commit. */
export interface Check {
  id: number;
  name: string;
  status: string;
  conclusion: string | null;
  output: { title: string; summary: string; annotations_count: number };
}

async function read<T>({ github }: World, path: string): Promise<T> {
  const { status, data } = await github.request<T>('owner', 'GET', `/repos/${REPOSITORY}/${path}`);
  if (status !== 200) throw new Error(`${path}: ${status}`);
  return data;
}

/** The App's pull requests, oldest first. */
export async function pullsOf(world: World): Promise<Pull[]> {
  const all = await read<Pull[]>(world, 'pulls?state=all&per_page=100');
  return all.filter(({ head }) => head.ref.startsWith('architect/')).sort((a, b) => a.number - b.number);
}

/** What the App wrote under an issue or a pull request. */
export async function answersOf(world: World, number: number): Promise<string[]> {
  const all = await read<{ body: string; user: { login: string } }[]>(
    world,
    `issues/${number}/comments?per_page=100`,
  );
  return all.filter(({ user }) => user.login.endsWith('[bot]')).map(({ body }) => body);
}

export async function checksOf(world: World, sha: string): Promise<Check[]> {
  const found = await read<{ check_runs: Check[] }>(
    world,
    `commits/${sha}/check-runs?filter=all&per_page=100`,
  );
  return found.check_runs;
}

/** Messages of the commits that a branch has and its base has not, oldest first. */
export async function commitsOf(world: World, base: string, branch: string): Promise<string[]> {
  const found = await read<{ commits: { commit: { message: string } }[] }>(
    world,
    `compare/${base}...${branch}?per_page=100`,
  );
  return found.commits.map(({ commit }) => commit.message);
}

/** Requests that change something, but for those by which tokens come and go. */
export function writesOf({ github }: World): string[] {
  return github
    .trace()
    .filter(
      ({ method, path }) => method !== 'GET' && !/access_tokens$|installation\/token$|\.git\//.test(path),
    )
    .map(({ method, path }) => `${method} ${path}`);
}

/** Commits a tree with links, as only the git-data API and git itself can. */
export async function commitLinks(world: World, links: Record<string, string>): Promise<void> {
  const api = `/repos/${REPOSITORY}/git`;
  const send = async <T>(path: string, body: object, method = 'POST'): Promise<T> => {
    const { status, data } = await world.github.request<T>('owner', method, `${api}/${path}`, body);
    if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(data)}`);
    return data;
  };
  const main = (await world.github.branches(REPOSITORY))['main'] ?? '';
  const entries = Object.entries(links).map(([path, content]) => ({
    path,
    content,
    mode: '120000',
    type: 'blob',
  }));
  const tree = await send<{ sha: string }>('trees', { base_tree: main, tree: entries });
  const commit = await send<{ sha: string }>('commits', {
    message: 'links',
    tree: tree.sha,
    parents: [main],
  });
  await send('refs/heads/main', { sha: commit.sha }, 'PATCH');
}
