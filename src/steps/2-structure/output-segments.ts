import type { AnalysedStatement, Extraction, OutputFile } from '../1-extract/extraction.ts';
import { MODULES } from '../package-modules.ts';
import type { OutputSegment } from './layout.ts';
import { unique } from '../../lib/unique.ts';
import { effectsOf, liveIn, type NameTable } from './liveness.ts';

const PYPLOT = /^(matplotlib|seaborn)\./;

/** Whether a statement belongs to the writing of a figure, a table or another file, and computes nothing that is read elsewhere. */
export function isWritten(statement: AnalysedStatement, extraction: Extraction): boolean {
  if (extraction.outputs.some((output) => output.statement === statement.id && output.kind !== 'model'))
    return true;
  if (statement.stage === 'visualization') return true;
  return (
    statement.kind === 'expression' &&
    statement.calls.some((call) => call.parent === null && PYPLOT.test(call.qualified))
  );
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
  table: NameTable,
  bound: ReadonlySet<string>,
  taken: Set<string>,
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
        keys: unique(files.map((file) => file.key)),
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
