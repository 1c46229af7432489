import { once } from 'node:events';
import { constants } from 'node:os';
import { codeDate, versionOf } from './config/own-version.ts';
import { readServerSettings } from './config/server-settings.ts';
import { createDockerSandbox } from './sandbox/docker-engine.ts';
import { type RunningServer, startServer } from './app/server.ts';

export { type RunningServer, type ServerParts, startServer } from './app/server.ts';
export type { ServerSettings } from './config/server-settings.ts';

/** Runs the GitHub App until the system says that it should stop. */
export async function serve(given: { port: number | null; host: string | null }): Promise<void> {
  const settings = readServerSettings(process.env, given);
  const sandbox = createDockerSandbox();
  const stop = toldToStop();
  let server: RunningServer | undefined;
  try {
    server = await startServer(settings, {
      sandbox,
      version: `${versionOf()} ${codeDate()}`,
      signal: stop,
    });
    if (!stop.aborted) await once(stop, 'abort');
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    await server?.close();
    await sandbox.close();
  }
}

/** Milliseconds in which one signal may come twice: who stops a service tells all its processes, and the one that started us hands it on. */
const ONE_STOP = 1_000;

/** Aborted by the first signal that asks us to stop; a later one ends the process at once. */
function toldToStop(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (first !== undefined && performance.now() - first > ONE_STOP)
        process.exit(128 + constants.signals[name]);
      first ??= performance.now();
      controller.abort();
    });
  }
  return controller.signal;
}
