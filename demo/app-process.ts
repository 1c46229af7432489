import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalGitHub } from '../local-github/index.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
/** The last lines of its log are shown when it does not come up. */
const KEPT_LINES = 20;

/** The App, as an operator starts it: a process of its own with its settings in the environment. */
export interface AppProcess {
  url: string;
  /** Resolves when it has ended. */
  close(): Promise<void>;
}

/**
 * Starts `architect serve`; throws with the end of its log where it does not come up.
 * @param logFile gets its log, line by line
 */
export async function startApp(
  github: LocalGitHub,
  { state, logFile }: { state: string; logFile: string },
  signal: AbortSignal,
): Promise<AppProcess> {
  const child = spawn(
    process.execPath,
    [join(PROJECT, 'bin/architect.js'), 'serve', '--port', '0', '--host', '127.0.0.1'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A terminal's Ctrl-C reaches the whole group; the App shall end when we say so.
      detached: true,
      env: {
        ...process.env,
        APP_ID: String(github.app.id),
        PRIVATE_KEY: github.app.privateKey,
        WEBHOOK_SECRET: github.webhookSecret,
        GHE_HOST: new URL(github.url).host,
        GHE_PROTOCOL: 'http',
        ARCHITECT_STATE: state,
        LOG_LEVEL: 'info',
      },
    },
  );
  const ended = once(child, 'close');
  const lines: string[] = [];
  const log = createWriteStream(logFile);
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    log.end();
  };
  const url = new Promise<string>((resolve, reject) => {
    const read = (line: string): void => {
      log.write(`${line}\n`);
      lines.push(line);
      if (lines.length > KEPT_LINES) lines.shift();
      const found = urlIn(line);
      if (found !== undefined) resolve(found);
    };
    createInterface(child.stdout).on('line', read);
    createInterface(child.stderr).on('line', read);
    void ended.then(() => reject(new Error(`The App did not start:\n${lines.join('\n')}`)));
    signal.addEventListener('abort', () => reject(new Error('stopped')), { once: true });
  });
  try {
    return { url: await url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The address in the log line that says that it listens. */
function urlIn(line: string): string | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== 'object' || entry === null || !('msg' in entry) || !('url' in entry))
      return undefined;
    return entry.msg === 'listening' && typeof entry.url === 'string' ? entry.url : undefined;
  } catch {
    return undefined;
  }
}
