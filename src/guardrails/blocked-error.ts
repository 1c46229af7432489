import type { Diagnostic } from '../lib/diagnostic.ts';
import { RefusedError } from '../lib/errors.ts';
import { count } from '../lib/text.ts';
import type { Violation } from './violation.ts';

/** A guardrail ended the run: nothing of it may be written. */
export class BlockedError extends RefusedError {
  /** Every violation that blocks, one or more. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    const [first] = diagnostics;
    const more = diagnostics.length > 1 ? ` (and ${count(diagnostics.length - 1, 'more violation')})` : '';
    super(
      first?.code ?? 'guardrail',
      `${first?.message ?? 'A guardrail stopped the run.'}${more}`,
      first?.help ?? '',
    );
    this.diagnostics = diagnostics;
  }
}

/**
 * A violation as what we say about a run.
 *
 * @param cell - Of the notebook, where the line comes from it: the reader may have no other file to look at.
 */
export function violationDiagnostic(
  { rule, severity, path, line, message, help }: Violation,
  cell: number | undefined,
): Diagnostic {
  const from = cell === undefined ? '' : ` (from cell ${String(cell)})`;
  return {
    code: `guardrail_${rule}`,
    severity: severity === 'block' ? 'refused' : 'note',
    file: path,
    ...(cell === undefined ? {} : { cell }),
    ...(line === null ? {} : { line }),
    message: line === null ? message : `${path}:${String(line)}${from}: ${message}`,
    help,
  };
}
