import { constants } from 'node:os';
import type { Observation, RunError, StatementRecord } from '../notebook/observation.ts';
import type { SandboxResult } from '../sandbox/sandbox.ts';
import type { WatchedStatement as PlannedStatement } from '../steps/1-extract/extract.ts';
import { tellingMessage } from './telling-message.ts';
import { type Bench, DUMPS, type HelperResult, inContainer, layoutFor, runHelper } from './bench.ts';

/** One statement for the observer, with what a run of its own adds to it. */
export interface WatchedStatement extends PlannedStatement {
  /** Column of its first character in the cell. */
  column?: number;
  /** Seeds the global generators before it. */
  seed?: number | null;
  /** The last one of its cell: open figures are closed after it. */
  isCellEnd?: boolean;
}

/** What is run. */
export interface NotebookRun {
  name: string;
  statements: WatchedStatement[];
  /** Global generators that a seed sets. */
  libraries: string[];
  /** Names and expression keys to dump, by statement. */
  dump?: Record<number, string[]>;
  /** Whether numbers are added up, for the package's own parity test. */
  sums?: boolean;
}

/** What came of it; `dumps` by `<statement>:<name or key>`. */
export interface NotebookRunResult {
  observation: Observation;
  dumps: Record<string, Uint8Array>;
}

/** Runs statements of a notebook in a container, watched. */
export async function runNotebook(bench: Bench, request: NotebookRun): Promise<NotebookRunResult> {
  const layout = layoutFor('.');
  const { path } = bench.source;
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  const dump = request.dump ?? {};
  const job = {
    root: inContainer(layout.tree),
    folder: inContainer(layout.tree, folder),
    statements: request.statements.map((statement) => ({ ...statement, seed: statement.seed ?? null })),
    libraries: request.libraries,
    dump: { folder: DUMPS, values: dump },
    sums: request.sums === true,
  };
  const result = await runHelper(bench, 'observe', job, { name: request.name, layout, tree: true });
  const dumps: Record<string, Uint8Array> = {};
  for (const [id, names] of Object.entries(dump)) {
    names.forEach((name, index) => {
      const bytes = result.dumps[`${id}-${index}.zip`];
      if (bytes !== undefined) dumps[`${id}:${name}`] = bytes;
    });
  }
  return { observation: readObservation(result, request.statements), dumps };
}

/** The observer's result; of a run that was cut off, what it had written by then. */
export function readObservation(result: HelperResult, statements: readonly WatchedStatement[]): Observation {
  const whole = asRecord(result.value);
  const head = asRecord(result.lines[0]);
  // What foreign code ran beside could have been changed by it: the shape is checked, the content is evidence only when two runs agree.
  const records = (Array.isArray(whole?.['statements']) ? whole['statements'] : result.lines.slice(1)).filter(
    isStatementRecord,
  );
  const cut = cutOff(result.run, whole !== undefined);
  if (cut !== undefined) {
    const next = statements[records.length];
    if (next !== undefined) records.push(cutRecord(next.id, cut, result.run));
  }
  const failed = records.find((record) => record.outcome === 'failed');
  const state =
    cut === undefined && failed === undefined && records.length === statements.length
      ? 'complete'
      : 'partial';
  const reason = failed === undefined ? undefined : failureText(failed, statements);
  return {
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(typeof head?.['python'] === 'string' ? { python: head['python'] } : {}),
    versions: versionsIn(whole?.['versions']),
    statements: records,
    seconds: typeof whole?.['seconds'] === 'number' ? whole['seconds'] : result.run.durationMs / 1000,
    ...(cut === undefined ? {} : { cutOff: cut }),
  };
}

function cutOff(run: SandboxResult, finished: boolean): Observation['cutOff'] {
  if (run.timedOut) return 'time_out';
  if (run.outOfMemory && !finished) return 'out_of_memory';
  if (finished) return undefined;
  return run.truncated ? 'output' : 'crash';
}

function cutRecord(id: number, cut: NonNullable<Observation['cutOff']>, run: SandboxResult): StatementRecord {
  const seconds = Math.round(run.durationMs / 1000);
  const texts = {
    time_out: { type: 'TimeOut', message: `still running when the run was stopped after ${seconds} s` },
    out_of_memory: { type: 'OutOfMemory', message: 'the run needed more memory than it may have' },
    output: { type: 'TooMuchOutput', message: 'the run printed without end and was stopped' },
    crash: {
      type: 'Crash',
      message: `the interpreter ended with exit code ${run.exitCode ?? 'unknown'}${signalOf(run.exitCode)}: ${lastLine(run.stderr)}`,
    },
  };
  const layer: RunError['layer'] = cut;
  return {
    id,
    outcome: 'failed',
    seconds,
    values: {},
    mutated: [],
    random: [],
    expressions: {},
    reads: [],
    writes: [],
    stdout: '',
    error: { ...texts[cut], layer },
  };
}

/** `cell 5, line 3: FileNotFoundError: …`. */
export function failureText(record: StatementRecord, statements: readonly WatchedStatement[]): string {
  const place = statements.find((statement) => statement.id === record.id);
  const line = record.error?.line ?? place?.line;
  const where =
    place === undefined ? '' : `cell ${place.cell}${line === undefined ? '' : `, line ${line}`}: `;
  return `${where}${record.error?.type ?? 'Error'}: ${tellingMessage(record.error?.message ?? '')}`.trim();
}

/** A process that a signal ended has 128 and its number as exit code. */
function signalOf(code: number | null): string {
  const name = Object.entries(constants.signals).find(([, number]) => number + 128 === code)?.[0];
  return name === undefined ? '' : ` (${name})`;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function isStatementRecord(value: unknown): value is StatementRecord {
  const record = asRecord(value);
  return (
    record !== undefined &&
    typeof record['id'] === 'number' &&
    ['ran', 'failed', 'skipped'].includes(String(record['outcome'])) &&
    asRecord(record['values']) !== undefined &&
    asRecord(record['expressions']) !== undefined &&
    ['mutated', 'random', 'reads', 'writes'].every((key) => Array.isArray(record[key]))
  );
}

function versionsIn(value: unknown): Record<string, string> {
  const entries = Object.entries(asRecord(value) ?? {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
