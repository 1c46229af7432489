import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { ServerSettings } from '../config/server-settings.ts';
import { statusOf } from '../github/client.ts';
import { makeContact } from '../github/first-contact.ts';
import { openGithubApp } from '../github/github-app.ts';
import { listenForWebhooks, type WebhookEvent } from '../github/webhook-server.ts';
import { messageOf, UsageError } from '../lib/errors.ts';
import { createLog } from '../lib/logger.ts';
import { createSecrets } from '../lib/secrets.ts';
import { productionize } from '../pipeline.ts';
import { lockFolder } from '../runs/folder-lock.ts';
import { type Job, openQueue } from '../runs/queue.ts';
import { type JobEnd, startWorker, type Worker } from '../runs/worker.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { warnOfMissing } from './app-sandbox.ts';
import type { AppPorts, Pipeline } from './ports.ts';
import { readTrigger } from './read-trigger.ts';
import { runJob } from './run-job.ts';
import type { RunInput } from './run-input.ts';
import { takeIn } from './take-in.ts';
import { type AnyTrigger, requestFields } from './trigger.ts';

/** Bytes of a webhook; what we act on is far smaller. */
const MOST_BYTES = 5_000_000;
/** Events that are taken in at a time: each is a few requests. */
const EVENTS_AT_A_TIME = 8;
/** Milliseconds before an event is tried again that GitHub did not let us answer. */
const PAUSES = [2_000, 10_000, 60_000, 300_000];
const NEVER = new AbortController().signal;

/** What the server works with besides its settings. */
export interface ServerParts {
  /** Null: no code of notebooks is run. */
  sandbox: Sandbox | null;
  /** Of Architect's own code: stored steps hold for the same code only. */
  version: string;
  pipeline?: Pipeline;
  /** Ends a start that waits for GitHub. */
  signal?: AbortSignal;
  /** Where log lines go; standard output if nobody names another place. */
  writeLog?: (line: string) => void;
}

/** A server that runs. */
export interface RunningServer {
  url: string;
  /** Resolves when nothing waits or runs. */
  idle(): Promise<void>;
  /** Takes no more events, lets the runs end or puts them by for the next start. */
  close(): Promise<void>;
}

/**
 * Starts the App: the webhook server, and the workers on its two queues. What an earlier process left unfinished goes on.
 * A folder of state that another server works on is refused.
 */
