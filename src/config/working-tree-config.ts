import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { messageOf, systemCode, UsageError } from '../lib/errors.ts';
import type { ModelSettings } from './model-settings.ts';
import {
  type ReadRepositoryConfig,
  readRepositoryConfig,
  REPOSITORY_FILES,
  type RepositoryFiles,
} from './repository-config.ts';

const MOST_BYTES = 1_000_000;

/** Files that the command line names instead of those of the working tree. */
export interface ChosenFiles {
  config: string | null;
  pipeline: string | null;
}

/**
 * Reads the configuration of a working tree.
 *
 * @param root - Of the working tree; null where there is none.
 * @param models - Which models may be asked.
 * @throws UsageError where a file cannot be read.
 */
export function readWorkingTreeConfig(
  root: string | null,
  { config, pipeline }: ChosenFiles,
  models: ModelSettings | null,
): ReadRepositoryConfig {
  const named: RepositoryFiles = {
    ...(config === null ? {} : { '.architect.yaml': config }),
    ...(pipeline === null ? {} : { 'ml-productionize.yaml': pipeline }),
  };
  const files: RepositoryFiles = {};
  for (const name of REPOSITORY_FILES) {
    const chosen = named[name];
    const text =
      chosen === undefined
        ? root === null
          ? undefined
          : readIfThere(join(root, name))
        : readConfigText(chosen);
    if (text !== undefined) files[name] = text;
  }
  return readRepositoryConfig(files, named, models);
}

/** Those of the three files that lie at a root. */
export function existingConfigFiles(root: string): string[] {
  return REPOSITORY_FILES.filter((name) => existsSync(join(root, name)));
}

/** The kind of configuration file that a path names. */
function kindOfFile(path: string): keyof RepositoryFiles {
  const name = basename(path);
  if (name === 'ml-productionize.yaml' || name === 'ml-productionize.yml') return 'ml-productionize.yaml';
  return name.endsWith('.md') ? '.architect.md' : '.architect.yaml';
}

/** Reads one file as what its name says it is. */
export function readOneConfigFile(path: string, models: ModelSettings | null): ReadRepositoryConfig {
  const kind = kindOfFile(path);
  const shown = relative('', path) || path;
  return readRepositoryConfig({ [kind]: readConfigText(path) }, { [kind]: shown }, models);
}

function readIfThere(path: string): string | undefined {
  try {
    statSync(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined;
  }
  return readConfigText(path);
}

/** Reads a configuration file; throws UsageError where it cannot be read. */
export function readConfigText(path: string): string {
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new Error('it is no regular file');
    if (found.size > MOST_BYTES) throw new Error('it is too large for a configuration file');
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      'config_unreadable',
      `The configuration file ${path} cannot be read: ${messageOf(error)}.`,
      'Check the path, and that it is a text file that you may read.',
    );
  }
}
