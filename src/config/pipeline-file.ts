import type { Diagnostic } from '../lib/diagnostic.ts';
import { count, listed } from '../lib/text.ts';
import { readYaml } from './read-yaml.ts';
import { pipelineSchema } from './schema.ts';

/** The pipeline of a team: `ml-productionize.yaml`. Plain JSON. */
export interface PipelineFile {
  name: string;
  steps: { name: string; agent: 'build' | 'test' | 'review' | 'compiler'; task: string }[];
}

/** The steps that the compiler does, in its order. */
export const COMPILED_STEPS = ['extract', 'structure', 'harden', 'test', 'pipeline-config'] as const;

/**
 * Reads the pipeline of a team.
 *
 * @param model - Whether a model is configured: only one can do a step that has no compiler.
 */
export function readPipelineFile(
  text: string,
  file: string,
  model: boolean,
): { pipeline: PipelineFile | null; diagnostics: Diagnostic[] } {
  const { value: pipeline, diagnostics } = readYaml(text, file, pipelineSchema);
  if (pipeline === undefined) return { pipeline: null, diagnostics };
  const names = pipeline.steps.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    const message = `${file}: two steps are called \`${twice}\`.`;
    return {
      pipeline: null,
      diagnostics: [
        { code: 'config_invalid', severity: 'refused', file, message, help: 'Give each step its own name.' },
      ],
    };
  }
  return { pipeline, diagnostics: notHonoured(pipeline, file, model) };
}

/** What the file asks for and the compiler does not do, in words. */
function notHonoured({ steps }: PipelineFile, file: string, model: boolean): Diagnostic[] {
  const compiled: readonly string[] = COMPILED_STEPS;
  const names = steps.map(({ name }) => name);
  const foreign = names.filter((name) => !compiled.includes(name));
  const found: Diagnostic[] = [];
  if (foreign.length > 0) {
    found.push({
      code: 'step_needs_model',
      severity: 'todo',
      file,
      message: `${count(foreign.length, 'step')} of ${file} ${foreign.length === 1 ? 'is' : 'are'} left out, because only a model can do ${foreign.length === 1 ? 'it' : 'them'}: ${listed(foreign)}.`,
      help: model
        ? 'This version of Architect asks no model yet; the package is made by the compiler alone.'
        : 'Name a model under llm in .architect.yaml.',
    });
  }
  const own = names.filter((name) => compiled.includes(name));
  if (own.join() !== compiled.join()) {
    found.push({
      code: 'steps_are_fixed',
      severity: 'note',
      file,
      message: `The compiler does its five steps in one order, whatever ${file} leaves out or moves: ${compiled.join(', ')}.`,
      help: 'List all five in this order.',
    });
  }
  return found;
}
