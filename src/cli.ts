import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import {
  checkConfiguration,
  checkPipeline,
  renderConfigCheck,
  renderPipelineCheck,
  renderRemarks,
} from './config/check-command.ts';
import { readModelSettings } from './config/model-settings.ts';
import { type Command, HELP, parseCommand } from './config/options.ts';
import { EXIT, exitCodeOf, outcomeJson, refusal, refusedJson, summary } from './config/output.ts';
import { createProgress, type Progress } from './config/progress.ts';
import { resolveConfig } from './config/run-config.ts';
import { openRunModel } from './config/run-model.ts';
import { codeDate, versionOf } from './config/own-version.ts';
import type { Diagnostic } from './lib/diagnostic.ts';
import { messageOf, RefusedError, StoppedError, UsageError, UserError } from './lib/errors.ts';
import { printable } from './lib/text.ts';
import { productionize } from './pipeline.ts';
import { defaultOut, openLocalRepo } from './runs/local-repo.ts';
import { openRunFolder, type RunFolder } from './runs/run-folder.ts';
import { tracedStep } from './runs/step.ts';
import { checkoutWorkingTree, findRoot } from './runs/working-tree.ts';
import { createDockerSandbox } from './sandbox/docker-engine.ts';
import { bringUp } from './sandbox/sandbox-up.ts';

/** Runs a command line and gives its exit code. */
async function main(args: readonly string[]): Promise<number> {
  let command: Command;
  try {
    command = parseCommand(args);
  } catch (error) {
    return fail(error, { json: args.includes('--json'), notebook: 'the notebook', timings: {} });
  }
  switch (command.kind) {
    case 'help':
      process.stdout.write(HELP);
      return 0;
    case 'version':
      process.stdout.write(`${versionOf()}\n`);
      return 0;
    case 'sandbox':
      return sandboxCommand(command.action);
    case 'config-check':
      return configCheckCommand(command);
    case 'pipeline-check':
      return pipelineCheckCommand(command);
    case 'serve':
      return serveCommand(command);
    case 'productionize':
      return runCommand(command);
  }
}

async function sandboxCommand(action: 'up' | 'status'): Promise<number> {
  try {
    if (action === 'up') await bringUp();
    const status = await createDockerSandbox().status();
    if (status.kind === 'ready') {
      process.stdout.write(`Ready: ${status.engine}, image ${status.image}.\n`);
      return 0;
    }
    process.stdout.write(`Not ready: ${status.reason}\n${status.advice}\n`);
    return EXIT.failure;
  } catch (error) {
    return fail(error, { json: false, notebook: '', timings: {} });
  }
}

function configCheckCommand({ file, json }: Command & { kind: 'config-check' }): number {
  try {
    const check = checkConfiguration(file, findRoot(process.cwd()), readModelSettings(process.env));
    process.stdout.write(json ? `${JSON.stringify(check)}\n` : renderConfigCheck(check));
    return check.valid ? 0 : EXIT.usage;
  } catch (error) {
    return fail(error, { json, notebook: file ?? '.architect.yaml', timings: {} });
  }
}

function pipelineCheckCommand({ file, json }: Command & { kind: 'pipeline-check' }): number {
  try {
    const check = checkPipeline(file, findRoot(process.cwd()), readModelSettings(process.env));
    process.stdout.write(json ? `${JSON.stringify(check)}\n` : renderPipelineCheck(check));
    return check.valid ? 0 : EXIT.usage;
  } catch (error) {
    return fail(error, { json, notebook: file, timings: {} });
  }
}

async function serveCommand(command: Command & { kind: 'serve' }): Promise<number> {
  try {
    // Everything that speaks to GitHub takes half of the time that a start takes, and only the server needs it.
    const { serve } = await import('./index.ts');
    await serve(command);
    return 0;
  } catch (error) {
    return fail(error, { json: false, notebook: '', timings: {} });
  }
}

