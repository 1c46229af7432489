import { cellCounts, placeOf, repositoryPath, splitFindings, type ReportFacts, shownPath } from './facts.ts';
import { details } from './details.ts';
import { code, counted, prose, python, ranges, table } from './markdown.ts';
import { modelLines } from './model-changes.ts';
import type { CheckVerdict } from '../verify/verdict.ts';
import { verdictParagraph } from './verdict-text.ts';

/** Lines before the folded parts. */
const VISIBLE_LINES = 70;
/** GitHub refuses bodies over 65,536 characters. */
const LONGEST = 60_000;

/**
 * The report: `REPORT.md`, and the text of the pull request. What a reviewer needs first comes first.
 *
 * @param facts - Everything that the run found.
 * @returns Markdown; all text of the notebook, of files and of errors in it is neutralised.
 */
export function writeReport(facts: ReportFacts): string {
  const before = [
    `# Production package from ${code(facts.plan.notebook.path)}`,
    '',
    verdictParagraph(facts),
    '',
    ...metrics(facts),
    ...section('Decide', decide(facts)),
    ...section('Checks', checks(facts)),
    ...section('What the model changed', modelLines(facts)),
  ];
  const after = section('Run', run(facts));
  const seen = before.length + section('Cells and code', ['', '', '', '', '', '']).length + after.length + 2;
  const room = VISIBLE_LINES - seen;
  const { shown, rest, intro } = cells(facts, Math.max(2, room));
  const head = [...before, ...section('Cells and code', [intro, '', ...shown]), ...after, '## Details', ''];
  const tail = details(facts, rest, LONGEST - head.join('\n').length - 2);
  return `${[...head, ...tail].join('\n').trimEnd()}\n`;
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}

function metrics(facts: ReportFacts): string[] {
  const { verdict } = facts;
  const others = verdict.metrics.some(
    (metric) => metric.untouched !== undefined && metric.untouched !== metric.notebook,
  );
  const seeded = others ? ['Notebook, seeded', 'Package', 'Notebook as it is'] : ['Notebook', 'Package'];
  const known = verdict.metrics.filter((metric) => metric.notebook !== null || metric.package !== null);
  const rows = known.slice(0, 15).map((metric) => {
    const mark = metric.verdict === 'different' ? ' **differs**' : '';
    const plain = others ? [python(metric.untouched ?? metric.notebook)] : [];
    return [code(metric.name), python(metric.notebook), `${python(metric.package)}${mark}`, ...plain];
  });
  const more = known.length - rows.length;
  return [
    ...table(['Metric', ...seeded], rows),
    ...(more > 0 ? ['', `${String(more)} more metrics stand under "Parity, value by value".`] : []),
    ...(rows.length > 0 ? [''] : []),
    ...remarks(facts, others),
  ];
}

/** Why the columns differ, and how long the proof holds. */
function remarks(facts: ReportFacts, others: boolean): string[] {
  const { verdict } = facts;
  const notes = verdict.notes.slice(0, 3).map((note) => prose(note));
  const reason =
    others && notes.length === 0
      ? [
          'The notebook as it is has other metrics, because it does not seed all that it draws at random; the package reseeds at the same places as the seeded run.',
        ]
      : notes;
  const proved = verdict.parity === 'same' || verdict.parity === 'close';
  const lock = proved
    ? ['The comparison stays in the package: `tests/test_parity.py` repeats it at every test run.']
    : [];
  const sentences = [...reason, ...lock];
  return sentences.length === 0 ? [] : [sentences.join(' '), ''];
}

function decide(facts: ReportFacts): string[] {
  const rows = splitFindings(facts).decide.map((finding) => {
    const place = placeOf(facts, finding);
    const where =
      place === null
        ? 'not in the package'
        : `${code(place.name)}, ${repositoryPlace(facts, place.file, place.firstLine)}`;
    return [finding.severity, String(finding.cell), prose(finding.message), where, prose(finding.advice)];
  });
  return table(['Severity', 'Cell', 'Finding', 'Code', 'What to do'], rows);
}

function repositoryPlace(facts: ReportFacts, file: string, line: number): string {
  return code(`${shownPath(facts, file)}:${String(line)}`);
}

