import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';
import type { EnvironmentCache } from './cache.ts';
import { execute, type Ending } from './container.ts';
import type { EngineFacts } from './engine.ts';
import { SandboxError } from './errors.ts';
import { hardened } from './hardening.ts';
import { SCRATCH, STORE } from './image.ts';
import { indexAccess, withoutPassword, type IndexAccess } from './index-access.ts';
import { explain, mentions } from './install-reason.ts';
import { installScript, NO_INSTALLER, NOT_INSTALLED, UV_VARIABLES } from './install-script.ts';
import { unusable } from './requirements.ts';
import type { InstallResult } from './sandbox.ts';
import { baseVariables } from './variables.ts';
import { constraints, usableWheels, type PythonFacts } from './wheels.ts';

/** Hexadecimal digits of a key: it stands in every traceback, and half a hash is still beyond accident. */
const KEY = 32;
/** A new number makes every environment be installed again. */
const SCHEME = 1;
const LIMITS = { seconds: 1800, memory: 4096, scratch: 512, cpus: 2, pids: 256, largestFile: 8192 };
const OUTPUT = 256 * 1024;

/** What is written down about a finished environment, in its own folder. */
interface EnvironmentRecord {
  python: string;
  lock: string[];
}

/** Everything that one installation needs. */
export interface Installer {
  docker: Docker;
  facts: EngineFacts;
  cache: EnvironmentCache;
  python: PythonFacts;
  /** The engine's network that reaches the index. */
  network: string;
  signal: AbortSignal;
}

/** Resolves and installs requirements, or answers an environment that has them already. */
export async function install(installer: Installer, lines: string[]): Promise<InstallResult> {
  const started = performance.now();
  const requirements = [...new Set(lines.map((line) => line.trim()))].sort();
  const wrong = unusable(requirements);
  if (wrong.length > 0) {
    const shown = wrong.map((line) => `\`${withoutPassword(line)}\``).join(', ');
    return {
      kind: 'failed',
      reason: `${shown}: only names with versions are installed, no options, addresses or paths.`,
      log: '',
    };
  }
  // No foreign code runs while wheels are installed, so the index may be asked with the operator's password.
  const access = indexAccess(true);
  const constrained = wheelConstraints(access, installer.python, requirements);
  const key = keyOf(installer, requirements, constrained);
  const done = (record: EnvironmentRecord, cached: boolean): InstallResult => ({
    kind: 'installed',
    environment: key,
    python: record.python,
    lock: record.lock,
    durationMs: Math.round(performance.now() - started),
    cached,
  });

  const ready = await readRecord(installer.cache, key);
  if (ready !== undefined) return done(ready, true);
  await installer.cache.prepare();
  return installer.cache.locked(key, installer.signal, async () => {
    // Whoever held the lock may have installed just this.
    const other = await readRecord(installer.cache, key);
    if (other !== undefined) return done(other, true);
    try {
      const job = { key, requirements, constrained, access };
      let ending = await inContainer(installer, job);
      const left = ending.exitCode === NOT_INSTALLED ? withoutBlamed(constrained, ending.stderr) : constrained;
      if (left.length < constrained.length) {
        // The operator's wheel is what does not fit; then the index decides.
        ending = await inContainer(installer, { ...job, constrained: left });
      }
      if (ending.exitCode !== 0) return { kind: 'failed', reason: reasonOf(ending), log: withoutPassword(ending.stderr) };
      const lock = ending.stdout.split('\n').filter((line) => line !== '').sort();
      const record: EnvironmentRecord = { python: installer.python.version, lock };
      await writeFile(recordIn(installer.cache.building(key)), JSON.stringify(record));
      await installer.cache.publish(key);
      return done(record, false);
    } finally {
      await installer.cache.discard(key);
    }
  });
}

