import { setTimeout as wait } from 'node:timers/promises';
import type { LocalGitHub } from '../local-github/index.ts';
import { renderForTerminal } from '../src/report/terminal.ts';
import { dim, say, terminal, title } from './screen.ts';
import { REPOSITORY, WRITER } from './story.ts';

const POLL = 500;
/** Polls until the comment is taken as it is. */
const SETTLING = 40;

interface CheckRun {
  name: string;
  status: string;
  conclusion: string | null;
  output: { title: string | null; summary: string | null };
}

/**
 * Shows the App's check on a pull request as it goes, as somebody who watches the page sees it.
 * Resolves with the number of the pull request that the App opened; undefined where it opened none, and then says why.
 */
export async function followRun(
  github: LocalGitHub,
  asked: number,
  signal: AbortSignal,
): Promise<number | undefined> {
  say('');
  say(title('The run, as the check on the pull request tells it'));
  const sha = (await get<{ head: { sha: string } }>(github, `pulls/${asked}`)).head.sha;
  let shown = '';
  const began = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const { check_runs: runs } = await get<{ check_runs: CheckRun[] }>(github, `commits/${sha}/check-runs`);
    const [run] = runs;
    const text = run === undefined ? '' : `${run.status}: ${run.output.title ?? ''}`;
    if (text !== shown) say(`  ${dim(clock(performance.now() - began))}  ${text}`);
    shown = text;
    if (run?.status === 'completed') {
      await settled(github, asked, signal);
      return opened(github, run);
    }
    await wait(POLL, undefined, { signal });
  }
}

/** Minutes and seconds: 1:07. */
function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The comment is edited for the last time after the check is closed. */
async function settled(github: LocalGitHub, asked: number, signal: AbortSignal): Promise<void> {
  for (let tries = 0; tries < SETTLING; tries += 1) {
    const comments = await get<{ body: string }[]>(github, `issues/${asked}/comments?per_page=100`);
    if (!comments.some(({ body }) => body.includes('⏳'))) return;
    await wait(POLL, undefined, { signal });
  }
}

async function opened(github: LocalGitHub, run: CheckRun): Promise<number | undefined> {
  const pulls = await get<{ number: number; head: { ref: string } }[]>(github, 'pulls?state=open');
  const number = pulls.find(({ head }) => head.ref.startsWith('architect/'))?.number;
  if (number === undefined) say(renderForTerminal(run.output.summary ?? '', terminal()));
  return number;
}

/** One answer of the repository's REST API, as the writer sees it. */
export async function get<T>(github: LocalGitHub, path: string): Promise<T> {
  const { status, data } = await github.request<T>(WRITER, 'GET', `/repos/${REPOSITORY}/${path}`);
  if (status >= 300) throw new Error(`GitHub answered ${status} to ${path}`);
  return data;
}
