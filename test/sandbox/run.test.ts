import { expect } from '@jest/globals';
import { engineTest, python, testSandbox } from './engine.ts';

const { sandbox } = testSandbox();
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

engineTest('a run gets its files, prints, and gives files back', async () => {
  const result = await python(
    sandbox,
    'import sys; sys.stderr.write("e"); print(open("a/b.txt").read()); open("out.txt", "w").write("made")',
    { files: { 'a/b.txt': 'hello' }, collect: ['out.txt', 'missing.txt'] },
  );
  expect(result).toMatchObject({ exitCode: 0, stdout: 'hello\n', stderr: 'e', truncated: false, refused: [] });
  expect(Object.keys(result.files)).toEqual(['out.txt']);
  expect(text(result.files['out.txt'])).toBe('made');
});

engineTest('the exit code of a program is the exit code of the run', async () => {
  const result = await python(sandbox, 'raise SystemExit(7)');
  expect(result).toMatchObject({ exitCode: 7, timedOut: false, outOfMemory: false });
});

engineTest('a program that is not there ends with 127 and a reason', async () => {
  const result = await sandbox.run({ name: 'test', command: ['no-such-program'] });
  expect(result.exitCode).toBe(127);
  expect(result.stderr).toContain('no-such-program');
});

engineTest('output beyond the cap is counted and dropped', async () => {
  const result = await python(sandbox, 'print("x" * 30_000)', { limits: { output: 1000 } });
  expect(result).toMatchObject({ exitCode: 0, truncated: true });
  expect(result.stdout).toBe('x'.repeat(1000));
});

engineTest('a program that prints for ever is stopped long before its time is over', async () => {
  const result = await python(sandbox, 'while True: print("y" * 1000)', { limits: { output: 4096 } });
  expect(result).toMatchObject({ exitCode: 137, truncated: true, timedOut: false });
  expect(result.stdout).toHaveLength(4096);
  expect(result.durationMs).toBeLessThan(50_000);
});

engineTest('the wall clock ends a program that ignores polite signals', async () => {
  const program = `import signal, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
print("up", flush=True)
while True: time.sleep(1)`;
  const result = await python(sandbox, program, { limits: { seconds: 3 } });
  expect(result).toMatchObject({ timedOut: true, exitCode: 137, stdout: 'up\n', outOfMemory: false });
});

engineTest('a program that takes too much memory is ended and says so', async () => {
  const result = await python(sandbox, 'hog = []\nwhile True: hog.append(bytearray(8 << 20))', {
    limits: { memory: 64, workspace: 16 },
  });
  expect(result).toMatchObject({ outOfMemory: true, timedOut: false });
  expect(result.exitCode).not.toBe(0);
});

engineTest('a full workspace is no lack of memory', async () => {
  const program = `
try:
    with open("big", "wb") as file:
        for _ in range(100): file.write(bytes(1 << 20))
except OSError as error: print(error.errno)`;
  const result = await python(sandbox, program, { limits: { memory: 64, workspace: 48 } });
  expect(result.outOfMemory).toBe(false);
  // 28: no space left on device; 27: file too large.
  expect(['27\n', '28\n']).toContain(result.stdout);
});

engineTest('a fork bomb hits the limit of processes and stays inside', async () => {
  const program = `import os, time
count = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(60); os._exit(0)
        count += 1
except OSError as error: print(error.errno, count)`;
  const result = await python(sandbox, program, { limits: { pids: 32 } });
  const [errno, count] = result.stdout.trim().split(' ').map(Number);
  expect(errno).toBe(11);
  expect(count).toBeLessThan(32);
});

engineTest('nothing of the host is in the environment, and runs are alike', async () => {
  process.env['ARCHITECT_TEST_SECRET'] = 'hunter2';
  try {
    const program = 'import json, os, socket; print(json.dumps([dict(os.environ), socket.gethostname()]))';
    const [first, second] = [await python(sandbox, program), await python(sandbox, program)];
    expect(first.stdout).not.toContain('hunter2');
    expect(first.stdout).toBe(second.stdout);
    const [variables] = JSON.parse(first.stdout) as [Record<string, string>, string];
    expect(Object.keys(variables).filter((name) => /proxy|token$|secret|key|pip_|ssl/i.test(name))).toEqual([]);
  } finally {
    delete process.env['ARCHITECT_TEST_SECRET'];
  }
});

engineTest('variables of the job are set', async () => {
  const result = await python(sandbox, 'import os; print(os.environ["SEED"])', { variables: { SEED: '7' } });
  expect(result.stdout).toBe('7\n');
});

engineTest('limits beyond the machine are cut down to it', async () => {
  expect((await python(sandbox, 'print(1)', { limits: { cpus: 10_000 } })).exitCode).toBe(0);
});
