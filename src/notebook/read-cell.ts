/** One cell of the file → Cell, and what has to be said about it. */
import type { Diagnostic } from '../lib/diagnostic.ts';
import { listed } from '../lib/text.ts';
import { visibleSource } from '../python/visible-source.ts';
import { isRecord, own, textOf } from './json-value.ts';
import type { JsonRecord } from './json-value.ts';
import { MAX_PROSE } from './limits.ts';
import { keepsBody, removeMagics } from './magics.ts';
import type { Cell, Magic } from './notebook.ts';
import { savedNumbers } from './shown-numbers.ts';

interface Sink {
  file: string;
  diagnostics: Diagnostic[];
}

const MAX_TAGS = 50;

/** Reads what a cell holds; a cell that is none becomes an empty raw cell, so that the numbers of the others hold. */
export function readCell(value: unknown, index: number, { file, diagnostics }: Sink): Cell {
  const say = (code: string, severity: Diagnostic['severity'], message: string, help: string): void => {
    diagnostics.push({ code, severity, file, cell: index, message: `Cell ${index}: ${message}`, help });
  };
  const cell: Cell = { index, kind: 'raw', source: '', code: '', magics: [], executionCount: null, tags: [] };
  if (!isRecord(value)) {
    say(
      'broken_cell',
      'todo',
      'it is not an object and was left out.',
      'Open the notebook in Jupyter and save it again.',
    );
    return cell;
  }
  const kind = kindOf(value);
  if (kind) cell.kind = kind;
  else
    say(
      'unknown_cell_type',
      'todo',
      'its type is not known; it was left out.',
      'Make it a code or Markdown cell.',
    );
  const { text, broken } = sourceOf(value);
  if (broken) {
    say(
      'broken_cell',
      'todo',
      'its source is not text; what is not was left out.',
      'Open the notebook in Jupyter and save it again.',
    );
  }
  const plain = text.replace(/\r\n?/g, '\n').toWellFormed();
  cell.source = plain.replaceAll('\0', '');
  if (cell.source !== plain)
    say('nul_characters', 'changed', 'NUL characters were removed.', 'Check the cell.');
  cell.tags = tagsOf(value);
  if (cell.kind !== 'code') {
    cell.source = prose(value, cell.source);
    return cell;
  }
  cell.executionCount = executionCount(value);
  const saved = savedNumbers(value);
  if (saved.length > 0) cell.saved = saved;
  const language = cellLanguage(value);
  if (language)
    say(
      'foreign_cell',
      'todo',
      `it is in ${language} and was left out.`,
      'Do its work in Python, or before the package runs.',
    );
  else {
    const { code, magics } = removeMagics(cell.source);
    const visible = visibleSource(code);
    const { escaped, removed } = visible;
    cell.code = visible.code;
    cell.magics = magics;
    if (removed.length > 0)
      say(
        'invisible_characters',
        'changed',
        `characters that cannot be seen were removed from its code (${listed(removed)}).`,
        'Delete them in the notebook: code can read otherwise than it runs by them.',
      );
    if (escaped.length > 0)
      say(
        'invisible_characters',
        'changed',
        `characters of its strings that cannot be seen are written as escapes (${listed(escaped)}).`,
        'Check that they are meant to be there.',
      );
  }
  return cell;
}

function kindOf(value: JsonRecord): Cell['kind'] | null {
  const type = own(value, 'cell_type');
  if (type === 'code' || type === 'markdown' || type === 'raw') return type;
  return type === 'heading' ? 'markdown' : type === 'html' ? 'raw' : null;
}

/** A string or a list of strings, under the name of either format. */
function sourceOf(value: JsonRecord): { text: string; broken: boolean } {
  const source = own(value, 'source') ?? own(value, 'input') ?? '';
  if (typeof source === 'string') return { text: source, broken: false };
  if (!Array.isArray(source)) return { text: '', broken: true };
  const lines = source.filter((line) => typeof line === 'string');
  return { text: lines.join(''), broken: lines.length !== source.length };
}

/** Prose without embedded images, at most so much of it; headings of nbformat 3 with their marks. */
function prose(value: JsonRecord, text: string): string {
  const level = own(value, 'cell_type') === 'heading' ? own(value, 'level') : undefined;
  const marks = typeof level === 'number' && level >= 1 && level <= 6 ? `${'#'.repeat(level)} ` : '';
  return (marks + text.replace(/data:[\w/+.-]+;base64,[\w+/=\s]{100,}/g, 'data:')).slice(0, MAX_PROSE);
}

function tagsOf(value: JsonRecord): string[] {
  const metadata = own(value, 'metadata');
  const tags = isRecord(metadata) ? own(metadata, 'tags') : undefined;
  if (!Array.isArray(tags)) return [];
  const texts = tags.filter((tag) => typeof tag === 'string').map((tag) => tag.slice(0, 200));
  return [...new Set(texts)].slice(0, MAX_TAGS);
}

function executionCount(value: JsonRecord): number | null {
  const count = own(value, 'execution_count') ?? own(value, 'prompt_number');
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/** The language of a cell in a notebook of several languages; null for Python. */
function cellLanguage(value: JsonRecord): string | null {
  const metadata = own(value, 'metadata');
  const record = isRecord(metadata) ? metadata : {};
  const language =
    textOf(record, 'vscode', 'languageId') ??
    textOf(record, 'dotnet_interactive', 'language') ??
    textOf(value, 'language');
  return language && !/python/i.test(language) ? language : null;
}

/** What the magics of a cell mean for the package. */
export function cellDiagnostics(cell: Cell, file: string): Diagnostic[] {
  return cell.magics.flatMap((magic) => {
    const said = magicDiagnostic(magic);
    return said ? [{ ...said, file, cell: cell.index, line: magic.line }] : [];
  });
}

/** Magics that bring code or values from elsewhere: what they bring is missing here. */
const BRINGS_CODE = new Set([
  'run',
  'load',
  'store',
  'recall',
  'rerun',
  'macro',
  'sql',
  'R',
  'julia',
  'bigquery',
  'loadpy',
]);

function magicDiagnostic(magic: Magic): Pick<Diagnostic, 'code' | 'severity' | 'message' | 'help'> | null {
  if (magic.kind === 'cell' && !keepsBody(magic.name)) {
    return {
      code: 'foreign_cell',
      severity: 'todo',
      message: `\`%%${magic.name}\` is not Python of this notebook; the cell was left out.`,
      help: 'Do its work in Python, or before the package runs.',
    };
  }
  if (magic.kind === 'assignment' && magic.name !== 'time') {
    return {
      code: 'magic_assignment',
      severity: 'changed',
      message: `The value of \`${magic.text}\` is only known to IPython; the name is None here.`,
      help: 'Compute the value in Python, for example with `pathlib` or `subprocess`.',
    };
  }
  if (magic.kind === 'shell' && !/^(pip3?|conda|mamba|uv)$/.test(magic.name)) {
    return {
      code: 'shell_command',
      severity: 'todo',
      message: `The shell command \`${magic.text}\` was left out.`,
      help: 'If the model needs what it does (files, data), do it before the package runs.',
    };
  }
  if (magic.kind === 'line' && BRINGS_CODE.has(magic.name)) {
    return {
      code: 'code_from_elsewhere',
      severity: 'todo',
      message: `\`${magic.text}\` brings code or values that are not in this notebook; it was left out.`,
      help: 'Import them from a module of the repository.',
    };
  }
  return null;
}
