import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import type { JsonResult } from '../src/config/output.ts';
import { readTree } from './golden.ts';
import { root } from './run-tool.ts';
import { engineTest } from './sandbox/engine.ts';

/** What users, tests and benchmarks rely on. A key may be added, none may go. */
const CONTRACT = [
  ...['status', 'parity', 'boundaries', 'metrics', 'tests', 'lint', 'modules', 'hyperparameters'],
  ...['findings', 'dropped', 'diagnostics', 'timings', 'out'],
];
/** What every package of a table holds. */
const FILES = [
  ...['EXTRACTION_PLAN.md', 'REPORT.md', 'MLproject', 'Makefile', 'pyproject.toml', 'python_env.yaml'],
  ...['requirements.txt', 'requirements-dev.txt', 'constraints.txt'],
  ...['configs/default.yaml', 'configs/mlflow_pipeline.yaml'],
  ...['src/config.py', 'src/runtime.py', 'src/errors.py', 'src/tracking.py', 'src/data/loader.py'],
  ...['src/models/model.py', 'src/models/serving.py', 'src/training/train.py', 'src/evaluation/evaluate.py'],
  ...['tests/conftest.py', 'tests/test_data.py', 'tests/test_model.py', 'tests/test_training.py'],
  ...['tests/test_parity.py', 'tests/reference.json'],
];

describe('the notebook of the demo, by the command that a user types', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'architect-verified-'));
    cpSync(join(root, 'fixtures/demo'), join(folder, 'rentals'), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  engineTest('becomes a verified package', () => {
    // From another folder than the project's and the notebook's, as an installed command is called.
    const args = ['productionize', 'rentals/rentals.ipynb', '--out', 'rentals/package', '--json'];
    const { status, stdout, stderr } = spawnSync(join(root, 'bin/architect.js'), args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    if (!stdout.startsWith('{')) throw new Error(stderr);
    const result = JSON.parse(stdout) as JsonResult;
    expect(Object.keys(result)).toEqual(expect.arrayContaining(CONTRACT));
    expect({ status, says: result.status, notRun: result.notRun, checks: failed(result) }).toEqual({
      status: 0,
      says: 'verified',
      notRun: null,
      checks: [],
    });
    // No global generator moves, so both sides are the untouched notebook's values, to the bit.
    expect(result.parity).toBe('same');
    expect(result.boundaries.length).toBeGreaterThan(5);
    expect(result.boundaries.filter(({ verdict }) => verdict !== 'same')).toEqual([]);
    expect(result.metrics.map(({ name }) => name)).toEqual(['mean_absolute_error', 'rmse', 'r2']);
    for (const { notebook, package: own } of result.metrics) expect(own).toBe(notebook);
    expect(result.tests).toMatchObject({ failed: 0, skipped: 0 });
    expect(result.tests.passed).toBeGreaterThan(20);
    expect(result.lint).toEqual({ ruff: 0, types: 0 });

    expect(result.findings.map(({ cell, severity }) => `${severity} ${cell}`)).toContain('high 9');
    expect(result.dropped.map(({ cell }) => cell)).toEqual(expect.arrayContaining([3, 5, 6, 7, 14]));
    expect(result.hyperparameters).toEqual(
      expect.arrayContaining([
        { key: 'model.learning_rate', value: 0.06, cell: 15 },
        { key: 'data.test_size', value: 0.2, cell: 13 },
      ]),
    );

    const tree = readTree(join(folder, 'rentals/package'));
    expect(Object.keys(tree)).toEqual(expect.arrayContaining(FILES));
    expect(result.modules).toEqual(Object.keys(tree).filter((path) => /^src\/.*\.py$/.test(path)));
    expect(result.out).toBe(join(folder, 'rentals/package'));
    expect(tree['REPORT.md']).toContain('**Verified.**');
    // It goes into a repository: nothing in it may tell on which machine it was made.
    expect(Object.entries(tree).filter(([, text]) => text.includes(folder))).toEqual([]);
    expect(readdirSync(join(folder, 'rentals')).sort()).toEqual(['data', 'package', 'rentals.ipynb']);
    const sources = readTree(join(root, 'fixtures/demo'));
    expect(readFileSync(join(folder, 'rentals/rentals.ipynb'), 'utf8')).toBe(sources['rentals.ipynb']);
  });
});

const failed = ({ checks }: JsonResult): string[] =>
  checks.filter(({ outcome }) => outcome === 'failed').map(({ name, detail }) => `${name}: ${detail}`);
