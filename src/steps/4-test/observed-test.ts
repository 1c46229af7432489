import type { FunctionPlan, PackagePlan, Value } from '../2-structure/plan.ts';
import type { ValueFacts } from '../../notebook/observation.ts';
import { fileInputs } from './observed.ts';
import { pathOf } from './other-values.ts';
import { call, collection, quote } from './python-text.ts';

/** Start of the names of these tests: one that a proved package fails states what does not hold of it, and is left out. */
export const OBSERVED_TEST = 'test_observed_';

/** A test that can be left out by its name. */
export interface ObservedTest {
  name: string;
  constants: string[];
  text: string;
  /** Modules and names that it imports. */
  imports?: [module: string, ...names: string[]][];
}

/** Functions whose values are the same in every run: up to the first one before which the package sets a seed. */
export function plainFunctions(plan: PackagePlan): FunctionPlan[] {
  const drawn = new Set(plan.seedBefore);
  const functions = plan.functions.filter(({ kind, stage }) => kind === 'segment' && stage === 'data');
  const first = functions.findIndex(({ statements }) => statements.some((id) => drawn.has(id)));
  return first < 0 ? functions : functions.slice(0, first);
}

/** Whether it is a table or an array of a known shape. */
export function hasShape(facts: ValueFacts | undefined): facts is ValueFacts & { shape: number[] } {
  return facts?.shape !== undefined && /^(dataframe|series|ndarray|sparse)$/.test(facts.kind);
}

/** A value that a function gives: where a test finds it in a call. */
export interface Place {
  path: string;
  index: number;
  value: Value;
}

/** What the data stage passes on that is the same in every run. */
export function places(plan: PackagePlan): Place[] {
  return plainFunctions(plan).flatMap((item) =>
    item.returns.flatMap((value, index) =>
      hasShape(value.facts)
        ? [{ path: pathOf(item), index: item.returns.length === 1 ? -1 : index, value }]
        : [],
    ),
  );
}

/** Fixtures of a test of what was observed. */
export function fixtures(plan: PackagePlan, ...more: string[]): string[] {
  return [...more, 'short_run: ShortRun', ...(fileInputs(plan).length > 0 ? ['observed_files: None'] : [])];
}

/** The text of a test. */
export function test(
  plan: PackagePlan,
  name: string,
  docstring: string,
  body: string,
  more: string[] = [],
  parameters?: { names: string; types: string[]; constant: string },
): string {
  const mark =
    parameters === undefined ? '' : `@pytest.mark.parametrize(${parameters.names}, ${parameters.constant})\n`;
  return `${mark}${call(`def ${name}`, fixtures(plan, ...(parameters?.types ?? []), ...more), ' -> None:')}
    """${docstring}"""
${body}`;
}

/** A table of expectations. */
export function constant(comment: string, name: string, rows: string[]): string {
  return `# ${comment}\n${collection(`${name}: Final = `, '(', rows, ')')}`;
}

/** A shape as Python. */
export const tuple = (shape: readonly number[]): string =>
  `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;

/** The first two entries of a row of expectations. */
export const where = ({ path, index }: Place): string => `${quote(path)}, ${index < 0 ? 'None' : index}`;