function checks(facts: ReportFacts): string[] {
  const { verdict } = facts;
  const known = new Set(verdict.checks.map((check) => check.name));
  const { passed, failed, skipped } = verdict.tests;
  const counts = [
    `${String(passed)} passed`,
    ...(failed > 0 ? [`**${String(failed)} failed**`] : []),
    ...(skipped > 0 ? [`${String(skipped)} skipped`] : []),
  ].join(', ');
  const own: [string, string][] = [];
  if (passed + failed + skipped > 0 && !known.has('tests')) own.push(['tests', counts]);
  for (const [name, findings] of [
    ['ruff', verdict.lint.ruff],
    ['types', verdict.lint.types],
  ] as const) {
    if (findings !== null && !known.has(name))
      own.push([name, findings === 0 ? 'clean' : `**${String(findings)} problems**`]);
  }
  const { warnings } = facts;
  if (warnings !== undefined)
    own.push([
      'guardrails',
      warnings.length === 0 ? 'nothing to object' : `${counted(warnings.length, 'warning')}, listed below`,
    ]);
  const done = grouped(verdict.checks.filter((check) => check.outcome !== 'skipped')).slice(0, 8);
  const rows = [
    ...own,
    ...done.map((check): [string, string] => [
      check.names.map(label).join(', '),
      check.outcome === 'failed'
        ? `**failed**: ${prose(check.detail)}`
        : prose(check.detail === '' ? 'succeeds' : check.detail),
    ]),
  ];
  const skips = verdict.checks
    .filter((check) => check.outcome === 'skipped')
    .map((check) => `${label(check.name)} (${prose(check.detail)})`);
  const missing = [...verdict.boundaries, ...verdict.metrics].filter(
    (item) => item.verdict === 'not-run',
  ).length;
  const values =
    missing > 0 && verdict.parity !== 'not-run' ? [`${String(missing)} values without stable content`] : [];
  const not = [...skips, ...values, 'other processors and operating systems than that of the run'];
  const list = [...table(['Check', 'Result'], rows)];
  return [...list, ...(list.length > 0 ? [''] : []), `Not checked: ${not.join('; ')}.`];
}

/** Checks in a row of which the same is to be said share a line. */
function grouped(checks: readonly CheckVerdict[]): { names: string[]; outcome: string; detail: string }[] {
  const groups: { names: string[]; outcome: string; detail: string }[] = [];
  for (const { name, outcome, detail } of checks) {
    const known = groups.find((group) => group.outcome === outcome && group.detail === detail);
    if (known !== undefined) known.names.push(name);
    else groups.push({ names: [name], outcome, detail });
  }
  return groups;
}

function label(name: string): string {
  return /^(make|mlflow|python) /.test(name) ? code(name) : prose(name);
}

/** Cell → file and lines; what does not fit goes to the folded part. */
function cells(facts: ReportFacts, room: number): { intro: string; shown: string[]; rest: string[][] } {
  const count = cellCounts(facts.extraction.cells);
  const intro =
    `${String(count.all)} cells, ${String(count.code)} of them code: ${String(count.kept)} kept, ${String(count.partly)} kept in part, ` +
    `${String(count.dropped)} dropped. The notebook and the data are unchanged. \`EXTRACTION_PLAN.md\` has the verdict on every cell.`;
  const byPlace = new Map<string, { cells: number[]; row: string }>();
  for (const origin of facts.origins) {
    const key = `${origin.file}:${String(origin.firstLine)}`;
    const known = byPlace.get(key);
    if (known !== undefined) known.cells.push(origin.cell);
    else {
      const lines =
        origin.lastLine > origin.firstLine
          ? `${String(origin.firstLine)}-${String(origin.lastLine)}`
          : String(origin.firstLine);
      byPlace.set(key, {
        cells: [origin.cell],
        row: `${code(origin.name)}, ${code(`${shownPath(facts, origin.file)}:${lines}`)}`,
      });
    }
  }
  const groups = new Map<string, { first: number; places: string[] }>();
  for (const { cells: own, row } of byPlace.values()) {
    const key = ranges(own);
    const known = groups.get(key);
    if (known !== undefined) known.places.push(row);
    else groups.set(key, { first: Math.min(...own), places: [row] });
  }
  const rows = [...groups]
    .sort(([, a], [, b]) => a.first - b.first)
    .map(([own, { places }]) => [own, listed(places)]);
  if (rows.length <= room) return { intro, shown: table(['Cells', 'Code'], rows), rest: [] };
  const shown = [
    ...table(['Cells', 'Code'], rows.slice(0, room)),
    '',
    `The other ${String(rows.length - room)} lines stand below, folded.`,
  ];
  return { intro, shown, rest: rows.slice(room) };
}

/** Places of one cell, the first six of them. */
function listed(places: string[]): string {
  const more = places.length - 6;
  return more > 0 ? `${places.slice(0, 6).join('; ')}; ${String(more)} more` : places.join('; ');
}

function run(facts: ReportFacts): string[] {
  const folder = repositoryPath(facts, '').replace(/\/$/, '');
  const evaluates = facts.plan.entryPoints.some((entry) => entry.name === 'evaluate');
  const example = facts.plan.config.find(
    (entry) => entry.key.includes('.') && (entry.literal.kind === 'int' || entry.literal.kind === 'float'),
  );
  const value =
    example?.literal.kind === 'int' || example?.literal.kind === 'float' ? String(example.literal.value) : '';
  const override =
    example === undefined
      ? ''
      : `  # ARGS="${example.key}=${value}" overrides a value of configs/default.yaml`;
  return [
    '```',
    ...(folder === '' ? [] : [`cd ${/^[\w./-]+$/.test(folder) ? folder : 'the folder of the package'}`]),
    'make install test',
    `make train${override}`,
    ...(evaluates ? ['make evaluate  # metrics of the saved model on the held-out rows'] : []),
    'python -m tests.reference  # accept changed values as the new reference',
    'mlflow run . --env-manager=local',
    '```',
    '',
    'Runs write `artifacts/`, `mlflow.db` and `mlruns/`: add them to `.gitignore`.',
  ];
}
