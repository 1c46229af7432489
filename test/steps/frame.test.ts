import path from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { lintPython, formatPython } from '../../src/python/format.ts';
import { loadPython } from '../../src/python/load-parser.ts';
import { configuration } from '../../src/steps/configuration/table.ts';
import * as frame from '../../src/steps/3-harden/frame/index.ts';
import { suite } from '../golden.ts';
import { root } from '../run-tool.ts';
import { framePackage, readPlan, type FrameSettings } from './frame-package.ts';

beforeAll(loadPython);

suite(path.join(root, 'fixtures/frame'), (golden) => {
  const tree = framePackage(readPlan(golden.name), golden.settings as FrameSettings);
  for (const [file, text] of Object.entries(tree)) {
    if (!file.endsWith('.py')) continue;
    expect({ file, findings: lintPython(text, file) }).toEqual({ file, findings: [] });
    expect(formatPython(text)).toBe(text);
  }
  expect(framePackage(readPlan(golden.name), golden.settings as FrameSettings)).toEqual(tree);
  return tree;
});

describe('expressions', () => {
  const table = configuration(readPlan('odd'));
  test('a tuple and a set are what they were in the notebook', () => {
    expect(frame.valueExpression(table, 'data.size')).toBe('tuple(config.data.size)');
    expect(frame.valueExpression(table, 'data.size', 'config', 'data')).toBe('tuple(config.size)');
    expect(frame.valueExpression(table, 'training.grid.tfidf__ngram_range')).toBe(
      '[tuple(item) for item in config.training.grid.tfidf__ngram_range]',
    );
  });
  test('a grid of plain lists is a dictionary in one call', () => {
    expect(frame.dictionaryExpression(table, 'evaluation.grid')).toBe(
      'dataclasses.asdict(config.evaluation.grid)',
    );
  });
  test('keys that Python or YAML cannot hold come back as they were', () => {
    expect(frame.dictionaryExpression(table, 'training.params', 'config', 'training')).toBe(
      '{"lambda": config.params.lambda_, "min child-weight": config.params.min_child_weight, ' +
        '"maxDepth": config.params.maxDepth, "int": config.params.int_, "__x": config.params.x, ' +
        '"2d": config.params.key_2d}',
    );
  });
  test('a section has one class, and equal names of sections have two', () => {
    expect(frame.sectionClass(table, 'training.grid')).toBe('GridConfig');
    expect(frame.sectionClass(table, 'evaluation.grid')).toBe('EvaluationGridConfig');
    expect(frame.sectionClass(table, 'plots.grid')).toBe('PlotsGridConfig');
  });
});

test("no length of the notebook's path breaks a line of the tracking module", () => {
  const plan = readPlan('minimal');
  for (let length = 60; length < 130; length += 1) {
    const notebook = { ...plan.notebook, path: `${'n'.repeat(length)}.ipynb` };
    const text = frame.renderTracking({ ...plan, notebook }, false);
    expect({ length, findings: lintPython(text, 'src/tracking.py') }).toEqual({ length, findings: [] });
    expect(formatPython(text)).toBe(text);
  }
});

describe('imports', () => {
  test('are merged and sorted as ruff wants them', () => {
    const text = frame.mergeImports([
      'from src.config import flatten, Config',
      'import numpy as np',
      'from src.config import PROJECT_ROOT',
      'import sys',
      'from sklearn.svm import SVC',
      'from __future__ import annotations',
      'import sys',
    ]);
    const used = 'print(np, sys, SVC, flatten, Config, PROJECT_ROOT)';
    expect(lintPython(`"""Module."""\n\n${text}\n\n${used}\n`)).toEqual([]);
  });
});

describe('what serving takes', () => {
  test('an estimator that can only label its own rows is not served', () => {
    const plan = readPlan('minimal');
    const [clf] = plan.fitted;
    if (clf?.facts === undefined) throw new Error('no facts');
    clf.facts.estimator = {
      role: 'clusterer',
      fitted: true,
      predicts: false,
      probabilities: false,
      search: false,
    };
    expect(frame.renderServing(plan, {})).toBeNull();
    expect(frame.renderTrainFrame(plan).code).not.toContain('log_model');
  });
  test('a network must be said how to build', () => {
    expect(() => frame.renderServing(readPlan('mixed'), {})).toThrow('untrained network net');
  });
  test('one column is given to the model as a column', () => {
    const plan = readPlan('minimal');
    const [input] = plan.data;
    if (input === undefined) throw new Error('no data');
    input.annotation = 'pd.Series';
    input.facts = { type: 'pandas.Series', kind: 'series' };
    expect(frame.renderServing(plan, {})).toContain('rows = rows.iloc[:, 0]');
    expect(frame.renderTrainFrame(plan).code).toContain('result.data.X_test.head().to_frame("X_test")');
  });
});
