import { unique } from '../lib/unique.ts';
import { OBSERVED_TEST } from '../steps/4-test/observed-test.ts';
import type { Verified } from './verify.ts';

/** Names of tests of what was observed that fail although every value of the package is the notebook's. */
export function unprovedTests({ verdict, failedTests }: Verified): string[] {
  if (verdict.parity !== 'same' && verdict.parity !== 'close') return [];
  return unique(
    failedTests.filter((name) => name.startsWith(OBSERVED_TEST)).map((name) => /^\w+/.exec(name)?.[0] ?? ''),
  );
}
