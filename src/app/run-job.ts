import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openRunModel } from '../config/run-model.ts';
import { statusOf } from '../github/client.ts';
import { PUBLISH, READ } from '../github/github-app.ts';
import { BlockedError } from '../guardrails/blocked-error.ts';
import type { Diagnostic } from '../lib/diagnostic.ts';
import { RefusedError, UserError } from '../lib/errors.ts';
import type { FileTree } from '../lib/file-tree.ts';
import type { Source } from '../lib/source.ts';
import { slugOf } from '../lib/text.ts';
import type { Outcome } from '../pipeline.ts';
import { prose, sentence } from '../report/markdown.ts';
import { verdictParagraph } from '../report/verdict-text.ts';
import { type Job, MOST_ATTEMPTS } from '../runs/queue.ts';
import { openRunFolder, type RunFolder } from '../runs/run-folder.ts';
import { type Step, tracedStep } from '../runs/step.ts';
import type { JobEnd } from '../runs/worker.ts';
import type { Verdict } from '../verify/verdict.ts';
import { sandboxOfApp } from './app-sandbox.ts';
import { annotationsOf } from './annotations.ts';
import { openDisplay, type Display, type RunEnd } from './display.ts';
import type { AppPorts } from './ports.ts';
import { checkout, prepare, type Prepared } from './prepare.ts';
import { publish } from './publish.ts';
import { BRANCH_PREFIX } from './read-trigger.ts';
import type { RunInput } from './run-input.ts';
import { fullName } from './trigger.ts';
import { dryRunText, failedText, madeResult, madeText, refusedText } from './words.ts';

/** The pull request that a run ended with; undefined in a dry run. */
type Published = { number: number; draft: boolean } | undefined;

/** Does one run, from the clone to the pull request. Whatever happens, its check is completed and its comment says how it ended. */
export async function runJob(job: Job<RunInput>, given: AppPorts, signal: AbortSignal): Promise<JobEnd> {
  const { input } = job;
  const log = given.log.child({ repository: fullName(input.place) });
  const ports = { ...given, log };
  const run = openRunFolder(
    { version: ports.version, id: job.id, added: job.added },
    join(ports.state, 'steps'),
  );
  const work = join(ports.state, 'work', job.id);
  const display = openDisplay(job, ports);
  let source: Source | undefined;
  try {
    await display.start();
    if (job.attempts > MOST_ATTEMPTS) throw new Error(`it was interrupted ${MOST_ATTEMPTS} times`);
    const step = tracedStep(run.step, (event) => display.step(event));
    const { prepared, files } = await readRepository(input, ports, run.step, work, signal);
    source = files;
    const end =
      prepared.kind === 'refused' || files === undefined
        ? refusedEnd(prepared.kind === 'refused' ? prepared.diagnostics : [], files)
        : await makePackage(input, ports, { prepared, source: files, step, display, signal, run });
    await insist(() => display.end(end), signal);
    log.info({ run: job.id, result: end.result }, 'run ended');
    run.remove();
    return { state: end.failed ? 'failed' : 'done', result: end.result };
  } catch (error) {
    if (signal.aborted) {
      await display.pause();
      return { state: 'waiting', result: 'the server restarts' };
    }
    const end = endOf(error, input, source, job.id);
    if (!(error instanceof UserError)) log.error({ run: job.id, err: error }, 'run failed');
    await insist(() => display.end(end), signal).catch((failure: unknown) => {
      log.error({ run: job.id, err: failure }, 'the end of a run could not be shown');
    });
    run.remove();
    return { state: 'failed', result: end.result };
  } finally {
    await display.close();
    rmSync(work, { recursive: true, force: true });
  }
}

/** Milliseconds before the end of a run is shown again that GitHub did not take. */
const PAUSES = [2_000, 15_000, 60_000, 180_000];

/** A check that stays open blocks a merge: its end is worth waiting for. */
async function insist(show: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (const pause of PAUSES) {
    try {
      return await show();
    } catch (error) {
      const status = statusOf(error);
      if (status !== undefined && status < 500 && status !== 403 && status !== 429) throw error;
      await wait(pause, undefined, { signal });
    }
  }
  await show();
}

