import type { FileTree } from '../lib/file-tree.ts';
import type { RunError, ValueFacts } from '../notebook/observation.ts';
import type { PackagePlan } from '../steps/2-structure/plan.ts';
import { type Bench, DUMPS, inContainer, layoutFor, runHelper } from './bench.ts';
import type { Dumps } from './compare.ts';
import { type Facts, subjectId } from './subjects.ts';
import type { NotRun } from './verdict.ts';

/** What the package gave at its boundaries. */
export interface PackageRun {
  facts: Facts;
  dumps: Dumps;
  /** It raised: what was reached before stands in `facts`. */
  error?: string;
  /** It did not come to an end by itself. */
  notRun?: NotRun;
  seconds: number;
}

/** Runs `src.training.train:run` of a package beside the working tree, watched. */
export async function runPackage(
  bench: Bench,
  plan: PackagePlan,
  tree: FileTree,
  options: { name: string; dump: boolean },
): Promise<PackageRun> {
  const layout = layoutFor(plan.root);
  const job = {
    root: inContainer(layout.package),
    module: 'src.training.train',
    function: 'run',
    config: { module: 'src.config', function: 'load_config', overrides: [] },
    boundaries: plan.boundaries.map(({ key, function: name, occurrence, result }) => ({
      key,
      function: name,
      occurrence,
      result,
    })),
    dump: options.dump ? { folder: DUMPS } : {},
    sums: false,
  };
  const result = await runHelper(bench, 'watch', job, {
    name: options.name,
    layout,
    tree: true,
    package: tree,
  });
  const dumps: Dumps = {};
  plan.boundaries.forEach((boundary, index) => {
    const bytes = result.dumps[`boundary-${index}.zip`];
    if (bytes !== undefined) dumps[subjectId({ kind: 'boundary', key: boundary.key })] = bytes;
  });
  for (const metric of plan.metrics) {
    const bytes = result.dumps[`metric-${encodeURIComponent(metric.key)}.zip`];
    if (bytes !== undefined) dumps[subjectId({ kind: 'metric', key: metric.key })] = bytes;
  }
  const seconds = result.run.durationMs / 1000;
  const value = asRecord(result.value);
  if (value === undefined) return { facts: {}, dumps: {}, seconds, ...endedEarly(bench, result.run) };
  const facts: Facts = {};
  for (const kind of ['boundary', 'metric'] as const) {
    const found = asRecord(value[kind === 'boundary' ? 'boundaries' : 'metrics']) ?? {};
    for (const [key, one] of Object.entries(found)) {
      if (isFacts(one)) facts[subjectId({ kind, key })] = one;
    }
  }
  const error = asRecord(value['error']) as (RunError & { traceback?: string }) | undefined;
  return { facts, dumps, seconds, ...(error === undefined ? {} : { error: errorText(error) }) };
}

/** Stopped by a limit: no verdict. Ended by itself without a result: the package is wrong. */
function endedEarly(
  bench: Bench,
  run: { timedOut: boolean; outOfMemory: boolean; exitCode: number | null; stderr: string },
): Pick<PackageRun, 'error' | 'notRun'> {
  if (run.timedOut) {
    return {
      notRun: {
        layer: 'time_out',
        message: `The package was still running after ${bench.limits.seconds} s and was stopped.`,
        help: 'Give it more time: `limits: {seconds: …}` in the configuration file.',
      },
    };
  }
  if (run.outOfMemory) {
    return {
      notRun: {
        layer: 'out_of_memory',
        message: `The package needed more than ${bench.limits.memory} MiB of memory and was stopped.`,
        help: 'Give it more memory: `limits: {memory: …}` in the configuration file.',
      },
    };
  }
  const last = run.stderr.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  return { error: `the interpreter ended with exit code ${run.exitCode ?? 'unknown'}: ${last}` };
}

/** The message, and the innermost line of the package that the traceback names. */
function errorText(error: RunError & { traceback?: string }): string {
  const frames = [...(error.traceback ?? '').matchAll(/File "[^"]*\/(src\/[^"]+)", line (\d+)/g)];
  const last = frames.at(-1);
  const where = last === undefined ? '' : ` (${last[1] ?? ''}:${last[2] ?? ''})`;
  return `${error.type}: ${error.message}${where}`;
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function isFacts(value: unknown): value is ValueFacts {
  const record = asRecord(value);
  return record !== undefined && typeof record['type'] === 'string' && typeof record['kind'] === 'string';
}
