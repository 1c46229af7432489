import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import { messageOf, UsageError } from '../lib/errors.ts';

/** A folder that is ours alone. */
export interface FolderLock {
  /** Lets others have the folder. */
  release(): void;
}

/** SQLite's code for a file that is locked by another; details stand in higher bits. */
const BUSY = 5;

const owner = z.object({ pid: z.number(), host: z.string(), since: z.string() });

/**
 * Takes a folder for this process. SQLite locks a file of it, which the kernel unlocks when the process ends, however it
 * ends: no lock is ever left behind, and no process number is compared. Containers that share the folder see it too.
 */
export function lockFolder(folder: string): FolderLock {
  const told = join(folder, 'owner.json');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(folder, 'owner.lock'));
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if (isBusy(error)) throw taken(folder, told);
    throw new UsageError(
      'settings',
      `The folder ${folder} of ARCHITECT_STATE cannot be locked (${messageOf(error)}).`,
      'Name a folder on a disk of this machine; some network disks have no locks.',
    );
  }
  const held = database;
  const release = (): void => {
    if (!held.isOpen) return;
    rmSync(told, { force: true });
    held.close();
  };
  try {
    const us = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
    writeFileSync(told, `${JSON.stringify(us satisfies z.infer<typeof owner>)}\n`, { mode: 0o600 });
  } catch (error) {
    release();
    throw error;
  }
  return { release };
}

function taken(folder: string, told: string): UsageError {
  return new UsageError(
    'settings',
    `The folder ${folder} of ARCHITECT_STATE belongs to another Architect server that runs: ${ownerOf(told)}.`,
    'Stop that one first, or give this one a folder of its own: two on one folder would do every run twice.',
  );
}

/** For people only: the lock alone decides. */
function ownerOf(told: string): string {
  try {
    const { pid, host, since } = owner.parse(JSON.parse(readFileSync(told, 'utf8')));
    return `process ${pid} on ${host}, since ${since}`;
  } catch {
    return 'it does not say which process it is';
  }
}

function isBusy(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' && (code & 0xff) === BUSY;
}
