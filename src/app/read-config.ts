import type { ModelSettings } from '../config/model-settings.ts';
import {
  readRepositoryConfig,
  type ReadRepositoryConfig,
  REPOSITORY_FILES,
  type RepositoryFiles,
} from '../config/repository-config.ts';
import type { GithubClient } from '../github/client.ts';
import { readFile, type RepositoryName } from '../github/repository.ts';

/**
 * What the files of a branch say about runs.
 *
 * @param models - Which models may be asked.
 */
export async function readConfig(
  client: GithubClient,
  name: RepositoryName,
  branch: string,
  models: ModelSettings | null = null,
): Promise<ReadRepositoryConfig> {
  const files: RepositoryFiles = {};
  for (const file of REPOSITORY_FILES) {
    const text = await readFile(client, name, file, branch);
    if (text !== undefined) files[file] = text;
  }
  return readRepositoryConfig(files, {}, models);
}
