import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readNotebook } from '../../src/notebook/read-notebook.ts';
import { loadPython } from '../../src/python/load-parser.ts';
import { checkoutWorkingTree } from '../../src/runs/working-tree.ts';
import type { InstallRequest, InstallResult, Sandbox, SandboxResult } from '../../src/sandbox/sandbox.ts';
import { layoutFor } from '../../src/verify/bench.ts';
import { TRAININGS_DIFFER } from '../../src/verify/commands.ts';
import { compareNumbers, decide } from '../../src/verify/compare.ts';
import { distributionsOf } from '../../src/verify/distributions.ts';
import { blamed, distributionOf, FRAME, prepareEnvironment } from '../../src/verify/environment.ts';
import { readObservation, type WatchedStatement } from '../../src/verify/notebook-run.ts';
import { observe } from '../../src/verify/observe.ts';
import { readJunit } from '../../src/verify/quality.ts';
import type { Subject } from '../../src/verify/subjects.ts';
import { statusOf } from '../../src/verify/verify.ts';

const silent = (): void => undefined;

describe('numbers and digests', () => {
  const boundary: Subject = { kind: 'boundary', key: 'f.x', statement: 1, name: 'x', span: null };
  const metric: Subject = { ...boundary, kind: 'metric' };
  const float = (value: number, digest: string) => ({ type: 'float', kind: 'float' as const, value, digest });

  test('a number is the same, close, or different', () => {
    expect(compareNumbers(0.1, 0.1).verdict).toBe('same');
    expect(compareNumbers(1, 1 + 1e-9).verdict).toBe('close');
    expect(compareNumbers(1, 1.00001)).toEqual({
      verdict: 'different',
      reference: '1',
      candidate: '1.00001',
    });
    expect(compareNumbers(0, 1e-300).verdict).toBe('different');
  });

  test('a metric is compared by its value, whatever its class', () => {
    const numpy = { ...float(0.5, 'a'), type: 'numpy.float64' };
    expect(decide(metric, numpy, float(0.5, 'b'))?.verdict).toBe('same');
    expect(decide(boundary, numpy, float(0.5, 'b'))).toBeUndefined();
  });

  test('a count is never close', () => {
    const count = (value: number) => ({ type: 'int', kind: 'int' as const, value, digest: String(value) });
    expect(decide(metric, count(5_000_000), count(5_000_001))?.verdict).toBe('different');
    expect(decide(metric, count(5), float(5, 'x'))?.verdict).toBe('same');
    expect(decide(metric, count(5), float(5.000001, 'x'))?.verdict).toBe('different');
  });

  test('a value that one side lacks is different, one that both lack is not compared', () => {
    expect(decide(boundary, float(1, 'a'), undefined)).toMatchObject({
      verdict: 'different',
      candidate: 'missing',
    });
    expect(decide(boundary, undefined, float(1, 'a'))).toMatchObject({
      verdict: 'different',
      reference: 'missing',
    });
    expect(decide(boundary, undefined, undefined)?.verdict).toBe('not-run');
  });

  test('without digests nothing is decided', () => {
    const opaque = { type: 'Thing', kind: 'other' as const };
    expect(decide(boundary, opaque, opaque)).toBeUndefined();
  });
});

test('verified needs parity, a test that passed, none that failed, and silent tools', () => {
  const tests = { passed: 3, failed: 0, skipped: 1 };
  const lint = { ruff: 0, types: 0 };
  expect(statusOf('same', tests, lint, [])).toBe('verified');
  expect(statusOf('close', tests, lint, [])).toBe('verified');
  expect(statusOf('not-run', tests, lint, [])).toBe('unverified');
  expect(statusOf('different', tests, lint, [])).toBe('failed');
  const twice = { name: 'training twice', outcome: 'failed' as const, detail: TRAININGS_DIFFER };
  expect(statusOf('same', tests, lint, [twice])).toBe('unverified');
  expect(statusOf('same', { ...tests, passed: 0 }, lint, [])).toBe('unverified');
  expect(statusOf('same', { ...tests, failed: 1 }, lint, [])).toBe('failed');
  expect(statusOf('same', tests, { ruff: 1, types: 0 }, [])).toBe('unverified');
  expect(statusOf('same', tests, { ruff: 0, types: null }, [])).toBe('unverified');
});

