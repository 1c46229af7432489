/**
 * How well the tests of a produced package catch mistakes: breaks the package in mechanical ways, runs its tests on each, and
 * says which breaks were seen without the lock, which with it alone, and which by nobody.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import type { Source } from '../../src/lib/source.ts';
import { checkoutWorkingTree } from '../../src/runs/working-tree.ts';
import { createDockerSandbox } from '../../src/sandbox/docker-engine.ts';
import { type Bench, helperFiles, inContainer, layoutFor, runOn } from '../../src/verify/bench.ts';
import { prepareEnvironment } from '../../src/verify/environment.ts';

const USAGE = `usage: npm run mutate -- PACKAGE [--most N] [--json FILE]

PACKAGE   folder that productionize wrote, where it lies in its working tree
--most N  breaks that are tried, 24
--json F  also writes every trial to a file
`;
const SCRIPTS = ['breaks.py', 'data_breaks.py', 'model_breaks.py', 'source.py', 'probe.py', 'trial.py'];
const FOLDER = 'mutate';
/** Of one package: a trial is stopped long before. */
const MOST_SECONDS = 5400;

/** What the tests of the unbroken package said. */
interface Baseline {
  seconds: number;
  code?: number;
  passed?: number;
  skipped?: string[];
  failed?: string[];
  error?: string;
}

/** One break, and what came of it. */
interface Trial {
  kind: string;
  file: string;
  line: number;
  what: string;
  verdict: 'caught' | 'lock' | 'equivalent' | 'survived';
  by: string;
  seconds: number;
}

/** The files of a package, as text. */
function readPackage(folder: string): Record<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !/(^|\/)(\.|__pycache__|artifacts|mlruns|mlflow\.db)/.test(path));
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** From the package to its working tree; null: it reads no files. */
function rootOf(folder: string): string | null {
  const config = parse(readFileSync(join(folder, 'configs/default.yaml'), 'utf8')) as {
    paths?: { root: string };
  };
  return config.paths?.root ?? null;
}

function sourceOf(folder: string, root: string | null): Source {
  if (root === null) return { root: folder, path: '', text: '', files: [], notes: [] };
  const tree = resolve(folder, root);
  return checkoutWorkingTree(notebookOf(tree), { root: tree });
}

/** Any notebook of the working tree: it only says where the tree is. */
function notebookOf(tree: string): string {
  const found = readdirSync(tree, { recursive: true, encoding: 'utf8' }).find(
    (path) => path.endsWith('.ipynb') && !path.includes('.ipynb_checkpoints'),
  );
  if (found === undefined) throw new Error(`There is no notebook below ${tree}.`);
  return join(tree, found);
}

async function measure(folder: string, most: number): Promise<[Baseline, Trial[]]> {
  const root = rootOf(folder);
  const sandbox = createDockerSandbox();
  try {
    const pins = readFileSync(join(folder, 'constraints.txt'), 'utf8')
      .split('\n')
      .filter((line) => line.includes('=='));
    const prepared = await prepareEnvironment(sandbox, pins, undefined, () => undefined);
    if (prepared.kind === 'failed') throw new Error(prepared.reason);
    const bench: Bench = {
      sandbox,
      environment: prepared.handle,
      source: sourceOf(folder, root),
      limits: { seconds: MOST_SECONDS, memory: 4096 },
      say: () => undefined,
    };
    const layout = layoutFor(root ?? '.');
    const scripts = SCRIPTS.map((name) => [
      `${FOLDER}/${name}`,
      readFileSync(new URL(name, import.meta.url), 'utf8'),
    ]);
    const run = await runOn(bench, {
      name: 'mutate',
      command: [
        'python',
        inContainer(FOLDER, 'trial.py'),
        inContainer('job.json'),
        inContainer('out/trials.jsonl'),
      ],
      layout,
      tree: true,
      package: readPackage(folder),
      files: {
        ...helperFiles(),
        ...(Object.fromEntries(scripts) as Record<string, string>),
        'job.json': JSON.stringify({ package: inContainer(layout.package), most }),
        'out/.keep': '',
      },
      // Threads of a library that wait for each other cost more than they give where many trials share a machine.
      variables: { PYTHONPATH: inContainer('observer'), OMP_NUM_THREADS: '1' },
      collect: ['out'],
    });
    const bytes = run.files['out/trials.jsonl'];
    const lines = bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n');
    const records = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);
    if (records.length === 0) throw new Error(`Nothing was tried: ${run.stderr.slice(-2000)}`);
    if (run.exitCode !== 0)
      process.stderr.write(`The trials did not come to their end: ${run.stderr.slice(-2000)}\n`);
    return [records[0] as Baseline, records.slice(1) as Trial[]];
  } finally {
    await sandbox.close();
  }
}

function table(trials: readonly Trial[]): string {
  const rows = trials.map(({ kind, file, line, what, verdict, by, seconds }) => [
    verdict === 'survived' ? 'SURVIVED' : verdict,
    kind,
    `${file}:${line}`,
    what,
    by,
    `${seconds} s`,
  ]);
  const widths = [0, 1, 2].map((place) => Math.max(0, ...rows.map((row) => row[place]?.length ?? 0)));
  return rows.map((row) => row.map((cell, place) => cell.padEnd(widths[place] ?? 0)).join('  ')).join('\n');
}

function summary(baseline: Baseline, trials: readonly Trial[]): string {
  const count = (verdict: Trial['verdict']): number =>
    trials.filter((trial) => trial.verdict === verdict).length;
  const counted = trials.length - count('equivalent');
  const share = (part: number): string =>
    `${part} of ${counted} (${Math.round((100 * part) / Math.max(1, counted))} %)`;
  return [
    `unbroken: ${baseline.passed ?? 0} passed, ${baseline.skipped?.length ?? 0} skipped, ${baseline.seconds} s`,
    `breaks: ${trials.length}, equivalent: ${count('equivalent')}`,
    `caught with the lock: ${share(count('caught') + count('lock'))}`,
    `caught without it: ${share(count('caught'))}`,
  ].join('\n');
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { most: { type: 'string', default: '24' }, json: { type: 'string' } },
});
const [folder] = positionals;
if (folder === undefined || !existsSync(join(folder, 'configs/default.yaml'))) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  const [baseline, trials] = await measure(resolve(folder), Number(values.most));
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ baseline, trials }, null, 1));
  if (baseline.code !== 0) {
    process.stderr.write(`The unbroken package fails: ${JSON.stringify(baseline)}\n`);
    process.exitCode = 1;
  } else process.stdout.write(`${table(trials)}\n\n${summary(baseline, trials)}\n`);
}
