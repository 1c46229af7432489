import type { Source } from '../lib/source.ts';
import { count, listed } from '../lib/text.ts';
import type { Observation } from '../notebook/observation.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Bench } from './bench.ts';
import { distributionOf, type Environment, prepareEnvironment, versionsOf } from './environment.ts';
import { whyPointer } from './lfs-pointers.ts';
import type { OlderRelease } from '../steps/1-extract/older-release.ts';
import { olderLines, sayOlder } from './older-lines.ts';
import { readOwnRequirements } from './own-requirements.ts';
import { runNotebook, type WatchedStatement } from './notebook-run.ts';
import type { NotRun } from './verdict.ts';

/** What to watch, and what it needs. */
export interface ObserveRequest {
  source: Source;
  statements: WatchedStatement[];
  /** Distributions that the notebook imports. */
  distributions: string[];
  limits: { seconds: number; memory: number };
  /** Releases to go back to. */
  older: readonly OlderRelease[];
}

/** The run of the notebook as it is. Plain JSON. */
export interface ObservedRun {
  observation: Observation;
  /** Null where nothing could be run. */
  environment: Environment | null;
  /** Why nothing was run. */
  notRun?: NotRun;
  notes: string[];
}

/** What to do where even the libraries that every package needs cannot be had. */
export const INDEX_HELP =
  'A package index must be reachable where Architect runs (pip configuration, proxy); then run this again.';

/** Runs the notebook once, watched: as far as it goes, or not at all where there is no engine. */
export async function observe(
  request: ObserveRequest,
  sandbox: Sandbox | null,
  signal: AbortSignal | undefined,
  say: (text: string) => void,
): Promise<ObservedRun> {
  if (sandbox === null)
    return notObserved('static', 'No code was run, as --static asks.', 'Run this again without --static.');
  const status = await sandbox.status();
  if (status.kind === 'absent') return notObserved('no_engine', status.reason, status.advice);
  const pointer = whyPointer(request.source, request.statements);
  if (pointer !== undefined) return notObserved(pointer.layer, pointer.message, pointer.help);
  const own = readOwnRequirements(request.source);
  const { older } = request;
  if (older.length > 0) say(sayOlder(older));
  const lines = olderLines(own.lines, older);
  const prepared = await prepareEnvironment(sandbox, request.distributions, signal, say, lines);
  if (prepared.kind === 'failed') {
    return notObserved('install', `The libraries could not be installed: ${prepared.reason}`, INDEX_HELP);
  }
  const { environment, handle } = prepared;
  const bench: Bench = {
    sandbox,
    environment: handle,
    source: request.source,
    limits: request.limits,
    signal,
    say,
  };
  say(`running ${count(request.statements.length, 'statement')}`);
  const { observation } = await runNotebook(bench, {
    name: 'observe',
    statements: request.statements,
    libraries: ['random', 'numpy', 'torch'],
  });
  const isTheirs = (line: string): boolean => own.lines.includes(line);
  const theirs = {
    ...environment,
    pinned: environment.pinned.filter(isTheirs),
    released: environment.released.filter(({ requirement }) => isTheirs(requirement)),
  };
  const notes = [...request.source.notes, ...environmentNotes(theirs, own.files)];
  const versions = { ...observation.versions, ...versionsOf(environment.lock) };
  return { observation: { ...observation, versions }, environment, notes };
}

/** Where the versions come from, and what could not be had. */
export function environmentNotes(environment: Environment, files: readonly string[]): string[] {
  const { missing, pinned, released } = environment;
  const notes: string[] = [];
  const where = listed(files.map((path) => `\`${path}\``));
  if (pinned.length > 0) notes.push(`Versions as ${where} asks: ${quoted(pinned)}.`);
  if (released.length > 0) {
    const [first] = released;
    const versions = versionsOf(environment.lock);
    const taken = released
      .map(({ requirement }) => distributionOf(requirement))
      .flatMap((name) => (versions[name] === undefined ? [] : [`${name}==${versions[name]}`]));
    const instead = taken.length === 0 ? '' : ` Taken instead: ${quoted(taken)}.`;
    notes.push(
      `Not the versions that ${where} asks for: ${quoted(released.map(({ requirement }) => requirement))}. ${first?.reason ?? ''}${instead}`,
    );
  }
  for (const { requirement, reason } of missing)
    notes.push(`The notebook ran without \`${requirement}\`, which could not be installed: ${reason}`);
  return notes;
}

const quoted = (lines: readonly string[]): string =>
  listed(
    lines.map((line) => `\`${line}\``),
    12,
  );

function notObserved(layer: string, message: string, help: string): ObservedRun {
  const observation: Observation = {
    state: 'none',
    reason: message,
    versions: {},
    statements: [],
    seconds: 0,
  };
  return { observation, environment: null, notRun: { layer, message, help }, notes: [] };
}
