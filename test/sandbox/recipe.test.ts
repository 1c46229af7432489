import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { DEFAULT_IMAGE, RECIPE, RECIPE_LABEL, SANDBOX_UID } from '../../src/sandbox/image.ts';

test('the script that makes the image and the code that uses it agree', () => {
  const script = readFileSync(new URL('../../scripts/sandbox-up', import.meta.url), 'utf8');
  const lines = script.split('\n');
  expect(lines).toContain(`RECIPE=${RECIPE}`);
  expect(lines).toContain(`LABEL=${RECIPE_LABEL}`);
  expect(lines).toContain(`SANDBOX_UID=${SANDBOX_UID}`);
  expect(lines).toContain(`IMAGE=\${ARCHITECT_IMAGE:-${DEFAULT_IMAGE}}`);
});

test('the seccomp profile allows no tracing, and sockets of three families only', () => {
  const text = readFileSync(new URL('../../src/sandbox/seccomp/profile.json', import.meta.url), 'utf8');
  const profile = JSON.parse(text) as {
    defaultAction: string;
    syscalls: { names: string[]; action: string; args: { value: number }[] }[];
  };
  const allowed = profile.syscalls.filter((rule) => rule.action === 'SCMP_ACT_ALLOW');
  const names = new Set(allowed.flatMap((rule) => rule.names));
  for (const name of ['ptrace', 'process_vm_readv', 'process_vm_writev', 'io_uring_setup', 'socketcall']) {
    expect(names).not.toContain(name);
  }
  const families = allowed.filter((rule) => rule.names.includes('socket')).map((rule) => rule.args[0]?.value);
  expect(families).toEqual([1, 2, 10]);
  expect(profile.defaultAction).toBe('SCMP_ACT_ERRNO');
});
