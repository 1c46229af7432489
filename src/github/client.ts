import { ProbotOctokit } from 'probot';
import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/logger.ts';
import type { Secrets } from '../lib/secrets.ts';

/** A client of GitHub's REST API with one token. */
export type GithubClient = InstanceType<typeof ProbotOctokit>;

/** What every client of this server has in common. */
export interface ClientSettings {
  /** `https://api.github.com`, `https://HOST/api/v3`. */
  apiUrl: string;
  /** Keep to the pace that GitHub asks of Apps: one write a second, one comment or pull request in three. */
  pace: boolean;
  secrets: Secrets;
  log: Log;
}

/** Seconds that a request waits at most for a limit to be lifted; longer, and the job fails in words. */
const LONGEST_WAIT = 90;
/** How often a request is sent again after it met a limit. */
const MOST_WAITS = 2;

/** A dry run tried to change something: a fault of our own, stopped before it left. */
export class DryRunError extends Error {
  override readonly name = 'DryRunError';
}

/** Settings of octokit that hold for every client, with App or with token. */
export function clientOptions({ apiUrl, pace, secrets, log }: ClientSettings): object {
  const wait = (seconds: number, request: { method?: string; url?: string }, _: unknown, count: number) => {
    const again = seconds <= LONGEST_WAIT && count < MOST_WAITS;
    const next = again ? 'waits' : 'gives up';
    log.warn(
      `GitHub's limit at ${request.method} ${request.url}: lifted in ${seconds} s; this request ${next}.`,
    );
    return again;
  };
  const quiet = (message: string): void => log.debug(secrets.hide(message));
  return {
    baseUrl: apiUrl,
    log: {
      debug: (_: unknown, message?: string) => quiet(message ?? ''),
      info: quiet,
      warn: (message: string) => log.warn(secrets.hide(message)),
      error: (message: string) => log.warn(secrets.hide(message)),
    },
    throttle: pace
      ? { enabled: true, onRateLimit: wait, onSecondaryRateLimit: wait }
      : { enabled: false, onRateLimit: wait, onSecondaryRateLimit: wait },
  };
}

/**
 * Opens a client.
 * @param readOnly lets nothing but GET through: a dry run, and everything that only reads
 */
export function createClient(settings: ClientSettings, token: string, readOnly: boolean): GithubClient {
  const client = new ProbotOctokit({
    ...clientOptions(settings),
    authStrategy: undefined,
    auth: token,
  } as ConstructorParameters<typeof ProbotOctokit>[0]);
  guardRequests(client, settings.secrets, readOnly);
  return client;
}

/** Every request passes here, whoever makes it. */
export function guardRequests(client: GithubClient, secrets: Secrets, readOnly: boolean): void {
  client.hook.before('request', (options) => {
    if (readOnly && options.method !== 'GET')
      throw new DryRunError(`${options.method} ${options.url} is not sent: this run may only read.`);
    // A write whose answer was lost may have been done: who wrote looks before it writes again, the client does not repeat it.
    if (options.method !== 'GET') options.request = { ...options.request, retries: 0 };
    const fields = options as Record<string, unknown>;
    for (const key of ['body', 'title', 'output', 'message'] as const)
      if (fields[key] !== undefined) fields[key] = withoutSecrets(fields[key], secrets.hide);
    // Files of a package: what only looks like a secret may be a test's, and the guardrails have judged it.
    if (Array.isArray(fields['tree'])) fields['tree'] = withoutSecrets(fields['tree'], secrets.hideValues);
  });
}

function withoutSecrets(value: unknown, hide: (text: string) => string): unknown {
  if (typeof value === 'string') return hide(value);
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, hide));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item, hide)]));
}

/** Whether an error of the client is an answer of GitHub's: the client gives the status 500 also where no answer came. */
export function hasAnswer(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'response' in error && error.response !== undefined;
}

/** What GitHub said, without the addresses that the client adds. */
export function answerOf(error: unknown): string {
  const data = hasAnswer(error) ? (error as { response: { data?: unknown } }).response.data : undefined;
  const said = typeof data === 'object' && data !== null && 'message' in data ? data.message : undefined;
  return typeof said === 'string' ? said : messageOf(error);
}

/** HTTP status of an error of the client; where no answer came, 500 or undefined. */
export function statusOf(error: unknown): number | undefined {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' ? status : undefined;
}
