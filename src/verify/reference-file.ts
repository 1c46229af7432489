import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from '../lib/source.ts';
import { sha256 } from '../lib/text.ts';
import { plainValue } from '../python/literals.ts';
import type { PackagePlan } from '../steps/2-structure/plan.ts';
import { fileInputs } from '../steps/4-test/observed.ts';
import { type ParityReference, referenceFields } from '../steps/4-test/parity-reference.ts';
import { configuration } from '../steps/configuration/table.ts';
import { type Facts, subjectId } from './subjects.ts';

/** Where the package keeps what the notebook gave. */
export const REFERENCE_PATH = 'tests/reference.json';

/** Configuration that decides no result. */
const PLACES = /^(artifacts|tracking|paths)\./;

/** Writes the lock: the values of the reference run, for the package's own parity test. */
export function writeReference(plan: PackagePlan, source: Source, reference: Facts, python: string): string {
  const hyperparameters = configuration(plan)
    .leaves.filter(({ key }) => !PLACES.test(key))
    .map(({ key, literal }) => [key, plainValue(literal)] as const);
  const boundaries = referenceFields(plan).flatMap(({ name, holder }) => {
    const summary = lastFacts(plan, reference, name, holder)?.summary;
    return summary === undefined ? [] : [[name, summary] as const];
  });
  const metrics = plan.metrics.flatMap(({ key }) => {
    const value = reference[subjectId({ kind: 'metric', key })]?.value;
    return typeof value === 'number' ? [[key, value] as const] : [];
  });
  const content: ParityReference = {
    recorded_from: 'notebook',
    python,
    hyperparameters: Object.fromEntries(hyperparameters),
    data_sha256: inputDigests(plan, source),
    boundaries: Object.fromEntries(boundaries),
    metrics: Object.fromEntries(metrics),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** A name may pass several boundaries: a field of the data stage has what its last data function left. */
function lastFacts(
  plan: PackagePlan,
  reference: Facts,
  name: string,
  holder: 'data' | 'result',
): Facts[string] | undefined {
  const own = plan.boundaries
    .filter((boundary) => boundary.name === name)
    .filter((boundary) => holder === 'result' || boundary.function.startsWith('src.data.'))
    .sort((a, b) => a.statement - b.statement)
    .at(-1);
  return own === undefined ? undefined : reference[subjectId({ kind: 'boundary', key: own.key })];
}

/** Digest of every input that is a file of the working tree; null for others. */
export function inputDigests(plan: PackagePlan, source: Source): Record<string, string | null> {
  return Object.fromEntries(
    fileInputs(plan).map(({ key, path }) => [key, path === null ? null : fileDigest(source, path)]),
  );
}

/** SHA-256 of a file that the runs saw; links are not followed. */
export function fileDigest(source: Source, path: string): string | null {
  if (!source.files.some((file) => file.path === path)) return null;
  try {
    const file = join(source.root, path);
    return lstatSync(file).isFile() ? sha256(readFileSync(file)) : null;
  } catch {
    return null;
  }
}
