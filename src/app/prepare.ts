import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelSettings } from '../config/model-settings.ts';
import type { ModelWishes } from '../config/run-model.ts';
import { allowsNotebook, guardrailPolicy, type RepositoryConfig } from '../config/repository-config.ts';
import type { GithubClient } from '../github/client.ts';
import { cloneCommit } from '../github/clone.ts';
import type { ScopedToken } from '../github/github-app.ts';
import { readFile, readHead, readTree, type RepositoryName, type TreeEntry } from '../github/repository.ts';
import type { Diagnostic } from '../lib/diagnostic.ts';
import { RefusedError } from '../lib/errors.ts';
import type { Source } from '../lib/source.ts';
import { count, listed, megabytes, sha256 } from '../lib/text.ts';
import { MANIFEST } from '../runs/package-folder.ts';
import { checkoutWorkingTree, TREE_CAPS } from '../runs/working-tree.ts';
import type { GuardContext } from '../guardrails/check-tree.ts';
import { findOwnBranch } from './own-branch.ts';
import { inFolder, pathsOf, type PackageManifest, readManifest } from './package-manifest.ts';
import { choosePlace, type PackagePlace } from './place.ts';
import { readConfig } from './read-config.ts';
import type { RunInput } from './run-input.ts';

/** Bytes of all files of a commit that is cloned: twice what a run gets to see. */
const MOST_BYTES = 2 * TREE_CAPS.total;
/** Files of a commit that is cloned. */
const MOST_FILES = 20_000;

/** What a run needs of the repository, read before any code of it runs. Plain JSON. */
export type Prepared =
  | { kind: 'refused'; diagnostics: Diagnostic[] }
  | {
      kind: 'ready';
      config: RepositoryConfig;
      place: PackagePlace;
      guard: GuardContext;
      /** What a model is asked by, where one may be asked. */
      wishes: ModelWishes;
      /** What the configuration asks for and the run does not do. */
      diagnostics: Diagnostic[];
    };

/** Reads configuration and place, and looks whether the commit can be worked on, and its package be written. */
export async function prepare(
  client: GithubClient,
  input: RunInput,
  { models, login }: { models: ModelSettings | null; login: string },
): Promise<Prepared> {
  const { place, notebook, sha, base, configBranch } = input;
  const read = await readConfig(client, place, configBranch, models);
  const wrong = read.diagnostics.filter(({ severity }) => severity === 'refused');
  if (wrong.length > 0) return { kind: 'refused', diagnostics: wrong };
  if (!allowsNotebook(read.config, notebook)) {
    throw new RefusedError(
      'notebook_not_allowed',
      `${notebook} is not among the notebooks of .architect.yaml.`,
      'Add it to `notebooks` there, or choose another one.',
    );
  }
  const head = await readHead(client, place, base);
  if (head === undefined) {
    throw new RefusedError(
      'no_base',
      `The branch ${base}, to which the pull request would go, does not exist any more.`,
      'Ask again on an issue, or on a pull request that is open.',
    );
  }
  const { files } = await readTree(client, place, sha);
  assertWorkable(files, notebook);
  const target = head === sha ? files : (await readTree(client, place, head)).files;
  const manifests = await readManifests(client, place, target, head);
  const where = choosePlace(
    target.map(({ path }) => path),
    notebook,
    (folder) => manifests.get(folder)?.notebook,
    read.config.output.folder,
  );
  const manifest = manifests.get(where.folder);
  if (manifest?.notebook === notebook)
    await assertUnedited(client, input, manifest, where.folder, target, head);
  // Publishing looks again; a branch that a human wrote to need not wait for a whole run to be refused.
  await findOwnBranch(client, input, where.folder, login);
  const guard = {
    policy: guardrailPolicy(read.config),
    folder: where.folder,
    entries: Object.fromEntries(target.map(({ path, mode }) => [path, mode])),
    ours: manifest?.notebook === notebook ? pathsOf(manifest, where.folder) : [],
  };
  const { config, conventions, pipeline, diagnostics } = read;
  const wishes = { llm: config.llm, conventions, pipeline };
  return { kind: 'ready', config, place: where, guard, wishes, diagnostics };
}

/** Clones the commit and lists what a run gets to see. Done again after a restart, it finds the clone gone and makes it anew. */
export async function checkout(
  token: ScopedToken,
  input: RunInput,
  folder: string,
  gitUrl: string,
  signal: AbortSignal,
): Promise<Source> {
  const { place, notebook, sha } = input;
  const root = join(folder, place.repo);
  if (existsSync(root)) rmSync(root, { recursive: true, force: true });
  await cloneCommit({
    gitUrl,
    owner: place.owner,
    name: place.repo,
    sha,
    token: token.token,
    folder: root,
    signal,
  });
  return checkoutWorkingTree(join(root, notebook), { root });
}

function assertWorkable(files: readonly TreeEntry[], notebook: string): void {
  const own = files.find(({ path }) => path === notebook);
  if (own === undefined || (own.mode !== '100644' && own.mode !== '100755')) {
    throw new RefusedError(
      'no_such_file',
      `${notebook} is no file of this commit.`,
      'Look at its path, and ask again.',
    );
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  if (bytes > MOST_BYTES || files.length > MOST_FILES) {
    throw new RefusedError(
      'repository_too_large',
      `The commit has ${count(files.length, 'file')} and ${megabytes(bytes)}; at most ${MOST_FILES} files and ${megabytes(MOST_BYTES)} are read.`,
      'Move the notebook with its data into a smaller repository.',
    );
  }
}

/** Packages of ours in the commit: folder → what we wrote there. */
async function readManifests(
  client: GithubClient,
  name: RepositoryName,
  files: readonly TreeEntry[],
  commit: string,
): Promise<Map<string, PackageManifest>> {
  const manifests = new Map<string, PackageManifest>();
  for (const { path } of files) {
    if (path !== MANIFEST && !path.endsWith(`/${MANIFEST}`)) continue;
    const manifest = readManifest(await readFile(client, name, path, commit));
    const folder = path === MANIFEST ? '.' : path.slice(0, -MANIFEST.length - 1);
    if (manifest !== undefined) manifests.set(folder, manifest);
  }
  return manifests;
}

/** What a human changed in a package after it was merged is the human's. */
async function assertUnedited(
  client: GithubClient,
  { place, base }: RunInput,
  manifest: PackageManifest,
  folder: string,
  files: readonly TreeEntry[],
  commit: string,
): Promise<void> {
  const there = new Set(files.map(({ path }) => path));
  const edited: string[] = [];
  for (const [path, digest] of Object.entries(manifest.files)) {
    const full = inFolder(folder, path);
    if (!there.has(full)) continue;
    const text = await readFile(client, place, full, commit);
    if (text !== undefined && sha256(text) !== digest) edited.push(full);
  }
  if (edited.length === 0) return;
  throw new RefusedError(
    'package_was_edited',
    `${count(edited.length, 'file')} of the package changed on ${base} since Architect wrote ${edited.length === 1 ? 'it' : 'them'}: ${listed(edited)}.`,
    'What you changed is yours and is not overwritten. To have the package made anew, move or delete it first.',
  );
}
