import type { FileTree } from '../lib/file-tree.ts';
import type { PackagePlan } from '../steps/2-structure/plan.ts';
import { artifactsOf } from '../steps/configuration/artifacts.ts';
import { type Bench, inContainer, layoutFor, runOn } from './bench.ts';
import { lastLine } from './quality.ts';
import type { CheckVerdict } from './verdict.ts';

/** The commands that the report promises, in the order of the script. */
const COMMANDS = [
  { key: 'train-1', name: 'make train' },
  { key: 'train-2', name: 'training twice' },
  { key: 'evaluate', name: 'make evaluate' },
  { key: 'mlflow', name: 'mlflow run' },
] as const;

/**
 * One container for all, because each uses what the one before it left. No variable fixes the order of hashing here: a user's
 * shell has none either, and two trainings must agree all the same.
 */
function script(metrics: string, evaluates: boolean): string {
  const out = inContainer('out');
  const evaluate = evaluates ? 'do_step evaluate make -s evaluate' : ':';
  return `
do_step() { key=$1; shift; "$@" >"${out}/$key.log" 2>&1; echo "$?" >"${out}/$key.exit"; }
unset PYTHONHASHSEED
do_step train-1 make -s train; cp "${metrics}" "${out}/metrics-1.json"; rm -f "${metrics}"
do_step train-2 make -s train; cp "${metrics}" "${out}/metrics-2.json"
${evaluate}
do_step mlflow mlflow run . --env-manager=local
`;
}

/** Runs what a user would type. */
export async function runCommands(bench: Bench, plan: PackagePlan, tree: FileTree): Promise<CheckVerdict[]> {
  const layout = layoutFor(plan.root);
  const metrics = artifactsOf(plan).find(({ kind }) => kind === 'metrics')?.path ?? 'artifacts/metrics.json';
  const evaluates = plan.entryPoints.some(({ name }) => name === 'evaluate');
  const run = await runOn(bench, {
    name: 'commands',
    command: ['sh', '-c', script(metrics, evaluates)],
    layout,
    tree: true,
    package: tree,
    folder: layout.package,
    files: { 'out/.keep': '' },
    collect: ['out'],
    seconds: 3 * bench.limits.seconds + 300,
  });
  const text = (path: string): string | undefined => {
    const bytes = run.files[`out/${path}`];
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  };
  const checks = COMMANDS.filter(({ key }) => evaluates || key !== 'evaluate').map(
    ({ key, name }): CheckVerdict => {
      const exit = text(`${key}.exit`)?.trim();
      if (exit === undefined)
        return {
          name,
          outcome: 'failed',
          detail: run.timedOut ? 'stopped: no time was left' : 'it did not end',
        };
      const why = `exit code ${exit}: ${lastLine(text(`${key}.log`) ?? '')}`;
      return exit === '0'
        ? { name, outcome: 'passed', detail: 'succeeds' }
        : { name, outcome: 'failed', detail: why };
    },
  );
  return checks.map((check) =>
    check.name === 'training twice' && check.outcome === 'passed'
      ? sameMetrics(text('metrics-1.json'), text('metrics-2.json'))
      : check,
  );
}

/** What is said of a package that gives other metrics at each training. */
export const TRAININGS_DIFFER = 'the metrics file differs between two trainings';

function sameMetrics(one: string | undefined, two: string | undefined): CheckVerdict {
  const name = 'training twice';
  if (one === undefined || two === undefined)
    return { name, outcome: 'failed', detail: 'training wrote no metrics' };
  return one === two
    ? { name, outcome: 'passed', detail: 'the metrics file is byte-identical' }
    : { name, outcome: 'failed', detail: TRAININGS_DIFFER };
}
