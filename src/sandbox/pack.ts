import { constants } from 'node:fs';
import { lstat, open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import { systemCode } from '../lib/errors.ts';
import { SandboxError } from './errors.ts';
import { SANDBOX_UID } from './image.ts';
import { INPUT_CAPS } from './limits.ts';
import type { TreeCopy } from './sandbox.ts';

const OWNED = { uid: SANDBOX_UID, gid: SANDBOX_UID };

/**
 * A path below the workspace, or a folder of the host, as its parts.
 * @throws SandboxError when it leaves the folder that it is below
 */
export function safeParts(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (path.startsWith('/') || path.includes('\0') || path.includes('\\') || parts.includes('..')) {
    throw new SandboxError(
      `${JSON.stringify(path)} is not a path below the workspace.`,
      'Name it relative to the workspace, with forward slashes and without `..`.',
    );
  }
  return parts;
}

/** What goes into a workspace, and what it may weigh. */
export interface Cargo {
  files: Record<string, string | Uint8Array>;
  trees: TreeCopy[];
  /** Folders that must exist although nothing goes in. */
  folders: string[];
  /** Bytes that the workspace has room for. */
  room: number;
}

/** Writes cargo as a tar stream, one file at a time, and notes what was left out. */
export class Packer {
  readonly stream = tar.pack();
  /** Entries that are no regular files. */
  readonly refused: string[] = [];
  readonly #folders = new Set<string>();
  readonly #cargo: Cargo;
  #files = 0;
  #bytes = 0;

  constructor(cargo: Cargo) {
    this.#cargo = cargo;
  }

  /** Writes everything and ends the stream; on an error the stream is destroyed with it. */
  async write(): Promise<void> {
    try {
      for (const folder of this.#cargo.folders) this.#folder(safeParts(folder));
      for (const tree of this.#cargo.trees) await this.#tree(tree);
      // Last, so that a file of the job replaces one of a tree.
      for (const [path, content] of Object.entries(this.#cargo.files)) {
        const parts = safeParts(path);
        const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
        this.#count(path, bytes.length);
        this.#folder(parts.slice(0, -1));
        this.stream.entry({ name: parts.join('/'), mode: 0o644, ...OWNED }, bytes);
      }
      this.stream.finalize();
    } catch (error) {
      this.stream.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }

  /** Folders are entries of their own: the engine would make missing ones for root. */
  #folder(parts: string[]): void {
    for (let length = 1; length <= parts.length; length++) {
      const name = `${parts.slice(0, length).join('/')}/`;
      if (this.#folders.has(name)) continue;
      this.#folders.add(name);
      this.stream.entry({ name, type: 'directory', mode: 0o755, ...OWNED });
    }
  }

  #count(path: string, bytes: number): void {
    this.#files++;
    this.#bytes += bytes;
    if (this.#files > INPUT_CAPS.files) {
      throw new SandboxError(
        `More than ${INPUT_CAPS.files} files would go into the workspace.`,
        'Leave data folders out, or name the files that are needed.',
      );
    }
    if (this.#bytes > this.#cargo.room) {
      throw new SandboxError(
        `${JSON.stringify(path)} does not fit into the workspace of ${Math.floor(this.#cargo.room / 2 ** 20)} MiB.`,
        'Leave large files out, or raise the limit `workspace`.',
      );
    }
  }

  async #tree(tree: TreeCopy): Promise<void> {
    const to = safeParts(tree.to);
    // A queue and no recursion: how deep a folder goes is not ours to decide.
    const queue = tree.paths.map(safeParts);
    const checked = new Set<string>();
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const shown = path.join('/');
      if (path.length > INPUT_CAPS.depth) {
        this.refused.push(`${shown}: too deep`);
        continue;
      }
      if (!(await this.#plainParents(tree.from, path, checked))) {
        this.refused.push(`${shown}: below a link`);
        continue;
      }
      const host = join(tree.from, ...path);
      const stat = await statOf(host);
      if (stat.isDirectory()) {
        this.#folder([...to, ...path]);
        const names: string[] = [];
        for await (const entry of await opendir(host)) names.push(entry.name);
        queue.push(...names.sort().map((name) => [...path, name]));
      } else if (stat.isFile()) {
        await this.#copy(host, [...to, ...path]);
      } else {
        this.refused.push(`${shown}: ${stat.isSymbolicLink() ? 'a link' : 'no regular file'}`);
      }
    }
  }

  /** O_NOFOLLOW looks at the last part of a path only. */
  async #plainParents(from: string, path: string[], checked: Set<string>): Promise<boolean> {
    for (let length = 1; length < path.length; length++) {
      const parent = join(from, ...path.slice(0, length));
      if (checked.has(parent)) continue;
      if ((await statOf(parent)).isSymbolicLink()) return false;
      checked.add(parent);
    }
    return true;
  }

  async #copy(host: string, to: string[]): Promise<void> {
    const handle = await open(host, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new SandboxError(`${host} changed while it was read.`, 'Try again.');
      this.#count(to.join('/'), stat.size);
      this.#folder(to.slice(0, -1));
      const mode = (stat.mode & 0o111) === 0 ? 0o644 : 0o755;
      const entry = this.stream.entry({ name: to.join('/'), size: stat.size, mode, ...OWNED });
      if (stat.size === 0) {
        entry.end(undefined);
        return;
      }
      // `end`: a file that grows while it is read must not be longer than its header says.
      await pipeline(handle.createReadStream({ autoClose: false, end: stat.size - 1 }), entry);
    } finally {
      await handle.close();
    }
  }
}

async function statOf(path: string): ReturnType<typeof lstat> {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new SandboxError(`${path} is not there.`, 'Name files that exist.', { cause: error });
  }
}
