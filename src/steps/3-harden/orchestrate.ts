import type { Segment } from '../2-structure/layout.ts';
import type { Parameter } from '../2-structure/plan.ts';
import type { CodeContext } from './code-context.ts';
import type { SegmentSignature } from './segment-code.ts';

/** Where an orchestrator finds the value of a name. */
export type Lookup = (name: string) => string;

/**
 * Writes the call of a segment's function, with `set_seed` before it where it draws random numbers.
 *
 * @param signature - The function.
 * @param lookup - Where its inputs are at this point.
 * @param config - Expression of the whole configuration.
 */
export function callSegment(signature: SegmentSignature, lookup: Lookup, config: string): string[] {
  const { segment, parameters, returns } = signature;
  const passed = parameters.map((parameter) => argument(parameter, lookup, config)).join(', ');
  const targets = returns.map((value) => value.name).join(', ');
  const call = `${segment.name}(${passed})`;
  const seed = segment.seeded ? [`set_seed(${config}.seed)`] : [];
  return [...seed, targets === '' ? call : `${targets} = ${call}`];
}

function argument(parameter: Parameter, lookup: Lookup, config: string): string {
  switch (parameter.from.kind) {
    case 'value':
      return lookup(parameter.name);
    case 'config':
      return `${config}.${parameter.from.key}`;
    case 'section':
      return parameter.from.section === '' ? config : `${config}.${parameter.from.section}`;
  }
}

/**
 * Follows which names an orchestrator has bound itself; the others come from the prepared data.
 *
 * @param holder - Name of the variable that holds the prepared data.
 * @param prepared - Fields of it.
 */
export function localNames(
  holder: string,
  prepared: readonly string[],
): { lookup: Lookup; bind: (segment: Segment) => void; bindName: (name: string) => void } {
  const own = new Set<string>();
  return {
    lookup: (name) => (own.has(name) || !prepared.includes(name) ? name : `${holder}.${name}`),
    bind: (segment) => segment.outputs.forEach((name) => own.add(name)),
    bindName: (name) => own.add(name),
  };
}

/** Name for the prepared data in an orchestrator: `data`, unless the notebook uses it for a value that passes there. */
export function dataHolder({ layout }: CodeContext): string {
  return freeName(['data', 'prepared', 'prepared_data'], passing(layout.segments.slice(layout.prepared)));
}

/** The values that go into and come out of functions. */
export function passing(segments: readonly Segment[]): string[] {
  return segments.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
}

/** The first of some names for a variable that is not taken. */
export function freeName(names: readonly string[], taken: readonly string[]): string {
  return names.find((name) => !taken.includes(name)) ?? `${names.at(-1) ?? ''}_`;
}

/** Name for the configuration in an orchestrator. */
export function configHolder(context: CodeContext): string {
  return context.layout.names.includes('config') ? 'package_config' : 'config';
}
