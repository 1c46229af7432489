import type { ModelChanges } from '../gate/model-changes.ts';
import type { Diagnostic } from '../lib/diagnostic.ts';
import { printable } from '../lib/text.ts';
import type { Outcome } from '../pipeline.ts';
import { plainValue } from '../python/literals.ts';
import { writeSummary } from '../report/summary.ts';
import type { BoundaryVerdict, Comparison, MetricVerdict, Verdict } from '../verify/verdict.ts';

/** What the command says when it ends, and with which code. */
export const EXIT = { verified: 0, failure: 1, usage: 2, unverified: 3, refused: 4 } as const;

/** The object of `--json`: every key is always there. */
export interface JsonResult {
  status: 'verified' | 'unverified' | 'refused';
  parity: Comparison;
  boundaries: BoundaryVerdict[];
  metrics: MetricVerdict[];
  tests: Verdict['tests'];
  lint: Verdict['lint'];
  checks: Verdict['checks'];
  modules: string[];
  hyperparameters: { key: string; value: unknown; cell: number | null }[];
  findings: { code: string; severity: string; cell: number; line: number; message: string }[];
  dropped: { cell: number; reason: string }[];
  diagnostics: Diagnostic[];
  /** Why there is no proof. */
  notRun: Verdict['notRun'] | null;
  notes: string[];
  /** What a model was asked and changed, and what it cost. */
  model: ModelChanges | null;
  timings: Record<string, number>;
  out: string | null;
}

/** Result of a run that wrote nothing. */
export function refusedJson(diagnostics: Diagnostic[], timings: Record<string, number>): JsonResult {
  return {
    status: 'refused',
    parity: 'not-run',
    boundaries: [],
    metrics: [],
    tests: { passed: 0, failed: 0, skipped: 0 },
    lint: { ruff: null, types: null },
    checks: [],
    modules: [],
    hyperparameters: [],
    findings: [],
    dropped: [],
    diagnostics,
    notRun: null,
    notes: [],
    model: null,
    timings,
    out: null,
  };
}

/** Result of a run. */
export function outcomeJson(outcome: Outcome, timings: Record<string, number>): JsonResult {
  if (outcome.kind === 'refused') return refusedJson(outcome.diagnostics, timings);
  const { extraction, plan, verdict } = outcome.facts;
  return {
    status: verdict.status === 'verified' ? 'verified' : 'unverified',
    parity: verdict.parity,
    boundaries: verdict.boundaries,
    metrics: verdict.metrics,
    tests: verdict.tests,
    lint: verdict.lint,
    checks: verdict.checks,
    modules: outcome.files.filter((path) => path.endsWith('.py') && path.startsWith('src/')),
    hyperparameters: plan.config.map(({ key, literal, places }) => ({
      key,
      value: plainValue(literal),
      cell: places[0]?.cell ?? null,
    })),
    findings: extraction.findings.map(({ code, severity, cell, line, message }) => ({
      code,
      severity,
      cell,
      line,
      message,
    })),
    dropped: extraction.cells
      .filter(({ kind, verdict: kept }) => kind === 'code' && kept === 'dropped')
      .map(({ cell, why }) => ({ cell, reason: why })),
    diagnostics: outcome.diagnostics,
    notRun: verdict.notRun ?? null,
    notes: verdict.notes,
    model: outcome.facts.model ?? null,
    timings,
    out: outcome.place,
  };
}

export function exitCodeOf(result: JsonResult): number {
  return EXIT[result.status];
}

/** The last words on a terminal. */
export function summary(outcome: Outcome, notebook: string): string {
  if (outcome.kind === 'refused') return refusal(outcome.diagnostics, notebook);
  const { verdict } = outcome.facts;
  const failed = verdict.checks.filter((check) => check.outcome === 'failed');
  const lines = failed.map(({ name, detail }) => `  ${name}: ${detail}`);
  const checks = lines.length === 0 ? '' : `\nFailed checks:\n${lines.map(printable).join('\n')}\n`;
  return `${writeSummary(outcome.facts)}${checks}`;
}

/** Why nothing was written. */
export function refusal(diagnostics: readonly Diagnostic[], notebook: string): string {
  const stops = diagnostics.filter(({ severity }) => severity === 'refused');
  const lines = [`Refused: nothing was written for ${notebook}.`];
  for (const { message, help, cell, line, file } of stops.slice(0, 10)) {
    const where = [
      ...(cell === undefined ? [] : [`cell ${cell}`]),
      ...(line === undefined ? [] : [`line ${line}`]),
    ].join(', ');
    lines.push(
      `  ${where === '' || message.includes(`line ${line}`) || message.startsWith(`${file}:${line}`) ? '' : `${where}: `}${message}`,
      `  What to do: ${help}`,
    );
  }
  if (stops.some(({ cell }) => cell !== undefined))
    lines.push('  Cells are counted from 0, text cells included.');
  return `${lines.map(printable).join('\n')}\n`;
}
