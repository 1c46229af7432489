import { availableParallelism } from 'node:os';

/**
 * Does independent work at the same time where the machine has processors for it, else one after the other.
 *
 * @param processors - How many each of them keeps busy.
 */
export async function together<T extends unknown[]>(
  processors: number,
  work: { [K in keyof T]: () => Promise<T[K]> },
): Promise<T> {
  if (availableParallelism() >= processors * work.length)
    return (await Promise.all(work.map((one) => one()))) as T;
  const results: unknown[] = [];
  for (const one of work) results.push(await one());
  return results as T;
}
