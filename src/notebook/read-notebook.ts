/** Text of an .ipynb file → Notebook. Outputs and metadata stay behind; the file is hostile until shown otherwise. */
import type { Diagnostic } from '../lib/diagnostic.ts';
import { MAX_CELLS, MAX_CODE_BYTES } from './limits.ts';
import { jsonErrorPlace } from './json-error.ts';
import { cellDiagnostics, readCell } from './read-cell.ts';
import { isRecord, own, textOf } from './json-value.ts';
import type { JsonRecord } from './json-value.ts';
import type { Cell, Notebook } from './notebook.ts';

/** A notebook with what has to be said about it, or the reason why it cannot be worked on. */
export type NotebookReading = { notebook: Notebook; diagnostics: Diagnostic[] } | { refused: Diagnostic };

/** Reads nbformat 4 and 3. Never throws on account of the text. */
export function readNotebook(text: string, path: string, sha256: string): NotebookReading {
  const refuse = (code: string, message: string, help: string, line?: number): NotebookReading => ({
    refused: {
      code,
      severity: 'refused',
      file: path,
      ...(line === undefined ? {} : { line }),
      message,
      help,
    },
  });
  const clean = text.replace(/^\uFEFF/, '');
  let file: unknown;
  try {
    file = JSON.parse(clean);
  } catch {
    const { line, message, help } = notJson(clean);
    return refuse('not_json', message, help, line);
  }
  const format = isRecord(file) ? own(file, 'nbformat') : undefined;
  if (!isRecord(file) || typeof format !== 'number' || !Number.isInteger(format)) {
    return refuse(
      'not_a_notebook',
      'The file is JSON, but not a notebook: it has no `nbformat`.',
      SAVE_AGAIN,
    );
  }
  if (format < 3) {
    return refuse(
      'old_notebook_format',
      `The notebook is in nbformat ${format}, which is from before 2013.`,
      CONVERT,
    );
  }
  const list = cellList(file, format);
  if (!list) return refuse('not_a_notebook', 'The file is JSON, but has no list of cells.', SAVE_AGAIN);
  if (list.length > MAX_CELLS) {
    return refuse(
      'too_many_cells',
      `The notebook has ${list.length} cells; at most ${MAX_CELLS} are read.`,
      SPLIT,
    );
  }
  const language = languageOf(file, list);
  if (!/^(i?python[\d.]*|pyspark\d*)$/i.test(language)) {
    return refuse(
      'not_python',
      `The notebook is in ${language}, not in Python.`,
      'Only Python notebooks can be productionized.',
    );
  }
  const diagnostics: Diagnostic[] = [];
  const cells = list.map((value, index) => readCell(value, index, { file: path, diagnostics }));
  const problem = codeProblem(cells);
  if (problem) return refuse(problem.code, problem.message, problem.help);
  for (const cell of cells) diagnostics.push(...cellDiagnostics(cell, path));
  if (format > 4) diagnostics.push(newerFormat(format, path));
  if (isPython2(file)) diagnostics.push(python2(path));
  return { notebook: { path, sha256, format, language: 'python', cells }, diagnostics };
}

/** First line of what Git LFS leaves in the place of a file: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md */
export const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1\n';

const SAVE_AGAIN = 'Open the file in Jupyter and save it again, or choose another file.';
const CONVERT = 'Convert it with `jupyter nbconvert --to notebook --inplace` and commit the result.';
const SPLIT = 'Split the notebook, or move helper code into modules of the repository.';