export async function startServer(settings: ServerSettings, parts: ServerParts): Promise<RunningServer> {
  const { state } = settings;
  makeStateFolder(state);
  const lock = lockFolder(state);
  try {
    const server = await openServer(settings, parts);
    return { ...server, close: () => server.close().finally(() => lock.release()) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** The server on a folder that is its own. */
async function openServer(settings: ServerSettings, parts: ServerParts): Promise<RunningServer> {
  const secrets = createSecrets();
  const keys = settings.models?.providers.flatMap(({ key }) => (key === null ? [] : [key])) ?? [];
  for (const secret of [settings.privateKey, settings.webhookSecret, ...keys]) secrets.add(secret);
  const log = createLog(secrets, {
    level: settings.logLevel,
    ...(parts.writeLog === undefined ? {} : { write: parts.writeLog }),
  });
  const { apiUrl, pace, state } = settings;
  const github = openGithubApp(settings, { apiUrl, pace, secrets, log });
  await makeContact(github, { apiUrl, patience: settings.patience, signal: parts.signal ?? NEVER, log });
  // Clones of a process that was killed.
  rmSync(join(state, 'work'), { recursive: true, force: true });
  const ports: AppPorts = {
    github,
    log,
    gitUrl: settings.gitUrl,
    events: openQueue<AnyTrigger>(join(state, 'events')),
    runs: openQueue<RunInput>(join(state, 'runs')),
    pipeline: parts.pipeline ?? productionize,
    sandbox: parts.sandbox,
    models: settings.models,
    state,
    version: parts.version,
    editEvery: settings.editEvery,
  };
  const server = await listenForWebhooks(
    github.probot,
    { host: settings.host, port: settings.port, mostBytes: MOST_BYTES },
    (event) => receive(event, ports),
    () => health(ports),
  );
  // What came of a job is stored, and shown by `/architect status`.
  const hidden = ({ state, result }: JobEnd): JobEnd => ({ state, result: secrets.hide(result) });
  const workers: Worker[] = [
    startWorker(ports.events, EVENTS_AT_A_TIME, async (job, signal) =>
      hidden(await eventJob(job, ports, signal)),
    ),
    startWorker(ports.runs, settings.concurrency, async (job, signal) =>
      hidden(await runJob(job, ports, signal)),
    ),
  ];
  log.info({ url: server.url, state }, 'listening');
  // The operator shall know before the first user does.
  void parts.sandbox?.status().then(
    (status) => warnOfMissing(status, log),
    () => undefined,
  );
  return {
    url: server.url,
    // Events first: they add runs.
    idle: async () => {
      for (const worker of workers) await worker.idle();
    },
    close: async () => {
      log.info('stopping');
      await server.close();
      await Promise.all(workers.map((worker) => worker.stop(settings.grace)));
      log.info('stopped');
    },
  };
}

function makeStateFolder(state: string): void {
  try {
    mkdirSync(state, { recursive: true, mode: 0o700 });
    accessSync(state, constants.W_OK);
  } catch (error) {
    throw new UsageError(
      'settings',
      `The folder of ARCHITECT_STATE cannot be used (${messageOf(error)}).`,
      'Name a folder that the server may make and write to.',
    );
  }
}

/** Stores what was asked for; the answer to GitHub does not wait for more. */
async function receive(
  { id, name, payload }: WebhookEvent,
  { github, events, log }: AppPorts,
): Promise<void> {
  const action =
    typeof payload === 'object' && payload !== null && 'action' in payload
      ? `.${String(payload.action)}`
      : '';
  const trigger = readTrigger(`${name}${action}`, payload, { appId: github.appId });
  if ('ignored' in trigger) {
    log.info({ delivery: id, event: `${name}${action}` }, `ignored: ${trigger.ignored}`);
    return;
  }
  const { event, place } = trigger;
  // Two repositories have issues of the same number and commits of the same name.
  const about = `${place.repository} ${event}`;
  const { kind } = events.add({ key: id, about, group: about, input: trigger });
  log.info({ delivery: id, ...requestFields(trigger) }, `taken in: ${kind}`);
}

/** GitHub sends an event once: where it does not answer us, we ask it again for a while. */
async function eventJob(job: Job<AnyTrigger>, ports: AppPorts, signal: AbortSignal): Promise<JobEnd> {
  const about = requestFields(job.input);
  for (const pause of [...PAUSES, null]) {
    try {
      const result = await takeIn(job.input, ports);
      ports.log.info(about, result);
      return { state: 'done', result };
    } catch (error) {
      const status = statusOf(error);
      const passing = status === undefined || status >= 500 || status === 403 || status === 429;
      if (pause === null || !passing) {
        ports.log.error({ ...about, err: error }, 'an event could not be answered');
        return { state: 'failed', result: messageOf(error) };
      }
      ports.log.warn(about, `GitHub does not answer (${messageOf(error)}); again in ${pause} ms`);
      const stopped = await wait(pause, undefined, { signal, ref: false }).catch(() => 'stopped');
      if (stopped !== undefined) return { state: 'waiting', result: 'the server restarts' };
    }
  }
  return { state: 'failed', result: '' };
}

function health({ runs }: AppPorts): object {
  const jobs = runs.list();
  const count = (state: string): number => jobs.filter((job) => job.state === state).length;
  return { status: 'ok', waiting: count('waiting') + count('held'), running: count('running') };
}
