import { spawn } from 'node:child_process';

export interface GitResult {
  code: number;
  stdout: Buffer;
  stderr: string;
}

/** Nothing of the machine's own configuration, and no question at a terminal. */
export const gitEnvironment = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C.UTF-8',
};

/** Runs git in a repository, whatever it answers. */
export function runGit(folder: string, args: string[], input?: string | Buffer): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['-C', folder, ...args], { env: gitEnvironment });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString().trim() }),
    );
    child.stdin.on('error', () => undefined); // it ended before it read everything: its exit code says more
    child.stdin.end(input);
  });
}

/** Pull requests are merged by `git merge-tree --write-tree`, which older versions answer as if there were a conflict. */
export async function mustBeRecentGit(): Promise<void> {
  const version = (await runGit('.', ['--version'])).stdout.toString();
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) * 1000 + Number(minor) >= 2038) return;
  throw new Error(`the local GitHub needs git 2.38 or newer, and this is ${version.trim()}`);
}

/** Runs git and expects success. */
export async function git(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runGit(folder, args);
  if (code !== 0) throw new Error(`git ${args.join(' ')} → ${code}: ${stderr}`);
  return stdout.toString();
}
