import { expect, test } from '@jest/globals';
import { unprovedTests } from '../../src/verify/unproved-tests.ts';
import type { Verdict } from '../../src/verify/verdict.ts';
import type { Verified } from '../../src/verify/verify.ts';

const failing = (parity: Verdict['parity']): Verified => ({
  verdict: {
    status: 'failed',
    parity,
    boundaries: [],
    metrics: [],
    tests: { passed: 1, failed: 6, skipped: 0 },
    lint: { ruff: 0, types: 0 },
    checks: [],
    notes: [],
  },
  tree: {},
  failedTests: [
    'test_observed_ranges[src.data.loader.load_data-None-a-0-1-0]: assert 2 == 1',
    'test_observed_ranges[src.data.loader.load_data-None-b-0-1-0]: assert 2 == 1',
    'test_observed_scores: assert 0.5 == 0.6',
    'test_beats_the_dummy_baseline: assert 47.9 < 0.17',
    'test_losses_fall: assert 2 < 1',
    'test_predictions: ValueError',
  ],
  passedTests: [],
});

test.each(['same', 'close'] as const)(
  'a proved package (%s) does without tests that were wrong',
  (parity) => {
    expect(unprovedTests(failing(parity))).toEqual([
      'test_observed_ranges',
      'test_observed_scores',
      'test_beats_the_dummy_baseline',
      'test_losses_fall',
    ]);
  },
);

test.each(['different', 'not-run'] as const)('no test is left out where parity is %s', (parity) => {
  expect(unprovedTests(failing(parity))).toEqual([]);
});
