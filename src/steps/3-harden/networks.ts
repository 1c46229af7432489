import type { PackagePlan, Parameter } from '../2-structure/plan.ts';
import type { CodeContext } from './code-context.ts';
import type { ServingParts } from './frame/index.ts';
import { dottedName } from './module-text.ts';
import type { SegmentSignature } from './segment-code.ts';

/**
 * Expressions that build the untrained networks from the configuration alone, for the loading of their weights
 * where no data are at hand.
 *
 * @returns By name of the network; without those that need the data.
 */
export function untrainedNetworks(
  plan: PackagePlan,
  signatures: SegmentSignature[],
  context: CodeContext,
): NonNullable<ServingParts['untrained']> {
  const builders = networkBuilders(signatures, context);
  const found: NonNullable<ServingParts['untrained']> = {};
  for (const { name } of plan.fitted.filter((item) => item.framework === 'torch')) {
    const built = expressionOf(name, builders);
    if (built !== null) found[name] = { expression: built.expression, imports: [...new Set(built.imports)] };
  }
  return found;
}

/** What an untrained network comes from: its builders, and the choice of the device, which is not data. */
export function networkBuilders(
  signatures: readonly SegmentSignature[],
  { layout, extraction }: CodeContext,
): SegmentSignature[] {
  const texts = new Map(extraction.statements.map(({ id, text }) => [id, text]));
  return signatures.filter(({ segment, parameters, returns }, index) => {
    if (layout.builders.includes(index)) return true;
    return (
      index < layout.prepared &&
      returns.length === 1 &&
      parameters.length === 0 &&
      segment.statements.some((id) => CHOOSES_DEVICE.test(texts.get(id) ?? ''))
    );
  });
}

/** `device = 'cuda' if torch.cuda.is_available() else 'cpu'`. */
const CHOOSES_DEVICE = /\btorch(\.\w+)*\.(device|is_available|current_accelerator)\(/;

/** Whether a network can be built without data. */
export function isBuiltFromConfig(name: string, builders: SegmentSignature[]): boolean {
  return expressionOf(name, builders) !== null;
}

function expressionOf(
  name: string,
  builders: SegmentSignature[],
): { expression: string; imports: string[] } | null {
  const builder = builders.findLast(({ segment }) => segment.outputs.includes(name));
  if (!builder) return null;
  const imports = [`from ${dottedName(builder.segment.module)} import ${builder.segment.name}`];
  const before = builders.slice(0, builders.indexOf(builder));
  const passed: string[] = [];
  for (const parameter of builder.parameters) {
    const argument = argumentOf(parameter, before);
    if (argument === null) return null;
    passed.push(argument.expression);
    imports.push(...argument.imports);
  }
  const call = `${builder.segment.name}(${passed.join(', ')})`;
  const index = builder.returns.findIndex((value) => value.name === name);
  return { expression: builder.returns.length > 1 ? `${call}[${index}]` : call, imports };
}

function argumentOf(
  parameter: Parameter,
  before: SegmentSignature[],
): { expression: string; imports: string[] } | null {
  if (parameter.from.kind === 'value') return expressionOf(parameter.name, before);
  if (parameter.from.kind === 'config') return { expression: `config.${parameter.from.key}`, imports: [] };
  return {
    expression: parameter.from.section === '' ? 'config' : `config.${parameter.from.section}`,
    imports: [],
  };
}
