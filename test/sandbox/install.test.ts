import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { OWNER } from '../../src/sandbox/owner.ts';
import { engineTest, leftovers, python, testSandbox } from './engine.ts';

const { sandbox, cache } = testSandbox();
const building = () => {
  const folder = join(cache, 'store', 'env');
  return existsSync(folder) ? readdirSync(folder) : [];
};

engineTest('requirements are installed once, and runs import them', async () => {
  const first = await sandbox.install({ requirements: ['six', 'iniconfig>=2'] });
  if (first.kind === 'failed') throw new Error(first.log);
  expect(first).toMatchObject({ cached: false, python: expect.stringMatching(/^3\.\d+\.\d+$/) });
  expect(first.lock.map((line) => line.split('==')[0])).toEqual(['iniconfig', 'six']);

  const again = await sandbox.install({ requirements: ['iniconfig>=2', 'six', 'six'] });
  expect(again).toMatchObject({ cached: true, environment: first.environment, lock: first.lock });

  const program = `import os, sys, six, iniconfig
print(sys.prefix == os.environ["VIRTUAL_ENV"], os.path.exists(six.__cached__))
try: open(six.__file__, "a")
except OSError as error: print(error.errno)`;
  const run = await python(sandbox, program, {
    command: ['python', '-c', program],
    environment: first.environment,
  });
  // 30: read-only file system.
  expect(run).toMatchObject({ stdout: 'True True\n30\n', stderr: '' });
  expect(building()).toEqual([]);
});

engineTest('a cache that was deleted is made again', async () => {
  const request = { requirements: ['six'] };
  expect(await sandbox.install(request)).toMatchObject({ kind: 'installed', cached: false });
  for (const name of readdirSync(cache)) rmSync(join(cache, name), { recursive: true });
  expect(await sandbox.install(request)).toMatchObject({ kind: 'installed', cached: false });
});

engineTest('two who want the same environment at once install it once', async () => {
  const request = { requirements: ['toml'] };
  const both = await Promise.all([sandbox.install(request), sandbox.install(request)]);
  expect(both.map((one) => one.kind === 'installed' && one.cached).sort()).toEqual([false, true]);
});

engineTest('a distribution that does not exist is named', async () => {
  const result = await sandbox.install({ requirements: ['six', 'no-such-distribution-anywhere'] });
  expect(result).toMatchObject({
    kind: 'failed',
    reason: 'The package index has no distribution `no-such-distribution-anywhere`.',
  });
  expect(building()).toEqual([]);
});

engineTest('two requirements that clash are both named', async () => {
  const result = await sandbox.install({ requirements: ['pandas==2.0.3', 'python-dateutil<2.8'] });
  expect(result).toMatchObject({
    kind: 'failed',
    reason: expect.stringMatching(/^`pandas==2.0.3` needs `python-dateutil>=.*`, but `python-dateutil<2.8` is/),
  });
});

engineTest('options and addresses in requirements are refused before anything runs', async () => {
  const result = await sandbox.install({ requirements: ['six', '--index-url https://user:word@host/simple'] });
  expect(result).toMatchObject({ kind: 'failed', reason: expect.stringContaining('only names with versions') });
  expect(JSON.stringify(result)).not.toContain('word@');
});

engineTest('an aborted install leaves neither container nor unfinished environment', async () => {
  const controller = new AbortController();
  const install = sandbox.install({ requirements: ['pandas', 'scipy'], signal: controller.signal });
  setTimeout(() => controller.abort(new Error('enough')), 2000);
  await expect(install).rejects.toThrow('enough');
  expect(await leftovers(OWNER)).toEqual([]);
  expect(building()).toEqual([]);
  expect(readdirSync(join(cache, 'locks'))).toEqual([]);
});

engineTest('a run with an environment that is gone says so', async () => {
  await expect(python(sandbox, '', { environment: '0'.repeat(32) })).rejects.toMatchObject({
    message: expect.stringContaining('is not in'),
    help: expect.stringContaining('Install it again'),
  });
});

engineTest('make install works where there is network, with pip and a build backend', async () => {
  const result = await sandbox.run({
    name: 'make install',
    network: 'install',
    command: ['make', 'install'],
    folder: 'package',
    files: {
      'package/Makefile':
        'install:\n\tpython3 -m venv .venv\n\t.venv/bin/python -m pip install --quiet .\n\t.venv/bin/python -c "import demo, six; print(demo.NAME)"\n',
      'package/pyproject.toml':
        '[project]\nname = "demo"\nversion = "0.1"\ndependencies = ["six"]\n[build-system]\nrequires = ["setuptools>=61"]\nbuild-backend = "setuptools.build_meta"\n',
      'package/demo.py': 'NAME = "demo"\n',
    },
    limits: { seconds: 300, workspace: 512 },
  });
  expect(result.exitCode).toBe(0);
  expect(result.stdout).toContain('\ndemo\n');
});
