import type { PackagePlan, Value } from '../2-structure/plan.ts';

/** `tests/reference.json`: what the notebook's run gave, for the package's own parity test. */
export interface ParityReference {
  recorded_from: 'notebook' | 'package';
  python: string;
  /** Dotted key → value, without `artifacts.`, `tracking.` and `paths.`. */
  hyperparameters: Record<string, unknown>;
  /** Key of the input → SHA-256 of its file; null where it is not a file of the working tree. */
  data_sha256: Record<string, string | null>;
  /** Field of `PreparedData` or `TrainingResult` → shape and sums, in the order of {@link referenceFields}. */
  boundaries: Record<string, { shape: number[]; sums: [number, number, number] }>;
  metrics: Record<string, number>;
}

/** One value that the parity test compares. */
export interface ReferenceField {
  name: string;
  holder: 'data' | 'result';
}

/** Fields that are compared: those whose numbers the run added up. Fields of the data stage come first. */
export function referenceFields(plan: PackagePlan): ReferenceField[] {
  const hasSums = (value: Value): boolean => value.facts?.summary !== undefined;
  const data = plan.data
    .filter(hasSums)
    .map((value): ReferenceField => ({ name: value.name, holder: 'data' }));
  const known = new Set(data.map((field) => field.name));
  const result = plan.result.filter((value) => hasSums(value) && !known.has(value.name));
  return [...data, ...result.map((value): ReferenceField => ({ name: value.name, holder: 'result' }))];
}

/** Part of the absolute sum, or of a metric, by which a value may differ. Training in float32 rounds more. */
export function relativeTolerance(plan: PackagePlan): string {
  const frameworks = [plan.target?.framework, ...plan.fitted.map((value) => value.framework)];
  return frameworks.includes('torch') || frameworks.includes('keras') ? '1e-4' : '1e-6';
}
