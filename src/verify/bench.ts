import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileTree } from '../lib/file-tree.ts';
import type { Source } from '../lib/source.ts';
import type { Limits, Sandbox, SandboxJob, SandboxResult } from '../sandbox/sandbox.ts';

/** Where things lie in a container, below the workspace. */
const WORKSPACE = '/work';
const HELPER = 'observer';
const PLACES = 'place';
const OUT = 'out';

/** What a run needs to be started. */
export interface Bench {
  sandbox: Sandbox;
  /** Handle of the installed environment. */
  environment: string;
  source: Source;
  limits: { seconds: number; memory: number };
  signal?: AbortSignal | undefined;
  say: (text: string) => void;
}

/** What a container holds: the working tree, and the package so that `paths.root` leads from it to the tree. */
export interface Layout {
  tree: string;
  package: string;
}

/** Places a package and a working tree so that `root`, as in default.yaml, leads from the one to the other. */
export function layoutFor(root: string): Layout {
  const parts = root.split('/').filter((part) => part !== '' && part !== '.');
  const up = parts.filter((part) => part === '..').length;
  const down = parts.slice(up);
  if (parts.slice(0, up).some((part) => part !== '..') || down.includes('..')) {
    throw new Error(`paths.root must be of the form ../../x: ${root}`);
  }
  // The names of the folders between do not matter, their number does.
  const own = Array.from({ length: up }, (_, index) => (index === 0 ? 'package' : String(index)));
  return { tree: [PLACES, ...down].join('/'), package: [PLACES, ...own].join('/') };
}

/** Absolute path in a container of something below the workspace. */
export function inContainer(...parts: string[]): string {
  return [WORKSPACE, ...parts.filter((part) => part !== '' && part !== '.')].join('/');
}

/** One command of the bench. */
export interface BenchJob {
  name: string;
  command: string[];
  layout?: Layout;
  /** Copy the working tree. */
  tree?: boolean;
  package?: FileTree;
  files?: Record<string, string | Uint8Array>;
  /** Below the workspace. */
  folder?: string;
  variables?: Record<string, string>;
  collect?: string[];
  seconds?: number;
}

/** Runs a command beside the working tree and the package. */
export async function runOn(bench: Bench, job: BenchJob): Promise<SandboxResult> {
  const layout = job.layout ?? layoutFor('.');
  const files: Record<string, string | Uint8Array> = { ...job.files };
  for (const [path, text] of Object.entries(job.package ?? {})) files[`${layout.package}/${path}`] = text;
  const paths = job.tree === true ? bench.source.files.map((file) => file.path) : [];
  const sandboxJob: SandboxJob = {
    name: job.name,
    command: job.command,
    environment: bench.environment,
    files,
    trees: paths.length > 0 ? [{ from: bench.source.root, paths, to: layout.tree }] : [],
    folder: job.folder ?? '.',
    variables: { TQDM_DISABLE: '1', ...job.variables },
    collect: job.collect ?? [],
    network: 'none',
    limits: limitsOf(bench, job),
  };
  if (bench.signal !== undefined) sandboxJob.signal = bench.signal;
  bench.signal?.throwIfAborted();
  return bench.sandbox.run(sandboxJob);
}

/** Room for the data, and as much again as a run may write. */
function limitsOf(bench: Bench, job: BenchJob): Partial<Limits> {
  const bytes = job.tree === true ? bench.source.files.reduce((sum, file) => sum + file.bytes, 0) : 0;
  return {
    seconds: job.seconds ?? bench.limits.seconds,
    memory: bench.limits.memory,
    workspace: 1024 + Math.ceil(bytes / 2 ** 20),
  };
}

/** Outcome of a command of `architect_sandbox`. */
export interface HelperResult {
  run: SandboxResult;
  /** The result file, if it is there and JSON. */
  value: unknown;
  /** Lines of `<out>.jsonl` that are whole: what was written before the run ended, however it ended. */
  lines: unknown[];
  dumps: Record<string, Uint8Array>;
}

/** Path of the folder for dumps, for a job's `dump.folder`. */
export const DUMPS = inContainer(OUT, 'dumps');

/** Runs `python -m architect_sandbox <command>` on a job. */
export async function runHelper(
  bench: Bench,
  command: 'observe' | 'watch' | 'compare',
  job: object,
  options: Pick<BenchJob, 'name' | 'layout' | 'tree' | 'package' | 'files' | 'seconds'>,
): Promise<HelperResult> {
  const run = await runOn(bench, {
    ...options,
    command: [
      'python',
      '-m',
      'architect_sandbox',
      command,
      inContainer('job.json'),
      inContainer(OUT, 'result.json'),
    ],
    files: { ...options.files, ...helperFiles(), 'job.json': JSON.stringify(job), [`${OUT}/.keep`]: '' },
    variables: { PYTHONPATH: inContainer(HELPER) },
    collect: [OUT],
  });
  const decoder = new TextDecoder();
  const text = (path: string): string => {
    const bytes = run.files[path];
    return bytes === undefined ? '' : decoder.decode(bytes);
  };
  const prefix = `${OUT}/dumps/`;
  const dumps = Object.entries(run.files).filter(([path]) => path.startsWith(prefix));
  return {
    run,
    value: parse(text(`${OUT}/result.json`)),
    lines: text(`${OUT}/result.json.jsonl`)
      .split('\n')
      .map(parse)
      .filter((line) => line !== undefined),
    dumps: Object.fromEntries(dumps.map(([path, bytes]) => [path.slice(prefix.length), bytes])),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

let helper: Record<string, string> | undefined;

/** The Python that runs inside. It is copied and not mounted: the engine may be on another machine. */
export function helperFiles(): Record<string, string> {
  if (helper !== undefined) return helper;
  const folder = fileURLToPath(new URL('../../sandbox/architect_sandbox', import.meta.url));
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.py'),
  );
  helper = Object.fromEntries(
    paths
      .sort()
      .map((path) => [
        `${HELPER}/architect_sandbox/${path.replaceAll('\\', '/')}`,
        readFileSync(join(folder, path), 'utf8'),
      ]),
  );
  return helper;
}
