import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { Collector, type Collected } from './collect.ts';
import { messageOf } from '../lib/errors.ts';
import { SandboxError } from './errors.ts';
import { hardened, type Mount } from './hardening.ts';
import { SANDBOX_UID, WORKSPACE } from './image.ts';
import { WORKSPACE_INODES } from './limits.ts';
import { OWNER, OWNER_LABEL, removeContainer, removeVolume } from './owner.ts';
import { Packer, type Cargo } from './pack.ts';
import { baseVariables } from './variables.ts';

/**
 * The writable folder of one run: a tmpfs volume with a size and a number of inodes.
 * Such a volume lives for as long as a container uses it, so a second container, which only sleeps, holds it while
 * files go in before the run and come out after it.
 */
export class Workspace {
  readonly mount: Mount;
  readonly #docker: Docker;
  readonly #image: string;
  readonly #volume = `architect-${randomUUID()}`;
  #holder: Docker.Container | undefined;

  constructor(docker: Docker, image: string) {
    this.#docker = docker;
    this.#image = image;
    this.mount = { type: 'volume', source: this.#volume, target: WORKSPACE };
  }

  /**
   * Makes the folder.
   * @param size - MiB
   * @param seconds - how long it lives if this process dies and nobody removes it
   */
  async open(size: number, seconds: number): Promise<void> {
    await this.#docker.createVolume({
      Name: this.#volume,
      Driver: 'local',
      Labels: { [OWNER_LABEL]: OWNER },
      DriverOpts: {
        type: 'tmpfs',
        device: 'tmpfs',
        o: `size=${size}m,nr_inodes=${WORKSPACE_INODES},uid=${SANDBOX_UID},gid=${SANDBOX_UID},mode=0755,nosuid,nodev`,
      },
    });
    this.#holder = await this.#docker.createContainer(
      hardened({
        image: this.#image,
        command: ['sleep', String(Math.ceil(seconds))],
        variables: baseVariables(),
        folder: '/',
        mounts: [this.mount],
        network: 'none',
        memory: 32,
        scratch: 1,
        cpus: 0.5,
        pids: 8,
        largestFile: size,
      }),
    );
    await this.#holder.start();
  }

  /** Copies files in; answers what was left out. */
  async put(cargo: Cargo): Promise<string[]> {
    const empty = [cargo.files, cargo.trees, cargo.folders].every((one) => Object.keys(one).length === 0);
    if (empty) return [];
    const packer = new Packer(cargo);
    const sent = this.#send(packer);
    // Both at once: the archive is made while it is sent.
    const [written, answered] = await Promise.allSettled([packer.write(), sent]);
    // An error of ours makes the engine complain about half an archive: ours is the one to tell.
    if (written.status === 'rejected') throw written.reason;
    if (answered.status === 'rejected') {
      throw new SandboxError(
        `The files could not be copied into the workspace: ${messageOf(answered.reason)}`,
        'Raise the limit `workspace`, or leave large files out.',
        { cause: answered.reason },
      );
    }
    return packer.refused;
  }

  async #send(packer: Packer): Promise<void> {
    // The engine's client knows Node's streams only.
    const stream = Readable.from(packer.stream, { objectMode: false });
    await this.#opened().putArchive(stream, { path: WORKSPACE });
  }

  /** Reads files back. */
  async collect(paths: string[]): Promise<Collected> {
    const collector = new Collector(this.#opened());
    for (const path of paths) await collector.read(path);
    return { files: collector.files, refused: collector.refused };
  }

  /** Removes the folder and what held it. */
  async close(): Promise<void> {
    if (this.#holder !== undefined) await removeContainer(this.#docker, this.#holder.id);
    this.#holder = undefined;
    await removeVolume(this.#docker, this.#volume);
  }

  #opened(): Docker.Container {
    if (this.#holder === undefined) throw new Error('The workspace is not open.');
    return this.#holder;
  }
}
