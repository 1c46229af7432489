import { allowsNotebook, type RepositoryConfig } from '../config/repository-config.ts';
import type { GithubClient } from '../github/client.ts';
import { readMarker } from './marker.ts';
import { readChangedPaths, readHead, readPull, readTree, type TreeEntry } from '../github/repository.ts';
import { nearest } from '../lib/text.ts';
import { code } from '../report/markdown.ts';
import { BRANCH_PREFIX, isNotebook } from './read-trigger.ts';
import { type CheckMemory, readCheckMemory, type RunInput } from './run-input.ts';
import type { Trigger } from './trigger.ts';

/** Notebooks named in an answer. */
const MOST_NAMED = 20;
/** Notebooks of one pull request or push that are worked on; a bulk change is no wish for so many pull requests. */
const MOST_RUNS = 10;

/** The runs that a trigger means, or why there is none, in words (Markdown). */
export type Resolved = { runs: RunInput[] } | { refused: string };

type RunTrigger = Trigger & { wish: { kind: 'run' } };

/** The branch whose configuration counts, and what is known of the subject. */
export interface Scene {
  sha: string;
  base: string;
  configBranch: string;
  /** Notebooks that are meant where nobody names one; undefined: whatever the commit holds. */
  changed?: string[];
  /** Text in which a path may stand. */
  text?: string;
  memory?: CheckMemory;
}

/** Finds out where to look: asks GitHub what the event does not say. Forks are refused. */
export async function readScene(
  client: GithubClient,
  { place, subject }: Trigger,
): Promise<Scene | { refused: string }> {
  const { defaultBranch } = place;
  if (subject.kind === 'push')
    return {
      sha: subject.sha,
      base: defaultBranch,
      configBranch: defaultBranch,
      changed: subject.notebooks,
    };
  if (subject.kind === 'check') {
    const memory = readCheckMemory(subject.externalId);
    if (memory === undefined) return { refused: 'This check does not say which notebook it was about.' };
    return { sha: subject.sha, base: memory.base, configBranch: memory.configBranch, memory };
  }
  if (subject.kind === 'issue') {
    const sha = await headOf(client, place);
    return { sha, base: defaultBranch, configBranch: defaultBranch, text: subject.text };
  }
  const pull = await readPull(client, place, subject.number);
  if (pull.headRepository !== place.repository) {
    return {
      refused:
        'Pull requests from forks are not productionized: their code is not from this repository. Push the branch to this repository, or ask on an issue after the merge.',
    };
  }
  // On our own pull request: the notebook that it was made from.
  const own = pull.headRef.startsWith(BRANCH_PREFIX) ? readMarker(pull.body) : undefined;
  if (own !== undefined) {
    const sha = (await readHead(client, place, pull.baseRef)) ?? (await headOf(client, place));
    return { sha, base: pull.baseRef, configBranch: defaultBranch, changed: [own.notebook] };
  }
  const changed = (await readChangedPaths(client, place, subject.number)).filter(isNotebook);
  return { sha: subject.sha ?? pull.headSha, base: pull.headRef, configBranch: pull.baseRef, changed };
}

async function headOf(client: GithubClient, place: Trigger['place']): Promise<string> {
  const sha = await readHead(client, place, place.defaultBranch);
  if (sha === undefined) throw new Error(`the branch ${place.defaultBranch} is not there`);
  return sha;
}

