import { contains, makeCommits, moveBranch } from '../github/branch.ts';
import type { GithubClient } from '../github/client.ts';
import { LONGEST_TEXT } from '../github/comments.ts';
import { ensurePull } from '../github/pull-requests.ts';
import { type PullRequest, readFile, readHead, readTree, type TreeEntry } from '../github/repository.ts';
import { type GuardrailPolicy } from '../guardrails/policy.ts';
import { BlockedError, violationDiagnostic } from '../guardrails/blocked-error.ts';
import { checkTree } from '../guardrails/check-tree.ts';
import { RefusedError } from '../lib/errors.ts';
import type { FileTree } from '../lib/file-tree.ts';
import { MANIFEST, withManifest } from '../runs/package-folder.ts';
import type { Verdict } from '../verify/verdict.ts';
import { planCommits, plainPath } from './commits.ts';
import { writeMarker } from './marker.ts';
import { findOwnBranch, type OwnBranch } from './own-branch.ts';
import { inFolder, pathsOf, readManifest } from './package-manifest.ts';
import type { RunInput } from './run-input.ts';

/** What goes into the pull request. */
export interface Publication {
  /** The package, paths relative to its folder. */
  tree: FileTree;
  verdict: Verdict;
  folder: string;
  policy: GuardrailPolicy;
}

const LABELS = ['architect'];

/** A commit with its files, as the API gives them. */
interface Commit {
  sha: string;
  tree: string;
  files: TreeEntry[];
}

/** Brings the package to its branch and its pull request. Done again, it changes nothing that is there already. */
export async function publish(
  client: GithubClient,
  input: RunInput,
  publication: Publication,
  login: string,
): Promise<PullRequest> {
  const { place, notebook, base } = input;
  const { folder, verdict } = publication;
  const tree = withManifest(publication.tree, notebook);
  const baseSha = await readHead(client, place, base);
  if (baseSha === undefined) {
    throw new RefusedError(
      'no_base',
      `The branch ${base} does not exist any more.`,
      'Ask again on an issue.',
    );
  }
  const baseCommit = { sha: baseSha, ...(await readTree(client, place, baseSha)) };
  await assertAllowed(client, input, { ...publication, tree }, baseCommit);
  const branch = await findOwnBranch(client, input, folder, login);
  const head = await pushPackage(client, input, { tree, folder }, baseCommit, branch);
  return ensurePull(client, place, branch.name, base, {
    title: `Production package from ${plainPath(notebook)}`,
    body: pullBody(input, tree['REPORT.md'] ?? '', head),
    draft: verdict.status !== 'verified',
    labels: LABELS,
  });
}

/** The last look: what the base has now is not overwritten, and the tree is held to every guardrail. */
async function assertAllowed(
  client: GithubClient,
  { place, notebook }: RunInput,
  { tree, folder, policy }: Publication,
  base: Commit,
): Promise<void> {
  const path = inFolder(folder, MANIFEST);
  const text = base.files.some((file) => file.path === path)
    ? await readFile(client, place, path, base.sha)
    : undefined;
  const manifest = readManifest(text);
  const violations = checkTree(tree, {
    policy,
    folder,
    entries: new Map(base.files.map(({ path: at, mode }) => [at, mode])),
    ours: manifest?.notebook === notebook ? pathsOf(manifest, folder) : [],
  });
  const blocking = violations.filter(({ severity }) => severity === 'block');
  if (blocking.length > 0)
    throw new BlockedError(blocking.map((violation) => violationDiagnostic(violation, undefined)));
}

/** Makes the commits and moves the branch; gives its head. */
async function pushPackage(
  client: GithubClient,
  { place, notebook, base }: RunInput,
  { tree, folder }: { tree: FileTree; folder: string },
  baseCommit: Commit,
  { name, head }: OwnBranch,
): Promise<string> {
  const current: Commit =
    head === undefined ? baseCommit : { sha: head, ...(await readTree(client, place, head)) };
  const manifestPath = inFolder(folder, MANIFEST);
  const known = current.files.some(({ path }) => path === manifestPath)
    ? readManifest(await readFile(client, place, manifestPath, current.sha))
    : undefined;
  const ours = new Set(pathsOf(known, folder));
  const own = current.files.filter(({ path }) => ours.has(path));
  const prefix = folder === '.' ? '' : `${folder}/`;
  const before = new Map(own.map(({ path, sha }) => [path.slice(prefix.length), sha]));
  const plans = planCommits(tree, before, notebook).map(({ message, changes }) => ({
    message,
    changes: Object.fromEntries(
      Object.entries(changes).map(([path, text]) => [inFolder(folder, path), text]),
    ),
  }));
  if (plans.length === 0) return current.sha;
  const start = await startOf(client, place, base, baseCommit, current, own);
  const commit = await makeCommits(client, place, start.tree, start.parents, plans);
  if (commit === undefined) return current.sha;
  await moveBranch(client, place, name, head, commit);
  return commit;
}

/** A branch that is behind its base follows it first, by a merge: the base's files with our package in them. */
async function startOf(
  client: GithubClient,
  place: RunInput['place'],
  base: string,
  baseCommit: Commit,
  current: Commit,
  own: readonly TreeEntry[],
): Promise<{ tree: string; parents: string[] }> {
  if (current.sha === baseCommit.sha || (await contains(client, place, current.sha, baseCommit.sha)))
    return { tree: current.tree, parents: [current.sha] };
  const { data } = await client.rest.git.createTree({
    owner: place.owner,
    repo: place.repo,
    base_tree: baseCommit.tree,
    tree: own.map(({ path, sha }) => ({ path, sha, mode: '100644' as const, type: 'blob' as const })),
  });
  const merge = await client.rest.git.createCommit({
    owner: place.owner,
    repo: place.repo,
    message: `chore: follow ${plainPath(base)}`,
    tree: data.sha,
    parents: [current.sha, baseCommit.sha],
  });
  return { tree: data.sha, parents: [merge.data.sha] };
}

/** The report, with who asked for it and what we need to know at the next run. */
export function pullBody(input: RunInput, report: string, head: string): string {
  const asked = input.thread === null ? '' : ` in #${input.thread}`;
  const by = /^[A-Za-z0-9-]+$/.test(input.requestedBy) ? `@${input.requestedBy}` : 'somebody';
  const top = `${writeMarker({ notebook: input.notebook, head })}\nRequested by ${by}${asked}, from commit ${input.sha}.\n\n`;
  const room = LONGEST_TEXT - top.length;
  const cut = '\n\n… (the rest stands in REPORT.md)\n';
  return `${top}${report.length <= room ? report : `${report.slice(0, room - cut.length)}${cut}`}`;
}
