import { type Annotation, type Conclusion, endCheck, showCheck } from '../github/checks.ts';
import { ANNOUNCE } from '../github/github-app.ts';
import { messageOf } from '../lib/errors.ts';
import type { Job } from '../runs/queue.ts';
import type { StepEvent } from '../runs/step.ts';
import { announce, type Announced, writeRunPart } from './announce.ts';
import type { AppPorts } from './ports.ts';
import type { RunInput } from './run-input.ts';
import { pausedText, type PastStep, progressText, progressTitle, runHeading } from './words.ts';

/** How a run ended, for everyone who looks. */
export interface RunEnd {
  conclusion: Conclusion;
  /** One line, for the list of checks. */
  title: string;
  /** Markdown. */
  text: string;
  annotations: Annotation[];
  /** One line of Markdown, for `/architect status` and the log. */
  result: string;
  /** It may be done again when its event arrives again. */
  failed: boolean;
}

/** Shows a run on GitHub while it goes. */
export interface Display {
  start(): Promise<void>;
  step(event: StepEvent): void;
  say(text: string): void;
  pause(): Promise<void>;
  end(end: RunEnd): Promise<void>;
  /** Lets the token go. */
  close(): Promise<void>;
}

/** Opens the display of a run; that of a dry run shows nothing but the log. */
export function openDisplay(job: Job<RunInput>, ports: AppPorts): Display {
  return job.input.dryRun ? logDisplay(job, ports) : githubDisplay(job, ports);
}

function logDisplay(job: Job<RunInput>, ports: AppPorts): Display {
  const { notebook, sha, thread, requestedBy } = job.input;
  const log = ports.log.child({ notebook, sha, thread, requestedBy });
  return {
    start: async () => log.info({ run: job.id }, 'dry run started'),
    step: (event) => log.info({ run: job.id, ...event }, 'step'),
    say: (text) => log.debug({ run: job.id }, text),
    pause: async () => undefined,
    end: async ({ title, text }) => log.info({ run: job.id, text }, `dry run ended: ${title}`),
    close: async () => undefined,
  };
}

function githubDisplay(job: Job<RunInput>, ports: AppPorts): Display {
  const { input } = job;
  const { github, log } = ports;
  const lease = github.lease(input.place, ANNOUNCE);
  let announced: Announced | undefined;
  const past: PastStep[] = [];
  let current: string | undefined;
  let detail = '';
  let timer: NodeJS.Timeout | undefined;
  let editing: Promise<void> = Promise.resolve();
  const show = async (): Promise<void> => {
    if (announced === undefined) return;
    const { client } = await lease.current();
    const text = progressText(past, current, detail);
    const title = progressTitle(past, current);
    await writeRunPart(client, input, await github.login(), text);
    await showCheck(client, input.place, announced.check, {
      title,
      summary: `${runHeading(input)}\n\n${text}`,
    });
  };
  // Progress is for show: that it could not be shown must not end the run.
  const edit = (): Promise<void> => {
    editing = editing.then(show).catch((error: unknown) => {
      log.warn({ run: job.id }, `progress was not shown: ${messageOf(error)}`);
    });
    return editing;
  };
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void edit();
    }, ports.editEvery).unref();
  };
  const settle = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    await editing;
  };
  return {
    start: async () => {
      announced = await announce((await lease.current()).client, job, await github.login());
      await edit();
    },
    step: (event) => {
      log.info({ run: job.id, ...event }, 'step');
      detail = '';
      current = event.kind === 'started' ? event.name : undefined;
      if (event.kind === 'finished') past.push({ name: event.name, leftOut: event.leftOut });
      soon();
    },
    say: (text) => {
      detail = text;
      soon();
    },
    pause: async () => {
      await settle();
      if (announced === undefined) return;
      const { client } = await lease.current();
      await writeRunPart(client, input, await github.login(), pausedText()).catch(() => undefined);
    },
    end: async ({ conclusion, title, text, annotations }) => {
      await settle();
      const { client } = await lease.current();
      const login = await github.login();
      announced ??= await announce(client, job, login);
      const summary = `${runHeading(input)}\n\n${text}`;
      // The check first: a check that stays open blocks a merge.
      await endCheck(client, input.place, announced.check, {
        conclusion,
        text: { title, summary },
        annotations,
      });
      await writeRunPart(client, input, login, text);
    },
    close: async () => {
      await settle();
      await lease.end();
    },
  };
}
