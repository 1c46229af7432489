import type { Diagnostic } from '../lib/diagnostic.ts';
import { count, listed } from '../lib/text.ts';
import type { AgentStep } from '../refine/request.ts';
import { type Place, readYaml } from './read-yaml.ts';
import { pipelineSchema } from './schema.ts';

/** The pipeline of a team: `ml-productionize.yaml`. Plain JSON. */
export interface PipelineFile {
  name: string;
  steps: { name: string; agent: 'build' | 'test' | 'review' | 'compiler'; task: string }[];
}

/** The steps that the compiler does, in its order. */
export const COMPILED_STEPS = ['extract', 'structure', 'harden', 'test', 'pipeline-config'] as const;

/** What a model is asked about where a team has no pipeline of its own: where its words and tests help most. */
const OWN_STEPS: readonly AgentStep[] = [
  { name: 'harden', role: 'build', task: null },
  { name: 'test', role: 'test', task: null },
];

/** The steps that a model is asked about, in their order; a step of the agent `compiler` is not among them. */
export function agentSteps(pipeline: PipelineFile | null): AgentStep[] {
  if (pipeline === null) return [...OWN_STEPS];
  return pipeline.steps.flatMap(({ name, agent, task }) =>
    agent === 'compiler' ? [] : [{ name, role: agent, task }],
  );
}

/**
 * Reads the pipeline of a team.
 *
 * @param model - Whether a model is asked: only one can do a step that has no compiler.
 */
export function readPipelineFile(
  text: string,
  file: string,
  model: boolean,
): { pipeline: PipelineFile | null; diagnostics: Diagnostic[] } {
  const { value: pipeline, diagnostics, placeOf } = readYaml(text, file, pipelineSchema);
  if (pipeline === undefined) return { pipeline: null, diagnostics };
  const steps = pipeline.steps.map((step, index) => ({ ...step, place: placeOf(['steps', index]) }));
  const wrong = [...twice(steps, file), ...uncompiled(steps, file)];
  if (wrong.length > 0) return { pipeline: null, diagnostics: wrong };
  return { pipeline, diagnostics: notHonoured(steps, file, model) };
}

/** A step, and where it stands. */
type PlacedStep = PipelineFile['steps'][number] & { place: Place };

function isCompiled(name: string): boolean {
  return (COMPILED_STEPS as readonly string[]).includes(name);
}

function twice(steps: readonly PlacedStep[], file: string): Diagnostic[] {
  const names = steps.map(({ name }) => name);
  return steps
    .filter(({ name }, index) => names.indexOf(name) !== index)
    .map(({ name, place }) => ({
      ...{ code: 'config_invalid', severity: 'refused', file, ...place },
      message: `${file}:${place.line}: two steps are called \`${name}\`.`,
      help: 'Give each step its own name.',
    }));
}

/** A step that nobody would do. */
function uncompiled(steps: readonly PlacedStep[], file: string): Diagnostic[] {
  return steps
    .filter(({ name, agent }) => agent === 'compiler' && !isCompiled(name))
    .map(({ name, place }) => ({
      ...{ code: 'config_invalid', severity: 'refused', file, ...place },
      message: `${file}:${place.line}: the step \`${name}\` has no compiler, only ${COMPILED_STEPS.join(', ')} have one.`,
      help: 'Let the agent be build, test or review.',
    }));
}

/** What the file asks for and a run does not do, in words. */
function notHonoured(steps: readonly PlacedStep[], file: string, model: boolean): Diagnostic[] {
  const foreign = model ? [] : steps.filter(({ name }) => !isCompiled(name));
  const own = steps.filter(({ name }) => isCompiled(name));
  const found: Diagnostic[] = [];
  const [first] = foreign;
  if (first !== undefined) {
    const one = foreign.length === 1;
    const names = foreign.map(({ name, place }) => `${name} (line ${place.line})`);
    found.push({
      ...{ code: 'step_needs_model', severity: 'todo', file, ...first.place },
      message: `${count(foreign.length, 'step')} of ${file} ${one ? 'is' : 'are'} left out, because only a model can do ${one ? 'it' : 'them'}: ${listed(names)}.`,
      help: 'Name a model under llm in .architect.yaml that whoever runs Architect allows.',
    });
  }
  if (own.map(({ name }) => name).join() !== COMPILED_STEPS.join()) {
    const missing = COMPILED_STEPS.filter((name) => !own.some((step) => step.name === name));
    const moved = own.find(
      ({ name }, index) => name !== COMPILED_STEPS.filter((one) => !missing.includes(one))[index],
    );
    const place = moved?.place ?? steps.at(-1)?.place ?? { line: 1, column: 1 };
    const where =
      moved === undefined
        ? `leaves out ${listed(missing)}`
        : `moves ${moved.name} (line ${moved.place.line})`;
    found.push({
      ...{ code: 'steps_are_fixed', severity: 'note', file, ...place },
      message: `The compiler does its five steps in one order, whatever ${file} leaves out or moves; it ${where}: ${COMPILED_STEPS.join(', ')}.`,
      help: 'List all five in this order; a model is asked about those that are listed, in the order of the file.',
    });
  }
  return found;
}
