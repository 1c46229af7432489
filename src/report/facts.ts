import type { ModelChanges } from '../gate/model-changes.ts';
import type { Violation } from '../guardrails/violation.ts';
import type { AnalysedStatement, CellVerdict, Extraction, Finding } from '../steps/1-extract/extraction.ts';
import type { PackagePlan } from '../steps/2-structure/plan.ts';
import type { Verdict } from '../verify/verdict.ts';

/** Where a cell of the notebook went. */
export interface ReportOrigin {
  cell: number;
  /** Relative to the package. */
  file: string;
  /** From 1. */
  firstLine: number;
  lastLine: number;
  /** Function or class. */
  name: string;
}

/** All that a report says comes from here. Plain JSON. */
export interface ReportFacts {
  extraction: Extraction;
  plan: PackagePlan;
  origins: ReportOrigin[];
  verdict: Verdict;
  /** Folder of the package in the repository; `.` or absent for the root. */
  folder?: string;
  /** What guardrails let pass and a reviewer should see; absent where none ran. */
  warnings?: Violation[];
  /** Sentences of the other parts of the run: configuration, agents, cost. */
  remarks?: string[];
  /** What a model was asked and changed; absent where none was configured. */
  model?: ModelChanges;
}

/** At most so many findings ask for a decision. */
const MOST_DECISIONS = 5;
const RANK = { high: 0, medium: 1, low: 2 } as const;

/** Findings that need a human: the high ones, and what stays in the package. The others are for reading. */
export function splitFindings(facts: ReportFacts): { decide: Finding[]; other: Finding[] } {
  const ranked = facts.extraction.findings
    .map((finding, index) => ({ finding, index }))
    .sort(
      (a, b) =>
        RANK[a.finding.severity] - RANK[b.finding.severity] ||
        Number(b.finding.kept) - Number(a.finding.kept) ||
        a.index - b.index,
    )
    .map(({ finding }) => finding);
  const decide = ranked
    .filter((finding) => finding.severity === 'high' || (finding.kept && finding.severity === 'medium'))
    .slice(0, MOST_DECISIONS);
  return { decide, other: ranked.filter((finding) => !decide.includes(finding)) };
}

/** Path of a file of the package in the repository. */
export function repositoryPath(facts: ReportFacts, file: string): string {
  return facts.folder === undefined || facts.folder === '.' || facts.folder === ''
    ? file
    : `${facts.folder}/${file}`;
}

/** Path of a file of the package for a reader: in the repository, or in the package where that lies elsewhere. */
export function shownPath(facts: ReportFacts, file: string): string {
  return facts.folder?.startsWith('/') ? file : repositoryPath(facts, file);
}

/** Where the code of a finding stands: its own function, else the first one of its cell. */
export function placeOf(facts: ReportFacts, finding: Finding): ReportOrigin | null {
  const own = facts.origins.filter((origin) => origin.cell === finding.cell);
  const holder = facts.plan.functions.find(
    (item) => finding.statement !== null && item.statements.includes(finding.statement),
  );
  return (
    own.find((origin) => origin.name === holder?.name && origin.file === holder.module) ??
    own.find((origin) => origin.name === holder?.name) ??
    (finding.kept ? (own[0] ?? null) : null)
  );
}

/** How many values were compared, by what came of it. */
export function comparisons(verdict: Verdict): {
  compared: number;
  boundaries: number;
  metrics: number;
  close: number;
  missing: number;
} {
  const all = [...verdict.boundaries, ...verdict.metrics];
  const done = (items: { verdict: string }[]): number =>
    items.filter((item) => item.verdict !== 'not-run').length;
  return {
    compared: done(all),
    boundaries: done(verdict.boundaries),
    metrics: done(verdict.metrics),
    close: all.filter((item) => item.verdict === 'close').length,
    missing: all.length - done(all),
  };
}

/** Cells that draw random numbers in code that the package keeps: there the reference run was seeded. */
export function seededCells(facts: ReportFacts): number[] {
  const before = new Set(facts.plan.seedBefore);
  return facts.extraction.statements
    .filter((statement) => before.has(statement.id))
    .map((statement) => statement.cell);
}

/** Code cells by verdict. */
export function cellCounts(
  cells: readonly CellVerdict[],
): Record<'all' | 'code' | CellVerdict['verdict'], number> {
  const coded = cells.filter((cell) => cell.kind === 'code');
  const count = (verdict: CellVerdict['verdict']): number =>
    coded.filter((cell) => cell.verdict === verdict).length;
  return {
    all: cells.length,
    code: coded.length,
    kept: count('kept'),
    partly: count('partly'),
    dropped: count('dropped'),
  };
}

/** Statements that were left out of cells that stay in part. */
export function droppedStatements(extraction: Extraction): AnalysedStatement[] {
  const partly = new Set(
    extraction.cells
      .filter((cell) => cell.verdict === 'partly' || cell.verdict === 'kept')
      .map((cell) => cell.cell),
  );
  return extraction.statements.filter((statement) => !statement.kept && partly.has(statement.cell));
}