async function runCommand(command: Command & { kind: 'productionize' }): Promise<number> {
  const timings: Record<string, number> = {};
  const progress = createProgress(process.stderr);
  const stop = listenForStop(progress);
  const sandbox = createDockerSandbox();
  let run: RunFolder | undefined;
  try {
    const source = checkoutWorkingTree(command.notebook);
    const models = readModelSettings(process.env);
    const config = resolveConfig(command, source.root, models);
    process.stderr.write(renderRemarks(config.diagnostics));
    const folder = config.outputFolder ?? resolve('productionized');
    const out = config.out === null ? defaultOut(folder, source.path) : resolve(config.out);
    const repo = openLocalRepo(source, out);
    run = openRunFolder({ architect: versionOf(), code: codeDate(), source, config, out });
    const step = tracedStep(run.step, (event) => {
      progress.step(event);
      if (event.kind === 'finished') timings[event.name] = event.milliseconds;
    });
    const { keepTranscript, transcripts } = run;
    const model = await openRunModel(config, models, keepTranscript);
    const ports = {
      repo,
      ...model.ports,
      sandbox: config.static ? null : sandbox,
      signal: stop.signal,
      say: (text: string) => progress.say(text),
    };
    const request = {
      target: config.target,
      limits: config.limits,
      guard: { policy: config.policy, ...repo.place },
      diagnostics: config.diagnostics,
      ...model.request,
    };
    const outcome = await productionize(request, ports, step);
    run.remove();
    progress.stop();
    if (existsSync(transcripts)) process.stderr.write(`What the model was asked and said: ${transcripts}\n`);
    const result = outcomeJson(outcome, timings);
    process.stdout.write(command.json ? `${JSON.stringify(result)}\n` : summary(outcome, command.notebook));
    return exitCodeOf(result);
  } catch (error) {
    progress.stop();
    const reason: unknown = stop.signal.aborted ? stop.signal.reason : error;
    // Told by the system to stop, a run can go on later; who presses Ctrl-C wants it gone.
    if (!(reason instanceof StoppedError) || reason.signal === 'SIGINT') run?.remove();
    return fail(reason, { json: command.json, notebook: command.notebook, timings });
  } finally {
    await sandbox.close();
    stop.forget();
  }
}

/** Milliseconds in which one Ctrl-C may come twice: the terminal sends it to us, and so does who started us. */
const ONE_PRESS = 1_000;

/** The first signal stops the run and lets it clean up; the second one ends the process. */
function listenForStop(progress: Progress): { signal: AbortSignal; forget: () => void } {
  const controller = new AbortController();
  let first = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (performance.now() - first > ONE_PRESS) process.exit(128 + constants.signals[name]);
      return;
    }
    first = performance.now();
    progress.say('stopping, and cleaning up');
    controller.abort(new StoppedError(name));
  };
  const names: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    forget: () => names.forEach((name) => process.removeListener(name, onSignal)),
  };
}

/** Says in words, and as JSON where asked for, why there is no result. */
function fail(
  error: unknown,
  run: { json: boolean; notebook: string; timings: Record<string, number> },
): number {
  if (error instanceof StoppedError) {
    process.stderr.write(`Stopped by ${error.signal}; nothing was written.\n`);
    return 128 + (constants.signals[error.signal as NodeJS.Signals] ?? 0);
  }
  const diagnostic = diagnosticOf(error, run.notebook);
  if (run.json) process.stdout.write(`${JSON.stringify(refusedJson([diagnostic], run.timings))}\n`);
  if (error instanceof RefusedError) {
    if (!run.json) process.stdout.write(refusal([diagnostic], run.notebook));
    return EXIT.refused;
  }
  process.stderr.write(`architect: ${printable(diagnostic.message)}\n${printable(diagnostic.help)}\n`);
  if (error instanceof UsageError) return EXIT.usage;
  if (!(error instanceof UserError) && error instanceof Error) {
    process.stderr.write(`${printable(error.stack ?? '')}\n`);
  }
  return EXIT.failure;
}

function diagnosticOf(error: unknown, file: string): Diagnostic {
  const base = { severity: 'refused' as const, file };
  if (error instanceof UserError)
    return { ...base, code: error.code, message: error.message, help: error.help };
  return {
    ...base,
    code: 'internal_error',
    message: `A failure of our own: ${messageOf(error)}`,
    help: 'Please report it, with the notebook if you can share it.',
  };
}

// Who reads our output may go before we are done (`| head`): that is no failure.
process.stdout.on('error', () => process.exit(EXIT.failure));
process.exitCode = await main(process.argv.slice(2));
