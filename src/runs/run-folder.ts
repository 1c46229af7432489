import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { sha256 } from '../lib/text.ts';
import type { Step } from './step.ts';

/** A killed run that nobody came back to is forgotten after this many days. */
const KEPT_DAYS = 7;

/** A run whose finished steps are kept as files, so that a killed run goes on where it stopped. */
export interface RunFolder {
  path: string;
  step: Step;
  /** Forgets the run: it ended. */
  remove(): void;
}

/** Where runs are kept: below the user's cache folder. */
function runsFolder(): string {
  const cache = process.env['XDG_CACHE_HOME'];
  const base = cache !== undefined && isAbsolute(cache) ? cache : join(homedir(), '.cache');
  return join(base, 'architect', 'runs');
}

/**
 * Opens the folder of a run.
 * @param identity everything that decides the outcome; another identity is another run
 */
export function openRunFolder(identity: unknown, runs = runsFolder()): RunFolder {
  forgetOldRuns(runs);
  const path = join(runs, sha256(JSON.stringify(identity)).slice(0, 32));
  return {
    path,
    step: async (name, work) => {
      const file = join(path, `${name.replace(/[^a-z0-9-]/gi, '_')}.json`);
      const stored = readStored(file, name);
      // The caller knows what it stored: the identity holds Architect's version.
      if (stored !== undefined) return stored.value as Awaited<ReturnType<typeof work>>;
      const value = await work();
      writeStored(path, file, name, value);
      return value;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

interface Stored {
  value: unknown;
}

/** The stored value; a file that is missing, cut off or changed means that the step is done again. */
function readStored(file: string, name: string): Stored | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof found !== 'object' || found === null) return undefined;
    if (!('step' in found) || !('text' in found) || !('sha256' in found)) return undefined;
    if (found.step !== name || typeof found.text !== 'string' || sha256(found.text) !== found.sha256)
      return undefined;
    return { value: JSON.parse(found.text) as unknown };
  } catch {
    return undefined;
  }
}

/** By a rename, so that a file that is there is whole. A full disk must not end the run that it was meant to help. */
function writeStored(folder: string, file: string, name: string, value: unknown): void {
  const text = JSON.stringify(value ?? null);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(temporary, JSON.stringify({ step: name, sha256: sha256(text), text }), { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    rmSync(temporary, { force: true });
  }
}

function forgetOldRuns(runs: string): void {
  const oldest = Date.now() - KEPT_DAYS * 24 * 3600 * 1000;
  let names: string[];
  try {
    names = readdirSync(runs);
  } catch {
    return;
  }
  for (const name of names) {
    try {
      if (statSync(join(runs, name)).mtimeMs < oldest)
        rmSync(join(runs, name), { recursive: true, force: true });
    } catch {
      // Another process forgot it first.
    }
  }
}
