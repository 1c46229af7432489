import type { Literal } from '../python/statement.ts';
import { droppedStatements, placeOf, splitFindings, type ReportFacts, shownPath } from './facts.ts';
import { code, prose, ranges, sentence, table } from './markdown.ts';
import { modelDetails } from './model-changes.ts';
import { type DetailsPart as Part, parityDetails } from './parity-details.ts';

/**
 * What a reviewer may want to look up, folded.
 *
 * @param more - Rows of the tables of cells and of the model that had no room above.
 * @param longest - Characters that there are for it.
 */
export function details(
  facts: ReportFacts,
  { cells: moreCells, model }: { cells: string[][]; model: string[][] },
  longest: number,
): string[] {
  const parts = [
    ...(moreCells.length > 0
      ? [
          {
            title: `Cells and code, continued (${String(moreCells.length)})`,
            intro: [],
            head: ['Cells', 'Code'],
            rows: moreCells,
          },
        ]
      : []),
    { title: 'The model, continued', ...modelDetails(facts, model) },
    warnings(facts),
    otherFindings(facts),
    hyperparameters(facts),
    parityDetails(facts),
    dropped(facts),
    notes(facts),
  ].filter((part) => part.rows.length + part.intro.length > 0);
  return shortened(parts, longest);
}

/** Cuts the longest tables first, row by row, and says so. */
function shortened(parts: Part[], longest: number): string[] {
  const kept = parts.map((part) => part.rows.length);
  const render = (): string[] => parts.flatMap((part, index) => fold(part, kept[index] ?? 0));
  const size = (index: number): number =>
    fold(parts[index] ?? { title: '', intro: [], head: [], rows: [] }, kept[index] ?? 0).join('\n').length;
  while (render().join('\n').length > longest && kept.some((count) => count > 0)) {
    const sizes = parts.map((_, index) => ((kept[index] ?? 0) > 0 ? size(index) : 0));
    const biggest = sizes.indexOf(Math.max(...sizes));
    kept[biggest] = Math.floor((kept[biggest] ?? 0) * 0.9);
  }
  return render();
}

function fold(part: Part, rows: number): string[] {
  const cut = part.rows.length - rows;
  return [
    '<details>',
    `<summary>${part.title}</summary>`,
    '',
    ...part.intro.flatMap((line) => [line, '']),
    ...table(part.head, part.rows.slice(0, rows)),
    ...(rows > 0 ? [''] : []),
    ...(cut > 0
      ? [
          `${String(cut)} more ${cut === 1 ? 'line is' : 'lines are'} left out here: a report may have 60,000 characters.`,
          '',
        ]
      : []),
    '</details>',
    '',
  ];
}

function otherFindings(facts: ReportFacts): Part {
  const { other } = splitFindings(facts);
  const rows = other.map((finding) => {
    const place = placeOf(facts, finding);
    const where = place === null ? '-' : code(`${shownPath(facts, place.file)}:${String(place.firstLine)}`);
    return [
      finding.severity,
      `${String(finding.cell)}:${String(finding.line)}`,
      prose(finding.message),
      where,
      prose(finding.advice),
    ];
  });
  return {
    title: `Other findings (${String(rows.length)})`,
    intro: [],
    head: ['Severity', 'Cell:line', 'Finding', 'Code', 'Handling'],
    rows,
  };
}

/** What guardrails let pass. */
function warnings(facts: ReportFacts): Part {
  const rows = (facts.warnings ?? []).map(({ path, line, message, help }) => [
    code(line === null ? path : `${path}:${String(line)}`),
    prose(message),
    prose(help),
  ]);
  return {
    title: `Warnings of the guardrails (${String(rows.length)})`,
    intro: [],
    head: ['Where', 'Warning', 'What to do'],
    rows,
  };
}

