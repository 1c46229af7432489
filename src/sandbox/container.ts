import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { FLOOD } from './limits.ts';
import { BoundedOutput, FrameReader } from './output.ts';
import { statusCode } from './errors.ts';
import { removeContainer } from './owner.ts';

/** How long output may still arrive after the end, milliseconds. */
const LAST_WORDS = 10_000;

/** How one container ended. */
export interface Ending {
  exitCode: number | null;
  timedOut: boolean;
  outOfMemory: boolean;
  stdout: string;
  stderr: string;
  truncated: boolean;
  durationMs: number;
}

/** How long a container may run and print. */
export interface Watch {
  seconds: number;
  /** Bytes kept of each stream. */
  output: number;
  signal: AbortSignal;
}

/**
 * Runs one container to its end and removes it.
 * The wall clock and the flood limit end it with SIGKILL, while its output is still being drained: an engine that
 * cannot get rid of output does not get round to killing either.
 * @throws the reason of `watch.signal` when it was aborted
 */
export async function execute(
  docker: Docker,
  options: Docker.ContainerCreateOptions,
  watch: Watch,
): Promise<Ending> {
  watch.signal.throwIfAborted();
  const container = await docker.createContainer(options);
  try {
    return await runToEnd(container, watch);
  } finally {
    await removeContainer(docker, container.id);
  }
}

async function runToEnd(container: Docker.Container, watch: Watch): Promise<Ending> {
  const stdout = new BoundedOutput(watch.output);
  const stderr = new BoundedOutput(watch.output);
  // An engine that loses the race against the end of the program answers 409; the program ended, so that is fine.
  const kill = (): void => void container.kill({ signal: 'KILL' }).catch(() => undefined);
  let flooded = false;
  const drain = (into: BoundedOutput) => (bytes: Buffer) => {
    into.add(bytes);
    if (into.seen <= watch.output * FLOOD || flooded) return;
    flooded = true;
    kill();
  };
  const frames = new FrameReader(drain(stdout), drain(stderr));
  // Before the start, or the first lines are lost.
  const stream = (await container.attach({ stream: true, stdout: true, stderr: true })) as Duplex;
  const drained = new Promise<void>((resolve) => {
    // A broken stream must not end the run: what counts is how the container ended.
    for (const event of ['end', 'close', 'error']) stream.once(event, () => resolve());
  });
  stream.on('data', (chunk: Buffer) => frames.push(chunk));

  let timedOut = false;
  let clock: NodeJS.Timeout | undefined;
  try {
    watch.signal.throwIfAborted();
    const started = performance.now();
    await container.start();
    clock = setTimeout(() => {
      timedOut = true;
      kill();
    }, watch.seconds * 1000);
    watch.signal.addEventListener('abort', kill, { once: true });
    // The signal may have been given while the engine was starting the container.
    if (watch.signal.aborted) kill();
    await container.wait();
    const durationMs = Math.round(performance.now() - started);
    await Promise.race([drained, sleep(LAST_WORDS, undefined, { ref: false })]);
    watch.signal.throwIfAborted();
    const state = await stateOf(container);
    return {
      exitCode: state?.ExitCode ?? null,
      // A program that ended by itself in the last instant was not stopped.
      timedOut: timedOut && state?.ExitCode === 137,
      outOfMemory: state?.OOMKilled ?? false,
      stdout: stdout.text(),
      stderr: stderr.text(),
      truncated: stdout.truncated || stderr.truncated,
      durationMs,
    };
  } finally {
    clearTimeout(clock);
    watch.signal.removeEventListener('abort', kill);
    // A stream of a container that never started would stay open, and this process with it.
    stream.destroy();
  }
}

async function stateOf(
  container: Docker.Container,
): Promise<Docker.ContainerInspectInfo['State'] | undefined> {
  try {
    return (await container.inspect()).State;
  } catch (error) {
    if (statusCode(error) === 404) return undefined;
    throw error;
  }
}
