import { dirname, resolve } from 'node:path';
import type { GuardrailPolicy } from '../guardrails/policy.ts';
import type { Diagnostic } from '../lib/diagnostic.ts';
import { UsageError } from '../lib/errors.ts';
import { count } from '../lib/text.ts';
import type { RepositoryModel } from './choose-model.ts';
import type { Conventions } from './conventions.ts';
import type { ModelSettings } from './model-settings.ts';
import type { Command } from './options.ts';
import type { PipelineFile } from './pipeline-file.ts';
import { guardrailPolicy } from './repository-config.ts';
import { readWorkingTreeConfig } from './working-tree-config.ts';

/** Everything that decides a run: the command line before the files of the working tree before the defaults. */
export interface RunConfig {
  notebook: string;
  out: string | null;
  /** Absolute. */
  outputFolder: string | null;
  static: boolean;
  target: string | null;
  limits: { seconds: number; memory: number };
  policy: GuardrailPolicy;
  conventions: Conventions;
  llm: RepositoryModel | null;
  pipeline: PipelineFile | null;
  /** What the files ask for and a run does not do. */
  diagnostics: Diagnostic[];
}

/**
 * Merges the command line with the configuration of the working tree.
 *
 * @param root - Of the working tree, where the files lie.
 * @param models - Which models may be asked.
 * @throws UsageError that names file and line.
 */
export function resolveConfig(
  command: Command & { kind: 'productionize' },
  root: string | null,
  models: ModelSettings | null,
): RunConfig {
  const chosen = { config: command.config, pipeline: command.pipeline };
  const read = readWorkingTreeConfig(root, chosen, models);
  // Who runs a pipeline by its name wants all of it; a repository's own is done as far as it can be.
  const wrong = read.diagnostics.filter(
    ({ severity, code }) =>
      severity === 'refused' || (command.pipeline !== null && code === 'step_needs_model'),
  );
  if (wrong[0] !== undefined) {
    const more = wrong.length === 1 ? '' : ` (${count(wrong.length - 1, 'more problem')})`;
    throw new UsageError(wrong[0].code, `${wrong[0].message}${more}`, wrong[0].help);
  }
  const { config, conventions, pipeline, diagnostics } = read;
  const { folder } = config.output;
  const base = command.config === null ? root : dirname(command.config);
  return {
    notebook: command.notebook,
    out: command.out,
    outputFolder: folder === null || base === null ? null : resolve(base, folder),
    static: command.static,
    target: command.target ?? config.target,
    limits: config.limits,
    policy: guardrailPolicy(config),
    conventions,
    llm: config.llm,
    pipeline,
    diagnostics,
  };
}
