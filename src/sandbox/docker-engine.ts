import type Docker from 'dockerode';
import { EnvironmentCache } from './cache.ts';
import { execute } from './container.ts';
import { connect, inspectEngine, type EngineFacts } from './engine.ts';
import { SandboxError } from './errors.ts';
import { hardened, type Mount } from './hardening.ts';
import { DEFAULT_IMAGE, environmentPath, WORKSPACE } from './image.ts';
import { indexAccess, type IndexAccess } from './index-access.ts';
import { install, isInstalled, pythonFacts, wheelConstraints } from './install.ts';
import { withDefaults } from './limits.ts';
import { isDead, sweep } from './owner.ts';
import { safeParts } from './pack.ts';
import type { InstallRequest, InstallResult, Sandbox, SandboxJob, SandboxResult, SandboxStatus } from './sandbox.ts';
import { onStop } from './signals.ts';
import { baseVariables } from './variables.ts';
import type { PythonFacts } from './wheels.ts';
import { Workspace } from './workspace.ts';

/** Where the sandbox finds its things; all have defaults. */
export interface DockerSandboxOptions {
  /** Socket of the engine; DOCKER_HOST or the default sockets otherwise. */
  socket?: string;
  /** Name of the base image. */
  image?: string;
  /** Folder for installed environments; ARCHITECT_CACHE or the user's cache folder otherwise. */
  cache?: string;
  /** The engine's network for jobs that install: `bridge`, or `host` where only that reaches the index. */
  installNetwork?: string;
}

/** Seconds that the holder of a workspace outlives its run: for copying out. */
const GRACE = 300;
/** Where a job with network finds constraints, below the workspace. */
const CONSTRAINTS = '.architect/constraints.txt';
/** MiB of a run's scratch folder and of its shared memory. */
const SCRATCH_SIZE = { none: 256, install: 1024 };

/**
 * A sandbox on a container engine. Nothing is asked of the engine before it is used.
 *
 * Limits: the engine must see this machine's folders for `environment` and for `install` (a remote engine does not);
 * everything else goes through the engine's API.
 */
export function createDockerSandbox(options: DockerSandboxOptions = {}): Sandbox {
  return new DockerSandbox(options);
}

class DockerSandbox implements Sandbox {
  readonly #docker: Docker;
  readonly #image: string;
  readonly #installNetwork: string;
  readonly #cache: EnvironmentCache;
  readonly #closing = new AbortController();
  readonly #active = new Set<Promise<unknown>>();
  #facts: Promise<EngineFacts> | undefined;
  #python: Promise<PythonFacts> | undefined;
  #unlisten: (() => void) | undefined;

  constructor(options: DockerSandboxOptions) {
    this.#docker = connect(options.socket);
    this.#image = options.image ?? process.env['ARCHITECT_IMAGE'] ?? DEFAULT_IMAGE;
    this.#installNetwork = options.installNetwork ?? process.env['ARCHITECT_INSTALL_NETWORK'] ?? 'bridge';
    this.#cache = new EnvironmentCache(options.cache);
  }

