import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Files } from '../local-github/index.ts';

const run = promisify(execFile);

/** One commit on a branch that starts where the one before ended. */
interface Commit {
  branch: string;
  message: string;
  files: Files;
}

/** Commits and pushes with the git of this machine, as a person does. The token goes by the environment, never into a URL. */
export async function push(
  folder: string,
  remote: { url: string; token: string; login: string },
  commits: readonly Commit[],
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const basic = Buffer.from(`x-access-token:${remote.token}`).toString('base64');
  const env = {
    ...process.env,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'http.extraheader',
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
  const git = async (...args: string[]): Promise<void> => {
    await run(
      'git',
      ['-c', `user.name=${remote.login}`, '-c', `user.email=${remote.login}@example.org`, ...args],
      {
        cwd: folder,
        env,
      },
    );
  };
  await git('init', '-q');
  for (const { branch, message, files } of commits) {
    await git('checkout', '-q', '-b', branch);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content ?? '');
    }
    await git('add', '--all');
    await git('commit', '-q', '-m', message);
    await git('push', '-q', remote.url, branch);
  }
}
