import { setTimeout as wait } from 'node:timers/promises';
import { statusOf } from './client.ts';

/** Times that something is tried whose answer was lost. */
const MOST_TRIES = 3;
/** Milliseconds before we look whether a write was done. */
const PAUSE = 500;

/** An answer that does not say whether the write was done. */
function isUnclear(error: unknown): boolean {
  const status = statusOf(error);
  return status === undefined || status >= 500;
}

/**
 * Creates something exactly once, although answers get lost: looks for it first, and again before each new try.
 * @param find gives what an earlier try made
 */
export async function writeOnce<T>(find: () => Promise<T | undefined>, create: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const found = await find();
    if (found !== undefined) return found;
    try {
      return await create();
    } catch (error) {
      // Refused because it is there already: another try of ours made it.
      const there = statusOf(error) === 422 ? await find() : undefined;
      if (there !== undefined) return there;
      if (!isUnclear(error) || tries === MOST_TRIES) throw error;
      await wait(PAUSE * tries);
    }
  }
}

/** Repeats a write that has the same effect however often it is done. */
export async function writeAgain<T>(write: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (!isUnclear(error) || tries === MOST_TRIES) throw error;
      await wait(PAUSE * tries);
    }
  }
}
