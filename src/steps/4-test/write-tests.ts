import type { FileTree } from '../../lib/file-tree.ts';
import type { PackagePlan } from '../2-structure/plan.ts';
import { writeConftest } from './conftest.ts';
import { writeParityTest, writeReferenceModule } from './reference-module.ts';
import { writeDataTests } from './test-data.ts';
import { writeModelTests } from './test-model.ts';
import { writeObservedTests } from './test-observed.ts';
import { writeServingTests } from './test-serving.ts';
import { writeTrainingTests } from './test-training.ts';
import { writeWatching } from './watching.ts';

/** What is left out of the tests. */
export interface TestOptions {
  /** Names of tests that do not hold of a package whose values are proved. */
  without?: readonly string[];
}

/**
 * Step 4: the tests of the package.
 *
 * They run on the notebook's own data: invented rows break arbitrary notebook code. Where a file is absent they are skipped
 * with a reason. `tests/reference.json` is not here: it holds what the run of the notebook gave.
 *
 * @param plan - The package.
 * @returns `tests/*.py`.
 */
export function writeTests(plan: PackagePlan, options: TestOptions = {}): FileTree {
  const serving = writeServingTests(plan);
  const observed = writeObservedTests(plan, options.without ?? []);
  return {
    'tests/__init__.py': '"""Tests."""\n',
    'tests/conftest.py': writeConftest(plan),
    'tests/reference.py': writeReferenceModule(plan),
    'tests/test_data.py': writeDataTests(plan),
    'tests/test_model.py': writeModelTests(plan),
    ...(observed === null ? {} : { 'tests/test_observed.py': observed }),
    'tests/test_parity.py': writeParityTest(plan),
    ...(serving === null ? {} : { 'tests/test_serving.py': serving }),
    'tests/test_training.py': writeTrainingTests(plan, options.without ?? []),
    'tests/watching.py': writeWatching(),
  };
}
