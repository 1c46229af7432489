import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { sha256 } from '../lib/text.ts';
import type { Step } from './step.ts';

/** A killed run that nobody came back to is forgotten after this many days. */
const KEPT_DAYS = 7;
/** What a model said is of use as long as its pull request may be talked about. */
const TRANSCRIPT_DAYS = 30;

/** A run whose finished steps are kept as files, so that a killed run goes on where it stopped. */
export interface RunFolder {
  path: string;
  step: Step;
  /** Where transcripts are kept; it need not be there. */
  transcripts: string;
  /** Keeps what was said in a step, for whoever runs Architect: it outlives the run, and is in no package. */
  keepTranscript(step: string, transcript: unknown): void;
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
  const path = join(runs, sha256(JSON.stringify(identity)).slice(0, 32));
  const kept = join(dirname(runs), 'transcripts');
  const transcripts = join(kept, basename(path));
  forgetOld(runs, KEPT_DAYS);
  forgetOld(kept, TRANSCRIPT_DAYS);
  return {
    path,
    step: async (name, work) => {
      const file = join(path, fileOf(name));
      const stored = readStored(file, name);
      // The caller knows what it stored: the identity holds Architect's version.
      if (stored !== undefined) return stored.value as Awaited<ReturnType<typeof work>>;
      const value = await work();
      writeStored(path, file, name, value);
      return value;
    },
    transcripts,
    keepTranscript: (name, transcript) =>
      writeWhole(transcripts, join(transcripts, fileOf(name)), `${JSON.stringify(transcript, null, 1)}\n`),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

function fileOf(name: string): string {
  return `${name.replace(/[^a-z0-9-]/gi, '_')}.json`;
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

function writeStored(folder: string, file: string, name: string, value: unknown): void {
  const text = JSON.stringify(value ?? null);
  writeWhole(folder, file, JSON.stringify({ step: name, sha256: sha256(text), text }));
}

/** By a rename, so that a file that is there is whole. A full disk must not end the run that it was meant to help. */
function writeWhole(folder: string, file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(temporary, text, { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    rmSync(temporary, { force: true });
  }
}

function forgetOld(runs: string, days: number): void {
  const oldest = Date.now() - days * 24 * 3600 * 1000;
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