test('paths.root leads from the package to the working tree in a container too', () => {
  for (const root of ['.', '../..', '../../home/user/project', '..', '../../../a']) {
    const layout = layoutFor(root);
    const reached: string[] = [];
    for (const part of `${layout.package}/${root}`.split('/')) {
      if (part === '..') reached.pop();
      else if (part !== '.') reached.push(part);
    }
    expect(reached.join('/')).toBe(layout.tree);
  }
  expect(() => layoutFor('/etc')).not.toThrow();
  expect(() => layoutFor('a/../../b')).toThrow();
});

describe('a junit report', () => {
  test('is counted', () => {
    const xml = `<testsuites><testsuite tests="4">
      <testcase classname="t" name="test_a" time="0.1"/>
      <testcase name="test_b"><failure message="assert 1 == 2&#10;more">text</failure></testcase>
      <testcase name="test_c"><skipped message="no data"/></testcase>
      <testcase name="test_d"><error message="boom">x</error></testcase></testsuite></testsuites>`;
    expect(readJunit(xml)).toEqual({
      counts: { passed: 1, failed: 2, skipped: 1 },
      failures: ['test_b: assert 1 == 2', 'test_d: boom'],
      passed: ['t.test_a'],
    });
  });

  test('with entities is not expanded', () => {
    const xml = '<!DOCTYPE x [<!ENTITY a "b">]><testcase name="&a;"><failure message="&a;&a;"/></testcase>';
    expect(readJunit(xml).failures).toEqual(['&a;: &a;&a;']);
  });
});

