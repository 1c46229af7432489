import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { messageOf, systemCode } from '../lib/errors.ts';
import { statusCode } from './errors.ts';
import { RECIPE, RECIPE_LABEL } from './image.ts';
import type { SandboxStatus } from './sandbox.ts';

/** How long an engine has for an answer to `are you there`, milliseconds. */
const PATIENCE = 20_000;

/** What a run needs to know of the engine and its image. */
export interface EngineFacts {
  image: string;
  imageId: string;
  /** Processors of the engine's machine: it refuses a job that wants more. */
  processors: number;
}

/** A status with the facts behind it. */
export type EngineState =
  | { kind: 'ready'; status: SandboxStatus & { kind: 'ready' }; facts: EngineFacts }
  | { kind: 'absent'; status: SandboxStatus & { kind: 'absent' } };

/** The sockets at which an engine listens when nobody says otherwise, the system's first. */
function defaultSockets(): string[] {
  const runtime = process.env['XDG_RUNTIME_DIR'];
  return [
    '/var/run/docker.sock',
    ...(runtime === undefined ? [] : [join(runtime, 'docker.sock')]),
    join(homedir(), '.docker', 'run', 'docker.sock'),
  ];
}

/** A client for the engine that DOCKER_HOST names, else for the first default socket that is there. */
export function connect(socket?: string): Docker {
  if (socket !== undefined) return new Docker({ socketPath: socket });
  if (process.env['DOCKER_HOST'] || process.platform === 'win32') return new Docker();
  const sockets = defaultSockets();
  return new Docker({ socketPath: sockets.find((path) => existsSync(path)) ?? '/var/run/docker.sock' });
}

const ADVICE =
  'Run `architect sandbox up` on the machine that Architect runs on, or use `--static` to go on without running anything.';

function absent(reason: string, advice = ADVICE): EngineState {
  return { kind: 'absent', status: { kind: 'absent', reason, advice } };
}

/** Asks the engine who it is and whether it has the image. Never throws: what is missing is said in words. */
export async function inspectEngine(docker: Docker, image: string): Promise<EngineState> {
  let info: { ServerVersion?: string; OSType?: string; NCPU?: number };
  try {
    info = (await withPatience(docker.info())) as typeof info;
  } catch (error) {
    const { host, socketPath } = docker.modem as { host?: string; socketPath?: unknown };
    const where = host ?? (typeof socketPath === 'string' ? socketPath : 'the default socket');
    if (systemCode(error) === 'EACCES') {
      return absent(
        'A container engine is there, but this user may not use it.',
        'Let this user reach the socket (group `docker`), or use `--static` to go on without running anything.',
      );
    }
    return absent(`No container engine answers at ${where} (${messageOf(error)}).`);
  }
  if (info.OSType !== undefined && info.OSType !== 'linux') {
    return absent(`The container engine runs ${info.OSType} containers; the sandbox needs linux ones.`);
  }
  try {
    const found = await docker.getImage(image).inspect();
    const recipe = found.Config.Labels?.[RECIPE_LABEL];
    if (recipe !== RECIPE) {
      return absent(`The image ${image} is of recipe ${recipe ?? 'unknown'}; this version needs ${RECIPE}.`);
    }
    const engine = `Docker ${info.ServerVersion ?? 'of unknown version'}`;
    return {
      kind: 'ready',
      status: { kind: 'ready', engine, image },
      facts: { image, imageId: found.Id, processors: info.NCPU ?? 1 },
    };
  } catch (error) {
    if (statusCode(error) === 404) return absent(`The engine answers, but the image ${image} is not there.`);
    return absent(`The engine could not be asked for the image ${image}: ${messageOf(error)}`);
  }
}

/** A socket that takes connections and never answers must not hang us. */
async function withPatience<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
