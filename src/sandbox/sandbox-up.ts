import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../lib/errors.ts';
import { SandboxError } from './errors.ts';

/**
 * Brings up a container engine and the base image by `scripts/sandbox-up`, which does nothing where both are there.
 * @param progress - gets each line that the script says; by default they go to standard error
 * @throws SandboxError when the script fails; what it said tells why
 */
export async function bringUp(progress = toStderr, signal?: AbortSignal): Promise<void> {
  const script = fileURLToPath(new URL('../../scripts/sandbox-up', import.meta.url));
  // With a terminal's Ctrl-C the script gets the signal too; with an aborted run it gets SIGTERM from here.
  const child = spawn('bash', [script], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', progress);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw new SandboxError(
      `scripts/sandbox-up could not be started: ${messageOf(error)}`,
      'It needs bash. Or use `--static` to go on without running anything.',
      { cause: error },
    );
  });
  if (code !== 0) {
    throw new SandboxError(
      'No container engine with the base image could be brought up.',
      'See the lines above for what is missing, or use `--static` to go on without running anything.',
    );
  }
}

function toStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
