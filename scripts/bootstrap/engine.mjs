// Plain JavaScript for Node 20, without dependencies.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from '../../bin/run-child.js';
import { root, say } from './packages.mjs';

/** Brings up a container engine and the base image. Counts nothing when it is there: the tests that use it count. */
export async function ensureEngine() {
  const script = join(root, 'scripts', 'sandbox-up');
  const code = existsSync(script) ? await runChild('bash', [script], { cwd: root }) : 127;
  if (code === 0) return { passed: 0, failed: 0, skipped: 0 };
  if (process.env.ARCHITECT_REQUIRE_ENGINE === '1') {
    say('no container engine, and ARCHITECT_REQUIRE_ENGINE=1: this is a failure');
    return { passed: 0, failed: 1, skipped: 0 };
  }
  say(
    'no container engine (the lines above say why): whatever runs a notebook or a package in the sandbox is skipped.',
  );
  say('With Docker or Podman running, or as root on Debian or Ubuntu, nothing is skipped.');
  return { passed: 0, failed: 0, skipped: 1 };
}