/** What makes the operator's own wheels win over the index. */
export function wheelConstraints(access: IndexAccess, python: PythonFacts, requirements: string[]): string[] {
  const wheels = access.wheelFolders.flatMap((folder) => usableWheels(folder, python));
  return constraints(wheels, requirements);
}

/** Whether an environment is there, so that a run can mount it. */
export function isInstalled(cache: EnvironmentCache, key: string): boolean {
  return /^[0-9a-f]{32}$/.test(key) && existsSync(recordIn(cache.ready(key)));
}

function keyOf(installer: Installer, requirements: string[], constrained: string[]): string {
  const content = [SCHEME, installer.facts.imageId, installer.python, requirements, constrained];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, KEY);
}

function recordIn(folder: string): string {
  return join(folder, 'architect.json');
}

async function readRecord(cache: EnvironmentCache, key: string): Promise<EnvironmentRecord | undefined> {
  const file = recordIn(cache.ready(key));
  if (!existsSync(file)) return undefined;
  return JSON.parse(await readFile(file, 'utf8')) as EnvironmentRecord;
}

interface Job {
  key: string;
  requirements: string[];
  constrained: string[];
  access: IndexAccess;
}

function inContainer(installer: Installer, job: Job): Promise<Ending> {
  const spec = hardened({
    ...LIMITS,
    cpus: Math.min(LIMITS.cpus, installer.facts.processors),
    image: installer.facts.image,
    command: installScript(job.key, job.access.uvFlags),
    folder: SCRATCH,
    network: installer.network,
    uid: installer.cache.installer,
    mounts: [
      ...job.access.mounts,
      { type: 'bind', source: installer.cache.store, target: STORE, writable: true },
    ],
    variables: {
      ...baseVariables(),
      ...UV_VARIABLES,
      ...job.access.variables,
      ARCHITECT_REQUIREMENTS: job.requirements.join('\n'),
      ARCHITECT_CONSTRAINTS: job.constrained.join('\n'),
    },
  });
  return execute(installer.docker, spec, { seconds: LIMITS.seconds, output: OUTPUT, signal: installer.signal });
}

function reasonOf(ending: Ending): string {
  if (ending.timedOut) return `Installing took longer than ${LIMITS.seconds} s and was stopped.`;
  if (ending.outOfMemory) return `Installing needed more than ${LIMITS.memory} MiB of memory.`;
  if (ending.exitCode === NO_INSTALLER) {
    return `The installer could not be fetched from the package index: ${lastLine(ending.stderr)}`;
  }
  return explain(ending.stderr);
}

/** The constraints that the resolver's explanation does not speak of. */
function withoutBlamed(constrained: string[], log: string): string[] {
  if (!log.includes('No solution found')) return constrained;
  return constrained.filter((line) => !mentions(log, line.split('==')[0] ?? ''));
}

function lastLine(text: string): string {
  return withoutPassword(text.trimEnd().split('\n').at(-1) ?? '');
}

/** Asks the image for its Python. */
export async function pythonFacts(docker: Docker, facts: EngineFacts, signal: AbortSignal): Promise<PythonFacts> {
  const program =
    'import json,platform;print(json.dumps({"version":platform.python_version(),' +
    '"machine":platform.machine(),"libc":platform.libc_ver()[1]}))';
  const spec = hardened({
    image: facts.image,
    command: ['python3', '-I', '-c', program],
    variables: baseVariables(),
    folder: '/',
    mounts: [],
    network: 'none',
    memory: 128,
    scratch: 1,
    cpus: 1,
    pids: 16,
    largestFile: 1,
  });
  const ending = await execute(docker, spec, { seconds: 60, output: 4096, signal });
  if (ending.exitCode !== 0) {
    throw new SandboxError(
      `The image ${facts.image} has no working Python: ${ending.stderr.trim() || `exit code ${ending.exitCode}`}`,
      'Remove the image and run `architect sandbox up`.',
    );
  }
  return JSON.parse(ending.stdout) as PythonFacts;
}
