import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Octokit } from '@octokit/rest';
import { signAppToken } from '../../local-github/app-token.ts';
import { startLocalGitHub, type LocalGitHub, type LocalGitHubOptions } from '../../local-github/index.ts';

/**
 * acme has a public and a private repository. olga owns acme, mia is a plain member, wim may write to both, tess may triage
 * and otto is a stranger.
 */
export function startAcme(changes: Partial<LocalGitHubOptions> = {}): Promise<LocalGitHub> {
  return startLocalGitHub({
    users: ['olga', 'mia', 'wim', 'tess', 'otto'],
    organisations: { acme: { members: { olga: 'admin', mia: 'member' } } },
    repositories: [
      {
        name: 'acme/churn',
        files: { 'churn.ipynb': '{"cells": []}\n', 'data/train.csv': 'a,b\n1,2\n', 'README.md': '# Churn\n' },
        collaborators: { wim: 'write', tess: 'triage' },
      },
      {
        name: 'acme/vault',
        private: true,
        files: { 'secret.ipynb': '{}\n' },
        collaborators: { wim: 'write' },
      },
    ],
    ...changes,
  });
}

export const churn = { owner: 'acme', repo: 'churn' };

/** Octokit with a token, speaking to this GitHub alone. */
export function octokitOf(github: LocalGitHub, auth?: string): Octokit {
  const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  return new Octokit({ baseUrl: `${github.url}/api/v3`, log: quiet, ...(auth !== undefined && { auth }) });
}

/** Octokit as a user. */
export const as = (github: LocalGitHub, login: string): Octokit => octokitOf(github, github.tokens[login]);

/** A token of the installation. */
export async function mint(
  github: LocalGitHub,
  request: { repositories?: string[]; permissions?: Record<string, string> } = {},
): Promise<string> {
  const app = octokitOf(github, signAppToken(github));
  const { data } = await app.rest.apps.createInstallationAccessToken({
    installation_id: github.installationId,
    ...request,
  });
  return data.token;
}

/** Octokit as the App, with every right that it was given. */
export async function asApp(github: LocalGitHub, request: Parameters<typeof mint>[1] = {}): Promise<Octokit> {
  return octokitOf(github, await mint(github, request));
}

/** The status and message that a call was refused with. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'not refused';
  } catch (error) {
    const { status, response } = error as { status: number; response?: { data?: Refused } };
    const details = response?.data?.errors?.map(({ message, code, field }) => message ?? `${field} ${code}`);
    return [status, response?.data?.message, ...(details ?? [])].join(' ');
  }
}
interface Refused {
  message?: string;
  errors?: { message?: string; code?: string; field?: string }[];
}

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** Stands where the App would: takes webhooks and answers them. */
export async function startReceiver(
  status = 200,
): Promise<{ url: string; received: Received[]; close: () => void }> {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received, close };
}

/** Runs git as someone would on their own machine; the token goes by header, never in the address. */
export async function runGit(
  folder: string,
  token: string | undefined,
  ...args: string[]
): Promise<{ code: number; output: string }> {
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const environment = {
    PATH: process.env['PATH'],
    HOME: folder,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Wim',
    GIT_AUTHOR_EMAIL: 'wim@example.com',
    GIT_COMMITTER_NAME: 'Wim',
    GIT_COMMITTER_EMAIL: 'wim@example.com',
    ...(token !== undefined && {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.extraHeader',
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
    }),
  };
  return new Promise((resolve) => {
    execFile('git', args, { cwd: folder, env: environment }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: (stdout + stderr).trim() }),
    );
  });
}

/** Folders that are gone after the test. */
export function makeFolders(): { make: () => Promise<string>; clear: () => Promise<void> } {
  const made: string[] = [];
  return {
    make: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'architect-git-'));
      made.push(folder);
      return folder;
    },
    clear: async () => {
      await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}

function ignore(): void {
  // Octokit would print every refusal that a test asks for
}
