import { duration } from '../lib/text.ts';
import type { Job } from '../runs/queue.ts';
import { code, table } from '../report/markdown.ts';
import type { RunInput } from './run-input.ts';

const MOST_ENDED = 5;
const STATES = {
  held: 'waits',
  waiting: 'waits',
  running: 'runs',
  done: 'ended',
  failed: 'failed',
} as const;

/** What waits, runs and ended in a repository. */
export function statusText(
  jobs: readonly Job<RunInput>[],
  repository: number,
  now: number = Date.now(),
): string {
  const own = jobs.filter(({ input }) => input.place.repository === repository && !input.dryRun);
  const active = own.filter(({ state }) => state !== 'done' && state !== 'failed');
  const ended = own.filter((job) => !active.includes(job)).slice(-MOST_ENDED);
  if (own.length === 0) return 'Nothing waits or runs in this repository, and nothing ended lately.';
  const rows = [...active, ...ended.reverse()].map(({ input, state, changed, result }) => [
    code(input.notebook, 200),
    input.sha.slice(0, 7),
    STATES[state],
    `${duration(Math.max(0, now - changed))} ago`,
    result ?? '',
  ]);
  return table(['Notebook', 'Commit', 'State', 'Since', 'Result'], rows).join('\n');
}
