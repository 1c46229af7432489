import { unique } from '../lib/unique.ts';
import { OBSERVED_TEST } from '../steps/4-test/observed-test.ts';
import { LEARNING_TEST } from '../steps/4-test/test-learning.ts';
import type { Verified } from './verify.ts';

/**
 * Names of tests of what was observed, or of what the model has learned, that fail although every value of the package is
 * the notebook's: then they ask for more than the notebook gives.
 */
export function unprovedTests({ verdict, failedTests }: Verified): string[] {
  if (verdict.parity !== 'same' && verdict.parity !== 'close') return [];
  return unique(
    failedTests
      .map((name) => /^\w+/.exec(name)?.[0] ?? '')
      .filter((name) => name.startsWith(OBSERVED_TEST) || LEARNING_TEST.test(name)),
  );
}
