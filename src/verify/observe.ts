import type { Source } from '../lib/source.ts';
import { count, listed } from '../lib/text.ts';
import type { Observation } from '../notebook/observation.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Bench } from './bench.ts';
import { type Environment, prepareEnvironment, versionsOf } from './environment.ts';
import { runNotebook, type WatchedStatement } from './notebook-run.ts';
import type { NotRun } from './verdict.ts';

/** What to watch, and what it needs. */
export interface ObserveRequest {
  source: Source;
  statements: WatchedStatement[];
  /** Distributions that the notebook imports. */
  distributions: string[];
  limits: { seconds: number; memory: number };
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
  const prepared = await prepareEnvironment(sandbox, request.distributions, signal, say);
  if (prepared.kind === 'failed') {
    return notObserved(
      'install',
      `The libraries could not be installed: ${prepared.reason}`,
      'Check that a package index can be reached (pip configuration, proxy), then run this again.',
    );
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
  const notes = [...request.source.notes];
  if (environment.missing.length > 0) {
    const names = listed(environment.missing.map(({ requirement }) => `\`${requirement}\``));
    notes.push(`The notebook ran without ${names}, which could not be installed.`);
  }
  const versions = { ...observation.versions, ...versionsOf(environment.lock) };
  return { observation: { ...observation, versions }, environment, notes };
}

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
