import type { Diagnostic } from '../lib/diagnostic.ts';
import { RefusedError } from '../lib/errors.ts';
import { count } from '../lib/text.ts';
import type { Violation } from './violation.ts';

/** A guardrail ended the run: nothing of it may be written. */
export class BlockedError extends RefusedError {
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    const [first] = violations;
    const more = violations.length > 1 ? ` (and ${count(violations.length - 1, 'more violation')})` : '';
    super(
      `guardrail_${first?.rule ?? 'path'}`,
      `${first === undefined ? 'A guardrail stopped the run.' : sentenceOf(first)}${more}`,
      first?.help ?? '',
    );
    this.violations = violations;
  }
}

/** A violation as what we say about a run. */
export function violationDiagnostic(violation: Violation): Diagnostic {
  const { rule, severity, path, line, help } = violation;
  return {
    code: `guardrail_${rule}`,
    severity: severity === 'block' ? 'refused' : 'note',
    file: path,
    ...(line === null ? {} : { line }),
    message: sentenceOf(violation),
    help,
  };
}

function sentenceOf({ path, line, message }: Violation): string {
  if (line === null) return message;
  return `${path}:${String(line)}: ${message}`;
}
