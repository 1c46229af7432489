import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../lib/errors.ts';
import { sha256 } from '../lib/text.ts';

/** A finished job is remembered so long: GitHub sends an event again for at most this time. */
const KEPT_DAYS = 30;

/** A job that a crash interrupts this often is not started again. */
export const MOST_ATTEMPTS = 3;

/** What is put into a queue. */
export interface NewJob<T> {
  /** What asked for it: a key is worked on once, unless the work failed. */
  key: string;
  /** What it is about: while one job about it waits or runs, another one is not added. */
  about: string;
  /** Jobs of a group never run at the same time. */
  group: string;
  input: T;
}

/** A job as its file has it. */
export interface Job<T> extends NewJob<T> {
  id: string;
  /** `held`: added, but not to be started before it is released. */
  state: 'held' | 'waiting' | 'running' | 'done' | 'failed';
  /** How often it was started. */
  attempts: number;
  /** Milliseconds since 1970. */
  added: number;
  changed: number;
  /** What came of it, or why it failed. */
  result?: string;
}

/** What became of a job that was to be added. */
export type Added<T> = { kind: 'added' | 'known' | 'joined'; job: Job<T> };

/** A queue in a folder, one file a job, so that a restart loses nothing. One process owns the folder: see `lockFolder`. */
export interface Queue<T> {
  /** @param hold it is not started before it is released, or the process starts anew */
  add(job: NewJob<T>, hold?: boolean): Added<T>;
  release(id: string): void;
  /** All jobs that are remembered, oldest first. */
  list(): Job<T>[];
  get(id: string): Job<T> | undefined;
  /** Takes the oldest waiting job whose group is idle. */
  take(): Job<T> | undefined;
  /** Ends a job, or puts it back to be done after a restart. */
  finish(id: string, state: 'done' | 'failed' | 'waiting', result?: string): void;
  /** Called when there may be something to take. */
  onChange(listener: () => void): void;
}

/** Opens a queue; what was running when its process ended waits again. */
export function openQueue<T>(folder: string): Queue<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const jobs = new Map<string, Job<T>>();
  for (const job of readJobs<T>(folder)) jobs.set(job.id, job);
  const listeners: (() => void)[] = [];
  const store = (job: Job<T>): Job<T> => {
    writeJob(folder, job);
    jobs.set(job.id, job);
    return job;
  };
  const sorted = (): Job<T>[] => [...jobs.values()].sort((a, b) => a.added - b.added);
  const active = ({ state }: Job<T>): boolean => state !== 'done' && state !== 'failed';
  const changed = (): void => listeners.forEach((listener) => listener());
  for (const job of jobs.values()) if (active(job)) store({ ...job, state: 'waiting' });
  return {
    add: (wanted, hold = false) => {
      const id = sha256(wanted.key).slice(0, 24);
      const known = jobs.get(id);
      if (known !== undefined && known.state !== 'failed') return { kind: 'known', job: known };
      const same = sorted().find((job) => active(job) && job.about === wanted.about);
      if (same !== undefined) return { kind: 'joined', job: same };
      // Two jobs of one millisecond keep their order too.
      const now = Math.max(Date.now(), (sorted().at(-1)?.added ?? 0) + 1);
      const job = store({
        ...wanted,
        id,
        state: hold ? 'held' : 'waiting',
        attempts: 0,
        added: now,
        changed: now,
      });
      changed();
      return { kind: 'added', job };
    },
    release: (id) => {
      const job = jobs.get(id);
      if (job?.state === 'held') store({ ...job, state: 'waiting', changed: Date.now() });
      changed();
    },
    list: sorted,
    get: (id) => jobs.get(id),
    take: () => {
      const all = sorted();
      const busy = new Set(all.filter(({ state }) => state === 'running').map(({ group }) => group));
      const next = all.find((job) => job.state === 'waiting' && !busy.has(job.group));
      if (next === undefined) return undefined;
      return store({ ...next, state: 'running', attempts: next.attempts + 1, changed: Date.now() });
    },
    finish: (id, state, result) => {
      const job = jobs.get(id);
      if (job === undefined) return;
      // Put back on purpose, it was not interrupted by a fault of its own.
      const attempts = state === 'waiting' ? job.attempts - 1 : job.attempts;
      store({ ...job, state, attempts, changed: Date.now(), ...(result === undefined ? {} : { result }) });
      changed();
    },
    onChange: (listener) => void listeners.push(listener),
  };
}

/** By a rename, so that a file that is there is whole; a full disk is an error that the sender of the event must see. */
function writeJob(folder: string, job: Job<unknown>): void {
  const file = join(folder, `${job.id}.json`);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, JSON.stringify(job), { mode: 0o600 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Error(`The job cannot be stored in ${folder}: ${messageOf(error)}`, { cause: error });
  }
}

function readJobs<T>(folder: string): Job<T>[] {
  const oldest = Date.now() - KEPT_DAYS * 24 * 3600 * 1000;
  const jobs: Job<T>[] = [];
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if (!name.endsWith('.json')) {
      rmSync(file, { force: true });
      continue;
    }
    const job = readJob<T>(file);
    const ended = job === undefined || job.state === 'done' || job.state === 'failed';
    if (ended && statSync(file).mtimeMs < oldest) rmSync(file, { force: true });
    else if (job !== undefined) jobs.push(job);
  }
  return jobs;
}

/** We wrote it by a rename: a file that cannot be read was damaged by others, and is left where it is. */
function readJob<T>(file: string): Job<T> | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof found === 'object' && found !== null && 'id' in found && 'state' in found
      ? (found as Job<T>)
      : undefined;
  } catch {
    return undefined;
  }
}
