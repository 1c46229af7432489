import { unique } from '../../lib/unique.ts';
import type { PackagePlan } from '../2-structure/plan.ts';
import { costCaps } from './fast-run.ts';
import { canEvaluate, capsData } from './observed.ts';
import { estimatorTests, hasBorder, SCORING } from './observed-estimators.ts';
import { tableTests } from './observed-tables.ts';
import { hasShape, type ObservedTest, plainFunctions } from './observed-test.ts';
import { pathOf } from './other-values.ts';
import { networkTests } from './test-networks.ts';
import { ImportList, moduleText } from './python-text.ts';

/**
 * `tests/test_observed.py`: what the notebook's run showed between the functions of the package, and what its estimators were
 * asked; null where it showed nothing.
 *
 * @param without - Names of tests that are left out.
 */
export function writeObservedTests(plan: PackagePlan, without: readonly string[]): string | null {
  const imports = new ImportList();
  const tests = observedTests(plan).filter(({ name }) => !without.includes(name));
  if (tests.length === 0) return null;
  imports.module('numpy as np', 'pandas as pd', 'pytest');
  imports.from('typing', 'Any', 'Final');
  imports.from('collections.abc', 'Mapping', 'Sequence');
  imports.from('src.config', 'Config');
  imports.from('tests.conftest', 'ShortRun');
  imports.from('tests.watching', 'is_equal', 'shape_of');
  for (const { imports: needed = [], text } of tests) {
    for (const [module, ...names] of needed) {
      if (names.length === 0) imports.module(module);
      else imports.from(module, ...names);
    }
    for (const [, name = ''] of text.matchAll(/\b(sklearn\.metrics\.\w+)\(/g)) imports.module(moduleOf(name));
  }
  return moduleText(
    "What the notebook's run showed between the functions, and asked of its estimators.",
    imports,
    [...tests.flatMap(({ constants }) => constants), ...tests.map(({ text }) => text)],
  );
}

/** Paths that the short run watches for these tests. */
export function watchedPaths(plan: PackagePlan): string[] {
  const functions = plainFunctions(plan).filter(({ returns }) =>
    returns.some(({ facts }) => hasShape(facts)),
  );
  const methods = (plan.estimatorCalls ?? []).map(({ type, method }) => `${type}.${method}`);
  const scores = plan.networkTraining?.evalMode === true || hasBorder(plan);
  const scoring = scores && canEvaluate(plan) ? [SCORING] : [];
  return unique([...functions.map(pathOf), ...methods, ...scoring]);
}

function observedTests(plan: PackagePlan): ObservedTest[] {
  if (capsData(costCaps(plan).map(({ key }) => key))) return [];
  return [...tableTests(plan), ...estimatorTests(plan), ...networkTests(plan)];
}

function moduleOf(path: string): string {
  return path.slice(0, path.lastIndexOf('.'));
}
