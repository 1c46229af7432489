import { unique } from '../../lib/unique.ts';
import type { AnalysedStatement, Extraction, OutputFile } from '../1-extract/extraction.ts';
import { MODULES } from '../package-modules.ts';
import type { OutputSegment } from './layout.ts';
import { effectsOf, liveIn, type NameTable } from './liveness.ts';
import { keysOf, type Surroundings } from './segments.ts';

/**
 * Statements that write the notebook's figures, tables and other files, with those that compute something for
 * them alone: they do not belong to the run that tests and evaluation repeat.
 *
 * @param flow - Kept statements, in order.
 * @param wanted - Names that something else needs: metrics, the target.
 */
export function collectWritten(
  flow: AnalysedStatement[],
  extraction: Extraction,
  table: NameTable,
  wanted: ReadonlySet<string>,
): AnalysedStatement[] {
  const written = new Set<AnalysedStatement>();
  const cells = new Set<number>();
  const metrics = new Set(extraction.metrics.map((metric) => metric.statement));
  for (const statement of [...flow].reverse()) {
    const writes = extraction.outputs.some(
      (output) => output.statement === statement.id && output.kind !== 'model',
    );
    if (writes) cells.add(statement.cell);
    if (writes || (cells.has(statement.cell) && draws(statement))) written.add(statement);
    else if (
      cells.has(statement.cell) &&
      !metrics.has(statement.id) &&
      servesOnly(statement, flow, written, table, wanted)
    ) {
      written.add(statement);
    }
  }
  return flow.filter((statement) => written.has(statement));
}

/** Draws on a figure and binds nothing that computes. */
function draws(statement: AnalysedStatement): boolean {
  const call = statement.calls.find((candidate) => candidate.parent === null);
  if (statement.stage === 'visualization') return true;
  if (statement.kind !== 'expression' || !call) return false;
  return statement.calls.some(
    (candidate) =>
      /^(matplotlib|seaborn)\./.test(candidate.qualified) || /\.plot(\.\w+)?$/.test(candidate.callee),
  );
}

/** Whether all that a statement writes or changes is read by written statements of its own cell only: they are one function. */
function servesOnly(
  statement: AnalysedStatement,
  flow: AnalysedStatement[],
  written: ReadonlySet<AnalysedStatement>,
  table: NameTable,
  wanted: ReadonlySet<string>,
): boolean {
  if (statement.stage === 'training' || statement.stage === 'model') return false;
  const { binds, changes } = effectsOf(statement, table);
  const names = unique([...binds, ...changes]);
  if (names.length === 0 || names.some((name) => wanted.has(name))) return false;
  return names.every((name) => {
    const later = flow.filter((other) => other.id > statement.id);
    for (const other of later) {
      const effects = effectsOf(other, table);
      const isWithIt = written.has(other) && other.cell === statement.cell;
      if (effects.reads.includes(name) && !isWithIt) return false;
      if (effects.binds.includes(name)) return true;
    }
    return true;
  });
}

/**
 * Makes one function of the statements that write files in one cell.
 *
 * @param written - Statements of {@link isWritten}, in order.
 * @param bound - Names that the notebook binds.
 */
export function collectOutputs(
  written: AnalysedStatement[],
  extraction: Extraction,
  { table, callables, taken }: Pick<Surroundings, 'table' | 'callables' | 'taken'>,
  bound: ReadonlySet<string>,
): OutputSegment[] {
  const cells = unique(written.map((statement) => statement.cell));
  return cells.flatMap((cell) => {
    const statements = written.filter((statement) => statement.cell === cell);
    const files = extraction.outputs.filter((output) =>
      statements.some((statement) => statement.id === output.statement),
    );
    const first = files[0];
    if (!first) return [];
    const effects = statements.map((statement) => effectsOf(statement, table));
    return [
      {
        name: nameOutput(first, taken),
        module: MODULES.training,
        stage: 'training' as const,
        statements: statements.map((statement) => statement.id),
        cells: [cell],
        inputs: liveIn(effects, bound),
        outputs: [],
        keys: unique([
          ...files.map((file) => file.key),
          ...statements.flatMap((statement) => keysOf(statement, extraction, callables)),
        ]),
        paths: unique(files.map((file) => file.key)),
        seeded: statements.some((statement) => statement.random.length > 0),
      },
    ];
  });
}

function nameOutput(file: OutputFile, taken: Set<string>): string {
  const stem = (file.key.split('.').at(-1) ?? 'file').replace(/_path$/, '');
  const name = `${file.kind === 'figure' ? 'plot' : 'write'}_${stem}`;
  for (let number = 1; ; number += 1) {
    const choice = number === 1 ? name : `${name}_${number}`;
    if (!taken.has(choice)) {
      taken.add(choice);
      return choice;
    }
  }
}
