import type { GithubClient } from './client.ts';
import type { RepositoryName } from './repository.ts';
import { writeAgain, writeOnce } from './write-once.ts';

/** GitHub refuses texts over 65,536 characters. */
export const LONGEST_TEXT = 60_000;

/** The text, shortened where GitHub would refuse it. */
export function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 30)}\n\n… (shortened)\n`;
}

/** Where a comment goes: an issue or a pull request. */
export interface Thread extends RepositoryName {
  number: number;
}

/** One of our comments. */
export interface OwnComment {
  id: number;
  body: string;
  url: string;
}

/** First line of a comment that we find again by it; nobody sees it. */
function markerOf(key: string): string {
  return `<!-- architect:${key} -->`;
}

/** Our own comment with that key: only what the App itself wrote, however many comments there are. */
async function findComment(
  client: GithubClient,
  { owner, repo, number }: Thread,
  login: string,
  key: string,
): Promise<OwnComment | undefined> {
  const pages = client.paginate.iterator(client.rest.issues.listComments, {
    owner,
    repo,
    issue_number: number,
    per_page: 100,
  });
  for await (const { data } of pages) {
    const found = data.find(
      (comment) =>
        comment.user?.login.toLowerCase() === login.toLowerCase() &&
        (comment.body ?? '').startsWith(markerOf(key)),
    );
    if (found !== undefined) return { id: found.id, body: found.body ?? '', url: found.html_url };
  }
  return undefined;
}

/** Writes the one comment with that key: edits it where it is, creates it where it is not. */
export async function ensureComment(
  client: GithubClient,
  thread: Thread,
  login: string,
  key: string,
  write: (before: string) => string,
): Promise<OwnComment> {
  const { owner, repo, number } = thread;
  const bodyFrom = (before: string): string => shortened(`${markerOf(key)}\n${write(before)}`);
  let created = false;
  const comment = await writeOnce(
    () => findComment(client, thread, login, key),
    async () => {
      created = true;
      const body = bodyFrom('');
      const { data } = await client.rest.issues.createComment({ owner, repo, issue_number: number, body });
      return { id: data.id, body: data.body ?? '', url: data.html_url };
    },
  );
  const body = bodyFrom(created ? '' : comment.body.slice(markerOf(key).length + 1));
  if (comment.body === body) return comment;
  await writeAgain(() => client.rest.issues.updateComment({ owner, repo, comment_id: comment.id, body }));
  return { ...comment, body };
}

/** Says "seen" with a pair of eyes: at a comment, or at the issue or pull request itself. */
export async function acknowledge(
  client: GithubClient,
  thread: Thread,
  comment: number | null,
): Promise<void> {
  const { owner, repo, number } = thread;
  await writeAgain(() =>
    comment === null
      ? client.rest.reactions.createForIssue({ owner, repo, issue_number: number, content: 'eyes' })
      : client.rest.reactions.createForIssueComment({ owner, repo, comment_id: comment, content: 'eyes' }),
  );
}