function notJson(text: string): { line?: number; message: string; help: string } {
  if (text.trim() === '') return { message: 'The file is empty.', help: SAVE_AGAIN };
  if (text.startsWith(LFS_POINTER)) {
    return {
      message: 'The file is a pointer of Git LFS, not the notebook itself.',
      help: 'Store the notebook in the repository itself: `git lfs untrack` its path, then add it again.',
    };
  }
  const conflict = /^<{7} /m.exec(text);
  if (conflict) {
    const line = text.slice(0, conflict.index).split('\n').length;
    return {
      line,
      message: `The file has a merge conflict at line ${line}.`,
      help: 'Resolve the conflict and commit the file.',
    };
  }
  const { line, column } = jsonErrorPlace(text);
  const cut =
    text.slice(-1) !== '}' &&
    /^\s*$/.test(
      text
        .split('\n')
        .slice(line - 1)
        .join('\n')
        .slice(column - 1),
    );
  return {
    line,
    message: `The file is not JSON: ${cut ? 'it ends too early,' : 'see'} line ${line}, column ${column}.`,
    help: 'Repair the file at that place, or take its last good version from git.',
  };
}

/** Cells of nbformat 4, or of the worksheets of nbformat 3. */
function cellList(file: JsonRecord, format: number): unknown[] | null {
  const cells = own(file, 'cells');
  if (format >= 4 || Array.isArray(cells)) return Array.isArray(cells) ? cells : null;
  const sheets = own(file, 'worksheets');
  if (!Array.isArray(sheets)) return null;
  const lists = sheets.map((sheet) => (isRecord(sheet) ? own(sheet, 'cells') : undefined));
  return lists.every(Array.isArray) ? (lists as unknown[][]).flat() : null;
}

/** The language that the file names, in the order in which Jupyter trusts it; Python where it names none. */
function languageOf(file: JsonRecord, cells: unknown[]): string {
  const metadata = own(file, 'metadata');
  const record = isRecord(metadata) ? metadata : {};
  const info = textOf(record, 'language_info', 'name');
  if (info) return info;
  const spec = textOf(record, 'kernelspec', 'language') ?? textOf(record, 'language');
  if (spec) return spec;
  const kernel = textOf(record, 'kernelspec', 'name') ?? '';
  if (/^(ir|r)$/i.test(kernel)) return 'R';
  const other =
    /^(julia|scala|spylon|bash|javascript|tslab|deno|kotlin|java|sas|stata|matlab|octave|ruby|go|rust|\.net)/i.exec(
      kernel,
    );
  if (other) return other[0];
  const first = cells.find((cell) => isRecord(cell) && own(cell, 'cell_type') === 'code');
  return (isRecord(first) ? textOf(first, 'language') : undefined) ?? 'python';
}

function isPython2(file: JsonRecord): boolean {
  const metadata = own(file, 'metadata');
  if (!isRecord(metadata)) return false;
  const info = own(metadata, 'language_info');
  const version = isRecord(info) ? textOf(info, 'version') : undefined;
  return version !== undefined
    ? version.startsWith('2.')
    : textOf(metadata, 'kernelspec', 'name') === 'python2';
}

function codeProblem(cells: Cell[]): { code: string; message: string; help: string } | null {
  const code = cells.filter((cell) => cell.kind === 'code');
  if (!code.some((cell) => cell.source.trim() !== '')) {
    return {
      code: 'no_code',
      message: 'The notebook has no code cells.',
      help: 'Choose a notebook that trains a model.',
    };
  }
  const bytes = code.reduce((sum, cell) => sum + new TextEncoder().encode(cell.source).length, 0);
  if (bytes <= MAX_CODE_BYTES) return null;
  const size = Math.round(bytes / 1000);
  return {
    code: 'too_much_code',
    message: `The notebook holds ${size} kB of code; at most ${MAX_CODE_BYTES / 1000} kB are read.`,
    help: 'Move embedded data into files and helper code into modules of the repository.',
  };
}

function newerFormat(format: number, file: string): Diagnostic {
  return {
    code: 'newer_notebook_format',
    severity: 'note',
    file,
    message: `The notebook is in nbformat ${format}, which is newer than what we know; it was read as nbformat 4.`,
    help: 'Check that no cell is missing from the extraction plan.',
  };
}

function python2(file: string): Diagnostic {
  return {
    code: 'python_2',
    severity: 'todo',
    file,
    message: 'The notebook was written for Python 2; its cells are read as Python 3.',
    help: 'Convert it, for example with `2to3`, and run it once before you productionize it.',
  };
}
