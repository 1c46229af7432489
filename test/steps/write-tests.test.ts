import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { formatPython, lintPython } from '../../src/python/format.ts';
import { loadPython } from '../../src/python/load-parser.ts';
import type { PackagePlan } from '../../src/steps/2-structure/plan.ts';
import { costCaps } from '../../src/steps/4-test/fast-run.ts';
import { configurationUses, otherValues } from '../../src/steps/4-test/other-values.ts';
import { referenceFields } from '../../src/steps/4-test/parity-reference.ts';
import { keyPattern, quote } from '../../src/steps/4-test/python-text.ts';
import { writeTests } from '../../src/steps/4-test/write-tests.ts';
import { suite } from '../golden.ts';

const FIXTURES = path.join(import.meta.dirname, '../../fixtures/write-tests');

const readPlan = (name: string): PackagePlan =>
  JSON.parse(fs.readFileSync(path.join(FIXTURES, name, 'plan.json'), 'utf8')) as PackagePlan;

beforeAll(loadPython);

suite(FIXTURES, ({ name }) => writeTests(readPlan(name)));

describe.each(['churn', 'digits', 'minimal', 'two-tables'])('the tests of %s', (name) => {
  test('are clean for ruff, laid out by it, and the same every time', () => {
    const tree = writeTests(readPlan(name));
    for (const [file, text] of Object.entries(tree)) {
      expect({ file, findings: lintPython(text, file) }).toEqual({ file, findings: [] });
      expect(formatPython(text)).toBe(text);
    }
    expect(writeTests(readPlan(name))).toEqual(tree);
  });
});

describe('the short run', () => {
  const caps = (change: (plan: PackagePlan) => void, name = 'churn'): Record<string, string> => {
    const plan = readPlan(name);
    change(plan);
    return Object.fromEntries(costCaps(plan).map(({ key, value }) => [key, value]));
  };
  const literalOf = (plan: PackagePlan, key: string) => {
    const entry = plan.config.find((one) => one.key === key);
    if (entry === undefined) throw new Error(`no ${key}`);
    return entry;
  };

  test('takes the first candidate of every list of numbers and two folds', () => {
    expect(caps(() => undefined)).toEqual({
      'training.param_grid.n_estimators': '[10]',
      'training.param_grid.max_depth': '[4]',
      'training.param_grid.min_samples_leaf': '[1]',
      'training.cv': '2',
      'training.n_jobs': '1',
    });
  });

  test('keeps a list with text: its first candidate may be one that fails', () => {
    const found = caps((plan) => {
      literalOf(plan, 'training.param_grid.max_depth').literal = {
        kind: 'list',
        items: ['l1', 'l2'].map((value) => ({ kind: 'string', value })),
      };
    });
    expect(found).not.toHaveProperty(['training.param_grid.max_depth']);
  });

  test('keeps enough epochs for a history that records every tenth', () => {
    expect(caps(() => undefined, 'digits')).toEqual({ 'training.epochs': '2' });
    const sparse = caps((plan) => {
      literalOf(plan, 'training.epochs').literal = { kind: 'int', value: 100 };
      for (const field of plan.result) if (field.facts?.length !== undefined) field.facts.length = 10;
    }, 'digits');
    expect(sparse).toEqual({ 'training.epochs': '20' });
  });

  test('keeps the workers of a loader whose other arguments need them', () => {
    const workers = (key: string) =>
      caps((plan) => {
        const shuffle = literalOf(plan, 'data.shuffle');
        plan.config.push({ ...shuffle, key: 'data.num_workers', literal: { kind: 'int', value: 4 } });
        plan.config.push({ ...shuffle, key });
      }, 'digits');
    expect(workers('data.other')).toHaveProperty(['data.num_workers'], '0');
    expect(workers('data.persistent_workers')).not.toHaveProperty(['data.num_workers']);
  });
});

describe('the run with other values', () => {
  const others = (name: string): Record<string, string> => {
    const plan = readPlan(name);
    return Object.fromEntries(
      otherValues(plan, configurationUses(plan)).map(({ key, value }) => [key, value]),
    );
  };

  test('changes numbers within what is valid, words that have a valid other one, and no list', () => {
    expect(others('churn')).toEqual({
      seed: '43',
      'data.test_size': '0.3',
      'model.class_weight': 'balanced_subsample',
      'training.param_grid.n_estimators': '[11]',
      'training.param_grid.max_depth': '[5]',
      'training.param_grid.min_samples_leaf': '[2]',
      'training.cv': '3',
      'evaluation.threshold': '0.36',
    });
  });

  test('does not move one share of a split alone, and takes 1.0 down', () => {
    const found = others('two-tables');
    expect(found).not.toHaveProperty(['data.test_size']);
    expect(found).not.toHaveProperty(['data.train_size']);
    expect(found).toMatchObject({ 'training.subsample': '0.9', 'training.n_estimators': '11' });
  });

  test('looks for the values where the notebook gave them, never in seed calls', () => {
    const uses = configurationUses(readPlan('digits')).map((use) => use.path);
    expect(uses).toContain('src.models.model.Net');
    expect(uses).toContain('torch.utils.data.DataLoader');
    expect(uses).not.toContain('numpy.random.seed');
    expect(uses.at(-1)).toBe('src.runtime.set_seed');
  });
});

test('the reference compares the fields whose numbers were added up', () => {
  expect(referenceFields(readPlan('two-tables'))).toEqual([
    { name: 'X_train', holder: 'data' },
    { name: 'X_test', holder: 'data' },
    { name: 'y_train', holder: 'data' },
    { name: 'y_test', holder: 'data' },
    { name: 'train', holder: 'data' },
    { name: 'residual_mean', holder: 'result' },
  ]);
});

test('no row of the data is copied into the tests', () => {
  const conftest = writeTests(readPlan('churn'))['tests/conftest.py'];
  expect(conftest).toContain('"customerID": ["text-0", "text-1"]');
});

describe('Python text', () => {
  test.each([
    ['plain', '"plain"'],
    ['say "x"', `'say "x"'`],
    [`'"`, `"'\\""`],
    ['a\\b\n', '"a\\\\b\\n"'],
    ['a\u202eb\u{e0041}', '"a\\u202eb\\U000e0041"'],
  ])('quotes %j', (text, expected) => expect(quote(text)).toBe(expected));

  test('a key is a raw pattern where it has points', () => {
    expect([keyPattern('seed'), keyPattern('data.path')]).toEqual(['"seed"', 'r"data\\.path"']);
  });
});
