import { count } from '../lib/text.ts';
import { comparisons, repositoryPath, splitFindings, type ReportFacts } from './facts.ts';
import { counted, python, sentence, visible } from './markdown.ts';
import { renderUnverified } from './unverified.ts';
import { firstDifference, full, obstacle } from './verdict-text.ts';

const WIDTH = 80;

/** The text that the command line ends with: verdict, metrics, where, what next. Plain, at most 80 columns. */
export function writeSummary(facts: ReportFacts): string {
  const blocks = [
    wrap(verdictLine(facts)),
    metricLines(facts),
    wrap(decisionLine(facts)),
    wrap(modelLine(facts)),
    nextLines(facts),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function verdictLine(facts: ReportFacts): string {
  const { verdict, plan } = facts;
  const against = obstacle(verdict);
  const { compared, close } = comparisons(verdict);
  if (verdict.status === 'verified' && against === null) {
    const how = close === 0 ? 'equal bit for bit' : 'equal within 1e-6';
    return `Verified: the package computes what ${visible(plan.notebook.path, 200)} computes (${counted(compared, 'value')} ${how}, ${counted(verdict.tests.passed, 'test')} passed).`;
  }
  const reason = `Not verified: ${against ?? 'the proof is not complete'}.`;
  if (verdict.parity === 'different')
    return `${reason} ${visible(firstDifference(verdict).replaceAll('`', ''), 400)}`.trim();
  if (verdict.notRun === undefined) return reason;
  const { details, next } = renderUnverified(verdict.notRun);
  return `${reason} ${sentence(full(visible(details, 400)))} ${visible(next, 400)}`;
}

function metricLines(facts: ReportFacts): string[] {
  const known = facts.verdict.metrics.filter((metric) => metric.notebook !== null || metric.package !== null);
  const metrics = known.slice(0, 12);
  if (metrics.length === 0) return [];
  const rows = [
    ['metric', 'notebook', 'package'],
    ...metrics.map((metric) => [visible(metric.name, 30), python(metric.notebook), python(metric.package)]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
  const more = known.length - metrics.length;
  return more > 0 ? [...lines, `  and ${String(more)} more`] : lines;
}

function decisionLine(facts: ReportFacts): string {
  const { decide } = splitFindings(facts);
  if (decide.length === 0) return '';
  const [first] = decide;
  const start = `${sentence(counted(decide.length, 'finding'))} ${decide.length === 1 ? 'needs' : 'need'} your decision`;
  return first === undefined
    ? ''
    : `${start}, first in cell ${String(first.cell)}: ${visible(first.message.replaceAll('`', ''), 200)}.`;
}

function modelLine({ model }: ReportFacts): string {
  if (model === undefined) return '';
  if (model.notAsked !== null) return `The model was not asked: ${visible(model.notAsked, 200)}.`;
  const files = model.steps.flatMap((step) => step.files);
  const kept = files.filter((file) => file.kept).length;
  const { promptTokens, completionTokens } = model.usage;
  return `${visible(model.model, 60)}: ${count(kept, 'file')} kept, ${String(files.length - kept)} dropped, ${String(promptTokens + completionTokens)} tokens.`;
}

function nextLines(facts: ReportFacts): string[] {
  const folder = repositoryPath(facts, '').replace(/\/$/, '');
  const enter = folder === '' ? '' : `cd ${folder} && `;
  return [`Report:  ${repositoryPath(facts, 'REPORT.md')}`, `Next:    ${enter}make install test train`];
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
