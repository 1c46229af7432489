import { messageOf } from '../lib/errors.ts';
import { count, listed } from '../lib/text.ts';
import type { InstallResult, Sandbox } from '../sandbox/sandbox.ts';

/** What every package needs besides the libraries of its notebook, and what checks it. */
export const FRAME = [
  'basedpyright',
  'joblib',
  'mlflow',
  'numpy',
  'omegaconf',
  'pandas',
  'pytest',
  'ruff',
  'structlog',
];

/** The libraries that a notebook and its package run with: one set for both, or equal code could give other numbers. */
export interface Environment {
  /** For `Sandbox.install`, which finds the same environment again. */
  requirements: string[];
  python: string;
  /** `name==version` of the whole closure, sorted. */
  lock: string[];
  /** Requirements that could not be installed. */
  missing: { requirement: string; reason: string }[];
}

/** An environment that stands, or why there is none. */
export type Prepared =
  { kind: 'ready'; environment: Environment; handle: string } | { kind: 'failed'; reason: string };

/** Name of the distribution of a requirement line, in its normal form. */
export function distributionOf(requirement: string): string {
  return normal(/^[A-Za-z0-9._-]+/.exec(requirement)?.[0] ?? requirement);
}

function normal(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The closure as a map from distribution to version. */
export function versionsOf(lock: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lock.flatMap((line) => {
      const [name, version] = line.split('==');
      return name === undefined || version === undefined ? [] : [[name, version.split(/[ ;]/)[0] ?? version]];
    }),
  );
}

/**
 * Installs the frame and the libraries of a notebook. A library that cannot be installed is left out and named, so
 * that a notebook which imports one still gets as far as it can.
 */
export async function prepareEnvironment(
  sandbox: Sandbox,
  wanted: readonly string[],
  signal: AbortSignal | undefined,
  say: (text: string) => void,
): Promise<Prepared> {
  const frame = new Set(FRAME.map(distributionOf));
  let requirements = merge(wanted);
  const missing: Environment['missing'] = [];
  for (let attempt = 0; ; attempt += 1) {
    say(`installing ${count(requirements.length, 'library', 'libraries')}`);
    const result = await install(sandbox, requirements, signal);
    if (result.kind === 'installed') {
      const { environment: handle, python, lock } = result;
      return { kind: 'ready', handle, environment: { requirements, python, lock, missing } };
    }
    const optional = requirements.filter((line) => !frame.has(distributionOf(line)));
    if (optional.length === 0 || signal?.aborted === true) return { kind: 'failed', reason: result.reason };
    // What the installer names is left out; when it names nothing, each library is tried by itself.
    const named = blamed(`${result.reason}\n${result.log}`, optional);
    const bad = named.length > 0 && attempt < 8 ? named : await tryEach(sandbox, optional, signal, say);
    if (bad.length === 0) return { kind: 'failed', reason: result.reason };
    for (const requirement of bad) missing.push({ requirement, reason: result.reason });
    requirements = requirements.filter((line) => !bad.includes(line));
    say(`without ${listed(bad)}, which cannot be installed`);
  }
}

/** The frame and what is wanted; a line with a version stands for the same one without. */
function merge(wanted: readonly string[]): string[] {
  const byName = new Map(FRAME.map((line) => [distributionOf(line), line]));
  for (const line of wanted) {
    const name = distributionOf(line);
    const known = byName.get(name);
    if (known === undefined || known.length < line.length) byName.set(name, line);
  }
  return [...byName.values()].sort();
}

async function install(
  sandbox: Sandbox,
  requirements: string[],
  signal: AbortSignal | undefined,
): Promise<InstallResult> {
  try {
    return await sandbox.install({ requirements, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return { kind: 'failed', reason: messageOf(error), log: '' };
  }
}

/**
 * The requirements that the resolver's explanation starts from: `Because foo was not found`, `Because there are no
 * versions of foo`, `Because foo==1.0 has no wheels with a matching …`, `Because only foo<2 is available`.
 */
export function blamed(log: string, requirements: readonly string[]): string[] {
  const names = new Set<string>();
  const patterns = [
    /\bBecause (?:there (?:are|is) no versions? of |only |all versions of )?([A-Za-z0-9][A-Za-z0-9._-]*)/g,
    /\b([A-Za-z0-9][A-Za-z0-9._-]*?)(?:[=<>~!]=?[^\s]*)? (?:was not found|has no (?:usable )?wheels|cannot be used|has no wheels with)/g,
    /No (?:matching distribution|solution) found for ([A-Za-z0-9][A-Za-z0-9._-]*)/g,
    /Failed to (?:download|fetch|build)[: `]+([A-Za-z0-9][A-Za-z0-9._-]*)/g,
  ];
  for (const pattern of patterns) {
    for (const match of log.matchAll(pattern)) names.add(normal((match[1] ?? '').replace(/[.]+$/, '')));
  }
  return requirements.filter((line) => names.has(distributionOf(line)));
}

const MOST_TRIED = 40;

async function tryEach(
  sandbox: Sandbox,
  optional: readonly string[],
  signal: AbortSignal | undefined,
  say: (text: string) => void,
): Promise<string[]> {
  const good: string[] = [];
  const bad: string[] = [];
  for (const requirement of optional.slice(0, MOST_TRIED)) {
    say(`trying ${requirement} by itself`);
    const result = await install(sandbox, merge([...good, requirement]), signal);
    (result.kind === 'installed' ? good : bad).push(requirement);
    signal?.throwIfAborted();
  }
  return [...bad, ...optional.slice(MOST_TRIED)];
}