  async status(): Promise<SandboxStatus> {
    return (await inspectEngine(this.#docker, this.#image)).status;
  }

  install(request: InstallRequest): Promise<InstallResult> {
    return this.#track(request.signal, async (signal) => {
      const facts = await this.#ready();
      const python = await this.#pythonOf(facts);
      const { requirements } = request;
      const network = this.#installNetwork;
      return install({ docker: this.#docker, facts, cache: this.#cache, python, network, signal }, requirements);
    });
  }

  run(job: SandboxJob): Promise<SandboxResult> {
    return this.#track(job.signal, async (signal) => this.#run(job, await this.#ready(), signal));
  }

  async close(): Promise<void> {
    this.#closing.abort(new SandboxError('The sandbox was closed.', 'Nothing: the run was being stopped.'));
    await Promise.allSettled(this.#active);
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  async #run(job: SandboxJob, facts: EngineFacts, signal: AbortSignal): Promise<SandboxResult> {
    const limits = withDefaults(job.limits);
    const network = job.network ?? 'none';
    // Code of strangers may run here, so passwords of indexes stay out.
    const access = network === 'install' ? await this.#access(facts) : undefined;
    const environment = job.environment === undefined ? undefined : this.#environment(job.environment);
    const folder = [WORKSPACE, ...safeParts(job.folder ?? '')].join('/');
    const collect = job.collect ?? [];
    collect.forEach(safeParts);
    const scratch = SCRATCH_SIZE[network];
    const workspace = new Workspace(this.#docker, facts.image);
    try {
      await workspace.open(limits.workspace, limits.seconds + GRACE);
      signal.throwIfAborted();
      const left = await workspace.put({
        files: { ...access?.files, ...job.files },
        trees: job.trees ?? [],
        folders: job.folder === undefined ? [] : [job.folder],
        room: limits.workspace * 2 ** 20,
      });
      const ending = await execute(
        this.#docker,
        hardened({
          image: facts.image,
          command: job.command,
          folder,
          network: access === undefined ? 'none' : this.#installNetwork,
          mounts: [workspace.mount, ...(environment?.mounts ?? []), ...(access?.mounts ?? [])],
          variables: { ...baseVariables(environment?.path), ...access?.variables, ...job.variables },
          // What is written to the workspace is charged to the run, so it is added: a full workspace is not `out of memory`.
          memory: limits.memory + limits.workspace,
          scratch,
          cpus: Math.min(limits.cpus, facts.processors),
          pids: limits.pids,
          largestFile: limits.workspace,
        }),
        { seconds: limits.seconds, output: limits.output, signal },
      );
      const { files, refused } = await workspace.collect(collect);
      return { ...ending, files, refused: [...left, ...refused] };
    } finally {
      await workspace.close();
    }
  }

  /** The operator's indexes, with a file for pip that says the same about the operator's wheels as `install` does. */
  async #access(facts: EngineFacts): Promise<IndexAccess & { files: Record<string, string> }> {
    const access = indexAccess(false);
    if (access.wheelFolders.length === 0) return { ...access, files: {} };
    const lines = wheelConstraints(access, await this.#pythonOf(facts), []);
    return {
      ...access,
      variables: { ...access.variables, PIP_CONSTRAINT: `${WORKSPACE}/${CONSTRAINTS}` },
      files: { [CONSTRAINTS]: lines.map((line) => `${line}\n`).join('') },
    };
  }

  #environment(key: string): { path: string; mounts: Mount[] } {
    if (!isInstalled(this.#cache, key)) {
      throw new SandboxError(
        `The environment ${key.slice(0, 12)} is not in ${this.#cache.root}.`,
        'Install it again: the cache may have been deleted since.',
      );
    }
    const path = environmentPath(key);
    return { path, mounts: [{ type: 'bind', source: this.#cache.ready(key), target: path }] };
  }

  /** Checks the engine once, and removes what dead processes left in it. */
  #ready(): Promise<EngineFacts> {
    this.#facts ??= (async () => {
      const state = await inspectEngine(this.#docker, this.#image);
      if (state.kind === 'absent') throw new SandboxError(state.status.reason, state.status.advice);
      await sweep(this.#docker, isDead);
      await this.#cache.sweep();
      return state.facts;
    })();
    // An engine that was not there may be there next time.
    this.#facts.catch(() => (this.#facts = undefined));
    return this.#facts;
  }

  #pythonOf(facts: EngineFacts): Promise<PythonFacts> {
    this.#python ??= pythonFacts(this.#docker, facts, this.#closing.signal);
    this.#python.catch(() => (this.#python = undefined));
    return this.#python;
  }

  /** Notes work as under way, so that closing can stop it and wait until it has cleaned up. */
  async #track<T>(outer: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const signal = AbortSignal.any([this.#closing.signal, ...(outer === undefined ? [] : [outer])]);
    signal.throwIfAborted();
    this.#unlisten ??= onStop(() => this.close());
    const promise = work(signal);
    this.#active.add(promise);
    try {
      return await promise;
    } finally {
      this.#active.delete(promise);
    }
  }
}
