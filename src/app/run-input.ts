import { sha256 } from '../lib/text.ts';
import type { NewJob } from '../runs/queue.ts';
import type { Place } from './trigger.ts';

/** One run that was asked for and allowed: a notebook at a commit. Plain JSON. */
export interface RunInput {
  place: Place;
  notebook: string;
  /** The commit whose notebook is read. */
  sha: string;
  /** The branch that the pull request goes to. */
  base: string;
  /** The branch that the configuration comes from. */
  configBranch: string;
  target: string | null;
  dryRun: boolean;
  /** The issue or pull request to answer in. */
  thread: number | null;
  /** The event that asked first: its runs share one comment; to run a check again is no new request. */
  request: string;
  requestedBy: string;
}

/** The job of a run: what happened makes its key, what is to be made says what it is about. */
export function runJobOf(event: string, input: RunInput): NewJob<RunInput> {
  const { place, notebook, sha, base, target, dryRun } = input;
  const about = sha256(JSON.stringify([place.repository, notebook, sha, base, target, dryRun]));
  return { key: `${about} ${event}`, about, group: String(place.repository), input };
}

/** What a check of ours carries with it, so that "Re-run" works although nothing else is known of the run. */
export interface CheckMemory {
  run: string;
  notebook: string;
  base: string;
  configBranch: string;
  target: string | null;
  thread: number | null;
  request: string | null;
}

/** The check's `external_id`. */
export function writeCheckMemory(run: string, input: RunInput): string {
  const { notebook, base, configBranch, target, thread, request } = input;
  return JSON.stringify({ run, notebook, base, configBranch, target, thread, request } satisfies CheckMemory);
}

/** Undefined where it is not one of ours. */
export function readCheckMemory(externalId: string): CheckMemory | undefined {
  let found: unknown;
  try {
    found = JSON.parse(externalId);
  } catch {
    return undefined;
  }
  if (typeof found !== 'object' || found === null) return undefined;
  const { run, notebook, base, configBranch, target, thread, request } = found as Record<string, unknown>;
  if (typeof run !== 'string' || typeof notebook !== 'string') return undefined;
  if (typeof base !== 'string' || typeof configBranch !== 'string') return undefined;
  return {
    run,
    notebook,
    base,
    configBranch,
    target: typeof target === 'string' ? target : null,
    thread: typeof thread === 'number' ? thread : null,
    request: typeof request === 'string' ? request : null,
  };
}
