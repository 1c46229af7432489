/** Why a notebook cannot be worked on, or only in part. */

import type { Diagnostic } from '../../lib/diagnostic.ts';
import type { Notebook } from '../../notebook/notebook.ts';
import type { CellProblem } from '../../python/read-statements.ts';
import type { Target } from './extraction.ts';
import type { NotebookFlow } from './flow.ts';
import type { Model } from './models.ts';
import { noModel } from './no-model.ts';

/** What is known when the target was looked for. */
export interface Diagnosis {
  notebook: Notebook;
  flow: NotebookFlow;
  problems: readonly CellProblem[];
  models: readonly Model[];
  target: Target | null;
  wanted: string | undefined;
  /** Names that kept code reads and that nothing before it defines. */
  missing: readonly string[];
}

/** Diagnostics in document order, those that stop the run first. */
export function diagnose({
  notebook,
  flow,
  problems,
  models,
  target,
  wanted,
  missing,
}: Diagnosis): Diagnostic[] {
  const file = notebook.path;
  const found: Diagnostic[] = [];
  const names = [...new Set(models.map(({ names: [name] }) => name ?? ''))].filter((name) => name !== '');
  if (target === null && wanted !== undefined && names.length > 0) {
    found.push({
      code: 'unknown_target',
      severity: 'refused',
      file,
      message: `the notebook fits no model with the name ${JSON.stringify(wanted)}`,
      help: `Choose one of: ${names.join(', ')}.`,
    });
  } else if (target === null) {
    found.push(noModel(file, flow, unreadable(problems)));
  }
  for (const { cell, line, message } of problems) {
    const source = notebook.cells.find(({ index }) => index === cell)?.source ?? '';
    const needed = [...new Set(missing)].filter((name) => binds(source, name));
    if (needed.length > 0) {
      const names = needed.map((name) => `\`${name}\``).join(', ');
      found.push({
        code: 'broken_cell',
        severity: 'refused',
        file,
        cell,
        line,
        message: `the cell is not valid Python 3 (${message}), and the model needs ${names} from it`,
        help: 'Correct the cell and run this again.',
      });
      continue;
    }
    found.push({
      code: 'not_python',
      severity: 'todo',
      file,
      cell,
      line,
      message: `the cell is not valid Python 3: ${message}`,
      help: 'The cell is left out. Correct it, or remove it from the notebook.',
    });
  }
  return found;
}

/** Where cells could not be read, the training may stand in one of them. */
function unreadable(problems: readonly CellProblem[]): string {
  const [first] = problems;
  if (first === undefined) return '';
  return `Cell ${first.cell} is not valid Python 3 (line ${first.line}: ${first.message}): correct it first if the training stands there. `;
}

/** True if a text that cannot be parsed seems to give the name a value. */
function binds(source: string, name: string): boolean {
  const escaped = name.replace(/\W/g, '\\$&');
  return new RegExp(
    `^[^#\\n=]*(?<![\\w.])${escaped}\\b[^\\n=()]*=(?!=)|\\b(?:def|class|as|for|import)[^\\n#:=(]*\\b${escaped}\\b`,
    'm',
  ).test(source);
}
