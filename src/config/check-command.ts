import type { Diagnostic } from '../lib/diagnostic.ts';
import { listed, printable } from '../lib/text.ts';
import { REPOSITORY_FILES } from './repository-config.ts';
import { existingConfigFiles, readOneConfigFile, readWorkingTreeConfig } from './working-tree-config.ts';

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
 * @throws UsageError where a file cannot be read.
 */
export function checkConfiguration(file: string | null, root: string): ConfigCheck {
  const { diagnostics } = file === null ? readWorkingTreeConfig(root, null) : readOneConfigFile(file);
  return {
    files: file === null ? existingConfigFiles(root) : [file],
    diagnostics,
    valid: diagnostics.every(({ severity }) => severity !== 'refused'),
  };
}

/** The same for a terminal. */
export function renderConfigCheck({ files, diagnostics, valid }: ConfigCheck): string {
  const lines = diagnostics.flatMap(({ severity, message, help }) => [
    `${severity === 'refused' ? 'Error' : 'Note'}: ${message}`,
    `  ${help}`,
  ]);
  const last =
    files.length === 0
      ? `There is none of ${listed(REPOSITORY_FILES)} here: the defaults hold.`
      : `${valid ? 'Valid' : 'Not valid'}: ${listed(files)}.`;
  return `${[...lines, last].map(printable).join('\n')}\n`;
}
