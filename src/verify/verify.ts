import type { FileTree } from '../lib/file-tree.ts';
import type { Source } from '../lib/source.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Extraction } from '../steps/1-extract/extraction.ts';
import type { PackagePlan } from '../steps/2-structure/plan.ts';
import { runtimeRequirements } from '../steps/5-pipeline-config/requirements.ts';
import type { Bench } from './bench.ts';
import { runCommands, TRAININGS_DIFFER } from './commands.ts';
import { distributionOf, prepareEnvironment } from './environment.ts';
import { INDEX_HELP, type ObservedRun } from './observe.ts';
import { compareRuns } from './parity.ts';
import { runRuff, runTests, runTypes, type TestRun, type TypeProblem } from './quality.ts';
import { REFERENCE_PATH, writeReference } from './reference-file.ts';
import { together } from './together.ts';
import { boundaryVerdicts, metricVerdicts, observedValue } from './verdict-rows.ts';
import type { CheckVerdict, Comparison, Verdict } from './verdict.ts';

/** What is to be proved. */
export interface VerifyRequest {
  source: Source;
  extraction: Extraction;
  plan: PackagePlan;
  tree: FileTree;
  observed: ObservedRun;
  limits: { seconds: number; memory: number };
}

/** Silences type errors of lines where the checker cannot know better; see step 3. */
export type SilenceTypes = (text: string, problems: readonly TypeProblem[]) => string;

/** The verdict, and the tree that it is about: with the lock, and with types silenced where that was needed. */
export interface Verified {
  verdict: Verdict;
  tree: FileTree;
  /** Names of the failed tests of the package, each with its message. */
  failedTests: string[];
  /** Names of those that passed. */
  passedTests: string[];
}

/** Proves, or says why not, that the package computes what the notebook computed. */
export async function verify(
  request: VerifyRequest,
  sandbox: Sandbox | null,
  silence: SilenceTypes,
  signal: AbortSignal | undefined,
  say: (text: string) => void,
): Promise<Verified> {
  const { source, plan, extraction, observed, limits } = request;
  const nothing = emptyVerdict(request);
  if (sandbox === null || observed.environment === null)
    return { verdict: nothing, tree: request.tree, failedTests: [], passedTests: [] };
  const wanted = wantedBy(request);
  const known = wanted.length === observed.environment.requirements.length;
  const prepared = await prepareEnvironment(sandbox, wanted, signal, known ? () => undefined : say);
  if (prepared.kind === 'failed') {
    return {
      verdict: { ...nothing, notRun: { layer: 'install', message: prepared.reason, help: INDEX_HELP } },
      tree: request.tree,
      failedTests: [],
      passedTests: [],
    };
  }
  const bench: Bench = { sandbox, environment: prepared.handle, source, limits, signal, say };

  say('checking types and style');
  const { tree: checked, ruff, types, checks: lintChecks } = await lint(bench, plan, request.tree, silence);
  const parity = await compareRuns(bench, {
    plan,
    extraction,
    tree: checked,
    observation: observed.observation,
  });
  const recorded = parity.observation !== null && parity.notRun === undefined;
  const tree = recorded
    ? sorted({
        ...checked,
        [REFERENCE_PATH]: writeReference(plan, source, parity.reference, prepared.environment.python),
      })
    : checked;
  const trains = parity.parity !== 'not-run';
  say(`running the tests of the package${trains ? ', training twice, evaluating, running MLflow' : ''}`);
  const [tests, commands] = await together<[TestRun, CheckVerdict[]]>(1, [
    () => runTests(bench, plan, tree),
    () => (trains ? runCommands(bench, plan, tree) : Promise.resolve([NOT_TRAINED])),
  ]);
  const checks = [tests.check, ...lintChecks, ...commands];
  const lintCounts = { ruff, types };
  return {
    tree,
    failedTests: tests.failures,
    passedTests: tests.passed,
    verdict: {
      status: statusOf(parity.parity, tests.counts, lintCounts, checks),
      parity: parity.parity,
      boundaries: boundaryVerdicts(parity),
      metrics: metricVerdicts(plan, extraction, parity),
      tests: tests.counts,
      lint: lintCounts,
      checks,
      notes: [...observed.notes, ...parity.notes],
      ...(parity.notRun === undefined ? {} : { notRun: parity.notRun }),
    },
  };
}

