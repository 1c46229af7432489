import type { Difference, MetricVerdict, Verdict } from '../verify/verdict.ts';
import { TRAININGS_DIFFER } from '../verify/commands.ts';
import { comparisons, seededCells, splitFindings, type ReportFacts } from './facts.ts';
import { code, counted, numeral, prose, ranges, sentence } from './markdown.ts';
import { renderUnverified } from './unverified.ts';

/** The verdict in one paragraph, its first word the one that counts. */
export function verdictParagraph(facts: ReportFacts): string {
  return [opening(facts), decisions(facts)].filter((part) => part !== '').join(' ');
}

/** What speaks against the package, in few words; null if nothing does. */
export function obstacle(verdict: Verdict): string | null {
  if (verdict.notRun !== undefined) return renderUnverified(verdict.notRun).what;
  if (verdict.parity === 'different') return 'the package does not compute what the notebook computes';
  if (verdict.tests.failed > 0)
    return `${counted(verdict.tests.failed, 'test')} of the package ${verdict.tests.failed === 1 ? 'fails' : 'fail'}`;
  if (verdict.parity === 'not-run') return 'the package was not compared with the notebook';
  if (verdict.tests.passed === 0) return 'no test of the package ran';
  const findings = (verdict.lint.ruff ?? 0) + (verdict.lint.types ?? 0);
  if (findings > 0) return `ruff and basedpyright report ${counted(findings, 'problem')} in the package`;
  if (verdict.lint.ruff === null || verdict.lint.types === null)
    return 'ruff or basedpyright did not run on the package';
  if (verdict.checks.some(({ detail }) => detail === TRAININGS_DIFFER))
    return 'two trainings of the package give different metrics';
  return null;
}

function opening(facts: ReportFacts): string {
  const { verdict } = facts;
  const against = obstacle(verdict);
  if (verdict.status === 'verified' && against === null) return verified(facts);
  const first = `**Not verified: ${against ?? 'the proof is not complete'}.**`;
  if (verdict.notRun !== undefined) {
    const { details, next } = renderUnverified(verdict.notRun);
    const made =
      'The package was made from what the notebook says, without a proof that it computes the same.';
    return `${first} ${sentence(full(prose(details)))} ${made} **Next:** ${full(prose(next))}`;
  }
  if (verdict.parity === 'different') return `${first} ${firstDifference(verdict)}`;
  const same = proved(verdict) ? ` ${sentence(agreement(verdict))}.` : '';
  return `${first}${same} What failed stands under **Checks**.`;
}

function proved(verdict: Verdict): boolean {
  return verdict.parity === 'same' || verdict.parity === 'close';
}

function verified(facts: ReportFacts): string {
  const { verdict, plan } = facts;
  const file = code(plan.notebook.file);
  const cells = seededCells(facts);
  if (cells.length === 0)
    return `**Verified.** The package computes what ${file} computes: ${agreement(verdict)}.`;
  const differs = verdict.metrics.some(
    (metric) => metric.untouched !== undefined && metric.untouched !== metric.notebook,
  );
  const why = differs
    ? `As it is, ${file} gives other metrics, because it draws random numbers in another order or without a seed.`
    : `${file} draws random numbers.`;
  return (
    `**Verified against the seeded notebook.** ${why} With ${code(`set_seed(${String(plan.seed.value)})`)} run before ` +
    `${cells.length === 1 ? 'cell' : 'cells'} ${ranges(cells).replace(/, (?=[^,]*$)/, ' and ')}, ${agreement(verdict)}.`
  );
}

/** `all 17 compared values (13 tables, arrays and objects, 4 metrics) are equal bit for bit`. */
function agreement(verdict: Verdict): string {
  const { compared, boundaries, metrics, close } = comparisons(verdict);
  const parts = [
    boundaries > 0
      ? `${String(boundaries)} ${boundaries === 1 ? 'table, array or object' : 'tables, arrays and objects'}`
      : '',
    metrics > 0 ? `${String(metrics)} ${metrics === 1 ? 'metric' : 'metrics'}` : '',
  ];
  const list = parts.filter((part) => part !== '').join(', ');
  const equal =
    close === 0
      ? 'equal bit for bit'
      : `equal, ${close === compared ? 'all' : numeral(close)} of them within a relative difference of 1e-6`;
  return compared === 1
    ? `the one compared value (${list}) is ${equal.replace(', all of them', '')}`
    : `all ${String(compared)} compared values (${list}) are ${equal}`;
}

/** The first value that differs, with what each side has. */
export function firstDifference(verdict: Verdict): string {
  const boundary = verdict.boundaries.find((item) => item.verdict === 'different');
  if (boundary !== undefined) return `The first difference: ${differing(boundary)}.`;
  const metric = verdict.metrics.find((item) => item.verdict === 'different');
  return metric === undefined ? '' : `The first difference: ${metricDifference(metric)}.`;
}

function differing({ name, ...difference }: Difference & { name: string }): string {
  const { path, reference, candidate } = difference;
  const where = path === undefined || path === '' ? code(name) : `${code(name)} at ${code(path)}`;
  if (reference === undefined && candidate === undefined) return where;
  const [one, other] = sidesOf(difference);
  const found = `${where}: ${code(reference ?? 'nothing')} ${one}, ${code(candidate ?? 'nothing')} ${other}`;
  return difference.dropped === true ? `${found}, so a statement that it needs was dropped` : found;
}

/** Where the two values of a difference come from. */
export function sidesOf({ dropped }: Difference): [string, string] {
  return dropped === true
    ? ['in the whole notebook', 'with the kept statements alone']
    : ['in the notebook', 'in the package'];
}

function metricDifference(metric: MetricVerdict): string {
  if (metric.reference !== undefined || metric.candidate !== undefined) return differing(metric);
  const { name, notebook, package: found } = metric;
  return `${code(name)}: ${String(notebook ?? 'nothing')} in the notebook, ${String(found ?? 'nothing')} in the package`;
}

function decisions(facts: ReportFacts): string {
  const { decide } = splitFindings(facts);
  if (decide.length === 0) return '';
  const high = decide.some((finding) => finding.severity === 'high');
  const verb = decide.length === 1 ? 'needs' : 'need';
  return `**${sentence(counted(decide.length, 'finding'))} ${verb} your decision${high ? ' before the metrics are used' : ''}.**`;
}

/** With a period at its end. */
export function full(text: string): string {
  return text === '' || /[.!?…]$/.test(text) ? text : `${text}.`;
}
