import { areOurs, contains } from '../github/branch.ts';
import type { GithubClient } from '../github/client.ts';
import { listPulls } from '../github/pull-requests.ts';
import { type PullRequest, readFile, readHead } from '../github/repository.ts';
import { RefusedError } from '../lib/errors.ts';
import { sha256, slugOf } from '../lib/text.ts';
import { MANIFEST } from '../runs/package-folder.ts';
import { readMarker } from './marker.ts';
import { inFolder, readManifest } from './package-manifest.ts';
import { BRANCH_PREFIX } from './read-trigger.ts';
import type { RunInput } from './run-input.ts';

/** The branch of a notebook's package. */
export interface OwnBranch {
  name: string;
  /** Undefined: it is not there yet. */
  head: string | undefined;
  /** The open pull request. */
  pull: PullRequest | undefined;
}

/**
 * Finds the branch of a notebook's package: `architect/<slug>`, with a few digits more where that is another notebook's, or goes
 * to another branch. Throws in words where a human wrote to it.
 */
export async function findOwnBranch(
  client: GithubClient,
  input: RunInput,
  folder: string,
  login: string,
): Promise<OwnBranch> {
  const { notebook, base } = input;
  const slug = slugOf(notebook);
  const digits = sha256(`${notebook} ${base}`).slice(0, 6);
  for (const name of [`${BRANCH_PREFIX}${slug}`, `${BRANCH_PREFIX}${slug}-${digits}`]) {
    const found = await inspect(client, input, name, folder, login);
    if (found !== 'of another') return found;
  }
  throw new RefusedError(
    'branch_taken',
    `The branches ${BRANCH_PREFIX}${slug} and ${BRANCH_PREFIX}${slug}-${digits} are taken.`,
    'Delete one of them, and ask again.',
  );
}

async function inspect(
  client: GithubClient,
  input: RunInput,
  name: string,
  folder: string,
  login: string,
): Promise<OwnBranch | 'of another'> {
  const { place, notebook, base } = input;
  const head = await readHead(client, place, name);
  const pulls = await listPulls(client, place, name);
  const pull = pulls.find(({ state }) => state === 'open');
  if (head === undefined) return { name, head, pull: undefined };
  if (pull !== undefined && pull.baseRef !== base) return 'of another';
  const latest = pull ?? pulls[0];
  const marker = latest === undefined ? undefined : readMarker(latest.body);
  if (marker !== undefined && marker.notebook !== notebook) return 'of another';
  const baseSha = await baseHead(client, input);
  const since = marker?.head ?? baseSha;
  const ours = head === since || (await areOurs(client, place, since, head, login, marker !== undefined));
  // What was merged is not lost.
  if (!ours && !(await contains(client, place, baseSha, head))) throw humanCommits(name, pull);
  // Without a pull request, the branch itself says whose package it has: a run ended between the two.
  if (marker === undefined && head !== since) {
    const manifest = readManifest(await readFile(client, place, inFolder(folder, MANIFEST), head));
    if (manifest !== undefined && manifest.notebook !== notebook) return 'of another';
  }
  return { name, head, pull };
}

async function baseHead(client: GithubClient, { place, base }: RunInput): Promise<string> {
  const head = await readHead(client, place, base);
  if (head === undefined) throw new Error(`the branch ${base} is not there`);
  return head;
}

function humanCommits(name: string, pull: PullRequest | undefined): RefusedError {
  const where = pull === undefined ? `The branch ${name}` : `The branch ${name} of #${pull.number}`;
  return new RefusedError(
    'branch_was_edited',
    `${where} has commits that Architect did not make. They are kept: nothing was pushed.`,
    'Merge that work, or keep it elsewhere; then delete the branch, and ask again.',
  );
}
