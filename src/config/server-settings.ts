import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { messageOf, UsageError } from '../lib/errors.ts';
import { assertKeys, type ModelSettings, readModelSettings } from './model-settings.ts';

/** Everything that the server needs to know. */
export interface ServerSettings {
  host: string;
  /** 0: any free port. */
  port: number;
  appId: number;
  /** PEM. */
  privateKey: string;
  webhookSecret: string;
  /** `https://api.github.com`, `https://HOST/api/v3`. */
  apiUrl: string;
  /** `https://github.com`, `https://HOST`: where git clones from. */
  gitUrl: string;
  /** Folder of jobs, steps and clones. */
  state: string;
  /** Runs at a time. */
  concurrency: number;
  logLevel: string;
  /** Milliseconds that running jobs get when the server is told to stop; those that need longer go on after the restart. */
  grace: number;
  /** Milliseconds in which GitHub must have answered when the server starts. */
  patience: number;
  /** Milliseconds between two edits of a progress comment. */
  editEvery: number;
  /** Keep to the pace that GitHub asks of Apps; an emulator on this machine asks for none. */
  pace: boolean;
  /** Which models repositories may name; null: none is asked. */
  models: ModelSettings | null;
}

/** Bytes of a webhook secret. */
const SHORTEST_SECRET = 32;
const SECRET_NAMES = ['PRIVATE_KEY', 'PRIVATE_KEY_PATH', 'WEBHOOK_SECRET', 'WEBHOOK_SECRET_PATH'];
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * Reads the settings of the server, and takes the secrets out of the environment, so that no child process and no crash dump
 * has them.
 */
export function readServerSettings(
  environment: NodeJS.ProcessEnv,
  given: { port: number | null; host: string | null },
): ServerSettings {
  const read = (name: string): string | undefined => {
    const value = environment[name]?.trim();
    return value === '' ? undefined : value;
  };
  const appId = Number(read('APP_ID'));
  if (!Number.isInteger(appId) || appId <= 0) {
    throw missing(
      'APP_ID',
      'is missing or no number',
      'It stands on the settings page of the GitHub App, as "App ID".',
    );
  }
  const privateKey = readPrivateKey(read);
  const webhookSecret = readWebhookSecret(read);
  const level = read('LOG_LEVEL') ?? 'info';
  if (!LEVELS.includes(level)) throw missing('LOG_LEVEL', `is none of ${LEVELS.join(', ')}`, 'Correct it.');
  const models = readModelSettings(environment);
  assertKeys(models);
  for (const name of SECRET_NAMES) delete environment[name];
  return {
    host: given.host ?? read('HOST') ?? '0.0.0.0',
    port: given.port ?? number(read('PORT'), 'PORT', 3000, 65_535),
    appId,
    privateKey,
    webhookSecret,
    ...addresses(read('GHE_HOST'), read('GHE_PROTOCOL')),
    state: stateFolder(read('ARCHITECT_STATE'), read('XDG_STATE_HOME')),
    concurrency: number(read('ARCHITECT_CONCURRENCY'), 'ARCHITECT_CONCURRENCY', 2, 64, 1),
    logLevel: level,
    grace: number(read('ARCHITECT_GRACE'), 'ARCHITECT_GRACE', 20, 3_600) * 1_000,
    patience: 30_000,
    editEvery: 5_000,
    pace: !isLocal(read('GHE_HOST')),
    models,
  };
}

function missing(name: string, problem: string, help: string): UsageError {
  return new UsageError('settings', `${name} ${problem}.`, help);
}

function number(text: string | undefined, name: string, otherwise: number, most: number, least = 0): number {
  if (text === undefined) return otherwise;
  if (!/^\d+$/.test(text) || Number(text) > most || Number(text) < least)
    throw missing(name, `is no whole number from ${least} to ${most}`, 'Correct it.');
  return Number(text);
}

type Read = (name: string) => string | undefined;

/** A secret from the environment, or from the file whose path stands there; with the name of the variable that gave it. */
function readSecret(read: Read, variable: string, help: string): { name: string; found: string } {
  const text = read(variable);
  if (text !== undefined) return { name: variable, found: text };
  const name = `${variable}_PATH`;
  const path = read(name);
  if (path === undefined) throw missing(`${variable} or ${name}`, 'is missing', help);
  try {
    return { name, found: readFileSync(path, 'utf8').trim() };
  } catch (error) {
    throw missing(name, `cannot be read (${messageOf(error)})`, help);
  }
}

/** GitHub's own minimum is none; a secret that can be guessed lets anybody start runs. */
function readWebhookSecret(read: Read): string {
  const help =
    'Make one with `openssl rand -hex 32`, and enter the same on the settings page of the GitHub App. WEBHOOK_SECRET_PATH names a file with it.';
  const { name, found } = readSecret(read, 'WEBHOOK_SECRET', help);
  const bytes = Buffer.byteLength(found);
  if (bytes < SHORTEST_SECRET)
    throw missing(name, `must have at least ${SHORTEST_SECRET} bytes, and has ${bytes}`, help);
  return found;
}

/** The key as it is, with `\n` for its line ends, or in base64: as platforms that know single lines only need it. */
function readPrivateKey(read: Read): string {
  const help =
    'Set PRIVATE_KEY_PATH to the .pem file that the settings page of the GitHub App gave you, or PRIVATE_KEY to its text.';
  const { name, found } = readSecret(read, 'PRIVATE_KEY', help);
  const plain = found.includes('-----BEGIN')
    ? found.replaceAll('\\n', '\n')
    : Buffer.from(found, 'base64').toString('utf8');
  let type: string | undefined;
  try {
    type = createPrivateKey(plain).asymmetricKeyType;
  } catch {
    throw missing(name, 'is no private key', help);
  }
  if (type !== 'rsa') throw missing(name, `is a key of the kind ${type}; those of Apps are RSA`, help);
  return plain;
}

function addresses(
  host: string | undefined,
  protocol: string | undefined,
): { apiUrl: string; gitUrl: string } {
  if (host === undefined) return { apiUrl: 'https://api.github.com', gitUrl: 'https://github.com' };
  if (!/^[\w.-]+(:\d+)?$/.test(host))
    throw missing('GHE_HOST', 'is no host name', 'Write it without https:// and without a path.');
  if (protocol !== undefined && protocol !== 'https' && protocol !== 'http')
    throw missing('GHE_PROTOCOL', 'is neither https nor http', 'Correct it.');
  const url = `${protocol ?? 'https'}://${host}`;
  return { apiUrl: `${url}/api/v3`, gitUrl: url };
}

function isLocal(host: string | undefined): boolean {
  return host !== undefined && /^(localhost|127(\.\d+){3})(:\d+)?$/.test(host);
}

function stateFolder(own: string | undefined, xdg: string | undefined): string {
  if (own !== undefined) {
    if (!isAbsolute(own)) throw missing('ARCHITECT_STATE', 'is no absolute path', 'Write it from the root.');
    return own;
  }
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'state');
  return join(base, 'architect');
}
