import type { Limits } from './sandbox.ts';

/** Limits of a run that names none. */
export const DEFAULT_LIMITS: Limits = {
  seconds: 300,
  memory: 2048,
  workspace: 1024,
  cpus: 2,
  pids: 256,
  output: 1024 * 1024,
};

/** A run that prints this many times what is kept is stopped. */
export const FLOOD = 64;

/** Caps on what goes into a workspace. */
export const INPUT_CAPS = { files: 20_000, depth: 32 };

/** Caps on what is read back from a workspace. */
export const RESULT_CAPS = {
  files: 4_000,
  depth: 24,
  /** Bytes of one file. */
  file: 64 * 1024 * 1024,
  /** Bytes of all. */
  total: 256 * 1024 * 1024,
  /** Bytes of all that are looked at, left out ones included; then reading stops. */
  seen: 1024 * 1024 * 1024,
  /** Entries in `refused`. */
  refused: 200,
};

/** Inodes of a workspace: an installed package of a hundred dependencies has some 30 000 files. */
export const WORKSPACE_INODES = 100_000;

/** The limits of a job: what it names, else the defaults. */
export function withDefaults(limits: Partial<Limits> | undefined): Limits {
  return { ...DEFAULT_LIMITS, ...limits };
}