const NOT_TRAINED: CheckVerdict = {
  name: 'make train',
  outcome: 'skipped',
  detail: 'the notebook does not run, so training was not tried',
};

/**
 * Verified: equal or close, tests that passed and none that failed, tools that have nothing to say, and no other metrics at a
 * second training.
 */
export function statusOf(
  parity: Comparison,
  tests: Verdict['tests'],
  lint: Verdict['lint'],
  checks: readonly CheckVerdict[],
): Verdict['status'] {
  const proved = parity === 'same' || parity === 'close';
  const clean = tests.passed > 0 && tests.failed === 0 && lint.ruff === 0 && lint.types === 0;
  const repeats = checks.every(({ detail }) => detail !== TRAININGS_DIFFER);
  if (proved && clean && repeats) return 'verified';
  return parity === 'different' || tests.failed > 0 ? 'failed' : 'unverified';
}

/** What the notebook ran with, and what the package needs besides. */
export function wantedBy({ plan, observed }: VerifyRequest): string[] {
  const had = observed.environment?.requirements ?? [];
  const missing = new Set(
    observed.environment?.missing.map(({ requirement }) => distributionOf(requirement)),
  );
  const names = new Set(had.map(distributionOf));
  const more = runtimeRequirements(plan).filter(
    (line) => !names.has(distributionOf(line)) && !missing.has(distributionOf(line)),
  );
  return [...had, ...more];
}

/** A mark can make the formatter break its line; the second round marks the broken one. */
const SILENCE_ROUNDS = 2;

async function lint(
  bench: Bench,
  plan: PackagePlan,
  tree: FileTree,
  silence: SilenceTypes,
): Promise<{ tree: FileTree; ruff: number | null; types: number | null; checks: CheckVerdict[] }> {
  let checked = tree;
  let types = await runTypes(bench, plan, checked);
  for (
    let round = 1;
    round <= SILENCE_ROUNDS && types.problems !== null && types.problems.length > 0;
    round++
  ) {
    const marked = silenced(checked, types.problems, silence);
    if (Object.entries(marked).every(([path, text]) => checked[path] === text)) break;
    checked = marked;
    types = await runTypes(bench, plan, checked);
  }
  const ruff = await runRuff(bench, plan, checked);
  const count = types.problems?.length ?? null;
  return {
    tree: checked,
    ruff: ruff.findings,
    types: count,
    checks: [checkOf('ruff', ruff.findings, ruff.detail), checkOf('types', count, types.detail)],
  };
}

function checkOf(name: string, findings: number | null, detail: string): CheckVerdict {
  if (findings === null) return { name, outcome: 'failed', detail: `it did not run: ${detail}` };
  return findings === 0 ? { name, outcome: 'passed', detail: 'clean' } : { name, outcome: 'failed', detail };
}

function silenced(tree: FileTree, problems: readonly TypeProblem[], silence: SilenceTypes): FileTree {
  const result = { ...tree };
  for (const [path, text] of Object.entries(tree)) {
    const own = problems.filter(({ file, rule }) => file === path && rule !== '');
    if (own.length > 0) result[path] = silence(text, own);
  }
  return result;
}

/** Whether nothing of the package was run: a run leaves checks. */
export function nothingRan({ checks }: Verdict): boolean {
  return checks.length === 0;
}

/** Before anything ran: what the notebook showed stands there, nothing of the package. */
function emptyVerdict(request: VerifyRequest): Verdict {
  return {
    status: 'unverified',
    parity: 'not-run',
    boundaries: [],
    metrics: request.plan.metrics.map((metric) => ({
      name: metric.key,
      notebook: observedValue(request.extraction, metric.key, metric.statement),
      package: null,
      verdict: 'not-run',
    })),
    tests: { passed: 0, failed: 0, skipped: 0 },
    lint: { ruff: null, types: null },
    checks: [],
    notes: request.observed.notes,
    ...(request.observed.notRun === undefined ? {} : { notRun: request.observed.notRun }),
  };
}

function sorted(tree: FileTree): FileTree {
  return Object.fromEntries(Object.entries(tree).sort(([a], [b]) => (a < b ? -1 : 1)));
}
