// Plain JavaScript for Node 20, without dependencies.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from '../../bin/run-child.js';
import { cacheFolder, withLock } from './lock.mjs';
import { root, say } from './packages.mjs';

const tests = join(root, 'sandbox', 'tests');
const requirements = ['pytest', 'numpy', 'pandas', 'scikit-learn', 'scipy', 'matplotlib'];
const torch = 'torch==2.13.0';

/** The tests of what runs inside the container, by pytest in a virtual environment of our own. */
export async function runPythonTests() {
  if (!existsSync(tests)) return { passed: 0, failed: 0, skipped: 0 };
  const python = await withLock('python', ensureEnvironment);
  if (typeof python !== 'string') return notRun(python.missing);
  const scratch = mkdtempSync(join(tmpdir(), 'architect-pytest-'));
  try {
    const file = join(scratch, 'result.xml');
    const args = [
      '-m',
      'pytest',
      tests,
      '-q',
      '-p',
      'no:cacheprovider',
      '-o',
      'junit_family=xunit2',
      `--junitxml=${file}`,
    ];
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const code = await runChild(python, args, { cwd: join(root, 'sandbox'), env });
    return readResult(file, code);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function notRun(reason) {
  say(`the Python tests of the sandbox did not run: ${reason}`);
  // On CI everything runs or it is a failure.
  return process.env.CI ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 };
}

function readResult(file, code) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 }; // pytest ended before it could tell; it said why above
  const suite = /<testsuite [^>]*>/.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
  const read = (key) => Number(new RegExp(` ${key}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = read('failures') + read('errors');
  return {
    passed: read('tests') - failed - read('skipped'),
    failed: code === 0 ? failed : Math.max(1, failed),
    skipped: read('skipped'),
  };
}

/** The Python of an environment that has the requirements, or what is missing for one. */
async function ensureEnvironment() {
  const python = findPython();
  if (python === undefined) return { missing: 'there is no Python 3.' };
  const wheel = findTorchWheel(python.command);
  const key = [python.version, ...requirements, wheel ?? ''].join('\n');
  const folder = join(cacheFolder, `python-${createHash('sha256').update(key).digest('hex').slice(0, 12)}`);
  const bin =
    process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
  const done = join(folder, '.complete');
  if (existsSync(done)) return bin;

  mkdirSync(cacheFolder, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  if (!(await makeEnvironment(python.command, folder))) {
    return {
      missing: 'python3 -m venv does not work here. On Debian and Ubuntu: apt-get install python3-venv.',
    };
  }
  say(`installing ${requirements.join(', ')} for the Python tests`);
  // Wheels only: nobody's machine should compile scipy for a test run.
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
  if ((await runChild(bin, [...install, ...requirements])) !== 0) {
    return { missing: 'pip could not install what they import; its last lines above say why.' };
  }
  if (wheel !== undefined && (await runChild(bin, [...install, wheel])) !== 0)
    say('torch stays out: its tests skip themselves');
  writeFileSync(done, '');
  return bin;
}

function findPython() {
  for (const command of ['python3', 'python']) {
    const { status, stdout } = spawnSync(command, [
      '-c',
      'import sys; print(sys.version); sys.exit(sys.version_info[0] != 3)',
    ]);
    if (status === 0) return { command, version: String(stdout).trim() };
  }
  return undefined;
}

async function makeEnvironment(python, folder) {
  const make = () => spawnSync(python, ['-m', 'venv', folder], { encoding: 'utf8' });
  const first = make();
  if (first.status === 0) return true;
  process.stderr.write(first.stdout + first.stderr);
  if (
    process.platform !== 'linux' ||
    process.getuid?.() !== 0 ||
    spawnSync('apt-get', ['--version']).status !== 0
  )
    return false;
  say('installing python3-venv from the distribution');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'inherit' });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'python3-venv'], {
    env,
    stdio: 'inherit',
  });
  rmSync(folder, { recursive: true, force: true });
  return make().status === 0;
}

/** torch is hundreds of megabytes: only when the operator keeps a wheel of it in a folder that pip looks into. */
function findTorchWheel(python) {
  const { status, stdout } = spawnSync(python, ['-m', 'pip', 'config', 'list'], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const folders = [...stdout.matchAll(/find-links='(.*)'/g)].flatMap(([, value]) => value.split(/\\n|\s+/));
  const has = (folder) =>
    existsSync(folder) && readdirSync(folder).some((file) => file.startsWith('torch-2.13.0'));
  return folders.map((folder) => folder.replace(/^file:\/\//, '')).some(has) ? torch : undefined;
}
