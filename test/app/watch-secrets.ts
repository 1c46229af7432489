/** Where a secret could come to light: what git is started with, which tokens there were, what containers are made of. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../src/sandbox/engine.ts';
import { OWNER, OWNER_LABEL } from '../../src/sandbox/owner.ts';

/** Every form in which a secret could be written: as it is, in a URL, in JSON, in base64 at any offset. */
function formsOf(secret: string): string[] {
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.from('x'.repeat(offset) + secret)
      .toString('base64')
      .slice(4, -4),
  );
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...base64];
}

/** Those of the secrets that stand in the text, in whatever form. */
export function secretsIn(text: string, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => formsOf(secret).some((form) => text.includes(form)));
}

/** The lines of a private key that nobody else's key has. */
export function linesOfKey(pem: string): string[] {
  return pem.split('\n').filter((line) => line.length > 40);
}

/** A `git` before the real one on the path. */
export interface WatchedGit {
  /** What it was called with, the environment that it got, the configurations that it left. */
  read(what: 'arguments' | 'environment' | 'config'): string;
  restore(): void;
}

/** Puts a `git` before the real one that writes down its arguments, its environment and the configuration that it finds. */
export function watchGit(): WatchedGit {
  const folder = mkdtempSync(join(tmpdir(), 'architect-git-'));
  const path = process.env['PATH'] ?? '';
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const script = [
    '#!/bin/sh',
    `{ for word in "$@"; do printf '%s\\n' "$word"; done; echo --; } >> ${folder}/arguments`,
    `{ env; echo --; } >> ${folder}/environment`,
    `${real} "$@"; code=$?`,
    `[ -f .git/config ] && cat .git/config >> ${folder}/config`,
    'exit $code',
  ];
  writeFileSync(join(folder, 'git'), `${script.join('\n')}\n`);
  chmodSync(join(folder, 'git'), 0o755);
  process.env['PATH'] = `${folder}:${path}`;
  return {
    read: (what) => readFileSync(join(folder, what), 'utf8'),
    restore: () => {
      process.env['PATH'] = path;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Collects the tokens that the App of this process is given. */
export function watchTokens(): { tokens: string[]; restore(): void } {
  const tokens: string[] = [];
  const fetched = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const response = await fetched(input, init);
    const url = String(input instanceof Request ? input.url : input);
    if (url.endsWith('/access_tokens') && url.includes('/api/v3/'))
      tokens.push(((await response.clone().json()) as { token: string }).token);
    return response;
  };
  return {
    tokens,
    restore: () => {
      globalThis.fetch = fetched;
    },
  };
}

/** Collects what `docker inspect` says of every container that this process makes. */
export async function watchContainers(): Promise<{ inspected: () => Promise<object[]>; stop(): void }> {
  const docker = connect();
  const filters = { label: [`${OWNER_LABEL}=${OWNER}`], type: ['container' as const], event: ['create'] };
  const events = await docker.getEvents({ filters });
  const looks: Promise<object>[] = [];
  let rest = '';
  events.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const { Actor: actor } = JSON.parse(line) as { Actor: { ID: string } };
      const look = docker.getContainer(actor.ID).inspect();
      // One that was missed fails the test that asks for all of them, not the process.
      look.catch(() => undefined);
      looks.push(look);
    }
  });
  return {
    inspected: () => Promise.all(looks),
    stop: () => (events as unknown as { destroy(): void }).destroy(),
  };
}
