import { expect, test } from '@jest/globals';
import { whatIsWorse } from '../../src/gate/worse.ts';
import type { Verdict } from '../../src/verify/verdict.ts';
import type { Verified } from '../../src/verify/verify.ts';

const VERDICT: Verdict = {
  status: 'verified',
  parity: 'same',
  boundaries: [{ name: 'split.X', verdict: 'same' }],
  metrics: [{ name: 'r2', notebook: 0.9, package: 0.9, verdict: 'same' }],
  tests: { passed: 2, failed: 0, skipped: 1 },
  lint: { ruff: 0, types: 0 },
  checks: [
    { name: 'tests', outcome: 'passed', detail: '' },
    { name: 'mlflow run', outcome: 'passed', detail: '' },
  ],
  notes: [],
};
const BEFORE: Verified = { verdict: VERDICT, tree: {}, failedTests: [], passedTests: ['t.a', 't.b'] };

const after = (verdict: Partial<Verdict>, more: Partial<Verified> = {}): Verified => ({
  ...BEFORE,
  ...more,
  verdict: { ...VERDICT, ...verdict },
});

test.each<[string, Verified, RegExp]>([
  [
    'a value differs',
    after({ parity: 'different', boundaries: [{ name: 'split.X', verdict: 'different' }] }),
    /`split\.X` is `different`/,
  ],
  [
    'values are only close',
    after({ parity: 'close', boundaries: [{ name: 'split.X', verdict: 'close' }] }),
    /`split\.X` is `close`/,
  ],
  ['a value is not compared any more', after({ boundaries: [] }), /parity with the notebook/],
  ['nothing was compared', after({ parity: 'not-run' }), /parity with the notebook is `not-run`/],
  [
    'a metric changes',
    after({ metrics: [{ name: 'r2', notebook: 0.9, package: 0.9000001, verdict: 'same' }] }),
    /`r2` changes from 0\.9 to 0\.9000001/,
  ],
  ['a metric is gone', after({ metrics: [] }), /`r2` changes from 0\.9 to nothing/],
  [
    'a test fails',
    after({ tests: { passed: 2, failed: 1, skipped: 1 } }, { failedTests: ['c: assert 1 == 2'] }),
    /a test fails: c: assert 1 == 2/,
  ],
  ['a test is gone', after({}, { passedTests: ['t.a', 't.c'] }), /`t\.b` passed before/],
  ['a test is skipped', after({ tests: { passed: 2, failed: 0, skipped: 2 } }), /skipped that were not/],
  [
    'tests do not come to an end',
    after({ tests: { passed: 2, failed: 1, skipped: 1 } }),
    /do not come to their end/,
  ],
  ['ruff objects', after({ lint: { ruff: 1, types: 0 } }), /ruff has 1 findings, and had 0/],
  ['the type checker does not run', after({ lint: { ruff: 0, types: null } }), /type checker does not run/],
  [
    'a command fails',
    after({ checks: [{ name: 'mlflow run', outcome: 'failed', detail: 'exit code 1' }] }),
    /`mlflow run` succeeded before.*exit code 1/,
  ],
])('%s', (_, made, expected) => expect(whatIsWorse(BEFORE, made).join('\n')).toMatch(expected));

test.each<[string, Verified]>([
  ['nothing changes', after({})],
  [
    'there are more tests',
    after({ tests: { passed: 3, failed: 0, skipped: 1 } }, { passedTests: ['t.a', 't.b', 't.c'] }),
  ],
  [
    'more checks succeed',
    after({ checks: [...VERDICT.checks, { name: 'more', outcome: 'passed', detail: '' }] }),
  ],
])('is fine where %s', (_, made) => expect(whatIsWorse(BEFORE, made)).toEqual([]));

test('what was bad before may stay as it is', () => {
  const bad: Verified = {
    ...after({
      parity: 'different',
      lint: { ruff: 2, types: null },
      tests: { passed: 2, failed: 1, skipped: 1 },
    }),
    failedTests: ['c: at 0x7f01'],
  };
  const same = { ...bad, failedTests: ['c: at 0x7f02'] };
  expect(whatIsWorse(bad, same)).toEqual([]);
});
