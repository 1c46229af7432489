/** The container port: everything that runs foreign code goes through it. */

/** Limits of one run. */
export interface Limits {
  /** Wall clock, seconds. */
  seconds: number;
  /** Memory, MiB. */
  memory: number;
  /** Size of the writable workspace, MiB (a tmpfs: it counts as memory of the host). */
  workspace: number;
  /** Processors. */
  cpus: number;
  /** Processes and threads. */
  pids: number;
  /** Bytes of stdout and of stderr that are kept; a run that prints 64 times as much is stopped. */
  output: number;
}

/** Files of the host that are copied into the workspace; links are never followed. */
export interface TreeCopy {
  /** Folder on the host. */
  from: string;
  /** Paths below it, with forward slashes. */
  paths: string[];
  /** Folder below the workspace. */
  to: string;
}

/** One command in one locked container. The workspace is `/work`. */
export interface SandboxJob {
  /** Shown in messages, such as `observe`. */
  name: string;
  command: string[];
  /** Environment to run in, from {@link Sandbox.install}: mounted read-only, its `bin` first on PATH. */
  environment?: string;
  /** Text or bytes by path below the workspace. */
  files?: Record<string, string | Uint8Array>;
  trees?: TreeCopy[];
  /** Working directory below the workspace. */
  folder?: string;
  variables?: Record<string, string>;
  /** Files and folders below the workspace that are read back. */
  collect?: string[];
  /** `install` gives network, the operator's certificates, index and find-links folders; no secrets either way. */
  network?: 'none' | 'install';
  limits?: Partial<Limits>;
  signal?: AbortSignal;
}

/** One shape for success and failure. */
export interface SandboxResult {
  exitCode: number | null;
  timedOut: boolean;
  outOfMemory: boolean;
  stdout: string;
  stderr: string;
  truncated: boolean;
  durationMs: number;
  /** What `collect` named and was a regular file within the caps. */
  files: Record<string, Uint8Array>;
  /** Entries that were left out: links, devices, too large, too many. */
  refused: string[];
}

/** A set of requirements to resolve and install. */
export interface InstallRequest {
  /** Requirement lines, such as `pandas` or `numpy==1.26.4`; sorted, without repeats. */
  requirements: string[];
  signal?: AbortSignal;
}

/** An installed environment, or why there is none. */
export type InstallResult =
  | {
      kind: 'installed';
      /** Give it to {@link SandboxJob.environment}. */
      environment: string;
      python: string;
      /** `name==version` lines of the whole closure, sorted. */
      lock: string[];
      durationMs: number;
      cached: boolean;
    }
  | { kind: 'failed'; reason: string; log: string };

/** Whether containers can be had, in words for the user. */
export type SandboxStatus =
  | { kind: 'ready'; engine: string; image: string }
  | { kind: 'absent'; reason: string; advice: string };

/** Runs foreign code, and nothing else. */
export interface Sandbox {
  status(): Promise<SandboxStatus>;
  install(request: InstallRequest): Promise<InstallResult>;
  run(job: SandboxJob): Promise<SandboxResult>;
  /** Removes everything that this process started; safe to call twice. */
  close(): Promise<void>;
}