describe('the libraries of a notebook', () => {
  /** An index that does not have some names; its explanation is uv's. */
  function sandboxWithout(
    absent: string[],
    log: (name: string) => string,
  ): { sandbox: Sandbox; asked: string[][] } {
    const asked: string[][] = [];
    const install = async ({ requirements }: InstallRequest): Promise<InstallResult> => {
      asked.push(requirements);
      const missing = requirements.find((line) => absent.includes(line));
      if (missing !== undefined) return { kind: 'failed', reason: 'no solution', log: log(missing) };
      return {
        kind: 'installed',
        environment: 'e',
        python: '3.11.2',
        lock: ['numpy==2.4.6'],
        durationMs: 1,
        cached: false,
      };
    };
    const sandbox: Sandbox = {
      status: async () => ({ kind: 'ready', engine: 'fake', image: 'fake' }),
      install,
      run: async () => Promise.reject(new Error('nothing is run')),
      close: async () => undefined,
    };
    return { sandbox, asked };
  }

  test('one that the index does not have is left out and named', async () => {
    const log = (name: string): string =>
      `  × No solution found:\n  ╰─▶ Because ${name} was not found in the package registry and you require ${name}`;
    const { sandbox, asked } = sandboxWithout(['private-lib'], log);
    const prepared = await prepareEnvironment(sandbox, ['scikit-learn', 'private-lib'], undefined, silent);
    expect(prepared).toMatchObject({
      kind: 'ready',
      environment: { missing: [{ requirement: 'private-lib' }] },
    });
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual([...FRAME, 'scikit-learn'].sort());
  });

  test('when the installer names none, each is tried by itself', async () => {
    const { sandbox } = sandboxWithout(['odd'], () => 'something went wrong');
    const prepared = await prepareEnvironment(sandbox, ['odd', 'scipy'], undefined, silent);
    expect(prepared).toMatchObject({ kind: 'ready', environment: { missing: [{ requirement: 'odd' }] } });
  });

  test('without the frame there is no environment', async () => {
    const { sandbox } = sandboxWithout(['mlflow'], () => 'Because mlflow was not found');
    expect(await prepareEnvironment(sandbox, ['scipy'], undefined, silent)).toMatchObject({ kind: 'failed' });
  });

  test('are those that it and its own modules import, never its own modules', async () => {
    await loadPython();
    const folder = mkdtempSync(join(tmpdir(), 'architect-imports-'));
    try {
      mkdirSync(join(folder, 'nb'));
      mkdirSync(join(folder, 'tools'));
      writeFileSync(join(folder, 'nb/helpers.py'), 'import scipy.stats\nfrom . import other\n');
      writeFileSync(join(folder, 'tools/plots.py'), 'def draw():\n    import seaborn\n');
      const cells = [
        'import helpers, os\nfrom tools.plots import draw',
        'import cv2 as cv\nfrom sklearn import svm',
      ];
      writeFileSync(
        join(folder, 'nb/n.ipynb'),
        JSON.stringify({ nbformat: 4, cells: cells.map((source) => ({ cell_type: 'code', source })) }),
      );
      mkdirSync(join(folder, '.git'));
      const source = checkoutWorkingTree(join(folder, 'nb/n.ipynb'));
      const reading = readNotebook(source.text, source.path, '');
      if ('refused' in reading) throw new Error(reading.refused.message);
      expect(distributionsOf(reading.notebook, source)).toEqual([
        'opencv-python',
        'scikit-learn',
        'scipy',
        'seaborn',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a name is compared in its normal form', () => {
    expect(distributionOf('Scikit_Learn[x]>=1.0')).toBe('scikit-learn');
    expect(blamed('Because there are no versions of Foo.Bar and', ['foo_bar', 'bar'])).toEqual(['foo_bar']);
    expect(
      blamed('Because tensorflow==1.15.0 has no wheels with a matching Python ABI tag', [
        'tensorflow==1.15.0',
      ]),
    ).toEqual(['tensorflow==1.15.0']);
  });
});

describe('a run of the notebook', () => {
  const statements = [0, 1, 2].map((id): WatchedStatement => ({
    id,
    cell: id,
    line: 1,
    code: 'pass',
    watch: [],
    mayMutate: [],
    expressions: [],
  }));
  const record = (id: number) => ({
    id,
    outcome: 'ran',
    seconds: 0,
    values: {},
    mutated: [],
    random: [],
    expressions: {},
    reads: [],
    writes: [],
    stdout: '',
  });
  const run = (changes: Partial<SandboxResult>): SandboxResult => ({
    exitCode: 0,
    timedOut: false,
    outOfMemory: false,
    stdout: '',
    stderr: '',
    truncated: false,
    durationMs: 3000,
    files: {},
    refused: [],
    ...changes,
  });
  const lines = [{ python: '3.11.2' }, record(0), record(1)];

  test('that was stopped keeps what it had done, and says at which statement', () => {
    const observation = readObservation(
      { run: run({ exitCode: 137, timedOut: true }), value: undefined, lines, dumps: {} },
      statements,
    );
    expect(observation).toMatchObject({ state: 'partial', cutOff: 'time_out', python: '3.11.2' });
    expect(observation.reason).toBe(
      'cell 2, line 1: TimeOut: still running when the run was stopped after 3 s',
    );
    expect(observation.statements.map(({ outcome }) => outcome)).toEqual(['ran', 'ran', 'failed']);
  });

  test('that ran out of memory, or crashed, says so', () => {
    const memory = readObservation(
      { run: run({ exitCode: 137, outOfMemory: true }), value: undefined, lines, dumps: {} },
      statements,
    );
    expect(memory.statements.at(-1)?.error?.layer).toBe('out_of_memory');
    const crash = readObservation(
      { run: run({ exitCode: 139, stderr: 'Segmentation fault' }), value: undefined, lines, dumps: {} },
      statements,
    );
    expect(crash).toMatchObject({ cutOff: 'crash' });
    expect(crash.reason).toContain('139 (SIGSEGV): Segmentation fault');
  });

  test('whose result is not what we wrote is taken for cut off', () => {
    const value = { statements: 'all fine', versions: { numpy: 3 } };
    expect(readObservation({ run: run({}), value, lines: [], dumps: {} }, statements).state).toBe('partial');
  });

  test('is not made without an engine, and the reason is passed on', async () => {
    const sandbox: Sandbox = {
      status: async () => ({ kind: 'absent', reason: 'No engine answers.', advice: 'Start one.' }),
      install: async () => Promise.reject(new Error('unexpected')),
      run: async () => Promise.reject(new Error('unexpected')),
      close: async () => undefined,
    };
    const source = { root: '/x', path: 'n.ipynb', text: '', files: [], notes: [] };
    const request = { source, statements, distributions: [], older: [], limits: { seconds: 1, memory: 256 } };
    const absent = await observe(request, sandbox, undefined, silent);
    expect(absent).toMatchObject({
      observation: { state: 'none' },
      notRun: { layer: 'no_engine', help: 'Start one.' },
    });
    expect(await observe(request, null, undefined, silent)).toMatchObject({ notRun: { layer: 'static' } });
  });
});
