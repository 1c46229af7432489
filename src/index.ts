import { once } from 'node:events';
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
  let server: RunningServer | undefined;
  try {
    server = await startServer(settings, { sandbox, version: `${versionOf()} ${codeDate()}` });
    await Promise.race(['SIGTERM', 'SIGINT', 'SIGHUP'].map((signal) => once(process, signal)));
  } finally {
    await server?.close();
    await sandbox.close();
  }
}
