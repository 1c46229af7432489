import type { FileTree } from '../lib/file-tree.ts';
import type { PackagePlan } from '../steps/2-structure/plan.ts';
import { type Bench, inContainer, layoutFor, runOn } from './bench.ts';
import type { CheckVerdict } from './verdict.ts';

/** Tools read the package, not the data; they need little time. */
const TOOL_SECONDS = 600;

/** One error of the type checker. */
export interface TypeProblem {
  file: string;
  /** From 1. */
  line: number;
  rule: string;
  message: string;
}

/** Number of findings of ruff: broken rules, and files that it would format. Null: it did not run. */
export async function runRuff(
  bench: Bench,
  plan: PackagePlan,
  tree: FileTree,
): Promise<{ findings: number | null; detail: string }> {
  const layout = layoutFor(plan.root);
  const folder = layout.package;
  const check = await runOn(bench, {
    name: 'ruff check',
    command: ['ruff', 'check', '--no-cache', '--output-format=concise', '.'],
    layout,
    package: tree,
    folder,
    seconds: TOOL_SECONDS,
  });
  const format = await runOn(bench, {
    name: 'ruff format',
    command: ['ruff', 'format', '--no-cache', '--check', '.'],
    layout,
    package: tree,
    folder,
    seconds: TOOL_SECONDS,
  });
  if (![0, 1].includes(check.exitCode ?? -1) || ![0, 1].includes(format.exitCode ?? -1)) {
    return { findings: null, detail: lastLine(check.stderr) || lastLine(format.stderr) };
  }
  const rules = check.stdout.split('\n').filter((line) => /^[^\s:]+:\d+:\d+: /.test(line));
  const unformatted = format.stdout.split('\n').filter((line) => line.startsWith('Would reformat'));
  // An exit code of 1 is a finding, whatever was printed.
  const findings =
    Math.max(rules.length, check.exitCode ?? 0) + Math.max(unformatted.length, format.exitCode ?? 0);
  return { findings, detail: [...rules, ...unformatted].slice(0, 5).join('; ') };
}

/** Errors of basedpyright; null: it did not run. */
export async function runTypes(
  bench: Bench,
  plan: PackagePlan,
  tree: FileTree,
): Promise<{ problems: TypeProblem[] | null; detail: string }> {
  const layout = layoutFor(plan.root);
  const run = await runOn(bench, {
    name: 'basedpyright',
    command: ['basedpyright', '--outputjson'],
    layout,
    package: tree,
    folder: layout.package,
    seconds: TOOL_SECONDS,
  });
  const found = readTypes(run.stdout, inContainer(layout.package));
  if (found === undefined || ![0, 1].includes(run.exitCode ?? -1)) {
    return { problems: null, detail: lastLine(run.stderr) || `exit code ${run.exitCode ?? 'unknown'}` };
  }
  const problems = run.exitCode === 0 ? found.filter(({ severity }) => severity === 'error') : found;
  if (run.exitCode === 1 && problems.length === 0) return { problems: null, detail: lastLine(run.stderr) };
  return {
    problems,
    detail: problems
      .slice(0, 5)
      .map(({ file, line, message }) => `${file}:${line}: ${message.split('\n')[0] ?? ''}`)
      .join('; '),
  };
}

function readTypes(text: string, folder: string): (TypeProblem & { severity: string })[] | undefined {
  try {
    const output = JSON.parse(text) as {
      generalDiagnostics: {
        file: string;
        severity: string;
        message: string;
        rule?: string;
        range?: { start: { line: number } };
      }[];
    };
    return output.generalDiagnostics
      .filter(({ severity }) => severity === 'error' || severity === 'warning')
      .map(({ file, severity, message, rule, range }) => ({
        file: file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file,
        line: (range?.start.line ?? 0) + 1,
        rule: rule ?? '',
        message,
        severity,
      }));
  } catch {
    return undefined;
  }
}

/** Characters of a test run's output that are kept. */
const TEST_OUTPUT = 8_000;

/** What pytest counted. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What the package's own tests said. */
export interface TestRun {
  counts: TestCounts;
  /** Names of those that failed, each with its message. */
  failures: string[];
  /** Names of those that passed. */
  passed: string[];
  check: CheckVerdict;
  /** The end of what was printed. */
  output: string;
}

/** Runs the package's own tests. Their word is a claim, so it is only counted; the comparison is the evidence. */
export async function runTests(bench: Bench, plan: PackagePlan, tree: FileTree): Promise<TestRun> {
  const layout = layoutFor(plan.root);
  const run = await runOn(bench, {
    name: 'pytest',
    command: [
      'python',
      '-m',
      'pytest',
      '-q',
      '-p',
      'no:cacheprovider',
      `--junitxml=${inContainer('out/junit.xml')}`,
    ],
    layout,
    tree: true,
    package: tree,
    folder: layout.package,
    files: { 'out/.keep': '' },
    collect: ['out/junit.xml'],
    seconds: Math.max(TOOL_SECONDS, bench.limits.seconds),
  });
  const bytes = run.files['out/junit.xml'];
  const { counts, failures, passed } = readJunit(bytes === undefined ? '' : new TextDecoder().decode(bytes));
  const agreed = run.exitCode === 0 || (run.exitCode === 1 && counts.failed > 0) || run.exitCode === 5;
  // A run that did not end as its report says failed, whatever the report says.
  if (!agreed) counts.failed += 1;
  const why = run.timedOut
    ? `stopped after ${Math.round(run.durationMs / 1000)} s`
    : lastLine(run.stdout) || lastLine(run.stderr);
  const detail =
    counts.failed === 0
      ? `${counts.passed} passed, ${counts.skipped} skipped`
      : [...failures.slice(0, 3), why].join('; ');
  const outcome = counts.failed === 0 && counts.passed > 0 ? 'passed' : 'failed';
  const output = (run.stdout.trim() || run.stderr.trim()).slice(-TEST_OUTPUT);
  return { counts, failures, passed, check: { name: 'tests', outcome, detail }, output };
}

/** Counts of a JUnit report, and the names of what failed and passed. Read by patterns: no entity or DTD is ever expanded. */
export function readJunit(xml: string): { counts: TestCounts; failures: string[]; passed: string[] } {
  const counts: TestCounts = { passed: 0, failed: 0, skipped: 0 };
  const failures: string[] = [];
  const passed: string[] = [];
  for (const match of xml.matchAll(/<testcase\b([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const body = match[3] ?? '';
    const name = unescape(/\bname="([^"]*)"/.exec(match[1] ?? '')?.[1] ?? 'a test');
    if (/<(failure|error)\b/.test(body)) {
      counts.failed += 1;
      const message = /<(?:failure|error)\b[^>]*\bmessage="([^"]*)"/.exec(body)?.[1] ?? '';
      failures.push(`${name}: ${(unescape(message).split('\n')[0] ?? '').slice(0, 200)}`);
    } else if (/<skipped\b/.test(body)) counts.skipped += 1;
    else {
      counts.passed += 1;
      const file = unescape(/\bclassname="([^"]*)"/.exec(match[1] ?? '')?.[1] ?? '');
      passed.push(file === '' ? name : `${file}.${name}`);
    }
  }
  return { counts, failures, passed };
}

function unescape(text: string): string {
  return text
    .replaceAll('&#10;', '\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
}
