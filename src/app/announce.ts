import { openCheck } from '../github/checks.ts';
import type { GithubClient } from '../github/client.ts';
import type { Thread } from '../github/comments.ts';
import type { Job } from '../runs/queue.ts';
import { plainPath } from './commits.ts';
import { type RunInput, writeCheckMemory } from './run-input.ts';
import { writePart } from './thread-comment.ts';
import { queuedText, runHeading } from './words.ts';

/** Where a run is shown. */
export interface Announced {
  check: number;
  thread: Thread | null;
}

/** The thread of a run. */
export function threadOfRun({ place, thread }: RunInput): Thread | null {
  return thread === null ? null : { owner: place.owner, repo: place.repo, number: thread };
}

/** Shows that a run was taken in: its check, and its part of the progress comment. Done again, it finds what it did. */
export async function announce(client: GithubClient, job: Job<RunInput>, login: string): Promise<Announced> {
  const { input } = job;
  const check = await openCheck(
    client,
    {
      owner: input.place.owner,
      repo: input.place.repo,
      sha: input.sha,
      name: checkName(input),
      // A job that failed keeps its id when it is asked for again; the check is a new one.
      externalId: writeCheckMemory(`${job.id}-${job.added}`, input),
    },
    { title: 'Waits for its turn', summary: `${runHeading(input)}\n\n${queuedText()}` },
  );
  const thread = threadOfRun(input);
  if (thread !== null) await writeRunPart(client, input, login, queuedText());
  return { check, thread };
}

/** What the list of checks calls the run. */
export function checkName({ notebook }: RunInput): string {
  return `architect: ${plainPath(notebook)}`;
}

/** Writes the run's part of the progress comment. */
export async function writeRunPart(
  client: GithubClient,
  input: RunInput,
  login: string,
  text: string,
): Promise<void> {
  const thread = threadOfRun(input);
  if (thread !== null)
    await writePart(client, thread, login, input.request, input.notebook, `${runHeading(input)}\n\n${text}`);
}
