import { setTimeout as wait } from 'node:timers/promises';
import { messageOf, UsageError } from '../lib/errors.ts';
import type { Log } from '../lib/logger.ts';
import { answerOf, hasAnswer, statusOf } from './client.ts';
import type { GithubApp } from './github-app.ts';

/** How GitHub is looked for. */
export interface Contact {
  /** `https://api.github.com`. */
  apiUrl: string;
  /** Milliseconds in which GitHub must have answered. */
  patience: number;
  /** Ends the search. */
  signal: AbortSignal;
  log: Log;
}

/** Milliseconds between two tries. */
const PAUSE = 2_000;
/** Milliseconds that every try gets. */
const SHORTEST_TRY = 1_000;

/**
 * Asks GitHub whether it knows the App, before the server takes anything in. A key or a number that is wrong, and a host that
 * nobody reaches, are said at once: an event would show them much later, and only in the log. Where GitHub itself has a
 * bad moment, the server starts: nothing here is wrong.
 */
export async function makeContact(github: GithubApp, contact: Contact): Promise<void> {
  const { apiUrl, patience, signal, log } = contact;
  const end = performance.now() + patience;
  for (;;) {
    const left = Math.ceil(Math.max(end - performance.now(), SHORTEST_TRY));
    try {
      const id = await github.identify(AbortSignal.any([signal, AbortSignal.timeout(left)]));
      if (id !== github.appId) throw notGithub(apiUrl);
      return;
    } catch (error) {
      signal.throwIfAborted();
      // No failure of a request: ours.
      if (statusOf(error) === undefined) throw error;
      if (hasAnswer(error)) {
        const refusal = refusalOf(error, github.appId, apiUrl);
        if (refusal !== undefined) throw refusal;
        log.warn(
          `GitHub does not say whether it knows the App (${answerOf(error)}); what needs it is tried again.`,
        );
        return;
      }
      if (performance.now() + PAUSE >= end) throw unreachable(error, contact);
      log.warn(`GitHub does not answer at ${apiUrl} (${messageOf(error)}); again in ${PAUSE} ms`);
      await wait(PAUSE, undefined, { signal });
    }
  }
}

/** What an answer says about our settings; undefined where it says nothing. */
function refusalOf(error: unknown, appId: number, apiUrl: string): UsageError | undefined {
  const status = statusOf(error) ?? 500;
  const said = answerOf(error);
  if (status === 401) {
    return new UsageError(
      'settings',
      `GitHub does not take the private key for the App with the APP_ID ${appId} (${said}).`,
      'Both must be of one App: its settings page shows the "App ID" and makes private keys. The clock of this machine must be right, too.',
    );
  }
  if (status === 404 && said.includes('Integration not found')) {
    return new UsageError(
      'settings',
      `There is no App with the APP_ID ${appId} at ${apiUrl}.`,
      'Its settings page shows the "App ID". An App of a GitHub Enterprise Server needs GHE_HOST.',
    );
  }
  const passing = status >= 500 || status === 403 || status === 429;
  return passing ? undefined : notGithub(apiUrl);
}

function notGithub(apiUrl: string): UsageError {
  return new UsageError(
    'settings',
    `What answers at ${apiUrl} is not GitHub's API.`,
    'GHE_HOST must be the host name of a GitHub Enterprise Server; without it, github.com is asked.',
  );
}

function unreachable(error: unknown, { apiUrl, patience }: Contact): UsageError {
  return new UsageError(
    'settings',
    `GitHub does not answer at ${apiUrl} within ${Math.round(patience / 1000)} s (${messageOf(error)}).`,
    'Check GHE_HOST, and whether this machine may reach that host. A certificate of your own needs NODE_EXTRA_CA_CERTS.',
  );
}