/** Chooses the notebooks. */
export async function resolveRuns(
  client: GithubClient,
  trigger: RunTrigger,
  scene: Scene,
  config: RepositoryConfig,
): Promise<Resolved> {
  const { place, wish, sender } = trigger;
  const { files } = await readTree(client, place, scene.sha);
  const chosen = chooseNotebooks(files, wish.notebook, scene);
  if ('refused' in chosen) return chosen;
  const allowed = chosen.notebooks.filter((path) => allowsNotebook(config, path));
  if (allowed.length === 0) {
    return {
      refused: `${list(chosen.notebooks)} ${chosen.notebooks.length === 1 ? 'is' : 'are'} not among the \`notebooks\` of \`.architect.yaml\`.`,
    };
  }
  if (allowed.length > MOST_RUNS) {
    return {
      refused: `${allowed.length} notebooks changed; at most ${MOST_RUNS} are worked on at once. Name one: \`/architect run PATH\`.`,
    };
  }
  const { memory } = scene;
  return {
    runs: allowed.map((notebook) => ({
      place,
      notebook,
      sha: scene.sha,
      base: scene.base,
      configBranch: scene.configBranch,
      target: wish.target ?? memory?.target ?? null,
      dryRun: wish.dryRun,
      thread: trigger.thread ?? memory?.thread ?? null,
      request: memory?.request ?? trigger.event,
      requestedBy: sender.login,
    })),
  };
}

/** The rule, for everything that asks: what is named, else what changed, else the only one there is. */
export function chooseNotebooks(
  files: readonly TreeEntry[],
  named: string | null,
  scene: Pick<Scene, 'changed' | 'text' | 'memory'>,
): { notebooks: string[] } | { refused: string } {
  const all = files
    .filter(({ path, mode }) => isNotebook(path) && (mode === '100644' || mode === '100755'))
    .map(({ path }) => path);
  const wanted = named ?? scene.memory?.notebook ?? null;
  if (wanted !== null) {
    const found = all.includes(wanted) ? wanted : onlyOne(all.filter((path) => path.endsWith(`/${wanted}`)));
    if (found !== undefined) return { notebooks: [found] };
    const meant = nearest(wanted, all);
    const hint = meant === undefined ? '' : ` Did you mean ${code(meant)}?`;
    return { refused: `There is no notebook ${code(wanted)} at this commit.${hint}${others(all)}` };
  }
  if (scene.changed !== undefined) {
    const changed = scene.changed.filter((path) => all.includes(path));
    if (changed.length > 0) return { notebooks: changed };
  }
  const told = scene.text === undefined ? [] : all.filter((path) => mentions(scene.text ?? '', path));
  if (told.length > 0) return { notebooks: longest(told) };
  const only = onlyOne(all);
  if (only !== undefined) return { notebooks: [only] };
  if (all.length === 0) return { refused: 'The repository has no notebook (`.ipynb`) at this commit.' };
  return { refused: `Which notebook is meant?${others(all)}` };
}

/** Whether a path stands in a text as a word of its own. */
function mentions(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + path.length] ?? ' ';
    // A slash may come before: a path from the root, or the end of a link.
    if (!/[\w.-]/.test(before) && !/[\w-]/.test(after)) return true;
  }
  return false;
}

/** `a.ipynb` is mentioned by `x/a.ipynb` too: of such two, the longer one is meant. */
function longest(paths: string[]): string[] {
  return paths.filter((path) => !paths.some((other) => other !== path && other.endsWith(`/${path}`)));
}

function onlyOne(paths: readonly string[]): string | undefined {
  return paths.length === 1 ? paths[0] : undefined;
}

function others(all: readonly string[]): string {
  if (all.length === 0) return '';
  const shown = all.slice(0, MOST_NAMED).map((path) => `- ${code(path, 200)}`);
  const more = all.length > MOST_NAMED ? [`- and ${all.length - MOST_NAMED} more`] : [];
  const are = all.length === 1 ? 'only notebook here is' : 'notebooks here are';
  const name =
    all.length === 1
      ? `Name it: ${code(`/architect run ${quoted(all[0] ?? '')}`, 250)}`
      : 'Name one: `/architect run PATH`';
  return `\n\nThe ${are}:\n\n${[...shown, ...more].join('\n')}\n\n${name}.`;
}

/** A path as a command takes it. */
function quoted(path: string): string {
  return /\s/.test(path) ? `"${path}"` : path;
}

function list(paths: readonly string[]): string {
  return paths
    .slice(0, 5)
    .map((path) => code(path, 200))
    .join(', ');
}
