import type { Observation, ValueFacts } from '../notebook/observation.ts';
import type { AnalysedStatement, Extraction } from '../steps/1-extract/extraction.ts';
import { expressionKey } from '../steps/1-extract/scores.ts';
import type { PackagePlan } from '../steps/2-structure/plan.ts';
import type { WatchedExpression } from '../steps/1-extract/extract.ts';
import type { WatchedStatement } from './notebook-run.ts';

/** One value that is compared: a name, or an expression, after a statement of the notebook. */
export interface Subject {
  kind: 'boundary' | 'metric';
  /** Unique among its kind. */
  key: string;
  statement: number;
  /** The name, or the key of the watched expression. */
  name: string;
  /** Range of the expression in the text of the statement; null for a name. */
  span: { start: number; end: number } | null;
}

/** What one side has for each subject, by {@link subjectId}. */
export type Facts = Record<string, ValueFacts>;

/** A subject's name among boundaries and metrics. */
export function subjectId(subject: Pick<Subject, 'kind' | 'key'>): string {
  return `${subject.kind}:${subject.key}`;
}

/** All that is compared, in the notebook's order. */
export function subjectsOf(plan: PackagePlan, extraction: Extraction): Subject[] {
  const boundaries = plan.boundaries.map((boundary): Subject => ({
    kind: 'boundary',
    key: boundary.key,
    statement: boundary.statement,
    name: boundary.name,
    span: null,
  }));
  const metrics = plan.metrics.map((metric): Subject => {
    const found = extraction.metrics.find(
      (one) => one.key === metric.key && one.statement === metric.statement,
    );
    const span = metric.variable === null ? (found?.span ?? null) : null;
    return {
      kind: 'metric',
      key: metric.key,
      statement: metric.statement,
      // The observer's run knows the expression by the same key.
      name: metric.variable ?? (span === null ? metric.key : expressionKey(span)),
      span,
    };
  });
  const rank = (subject: Subject): number => (subject.kind === 'boundary' ? 0 : 1);
  return [...boundaries, ...metrics].sort((a, b) => a.statement - b.statement || rank(a) - rank(b));
}

/** Statements for the observer: those of the notebook that `wanted` takes, with the subjects watched and the seeds set. */
export function watchedStatements(
  statements: readonly AnalysedStatement[],
  wanted: (statement: AnalysedStatement) => boolean,
  subjects: readonly Subject[],
  seeds: { before: readonly number[]; value: number } | null,
): WatchedStatement[] {
  const taken = statements.filter(wanted);
  return taken.map((statement, index) => {
    const own = subjects.filter((subject) => subject.statement === statement.id);
    return {
      id: statement.id,
      cell: statement.cell,
      line: statement.line,
      code: statement.text,
      watch: [...new Set(own.filter((subject) => subject.span === null).map((subject) => subject.name))],
      mayMutate: [],
      expressions: own.flatMap((subject) => expressionOf(statement, subject)),
      seed: seeds !== null && seeds.before.includes(statement.id) ? seeds.value : null,
      isCellEnd: taken[index + 1]?.cell !== statement.cell,
    };
  });
}

function expressionOf(statement: AnalysedStatement, subject: Subject): WatchedExpression[] {
  if (subject.span === null) return [];
  const place = (offset: number): { line: number; column: number } => {
    const before = statement.text.slice(0, offset).split('\n');
    return { line: statement.line + before.length - 1, column: before.at(-1)?.length ?? 0 };
  };
  const start = place(subject.span.start);
  const end = place(subject.span.end);
  return [
    { key: subject.name, line: start.line, column: start.column, endLine: end.line, endColumn: end.column },
  ];
}

/** What a run of the notebook's statements gave for each subject. */
export function factsOf(observation: Observation, subjects: readonly Subject[]): Facts {
  const records = new Map(observation.statements.map((record) => [record.id, record]));
  const facts: Facts = {};
  for (const subject of subjects) {
    const record = records.get(subject.statement);
    if (record === undefined || record.outcome !== 'ran') continue;
    const found = subject.span === null ? record.values[subject.name] : record.expressions[subject.name];
    if (found !== undefined) facts[subjectId(subject)] = found;
  }
  return facts;
}

/** Names to dump by statement, for the subjects that digests do not decide. */
export function dumpsFor(subjects: readonly Subject[]): Record<number, string[]> {
  const wanted: Record<number, string[]> = {};
  for (const subject of subjects) {
    const names = (wanted[subject.statement] ??= []);
    if (!names.includes(subject.name)) names.push(subject.name);
  }
  return wanted;
}
