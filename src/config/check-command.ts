import { relative } from 'node:path';
import type { Diagnostic } from '../lib/diagnostic.ts';
import { listed, printable } from '../lib/text.ts';
import { chooseModel } from './choose-model.ts';
import type { ModelSettings } from './model-settings.ts';
import { readPipelineFile } from './pipeline-file.ts';
import { REPOSITORY_FILES } from './repository-config.ts';
import {
  existingConfigFiles,
  readConfigText,
  readOneConfigFile,
  readWorkingTreeConfig,
} from './working-tree-config.ts';

/** What `architect config check` found. */
export interface ConfigCheck {
  /** The files that were read. */
  files: string[];
  diagnostics: Diagnostic[];
  /** Whether a run may begin with them. */
  valid: boolean;
}

/**
 * Checks one configuration file, or those of a working tree.
 *
 * @param file - Null: those at the root.
 * @param models - Which models may be asked.
 * @throws UsageError where a file cannot be read.
 */
export function checkConfiguration(
  file: string | null,
  root: string,
  models: ModelSettings | null,
): ConfigCheck {
  const { diagnostics } =
    file === null
      ? readWorkingTreeConfig(root, { config: null, pipeline: null }, models)
      : readOneConfigFile(file, models);
  return {
    files: file === null ? existingConfigFiles(root) : [file],
    diagnostics,
    valid: diagnostics.every(({ severity }) => severity !== 'refused'),
  };
}

/**
 * Checks a pipeline file, whatever it is called.
 *
 * @param root - Of the working tree, whose `.architect.yaml` says whether a model is asked.
 * @throws UsageError where a file cannot be read.
 */
export function checkPipeline(file: string, root: string, models: ModelSettings | null): ConfigCheck {
  const { config } = readWorkingTreeConfig(root, { config: null, pipeline: null }, models);
  const choice = chooseModel(config.llm, models);
  const asked = choice !== undefined && !('problem' in choice);
  const { diagnostics } = readPipelineFile(readConfigText(file), relative('', file) || file, asked);
  return { files: [file], diagnostics, valid: diagnostics.every(({ severity }) => severity !== 'refused') };
}

/** The same with every complaint in a line that begins with file, line and column, as editors read it. */
export function renderPipelineCheck({ files, diagnostics, valid }: ConfigCheck): string {
  const lines = diagnostics.map(({ file, line = 1, column = 1, severity, message, help }) => {
    const words = message.startsWith(`${file}:`) ? message.replace(/^[^ ]*: /, '') : message;
    return `${file}:${line}:${column}: ${severity === 'refused' ? 'error' : 'note'}: ${words} ${help}`;
  });
  return `${[...lines, `${valid ? 'Valid' : 'Not valid'}: ${listed(files)}.`].map(printable).join('\n')}\n`;
}

/** What is to be said about the configuration, for a terminal. */
export function renderRemarks(diagnostics: readonly Diagnostic[]): string {
  const lines = diagnostics.flatMap(({ severity, message, help }) => [
    `${severity === 'refused' ? 'Error' : 'Note'}: ${message}`,
    `  ${help}`,
  ]);
  return lines.map((line) => `${printable(line)}\n`).join('');
}

/** The same with a last line that says whether it is valid. */
export function renderConfigCheck({ files, diagnostics, valid }: ConfigCheck): string {
  const last =
    files.length === 0
      ? `There is none of ${listed(REPOSITORY_FILES)} here: the defaults hold.`
      : `${valid ? 'Valid' : 'Not valid'}: ${listed(files)}.`;
  return `${renderRemarks(diagnostics)}${printable(last)}\n`;
}
