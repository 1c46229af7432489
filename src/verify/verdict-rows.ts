import type { Extraction } from '../steps/1-extract/extraction.ts';
import type { PackagePlan } from '../steps/2-structure/plan.ts';
import type { Finding } from './compare.ts';
import type { Parity } from './parity.ts';
import { subjectId } from './subjects.ts';
import type { BoundaryVerdict, Difference, MetricVerdict } from './verdict.ts';

/** The value of a metric in the run of the notebook as it is. */
export function observedValue(extraction: Extraction, key: string, statement: number): number | null {
  return (
    extraction.metrics.find((metric) => metric.key === key && metric.statement === statement)?.value ?? null
  );
}

/** The verdict on every value between the stages, in the notebook's order. */
export function boundaryVerdicts(parity: Parity): BoundaryVerdict[] {
  return parity.subjects
    .filter(({ kind }) => kind === 'boundary')
    .map((subject) => {
      const finding = parity.findings[subjectId(subject)];
      return { name: subject.key, verdict: finding?.verdict ?? 'not-run', ...differenceOf(finding) };
    });
}

/** The verdict on every metric. */
export function metricVerdicts(plan: PackagePlan, extraction: Extraction, parity: Parity): MetricVerdict[] {
  return plan.metrics.map((metric) => {
    const id = subjectId({ kind: 'metric', key: metric.key });
    const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
    const untouched = observedValue(extraction, metric.key, metric.statement);
    const reference = number(parity.reference[id]?.value) ?? untouched;
    return {
      name: metric.key,
      notebook: reference,
      package: number(parity.package[id]?.value),
      ...(untouched !== null && untouched !== reference ? { untouched } : {}),
      verdict: parity.findings[id]?.verdict ?? 'not-run',
      ...differenceOf(parity.findings[id]),
    };
  });
}

function differenceOf(finding: Finding | undefined): Difference {
  const { path, reference, candidate, dropped } = finding ?? {};
  return {
    ...(path === undefined || path === '' ? {} : { path }),
    ...(reference === undefined || reference === '' ? {} : { reference }),
    ...(candidate === undefined || candidate === '' ? {} : { candidate }),
    ...(dropped === undefined ? {} : { dropped }),
  };
}
