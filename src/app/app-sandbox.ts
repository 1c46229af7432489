import type { Log } from '../lib/logger.ts';
import { SandboxError } from '../sandbox/errors.ts';
import type { Sandbox, SandboxStatus } from '../sandbox/sandbox.ts';

/** What people on GitHub are told, who cannot mend the server. */
const MISSING = 'No code of the notebook was run.';
const LOST = 'The server of this App lost its container engine during the run.';
const NEXT = 'Whoever operates this App must give its server a container engine; then ask for the run again.';

/**
 * The sandbox as the runs of the App see it: that there is no engine is said for the people of the repository; the reason
 * and what to do about it stand in the log, where the operator looks.
 * @param sandbox - null: no code of notebooks is run
 */
export function sandboxOfApp(sandbox: Sandbox | null, log: Log): Sandbox {
  const status = async (): Promise<SandboxStatus> => {
    const found = await sandbox?.status();
    if (found?.kind === 'ready') return found;
    warnOfMissing(found, log);
    return { kind: 'absent', reason: MISSING, advice: NEXT };
  };
  const needed = async <T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T> => {
    if (sandbox === null) throw new SandboxError(MISSING, NEXT);
    try {
      return await work(sandbox);
    } catch (error) {
      if (!(error instanceof SandboxError) || (await status()).kind === 'ready') throw error;
      throw new SandboxError(LOST, NEXT, { cause: error });
    }
  };
  return {
    status,
    install: (request) => needed((own) => own.install(request)),
    run: (job) => needed((own) => own.run(job)),
    // Runs share it: who made it closes it.
    close: async () => undefined,
  };
}

/** Without an engine every package is a draft. */
export function warnOfMissing(status: SandboxStatus | undefined, log: Log): void {
  if (status?.kind === 'ready') return;
  const why =
    status === undefined ? 'the server was started without a sandbox.' : `${status.reason} ${status.advice}`;
  log.warn(`No notebook can be run, and no package verified: ${why}`);
}
