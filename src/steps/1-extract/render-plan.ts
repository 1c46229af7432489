/** EXTRACTION_PLAN.md: what became of every cell, and what moved to the configuration. */

import type { Literal } from '../../python/statement.ts';
import { literalToPython } from '../../python/literals.ts';
import type { Extraction, Hyperparameter } from './extraction.ts';

/** Where cells went: cell → places in the package, as phrases in Markdown. */
export type Destinations = ReadonlyMap<number, readonly string[]>;

/** Renders the plan. Without destinations their column is left out. */
export function renderExtractionPlan(extraction: Extraction, destinations?: Destinations): string {
  const { notebook, target } = extraction;
  const file = notebook.path.split('/').at(-1) ?? notebook.path;
  const sections = [
    `# Extraction plan: ${text(file)}`,
    `Cells are numbered from 0 in document order; \`In\` is the stored execution count.\n${criterion(extraction)}`,
    cellTable(extraction, destinations),
    section('Data sources', dataTable(extraction), 'The kept code reads no file of the repository.'),
    section('Hyperparameters', parameterTable(extraction), 'None.'),
    section(
      'Metrics',
      metricTable(extraction),
      target === null ? 'None: there is no model.' : 'The notebook reports no number about the model.',
    ),
    randomSection(extraction),
    `Findings: ${extraction.findings.length}. They are in \`REPORT.md\`.`,
  ];
  return `${sections.filter((part) => part !== '').join('\n\n')}\n`;
}

function criterion({ target, outputs, metrics, statements }: Extraction): string {
  if (target === null) return 'There is no model in this notebook, so nothing is kept.';
  const saved = outputs.filter(({ kind }) => kind === 'model');
  const cells = (ids: readonly number[]): string =>
    [...new Set(ids.map((id) => statements[id]?.cell ?? 0))].join(', ');
  const parts = [
    `the model ${code(target.name)} (${text(target.reason)}), trained in cell ${cells(target.fits)}`,
  ];
  if (saved.length > 0)
    parts.push(`the file written in cell ${cells(saved.map(({ statement }) => statement))}`);
  if (metrics.length > 0)
    parts.push(`the numbers reported in cells ${[...new Set(metrics.map(({ cell }) => cell))].join(', ')}`);
  return `Slice criterion: ${parts.join('; ')}.`;
}

function section(title: string, table: string, empty: string): string {
  return `## ${title}\n\n${table === '' ? empty : table}`;
}

function cellTable({ cells }: Extraction, destinations?: Destinations): string {
  const rows = cells.map(({ cell, executionCount, stages, verdict, why }) => {
    const row = [
      String(cell),
      executionCount === null ? '-' : String(executionCount),
      stages.join(', ') || '-',
      verdict,
      prose(why) || '-',
    ];
    if (destinations !== undefined) row.push(destinations.get(cell)?.join('; ') ?? '-');
    return row;
  });
  return table(
    ['Cell', 'In', 'Stage', 'Verdict', 'Why', ...(destinations === undefined ? [] : ['Destination'])],
    rows,
  );
}

function dataTable({ inputs, statements }: Extraction): string {
  const rows = inputs.map(({ statement, reader, written, path, present, key, variable }) => {
    const facts = variable === null ? undefined : statements[statement]?.values[variable];
    const shape =
      facts?.shape === undefined
        ? '-'
        : facts.columns
          ? `${facts.shape[0] ?? '?'} rows, ${facts.shape[1] ?? '?'} columns`
          : `shape (${facts.shape.join(', ')})`;
    return [
      String(statements[statement]?.cell ?? ''),
      code(`${reader.split('.').at(-1) ?? reader}('${written}')`),
      path === null || !present ? 'not in the repository' : code(path),
      shape,
      code(key),
    ];
  });
  return rows.length === 0 ? '' : table(['Cell', 'Expression', 'File', 'Observed', 'Config key'], rows);
}

function parameterTable({ hyperparameters, seed }: Extraction): string {
  const rows = hyperparameters.map((entry) => [
    entry.key === 'seed' ? seed.cells.join(', ') || '-' : cellsOf(entry),
    prose(entry.description),
    shortValue(entry.literal),
    code(entry.key),
  ]);
  return rows.length === 0 ? '' : table(['Cell', 'Source', 'Value', 'Config key'], rows);
}

function cellsOf({ places }: Hyperparameter): string {
  return [...new Set(places.map(({ cell }) => cell))].join(', ') || '-';
}

function shortValue(literal: Literal): string {
  const value = literalToPython(literal);
  return code(value.length > 80 ? `${value.slice(0, 77)}...` : value);
}

function metricTable({ metrics }: Extraction): string {
  const rows = metrics.map(({ cell, text: source, key, value, kind }) => [
    String(cell),
    code(source),
    code(key),
    kind === 'held_out' ? 'held out' : 'training',
    value === undefined ? 'not observed' : String(value),
  ]);
  return rows.length === 0 ? '' : table(['Cell', 'Expression', 'MLflow name', 'Kind', 'Observed'], rows);
}

function randomSection({ statements, observed }: Extraction): string {
  const rows = statements
    .filter(({ random }) => random.length > 0)
    .map(({ cell, line, random, kept }) => [
      String(cell),
      String(line),
      random.join(', '),
      kept ? 'kept' : 'dropped',
    ]);
  if (rows.length === 0) return '';
  const how =
    observed === 'none'
      ? 'By what is known of the calls; the notebook was not run.'
      : 'Observed by comparing the states of `random`, NumPy and torch around every statement.';
  return `## Random number generators\n\n${how}\n\n${table(['Cell', 'Line', 'Generator moved', 'Verdict'], rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Foreign text as code: no line break, pipe or backtick of it can leave the cell. */
function code(value: string): string {
  const flat = visible(value).replaceAll('`', "'").replaceAll('|', '\\|').trim();
  return flat === '' ? '-' : `\`${flat.length > 120 ? `${flat.slice(0, 117)}...` : flat}\``;
}

/** Our own phrase with foreign names in backticks. */
function prose(value: string): string {
  return value
    .split(/(`[^`\n]*`)/)
    .map((part) => (/^`[^`]*`$/.test(part) ? code(part.slice(1, -1)) : text(part)))
    .join('');
}

/** Foreign text outside code: nothing in it is Markdown, HTML or a mention. */
function text(value: string): string {
  return visible(value)
    .replace(/[\\|<>[\]*_#~`]/g, '\\$&')
    .replaceAll('@', '@\u200b');
}

function visible(value: string): string {
  return value.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, '');
}
