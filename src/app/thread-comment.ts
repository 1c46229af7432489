import type { GithubClient } from '../github/client.ts';
import { ensureComment, type Thread } from '../github/comments.ts';
import { sha256 } from '../lib/text.ts';

/** Edits of one comment come one after the other: each starts from what the one before it wrote. */
const edits = new Map<string, Promise<unknown>>();

/**
 * Writes one notebook's part of the one comment that answers a request.
 * @param request what asked: each request is answered where it was asked, below what was said before it
 * @param part decides which part it is; other parts stay as they are
 */
export async function writePart(
  client: GithubClient,
  thread: Thread,
  login: string,
  request: string,
  part: string,
  text: string,
): Promise<string> {
  const key = `progress:${sha256(request).slice(0, 12)}`;
  const comment = await oneByOne(`${thread.owner}/${thread.repo}#${thread.number}`, () =>
    ensureComment(client, thread, login, key, (before) => replacePart(before, part, text)),
  );
  return comment.url;
}

/** Writes a comment of its own, found again by its key. */
export async function writeAnswer(
  client: GithubClient,
  thread: Thread,
  login: string,
  key: string,
  text: string,
): Promise<void> {
  await oneByOne(`${thread.owner}/${thread.repo}#${thread.number}`, () =>
    ensureComment(client, thread, login, key, () => text),
  );
}

/** The comment with one part new. */
export function replacePart(before: string, part: string, text: string): string {
  const id = sha256(part).slice(0, 12);
  const start = `<!-- part:${id} -->`;
  const end = `<!-- end:${id} -->`;
  const fresh = `${start}\n${text}\n${end}`;
  const from = before.indexOf(start);
  const to = before.indexOf(end);
  if (from >= 0 && to > from) return `${before.slice(0, from)}${fresh}${before.slice(to + end.length)}`;
  return before.trim() === '' ? fresh : `${before.trimEnd()}\n\n${fresh}`;
}

async function oneByOne<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = edits.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  const settled = mine.then(
    () => undefined,
    () => undefined,
  );
  edits.set(key, settled);
  void settled.then(() => {
    if (edits.get(key) === settled) edits.delete(key);
  });
  return mine;
}
