import type { Job, Queue } from './queue.ts';

/** How a job ended; `waiting`: we are stopping, and it goes on after a restart. */
export interface JobEnd {
  state: 'done' | 'failed' | 'waiting';
  result: string;
}

/** Takes jobs until it is stopped. */
export interface Worker {
  /** Takes no more jobs; tells those to stop that still run after the grace, in milliseconds, and waits for them. */
  stop(grace: number): Promise<void>;
  /** Resolves when no job waits or runs. */
  idle(): Promise<void>;
}

/**
 * Works on the jobs of a queue.
 * @param most jobs at a time
 * @param work must not throw: it says in words how the job ended
 */
export function startWorker<T>(
  queue: Queue<T>,
  most: number,
  work: (job: Job<T>, signal: AbortSignal) => Promise<JobEnd>,
): Worker {
  const controller = new AbortController();
  const running = new Set<Promise<void>>();
  const waiting: (() => void)[] = [];
  let stopped = false;
  const run = async (job: Job<T>): Promise<void> => {
    const end = await work(job, controller.signal).catch((error: unknown): JobEnd => ({
      state: 'failed',
      result: String(error),
    }));
    queue.finish(job.id, end.state, end.result);
  };
  const fill = (): void => {
    while (!stopped && running.size < most) {
      const job = queue.take();
      if (job === undefined) break;
      const promise = run(job).finally(() => {
        running.delete(promise);
        fill();
      });
      running.add(promise);
    }
    if (running.size === 0) for (const resolve of waiting.splice(0)) resolve();
  };
  queue.onChange(fill);
  fill();
  return {
    stop: async (grace) => {
      stopped = true;
      const timer = setTimeout(() => controller.abort(new Error('The server is stopping.')), grace);
      await Promise.allSettled(running);
      clearTimeout(timer);
    },
    idle: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        fill();
      }),
  };
}
