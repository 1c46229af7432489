import type { Verified } from '../verify/verify.ts';
import type { Comparison, Verdict } from '../verify/verdict.ts';

const ORDER: Comparison[] = ['same', 'close', 'not-run', 'different'];

/**
 * The dear half of the gate: whether a tree that a model changed is as good as the compiler's, by what the same proof found of both.
 *
 * @returns What is worse, as phrases; none where nothing is.
 */
export function whatIsWorse(before: Verified, after: Verified): string[] {
  return [
    ...parityProblems(before.verdict, after.verdict),
    ...metricProblems(before.verdict, after.verdict),
    ...testProblems(before, after),
    ...toolProblems(before.verdict, after.verdict),
    ...checkProblems(before.verdict, after.verdict),
  ];
}

function isWorse(before: Comparison, after: Comparison): boolean {
  return ORDER.indexOf(after) > ORDER.indexOf(before);
}

function parityProblems(before: Verdict, after: Verdict): string[] {
  const found = after.boundaries
    .filter(({ name, verdict }) => {
      const known = before.boundaries.find((one) => one.name === name);
      return known !== undefined && isWorse(known.verdict, verdict);
    })
    .map(({ name, verdict }) => `\`${name}\` is \`${verdict}\` when it is compared with the notebook`);
  const lost = before.boundaries.length > after.boundaries.length;
  if (found.length > 0) return found;
  if (isWorse(before.parity, after.parity) || lost)
    return [`parity with the notebook is \`${after.parity}\`, and was \`${before.parity}\``];
  return [];
}

function metricProblems(before: Verdict, after: Verdict): string[] {
  return before.metrics.flatMap((metric) => {
    const now = after.metrics.find(({ name }) => name === metric.name);
    // Where a value is another one at each run, its number says nothing.
    if (now !== undefined && metric.verdict === 'not-run' && now.verdict === 'not-run') return [];
    const same =
      now !== undefined && !isWorse(metric.verdict, now.verdict) && Object.is(metric.package, now.package);
    return same
      ? []
      : [`the metric \`${metric.name}\` changes from ${text(metric.package)} to ${text(now?.package)}`];
  });
}

function text(value: number | null | undefined): string {
  return value === null || value === undefined ? 'nothing' : String(value);
}

function testProblems(before: Verified, after: Verified): string[] {
  const passed = new Set(after.passedTests);
  const lost = before.passedTests.filter((name) => !passed.has(name));
  const known = new Set(before.failedTests.map(testName));
  const failed = after.failedTests.filter((test) => !known.has(testName(test)));
  if (failed.length > 0) return failed.slice(0, 3).map((test) => `a test fails: ${test}`);
  if (lost.length > 0)
    return lost.slice(0, 3).map((name) => `the test \`${name}\` passed before and does not now`);
  const { tests } = after.verdict;
  if (tests.failed > before.verdict.tests.failed) return ['the tests do not come to their end'];
  if (tests.skipped > before.verdict.tests.skipped) return ['tests are skipped that were not'];
  return [];
}

/** Without its message, which may name an address or a time. */
function testName(failure: string): string {
  return failure.split(': ')[0] ?? failure;
}

function toolProblems(before: Verdict, after: Verdict): string[] {
  return (['ruff', 'types'] as const).flatMap((tool) => {
    const [old, now] = [before.lint[tool], after.lint[tool]];
    if (now !== null && now <= (old ?? 0)) return [];
    if (old === null && now === null) return [];
    const detail = after.checks.find(({ name }) => name === tool)?.detail ?? '';
    const what = now === null ? 'does not run' : `has ${String(now)} findings, and had ${String(old ?? 0)}`;
    return [`${tool === 'ruff' ? 'ruff' : 'the type checker'} ${what}${detail === '' ? '' : ` (${detail})`}`];
  });
}

function checkProblems(before: Verdict, after: Verdict): string[] {
  const tools = ['tests', 'ruff', 'types'];
  return before.checks
    .filter(({ name, outcome }) => outcome === 'passed' && !tools.includes(name))
    .flatMap(({ name }) => {
      const now = after.checks.find((check) => check.name === name);
      return now?.outcome === 'passed'
        ? []
        : [`\`${name}\` succeeded before and does not now: ${now?.detail ?? 'not run'}`];
    });
}
