// Every npm script starts here. Plain JavaScript for Node 20, without dependencies: on a fresh clone nothing is installed,
// and the Node of the machine may be older than the 24 that Architect runs under.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../bin/run-child.js';
import { ensureEngine } from './bootstrap/engine.mjs';
import { childEnvironment, ensurePackages, root } from './bootstrap/packages.mjs';
import { runPythonTests } from './bootstrap/python.mjs';

const tasks = { test, demo, bench, repeat, mutate, check, typecheck, lint, format, setup };
const [name = '', ...args] = process.argv.slice(2);
const task = tasks[name];

if (task === undefined) {
  process.stderr.write(`usage: node scripts/bootstrap.mjs ${Object.keys(tasks).join(' | ')}\n`);
  process.exitCode = 2;
} else {
  try {
    const node = await ensurePackages();
    process.exitCode = await task(node, args);
  } catch (error) {
    process.stderr.write(`\n${error.message}\n`);
    if (name === 'test') printTotals([{ passed: 0, failed: 1, skipped: 0 }]);
    process.exitCode = 1;
  }
}

/** Everything. With arguments: jest alone, and they are its arguments. */
async function test(node, args) {
  if (args.length > 0) return printTotals([await runJest(node, args)]);
  const engine = await ensureEngine();
  const jest = await runJest(node, process.env.CI ? ['--ci'] : []);
  const python = await runPythonTests();
  return printTotals([engine, jest, python]);
}

async function demo(node, args) {
  await ensureEngine(); // what cannot be shown without one, the demo says itself
  return runTypeScript(node, 'demo/demo.ts', args);
}

function bench(node, args) {
  return runTypeScript(node, 'scripts/bench.ts', args);
}

function repeat(node, args) {
  return runTypeScript(node, 'scripts/repeat.ts', args);
}

async function mutate(node, args) {
  await ensureEngine();
  return runTypeScript(node, 'scripts/mutate/mutate.ts', args);
}

async function check(node) {
  const codes = [
    await typecheck(node),
    await lint(node, []),
    await runTool(node, 'prettier/bin/prettier.cjs', ['--check', '.']),
  ];
  return Math.max(...codes);
}

function typecheck(node) {
  return runTool(node, 'typescript/bin/tsc', ['--noEmit']);
}

function lint(node, args) {
  return runTool(node, 'eslint/bin/eslint.js', ['.', ...args]);
}

function format(node) {
  return runTool(node, 'prettier/bin/prettier.cjs', ['--write', '--log-level', 'warn', '.']);
}

function setup() {
  return 0;
}

function runTypeScript(node, file, args) {
  return run(node, ['--disable-warning=ExperimentalWarning', join(root, file), ...args]);
}

function runTool(node, path, args) {
  return run(node, [join(root, 'node_modules', path), ...args]);
}

function run(node, args) {
  return runChild(node, args, { cwd: root, env: childEnvironment() });
}

async function runJest(node, args) {
  const scratch = mkdtempSync(join(tmpdir(), 'architect-jest-'));
  const file = join(scratch, 'result.json');
  try {
    // Flags, not NODE_OPTIONS: what a test starts must not inherit them. jest hands them to its workers.
    const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
    const jest = join(root, 'node_modules/jest/bin/jest.js');
    const code = await run(node, [...flags, jest, '--json', `--outputFile=${file}`, ...args]);
    return readJestResult(file, code);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function readJestResult(file, code) {
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'));
    // A suite that does not load holds tests that nobody counted: one failure at least.
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    return {
      passed: result.numPassedTests,
      failed: code === 0 ? failed : Math.max(1, failed),
      skipped: result.numPendingTests + result.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }; // jest ended before it could tell; it said why above
  }
}

function printTotals(parts) {
  const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
  process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped\n`);
  return sum('failed') === 0 ? 0 : 1;
}
