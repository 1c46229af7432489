/** Formatting, linting and safe fixing of Python, in this process. */
import type { Diagnostic } from '@astral-sh/ruff-wasm-nodejs';
import { LineMap } from './lines.ts';
import { TooDeepError, withRuff } from './ruff.ts';

/** The text is not Python; `line` and `column` from 1 where known. */
export class PythonSyntaxError extends Error {
  override readonly name = 'PythonSyntaxError';
  readonly line: number | null;
  readonly column: number | null;

  constructor(message: string, line: number | null = null, column: number | null = null) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

/** How code is looked at. All of it has a default: the settings of the generated packages. */
export interface LintSettings {
  /** Path in the package: tests may `assert`. */
  path?: string;
  lineLength?: number;
  select?: readonly string[];
  ignore?: readonly string[];
  /** `py311` … */
  target?: string;
}

/** One finding of ruff; a text that is no Python has the code `invalid-syntax`. Lines and columns from 1. */
export interface LintFinding {
  code: string;
  message: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** What the generated packages select in their `pyproject.toml`. */
export const PACKAGE_LINT = {
  lineLength: 100,
  target: 'py311',
  select: ['E', 'W', 'F', 'I', 'B', 'UP', 'N', 'ANN', 'D', 'NPY', 'S'],
  ignore: ['N803', 'N806'],
  testIgnore: ['S101'],
  convention: 'google',
  firstParty: ['src', 'tests'],
} as const;

/**
 * Fixes that change how code looks, never what it computes: unused imports, order of imports, newer spelling,
 * white space, layout of docstrings. Ruff's fixes carry no word on their safety, so this list is by name.
 */
export const SAFE_FIXES: readonly string[] = [
  ...[
    'I001',
    'F401',
    'W',
    'E1',
    'E2',
    'E3',
    'E70',
    'D200',
    'D201',
    'D202',
    'D203',
    'D204',
    'D207',
    'D208',
    'D209',
  ],
  ...[
    'D210',
    'D211',
    'D212',
    'D300',
    'D400',
    'D403',
    'D405',
    'D406',
    'D407',
    'D410',
    'D411',
    'D412',
    'D413',
    'D415',
  ],
  ...['UP004', 'UP006', 'UP007', 'UP009', 'UP010', 'UP015', 'UP034', 'UP035', 'UP037', 'UP039', 'UP045'],
];

function optionsOf(settings: LintSettings): object {
  const tests = /(^|\/)tests\//.test(settings.path ?? '');
  const ignore = settings.ignore ?? [...PACKAGE_LINT.ignore, ...(tests ? PACKAGE_LINT.testIgnore : [])];
  return {
    'target-version': settings.target ?? PACKAGE_LINT.target,
    'line-length': settings.lineLength ?? PACKAGE_LINT.lineLength,
    lint: {
      select: settings.select ?? PACKAGE_LINT.select,
      ignore,
      pydocstyle: { convention: PACKAGE_LINT.convention },
      isort: { 'known-first-party': PACKAGE_LINT.firstParty },
    },
  };
}

/** The code as `ruff format` lays it out. Throws {@link PythonSyntaxError} if it is no Python. */
export function formatPython(code: string, options: { lineLength?: number } = {}): string {
  try {
    return withRuff(optionsOf(options), code, (workspace) => workspace.format(code));
  } catch (error) {
    if (error instanceof TooDeepError) throw new PythonSyntaxError(error.message);
    const [problem] = lintPython(code, { select: [] });
    if (problem) throw new PythonSyntaxError(problem.message, problem.line, problem.column);
    throw new PythonSyntaxError(error instanceof Error ? error.message : String(error));
  }
}

/** What ruff finds, in the order of lines, `# noqa` honoured. The second argument may be just the path of the file. */
export function lintPython(code: string, settings: LintSettings | string = {}): LintFinding[] {
  const findings = check(code, typeof settings === 'string' ? { path: settings } : settings).map((found) => ({
    code: found.code ?? 'invalid-syntax',
    message: found.message,
    line: found.start_location.row,
    column: found.start_location.column,
    endLine: found.end_location.row,
    endColumn: found.end_location.column,
  }));
  return findings.sort((a, b) => a.line - b.line || a.column - b.column || (a.code < b.code ? -1 : 1));
}

function check(code: string, settings: LintSettings): Diagnostic[] {
  try {
    return withRuff(optionsOf(settings), code, (workspace) => workspace.check(code) as Diagnostic[]);
  } catch (error) {
    if (error instanceof TooDeepError) throw new PythonSyntaxError(error.message);
    throw error;
  }
}

/** Ruff needs a few rounds: a fix makes room for the next. More than this would be two fixes undoing each other. */
const MAX_ROUNDS = 20;

/**
 * Applies ruff's fixes for the given codes or beginnings of codes until nothing changes. Name only codes whose fixes
 * keep what the code does; {@link SAFE_FIXES} are such. A text that is no Python comes back as it is.
 */
export function fixPython(
  code: string,
  whitelist: readonly string[] = SAFE_FIXES,
  settings: LintSettings = {},
): string {
  const select = whitelist.map((name) => name.replace(/\*$/, ''));
  let text = code;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const found = check(text, { ignore: [], ...settings, select });
    if (found.some((item) => item.code === null || item.code === 'invalid-syntax')) return text;
    const next = applyFixes(
      text,
      found.filter((item) => select.some((name) => item.code?.startsWith(name))),
    );
    if (next === text) return text;
    text = next;
  }
  return text;
}

interface Replacement {
  start: number;
  end: number;
  text: string;
}

/** Applies the fixes that do not touch each other; the others get their turn in the next round. */
function applyFixes(text: string, found: Diagnostic[]): string {
  const lines = new LineMap(text);
  const offset = ({ row, column }: { row: number; column: number }): number => lines.start(row) + column - 1;
  const fixes = found
    .flatMap(({ fix }) => (fix && fix.edits.length > 0 ? [fix.edits] : []))
    .map((edits) =>
      edits.map((edit): Replacement => ({
        start: offset(edit.location),
        end: offset(edit.end_location),
        text: edit.content ?? '',
      })),
    )
    .map((edits) => ({
      edits,
      start: Math.min(...edits.map((edit) => edit.start)),
      end: Math.max(...edits.map((edit) => edit.end)),
    }))
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const chosen: Replacement[] = [];
  let end = -1;
  for (const fix of fixes) {
    if (fix.start <= end) continue;
    chosen.push(...fix.edits);
    end = fix.end;
  }
  chosen.sort((a, b) => b.start - a.start);
  return chosen.reduce(
    (result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end),
    text,
  );
}
