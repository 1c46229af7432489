import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RELEASES } from '../../src/knowledge/drift.ts';
import { type ErrorFacts, findDrift } from '../../src/knowledge/find-drift.ts';
import { root } from '../run-tool.ts';

/** Real errors of code of some years ago, as the observer saw them on the releases of November 2026. */
const recorded = JSON.parse(readFileSync(join(root, 'fixtures/drift/errors.json'), 'utf8')) as {
  code: string;
  expected: string | null;
  change?: string;
  error: ErrorFacts;
}[];

describe('an error of today', () => {
  test.each(recorded.map((one) => [one.code, one] as const))('%s', (_code, { expected, change, error }) => {
    const found = findDrift(error, {});
    expect(found === undefined ? null : `${found.distribution} ${found.since}`).toBe(expected);
    expect(found?.change).toBe(change);
  });

  test('is recorded for every change of the table', () => {
    const known = new Set(recorded.map(({ expected, change }) => `${expected}: ${change}`));
    const missing = RELEASES.flatMap(({ distribution, since, changes }) =>
      changes
        .map(({ change }) => `${distribution} ${since}: ${change}`)
        .filter((change) => !known.has(change)),
    );
    expect(missing).toEqual([]);
  });
});

const append: ErrorFacts = {
  type: 'AttributeError',
  message: "'DataFrame' object has no attribute 'append'",
};

test('a change of a later release than what is installed is not the cause', () => {
  expect(findDrift(append, { pandas: '1.5.3' })).toBeUndefined();
  expect(findDrift(append, { pandas: '2.0.0rc1' })?.since).toBe('2.0');
});

test('a release is named to go back to only where the sandbox can have it', () => {
  expect(findDrift(append, {})?.pin).toBe('pandas<2');
  const gone = { type: 'ModuleNotFoundError', message: "No module named 'sklearn.cross_validation'" };
  expect(findDrift(gone, {})).toMatchObject({ distribution: 'scikit-learn', pin: null });
});
