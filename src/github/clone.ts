import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { simpleGit, type SimpleGit } from 'simple-git';
import { RefusedError } from '../lib/errors.ts';

/** What is cloned. */
export interface CloneRequest {
  /** `https://github.com`, `http://127.0.0.1:1234`. */
  gitUrl: string;
  owner: string;
  name: string;
  /** The commit: 40 hexadecimal digits. Branches move and have names that others choose. */
  sha: string;
  /** May read the contents. */
  token: string;
  /** Folder that is made; what lies there is removed first. */
  folder: string;
  signal: AbortSignal;
}

/** Milliseconds without a sign of life after which git is ended. */
const SILENCE = 120_000;

/** Kept in the clone, so that they would hold for any later git command too: no hook, filter, helper or link of others. */
const CONFIG = {
  'core.symlinks': 'false',
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'submodule.recurse': 'false',
  'transfer.fsckObjects': 'true',
  'safe.bareRepository': 'explicit',
  'protocol.ext.allow': 'never',
  'credential.helper': '',
  'filter.lfs.smudge': '',
  'filter.lfs.process': '',
  'filter.lfs.required': 'false',
};

/** Settings that simple-git keeps from its callers unless they say that they mean it: here they close doors. */
const MEANT = {
  allowUnsafeTemplateDir: true,
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeFilter: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeAskPass: true,
  allowUnsafeConfigEnvCount: true,
};

/**
 * Puts the files of one commit into a folder. The token goes to git in its environment alone: it is in no argument, no URL
 * and no file. `.git` is removed at the end, so that nobody can run git there by mistake.
 */
export async function cloneCommit(request: CloneRequest): Promise<void> {
  const { owner, name, sha, folder } = request;
  if (!/^[0-9a-f]{40}$/.test(sha)) throw new Error(`not a commit: ${sha}`);
  if (!/^[\w.-]+$/.test(owner) || !/^[\w.-]+$/.test(name))
    throw new Error(`not a repository: ${owner}/${name}`);
  const url = new URL(`${request.gitUrl.replace(/\/$/, '')}/${owner}/${name}.git`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Error(`not a web address: ${url.href}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const git = openGit(request, url);
  try {
    await git.raw(['init', '--quiet', '--template=', '.']);
    for (const [key, value] of Object.entries(CONFIG)) await git.raw(['config', '--local', key, value]);
    await git.raw([
      'fetch',
      '--quiet',
      '--depth=1',
      '--no-tags',
      '--no-recurse-submodules',
      '--end-of-options',
      url.href,
      sha,
    ]);
    await git.raw(['checkout', '--quiet', '--detach', sha]);
    rmSync(join(folder, '.git'), { recursive: true, force: true });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (request.signal.aborted) throw request.signal.reason;
    throw new RefusedError(
      'clone_failed',
      `git could not read commit ${sha.slice(0, 7)} of ${owner}/${name}.`,
      'Look whether the commit still exists, and ask again.',
      { cause: error },
    );
  }
}

function openGit({ token, folder, signal }: CloneRequest, url: URL): SimpleGit {
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  // An allow-list: nothing else of our environment reaches git.
  const kept = ['PATH', 'SSL_CERT_FILE', 'GIT_SSL_CAINFO', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];
  const environment = Object.fromEntries(
    [...kept, ...kept.map((key) => key.toLowerCase())].flatMap((key) => {
      const value = process.env[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const own = {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_ALLOW_PROTOCOL: url.protocol.slice(0, -1),
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${url.origin}/.extraheader`,
    GIT_CONFIG_VALUE_0: `AUTHORIZATION: basic ${basic}`,
  };
  return simpleGit({
    baseDir: folder,
    abort: signal,
    timeout: { block: SILENCE },
    maxConcurrentProcesses: 1,
    allowEnvironment: [...Object.keys(own), 'GIT_SSL_CAINFO'],
    unsafe: MEANT,
  }).env({ ...environment, HOME: '/nonexistent', LC_ALL: 'C', ...own });
}
