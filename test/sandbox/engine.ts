import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from '@jest/globals';
import { createDockerSandbox } from '../../src/sandbox/docker-engine.ts';
import { connect } from '../../src/sandbox/engine.ts';
import { isDead, OWNER_LABEL } from '../../src/sandbox/owner.ts';
import type { Sandbox, SandboxJob, SandboxResult } from '../../src/sandbox/sandbox.ts';

const status = await createDockerSandbox().status();
const required = process.env['ARCHITECT_REQUIRE_ENGINE'] === '1';
if (status.kind === 'absent' && !required) {
  process.stderr.write(`sandbox tests are skipped: ${status.reason} ${status.advice}\n`);
}

/** A test that needs a container engine. Without one it is skipped, and fails where an engine is required. */
export const engineTest = status.kind === 'ready' || required ? test : test.skip;

/** A sandbox with a cache of its own; both go when the tests of the file are over. */
export function testSandbox(): { sandbox: Sandbox; cache: string } {
  const cache = mkdtempSync(join(tmpdir(), 'architect-test-'));
  const sandbox = createDockerSandbox({ cache });
  afterAll(async () => {
    await sandbox.close();
    rmSync(cache, { recursive: true, force: true });
  });
  return { sandbox, cache };
}

/** Runs a Python program with small limits. */
export function python(
  sandbox: Sandbox,
  program: string,
  job: Partial<SandboxJob> = {},
): Promise<SandboxResult> {
  const { limits, ...rest } = job;
  return sandbox.run({
    name: 'test',
    command: ['python3', '-c', program],
    limits: { seconds: 60, memory: 256, workspace: 32, ...limits },
    ...rest,
  });
}

/** Containers and volumes of `owner` that are there now; when none is named, those whose process is gone. */
export async function leftovers(owner?: string): Promise<string[]> {
  const docker = connect();
  const filters = { label: [owner === undefined ? OWNER_LABEL : `${OWNER_LABEL}=${owner}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  return [
    ...containers.map(({ Id: id, Labels: labels }) => ({ id, labels })),
    ...(volumes ?? []).map(({ Name: id, Labels: labels }) => ({ id, labels })),
  ]
    .filter(({ labels }) => owner !== undefined || isDead(labels[OWNER_LABEL] ?? ''))
    .map(({ id }) => id);
}
