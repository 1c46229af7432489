import { messageOf } from '../lib/errors.ts';
import { count, listed } from '../lib/text.ts';
import { mentions } from '../sandbox/install-reason.ts';
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
  missing: Refused[];
  /** The repository's own requirement lines that decided a version. */
  pinned: string[];
  /** Those that could not be kept; a release that the index has was taken. */
  released: Refused[];
}

/** A requirement, and why it could not be had, in a sentence. */
export interface Refused {
  requirement: string;
  reason: string;
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

/** Part of the frame whose version changes what a notebook computes. */
const COMPUTING = new Set(['joblib', 'numpy', 'pandas']);
/** More unnamed lines than these are a whole machine written down, not what a notebook needs. */
const MOST_OTHERS = 40;
/** Times that a single requirement is given up before all of the kind are. */
const MOST_ROUNDS = 8;

/**
 * Installs the frame and the libraries of a notebook, in the versions that the repository asks for where they can be
 * had. A version that cannot be had is given up before a library is. A library that cannot be installed is left out and
 * named, so that a notebook which imports one still gets as far as it can.
 *
 * @param own - the repository's own requirement lines, one for each distribution
 */
export async function prepareEnvironment(
  sandbox: Sandbox,
  wanted: readonly string[],
  signal: AbortSignal | undefined,
  say: (text: string) => void,
  own: readonly string[] = [],
): Promise<Prepared> {
  const frame = new Set(FRAME.map(distributionOf));
  const needed = new Set([...wanted.map(distributionOf), ...COMPUTING]);
  let pinned = own.filter((line) => needed.has(distributionOf(line)) && /[<>=~!]/.test(line));
  let names = [...wanted];
  const missing: Refused[] = [];
  const released: Refused[] = [];
  for (let attempt = 0; ; attempt += 1) {
    const requirements = merge([...names, ...pinned]);
    say(`installing ${count(requirements.length, 'library', 'libraries')}`);
    const result = await install(sandbox, requirements, signal);
    if (result.kind === 'installed') {
      const found = { requirements, pinned, missing, released };
      const others = own.filter((line) => !needed.has(distributionOf(line)));
      return ready((await withOthers(sandbox, found, others, signal, say)) ?? { ...found, result });
    }
    const log = `${result.reason}\n${result.log}`;
    const optional = requirements.filter((line) => !frame.has(distributionOf(line)));
    if (signal?.aborted === true) return { kind: 'failed', reason: result.reason };
    const unknown = absent(log, optional);
    if (unknown.length === 0 && pinned.length > 0) {
      const involved = pinned.filter((line) => mentions(result.log, distributionOf(line)));
      const given = involved.length > 0 && attempt < MOST_ROUNDS ? involved : pinned;
      for (const requirement of given) released.push({ requirement, reason: result.reason });
      pinned = pinned.filter((line) => !given.includes(line));
      say(`without the versions of ${listed(given)}, which cannot be had`);
      continue;
    }
    if (optional.length === 0) return { kind: 'failed', reason: result.reason };
    // What the installer names is left out; when it names nothing, each library is tried by itself.
    const named = unknown.length > 0 ? unknown : blamed(log, optional);
    const bad =
      named.length > 0 && attempt < MOST_ROUNDS ? named : await tryEach(sandbox, optional, signal, say);
    if (bad.length === 0) return { kind: 'failed', reason: result.reason };
    for (const requirement of bad) missing.push({ requirement, reason: result.reason });
    const left = new Set(bad.map(distributionOf));
    names = names.filter((line) => !left.has(distributionOf(line)));
    pinned = pinned.filter((line) => !left.has(distributionOf(line)));
    say(`without ${listed(bad)}, which cannot be installed`);
  }
}

type Found = Pick<Environment, 'requirements' | 'pinned' | 'missing' | 'released'>;
type Installed = Found & { result: InstallResult & { kind: 'installed' } };

function ready({ result, ...found }: Installed): Prepared {
  const { environment: handle, python, lock } = result;
  return { kind: 'ready', handle, environment: { ...found, python, lock } };
}

/**
 * A module that no distribution of its name has may come with one of another name, which the repository's own
 * requirements say: then the lines that no import accounts for are installed too.
 */
async function withOthers(
  sandbox: Sandbox,
  found: Found,
  others: readonly string[],
  signal: AbortSignal | undefined,
  say: (text: string) => void,
): Promise<Installed | undefined> {
  if (found.missing.length === 0 || others.length === 0 || others.length > MOST_OTHERS) return undefined;
  say(`installing ${count(others.length, 'other requirement')} of the repository`);
  const frame = new Set(FRAME.map(distributionOf));
  const lines = others.filter((line) => !frame.has(distributionOf(line)));
  for (const more of [lines, lines.map((line) => /^[A-Za-z0-9._-]+/.exec(line)?.[0] ?? line)]) {
    const requirements = merge([...found.requirements, ...more]);
    const result = await install(sandbox, requirements, signal);
    if (result.kind === 'installed') return { ...found, requirements, result };
  }
  return undefined;
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

/** The requirements whose distribution the index does not have at all. */
function absent(log: string, requirements: readonly string[]): string[] {
  const names = new Set(
    [...log.matchAll(/([A-Za-z0-9][A-Za-z0-9._-]*)(?:[=<>~!]=?\S*)? was not found/g)].map((match) =>
      normal(match[1] ?? ''),
    ),
  );
  return requirements.filter((line) => names.has(distributionOf(line)));
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