function hyperparameters(facts: ReportFacts): Part {
  const rows = facts.plan.config
    .filter((entry) => entry.places.length > 0)
    .map((entry) => [
      ranges(entry.places.map((place) => place.cell)),
      prose(entry.description),
      code(literalText(entry.literal)),
      code(entry.key),
    ]);
  return {
    title: `Hyperparameters moved to <code>configs/default.yaml</code> (${String(rows.length)})`,
    intro: [],
    head: ['Cell', 'Source', 'Value', 'Config key'],
    rows,
  };
}

/** A literal as Python writes it. */
export function literalText(literal: Literal): string {
  switch (literal.kind) {
    case 'none':
      return 'None';
    case 'bool':
      return literal.value ? 'True' : 'False';
    case 'int':
      return String(literal.value);
    case 'float':
      return literal.text;
    case 'string':
      return literal.value;
    case 'list':
      return `[${literal.items.map(literalText).join(', ')}]`;
    case 'tuple':
      return `(${literal.items.map(literalText).join(', ')}${literal.items.length === 1 ? ',' : ''})`;
    case 'set':
      return `{${literal.items.map(literalText).join(', ')}}`;
    case 'dict':
      return `{${literal.entries.map(({ key, value }) => `${literalText(key)}: ${literalText(value)}`).join(', ')}}`;
  }
}

function dropped(facts: ReportFacts): Part {
  const { extraction } = facts;
  const reasons = new Map<string, { cells: number[]; lines: string[] }>();
  const add = (why: string): { cells: number[]; lines: string[] } => {
    const key = visibleReason(why);
    const known = reasons.get(key) ?? { cells: [], lines: [] };
    reasons.set(key, known);
    return known;
  };
  for (const cell of extraction.cells) {
    if (cell.kind === 'code' && cell.verdict === 'dropped') add(cell.why).cells.push(cell.cell);
  }
  for (const statement of droppedStatements(extraction))
    add(statement.reason).lines.push(`${String(statement.cell)}:${String(statement.line)}`);
  const rows = [...reasons].map(([why, { cells, lines }]) => [ranges(cells), firstOf(lines, 30), prose(why)]);
  return { title: 'Dropped, and why', intro: [], head: ['Cells', 'Statements (cell:line)', 'Reason'], rows };
}

function firstOf(items: string[], most: number): string {
  const more = items.length - most;
  return more > 0 ? `${items.slice(0, most).join(', ')} and ${String(more)} more` : items.join(', ');
}

function visibleReason(why: string): string {
  return why.trim() === '' ? 'not needed for the result' : why.trim();
}

/** What no other part says: the rest of the notes, the other models, the diagnostics. */
function notes(facts: ReportFacts): Part {
  const { extraction, verdict, plan } = facts;
  const target = extraction.target;
  const lines = [
    ...verdict.notes.slice(3).map((note) => prose(note)),
    ...(target === null ? [] : [`The package is about ${code(target.name)}: ${prose(target.reason)}.`]),
    ...(extraction.candidates.length > 0
      ? [
          `Other fitted models: ${extraction.candidates
            .slice(0, 20)
            .map((name) => code(name))
            .join(', ')}; ${code('--target NAME')} chooses one.`,
        ]
      : []),
    plan.serving.kind === 'raw_rows'
      ? 'The MLflow model takes raw rows: the preprocessing of the notebook is in it.'
      : `The MLflow model takes its own input, not raw rows: ${prose(plan.serving.reason)}.`,
    ...extraction.diagnostics.slice(0, 20).map((item) => `${prose(item.message)} ${prose(item.help)}`),
    ...(facts.remarks ?? []).map((remark) => prose(remark)),
    'The same in every package of Architect, to be read once: `src/errors.py`, `src/runtime.py`, `src/tracking.py`, `tests/watching.py`, and the frame of `src/config.py` and `src/models/serving.py`.',
  ];
  return { title: 'Notes', intro: lines.map((line) => `- ${sentence(line)}`), head: [], rows: [] };
}
