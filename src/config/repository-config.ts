import { minimatch } from 'minimatch';
import type { z } from 'zod';
import { DEFAULT_POLICY, type GuardrailPolicy } from '../guardrails/policy.ts';
import type { Diagnostic } from '../lib/diagnostic.ts';
import { chooseModel, type RepositoryModel } from './choose-model.ts';
import { type Conventions, DEFAULT_CONVENTIONS, readConventions } from './conventions.ts';
import type { ModelSettings } from './model-settings.ts';
import { type PipelineFile, readPipelineFile } from './pipeline-file.ts';
import { readYaml } from './read-yaml.ts';
import { configSchema } from './schema.ts';

/** What a repository says about its runs: `.architect.yaml` with every default filled in. Plain JSON. */
export interface RepositoryConfig {
  /** Name of the model that the package is about; null: the notebook decides. */
  target: string | null;
  /** Of one run of the notebook: seconds of wall clock, MiB of memory. */
  limits: { seconds: number; memory: number };
  /** Folder for packages in the repository, without a slash at its end; null: the root, or `productionized/<slug>`. */
  output: { folder: string | null };
  /** Null: no model is asked. */
  llm: RepositoryModel | null;
  guardrails: {
    protected_files: string[];
    code_rules: { pattern: string; message: string; severity: 'block' | 'warn' }[];
  };
  /** What starts a run. */
  on: { label: boolean; comment: boolean; push: boolean };
  /** Patterns of the notebooks that may be productionized; null: all. */
  notebooks: string[] | null;
}

/** The files of a repository that configure its runs: name → text; absent where there is none. */
export interface RepositoryFiles {
  '.architect.yaml'?: string;
  '.architect.md'?: string;
  'ml-productionize.yaml'?: string;
}

export const REPOSITORY_FILES = ['.architect.yaml', '.architect.md', 'ml-productionize.yaml'] as const;

/** What the files say. Where a diagnostic is `refused`, that file counts as absent and no run may begin. */
export interface ReadRepositoryConfig {
  config: RepositoryConfig;
  conventions: Conventions;
  pipeline: PipelineFile | null;
  diagnostics: Diagnostic[];
}

/**
 * Reads the configuration of a repository. Its text is hostile: nothing in it can make this slow, or throw.
 *
 * @param files - From the base branch.
 * @param names - What files are called in messages, where that is not their own name.
 * @param models - Which models may be asked; null: none.
 * @returns Everything with defaults, and what is wrong with file and line.
 */
export function readRepositoryConfig(
  files: RepositoryFiles,
  names: Partial<Record<keyof RepositoryFiles, string>> = {},
  models: ModelSettings | null = null,
): ReadRepositoryConfig {
  const name = (file: keyof RepositoryFiles): string => names[file] ?? file;
  const yaml = files['.architect.yaml'];
  const read =
    yaml === undefined
      ? { value: undefined, diagnostics: [] }
      : readYaml(yaml, name('.architect.yaml'), configSchema);
  const config = configOf(read.value ?? {});
  const choice = chooseModel(config.llm, models);
  const asked = choice !== undefined && !('problem' in choice);
  const text = files['.architect.md'];
  const conventions =
    text === undefined
      ? { conventions: DEFAULT_CONVENTIONS, diagnostics: [] }
      : readConventions(text, name('.architect.md'), asked);
  const steps = files['ml-productionize.yaml'];
  const pipeline =
    steps === undefined
      ? { pipeline: null, diagnostics: [] }
      : readPipelineFile(steps, name('ml-productionize.yaml'), asked);
  return {
    config,
    conventions: conventions.conventions,
    pipeline: pipeline.pipeline,
    diagnostics: [
      ...read.diagnostics,
      ...(choice !== undefined && 'problem' in choice ? [choice.problem] : []),
      ...conventions.diagnostics,
      ...pipeline.diagnostics,
    ],
  };
}

function configOf(file: z.output<typeof configSchema>): RepositoryConfig {
  const { llm, on } = file;
  const names = typeof on === 'string' ? [on] : Array.isArray(on) ? on : [];
  const switches = typeof on === 'object' && !Array.isArray(on) ? on : {};
  return {
    target: file.target ?? null,
    limits: file.limits ?? { seconds: 600, memory: 4096 },
    output: { folder: file.output?.folder?.replace(/^\.\//, '').replace(/\/$/, '') ?? null },
    llm: llm === undefined ? null : modelOf(llm),
    guardrails: file.guardrails ?? { protected_files: [], code_rules: [] },
    on: {
      label: switches.label ?? true,
      comment: switches.comment ?? true,
      push: switches.push ?? names.includes('push'),
    },
    notebooks: typeof file.notebooks === 'string' ? [file.notebooks] : (file.notebooks ?? null),
  };
}

function modelOf(llm: NonNullable<z.output<typeof configSchema>['llm']>): RepositoryModel {
  const { model, api_key_env: variable, base_url: address, budget = {} } = llm;
  return {
    model,
    api_key_env: variable ?? null,
    base_url: address ?? null,
    // Without what is not said: a stored configuration is JSON.
    budget: Object.fromEntries(Object.entries(budget).filter(([, cap]) => cap !== undefined)),
  };
}

/** The guardrails of a configuration, with our own caps on size. */
export function guardrailPolicy({ guardrails }: RepositoryConfig): GuardrailPolicy {
  return {
    ...DEFAULT_POLICY,
    protectedFiles: guardrails.protected_files,
    codeRules: guardrails.code_rules,
  };
}

/** Whether a repository lets a notebook be productionized. */
export function allowsNotebook({ notebooks }: RepositoryConfig, path: string): boolean {
  const options = { matchBase: true, dot: true, nonegate: true, nocomment: true, braceExpandMax: 100 };
  return notebooks === null || notebooks.some((pattern) => minimatch(path, pattern, options));
}
