/** `npm run demo`: one notebook from the first step to the last, and what came of it. */
import { spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXIT, type JsonResult } from './config/output.ts';
import { messageOf } from './lib/errors.ts';
import { count, duration } from './lib/text.ts';
import { renderForTerminal } from './report/terminal.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const FIXTURE = join(PROJECT, 'fixtures/demo');
const NOTEBOOK = 'rentals.ipynb';
const PACKAGE = 'productionized/rentals';

const HELP = `Turns the notebook of fixtures/demo into a package, proves it, and shows the report and the files.

Usage: npm run demo [-- --keep | --out DIR] [--static]

  --keep       leave the files in their temporary folder
  --out DIR    put notebook, data and package there, and leave them
  --static     run no code: what you get without a container engine

Exit codes: 0 verified, 3 not verified, others as those of architect.
`;

interface Options {
  out: string | null;
  keep: boolean;
  static: boolean;
}

async function main(args: string[]): Promise<number> {
  let options: Options & { help: boolean };
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${HELP}`);
    return EXIT.usage;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  if (options.out !== null && !mayUse(options.out)) {
    process.stderr.write(`${options.out} holds other files. Name a folder that is empty or not there yet.\n`);
    return EXIT.usage;
  }
  const scratch = mkdtempSync(join(tmpdir(), 'architect-demo-'));
  // A working tree of its own, as a user has it: the notebook with its data, and the package within it.
  const tree = options.out === null ? join(scratch, 'rentals') : resolve(options.out);
  const result = join(scratch, 'result.json');
  try {
    cpSync(FIXTURE, tree, { recursive: true });
    return await runIn(tree, result, options);
  } finally {
    rmSync(options.keep && options.out === null ? result : scratch, { recursive: true, force: true });
  }
}

/** Whether the folder is free, or holds an earlier demo. */
function mayUse(folder: string): boolean {
  return !existsSync(folder) || readdirSync(folder).length === 0 || existsSync(join(folder, NOTEBOOK));
}

async function runIn(tree: string, file: string, options: Options): Promise<number> {
  introduce(tree);
  const code = await productionize(tree, file, options);
  const text = readFileSync(file, 'utf8');
  // Stopped, or failed: it said so itself.
  if (text === '') return code;
  const result = JSON.parse(text) as JsonResult;
  if (result.out === null) say(refusal(result));
  else show(result, join(tree, PACKAGE), options.keep || options.out !== null);
  return code;
}

function readOptions(args: string[]): Options & { help: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string' },
      keep: { type: 'boolean', default: false },
      static: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return { ...values, out: values.out ?? null };
}

function introduce(tree: string): void {
  const notebook: unknown = JSON.parse(readFileSync(join(tree, NOTEBOOK), 'utf8'));
  const cells =
    typeof notebook === 'object' && notebook !== null && 'cells' in notebook && Array.isArray(notebook.cells)
      ? notebook.cells.length
      : 0;
  say(title('The notebook'));
  say(`${NOTEBOOK}, ${count(cells, 'cell')}: bike rentals of a station, tables, plots, two models.`);
  for (const [name, bytes] of filesBelow(tree)) say(`  ${name} (${kilobytes(bytes)})`);
  say('');
}

/** The command that a user types, in a process of its own; its progress is shown as it goes, its result goes to a file. */
async function productionize(tree: string, file: string, options: Options): Promise<number> {
  const args = ['productionize', NOTEBOOK, ...(options.static ? ['--static'] : [])];
  say(title(`architect ${args.join(' ')}`));
  const stdout = openSync(file, 'w');
  const child = spawn(process.execPath, [join(PROJECT, 'bin/architect.js'), ...args, '--json'], {
    cwd: tree,
    stdio: ['ignore', stdout, 'inherit'],
  });
  // It has containers to remove, and we have a folder: stopped, both end in their own time. Ctrl-C reaches it by itself.
  const wait = (): void => undefined;
  const pass = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', wait).on('SIGTERM', pass);
  const code = await new Promise<number>((done) => {
    child.on('error', () => done(EXIT.failure));
    child.on('close', (exit, signal) =>
      done(exit ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
  process.off('SIGINT', wait).off('SIGTERM', pass);
  closeSync(stdout);
  return code;
}

function show(result: JsonResult, out: string, keep: boolean): void {
  const took = Object.values(result.timings).reduce((sum, one) => sum + one, 0);
  say('');
  say(title('REPORT.md'));
  process.stdout.write(
    renderForTerminal(readFileSync(join(out, 'REPORT.md'), 'utf8'), {
      width: Math.min(process.stdout.columns ?? 100, 120),
      color: hasColor(),
    }),
  );
  say('');
  say(title('The package'));
  const files = filesBelow(out);
  drawTree(files);
  say('');
  say(title('In short'));
  say(verdict(result));
  const bytes = files.reduce((sum, [, size]) => sum + size, 0);
  say(`${count(files.length, 'file')}, ${kilobytes(bytes)}, made in ${duration(took)}.`);
  if (keep) {
    say(`Look at it:  cd ${out} && less REPORT.md EXTRACTION_PLAN.md src/data/loader.py`);
    say('Run it:      make install train evaluate test lint');
  } else {
    say('The files were temporary. To look at them: npm run demo -- --keep, or npm run demo -- --out DIR');
  }
  say('Your own:    bin/architect.js productionize NOTEBOOK');
}

function verdict(result: JsonResult): string {
  const { tests, boundaries, metrics, notRun } = result;
  if (result.status === 'verified') {
    return `Verified: ${count(boundaries.length + metrics.length, 'value')} of package and notebook are the same, ${count(tests.passed, 'test')} passed.`;
  }
  if (notRun === null || notRun === undefined)
    return `Not verified: the report says why (parity: ${result.parity}).`;
  return `Not verified, and this is the package that needs no run. ${notRun.message}\n${notRun.help}`;
}

function refusal(result: JsonResult): string {
  return result.diagnostics.map(({ message, help }) => `${message}\n${help}`).join('\n');
}

/** Paths with sizes, folders after the files beside them. */
function filesBelow(folder: string): [path: string, bytes: number][] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path): [string, number] => [relative(folder, path), statSync(path).size])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

interface Branch {
  folders: Map<string, Branch>;
  files: [name: string, bytes: number][];
}

function drawTree(files: [path: string, bytes: number][]): void {
  const root: Branch = { folders: new Map(), files: [] };
  for (const [path, bytes] of files) {
    const parts = path.split('/');
    let at = root;
    for (const part of parts.slice(0, -1)) {
      const next = at.folders.get(part) ?? { folders: new Map(), files: [] };
      at.folders.set(part, next);
      at = next;
    }
    at.files.push([parts.at(-1) ?? '', bytes]);
  }
  const rows = branchRows(root, '');
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, bytes] of rows) {
    say(bytes === null ? name : `${name.padEnd(width)}  ${dim(kilobytes(bytes).padStart(8))}`);
  }
}

function branchRows(branch: Branch, indent: string): [name: string, bytes: number | null][] {
  const folders = [...branch.folders].map(([name, inner]) => ({ name: `${name}/`, bytes: null, inner }));
  const files = branch.files.map(([name, bytes]) => ({ name, bytes, inner: undefined }));
  const entries = [...folders, ...files];
  return entries.flatMap(({ name, bytes, inner }, index): [string, number | null][] => {
    const last = index === entries.length - 1;
    const row: [string, number | null] = [`${indent}${last ? '└── ' : '├── '}${name}`, bytes];
    return inner === undefined ? [row] : [row, ...branchRows(inner, `${indent}${last ? '    ' : '│   '}`)];
  });
}

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
const hasColor = (): boolean =>
  process.stdout.isTTY && process.env['NO_COLOR'] === undefined && process.env['TERM'] !== 'dumb';
const styled = (text: string, code: number): string =>
  hasColor() ? `\u001b[${code}m${text}\u001b[0m` : text;
const dim = (text: string): string => styled(text, 2);
const title = (text: string): string => styled(`== ${text}`, 7);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

// Who reads our output may go before we are done (`| head`): that is no failure.
process.stdout.on('error', () => process.exit(EXIT.failure));
process.exitCode = await main(process.argv.slice(2));
