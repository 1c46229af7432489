import { chown, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { systemCode } from '../lib/errors.ts';
import { SANDBOX_UID } from './image.ts';
import { isDead, OWNER } from './owner.ts';

/** A lock of another machine is taken for forgotten after this long, milliseconds. */
const FORGOTTEN = 60 * 60 * 1000;

/**
 * The cache folder: ARCHITECT_CACHE, else the one that the desktop standard names.
 * All that is below it may be deleted at any time; it is made again when it is needed.
 */
export function defaultCache(): string {
  const own = process.env['ARCHITECT_CACHE'];
  if (own) return own;
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'architect');
}

/**
 * Folders of installed environments.
 *
 * - An unfinished environment lies in `store/env/<key>`, beside uv's own cache in `store/uv`: both
 *   under one mount, so that uv can link files instead of copying them (8 MB instead of 700 for a second environment).
 * - `ready/<key>` is a finished environment. It gets there by one rename and never changes again.
 */
export class EnvironmentCache {
  readonly root: string;
  readonly store: string;

  constructor(root = defaultCache()) {
    this.root = root;
    this.store = join(root, 'store');
  }

  /** The user who installs: files must belong to somebody who can delete them, and never to root. */
  get installer(): number {
    const uid = process.getuid?.() ?? SANDBOX_UID;
    return uid === 0 ? SANDBOX_UID : uid;
  }

  /** A finished environment's folder. */
  ready(key: string): string {
    return join(this.root, 'ready', key);
  }

  /** An unfinished environment's folder. */
  building(key: string): string {
    return join(this.store, 'env', key);
  }

  /** Makes the folders. */
  async prepare(): Promise<void> {
    await mkdir(join(this.root, 'ready'), { recursive: true });
    await mkdir(join(this.root, 'locks'), { recursive: true });
    for (const folder of [this.store, ...['bin', 'env', 'uv'].map((name) => join(this.store, name))]) {
      await mkdir(folder, { recursive: true });
      if (process.getuid?.() === 0) await chown(folder, this.installer, this.installer);
    }
  }

  /** Moves a finished environment to where runs find it. */
  async publish(key: string): Promise<void> {
    await rename(this.building(key), this.ready(key));
  }

  /** Removes what a failed or killed install left. */
  async discard(key: string): Promise<void> {
    await rm(this.building(key), { recursive: true, force: true });
  }

  /** Removes unfinished environments whose makers are dead, and their locks. */
  async sweep(): Promise<void> {
    for (const name of await namesIn(join(this.root, 'locks'))) {
      const path = join(this.root, 'locks', name);
      if (!(await isStale(path))) continue;
      await this.discard(name);
      await rm(path, { force: true });
    }
  }

  /**
   * Runs `work` while nobody else, in this process or another, holds the lock `name`.
   * A lock whose owner died is taken over.
   */
  async locked<T>(name: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const path = join(this.root, 'locks', name);
    const content = `${OWNER} ${randomUUID()}`;
    while (!(await take(path, content))) {
      await sleep(200);
      signal.throwIfAborted();
    }
    try {
      return await work();
    } finally {
      await rm(path, { force: true });
    }
  }
}

async function take(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  if (await isStale(path)) await evict(path);
  return false;
}

async function isStale(path: string): Promise<boolean> {
  try {
    const [owner = ''] = (await readFile(path, 'utf8')).split(' ');
    const age = Date.now() - (await stat(path)).mtimeMs;
    return isDead(owner) || age > FORGOTTEN;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}

/**
 * Removes a lock that was found stale. Two processes may find the same one: the second must not remove the lock that
 * the first has taken since, so it moves the file away, looks again, and puts it back if it is alive.
 */
async function evict(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if (await isStale(aside)) await rm(aside, { force: true });
    else await rename(aside, path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}