/** Everything that needs the read token; it is gone before any code of the repository runs. */
async function readRepository(
  input: RunInput,
  { github, gitUrl, models }: AppPorts,
  step: Step,
  work: string,
  signal: AbortSignal,
): Promise<{ prepared: Prepared; files: Source | undefined }> {
  const readOnly = true;
  return github.withToken(
    input.place,
    READ,
    async (token) => {
      const login = await github.login();
      const prepared = await step('prepare', () => prepare(token.client, input, { models, login }));
      const files =
        prepared.kind === 'ready' ? await checkout(token, input, work, gitUrl, signal) : undefined;
      return { prepared, files };
    },
    readOnly,
  );
}

interface Making {
  prepared: Prepared & { kind: 'ready' };
  source: Source;
  step: Step;
  display: Display;
  signal: AbortSignal;
  run: RunFolder;
}

async function makePackage(input: RunInput, ports: AppPorts, making: Making): Promise<RunEnd> {
  const { prepared, source, step, display, signal, run } = making;
  const { config, place, guard } = prepared;
  const send = async (tree: FileTree, verdict: Verdict): Promise<string> => {
    signal.throwIfAborted();
    if (input.dryRun) {
      const branch = `${BRANCH_PREFIX}${slugOf(input.notebook)}`;
      ports.log.info(
        { notebook: input.notebook, files: Object.keys(tree) },
        dryRunText(Object.keys(tree), branch, verdict.status),
      );
      return JSON.stringify(null);
    }
    const publication = { tree, verdict, folder: place.folder, policy: guard.policy };
    const pull = await ports.github.withToken(input.place, PUBLISH, async ({ client }) =>
      publish(client, input, publication, await ports.github.login()),
    );
    return JSON.stringify({ number: pull.number, draft: pull.draft });
  };
  const model = await openRunModel(prepared.wishes, ports.models, run.keepTranscript);
  const outcome = await ports.pipeline(
    {
      target: input.target ?? config.target,
      limits: config.limits,
      guard,
      diagnostics: prepared.diagnostics,
      ...model.request,
    },
    {
      repo: { checkout: async () => source, root: place.root, folder: place.folder, publish: send },
      ...model.ports,
      sandbox: sandboxOfApp(ports.sandbox, ports.log),
      signal,
      say: (text) => display.say(text),
    },
    step,
  );
  if (outcome.kind === 'refused') return refusedEnd(outcome.diagnostics, source);
  const published = (JSON.parse(outcome.place) as Published | null) ?? undefined;
  return madeEnd(outcome, published, source);
}

function madeEnd(outcome: Outcome & { kind: 'made' }, pull: Published, source: Source): RunEnd {
  const { facts } = outcome;
  const verified = facts.verdict.status === 'verified';
  const words = verdictParagraph(facts);
  return {
    conclusion: verified ? 'success' : 'neutral',
    title: verified ? 'Verified: the package computes the same' : 'A package was made, but not verified',
    text: pull === undefined ? words : madeText(pull, words),
    annotations: annotationsOf(source, facts.extraction.findings, outcome.diagnostics),
    result: pull === undefined ? 'dry run' : madeResult(pull, verified),
    failed: false,
  };
}

function refusedEnd(diagnostics: Diagnostic[], source: Source | undefined): RunEnd {
  return {
    conclusion: 'failure',
    title: 'No package was made',
    text: refusedText(diagnostics),
    annotations: annotationsOf(source, [], diagnostics),
    result: sentence(
      prose(diagnostics.find(({ severity }) => severity === 'refused')?.message ?? 'refused', 200),
    ),
    failed: false,
  };
}

function endOf(error: unknown, input: RunInput, source: Source | undefined, reference: string): RunEnd {
  if (error instanceof BlockedError) return refusedEnd([...error.diagnostics], source);
  if (error instanceof UserError) {
    const { code, message, help } = error;
    const refused = refusedEnd([{ code, severity: 'refused', file: input.notebook, message, help }], source);
    // What the user can put right is not ours: asked for again, the run is done again.
    return { ...refused, failed: !(error instanceof RefusedError) };
  }
  return {
    conclusion: 'failure',
    title: "A failure of Architect's own",
    text: failedText(reference),
    annotations: [],
    // The reason is the operator's: it stands in the log.
    result: "A failure of Architect's own",
    failed: true,
  };
}
