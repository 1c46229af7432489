// Plain JavaScript for Node 20, without dependencies.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedNode, isNewEnough } from '../../bin/own-node.js';
import { runChild } from '../../bin/run-child.js';
import { withLock } from './lock.mjs';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const modules = join(root, 'node_modules');
const nodeLink = join(modules, '.bin', 'node');
const stampFile = join(modules, '.architect-stamp');

/** Installs what package-lock.json names, unless it is there, and gives the Node to run Architect with. */
export async function ensurePackages() {
  if (!isInstalled()) {
    await withLock('packages', async () => {
      if (!isInstalled()) await install();
    });
  }
  return ownNode();
}

function isInstalled() {
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return true;
  if (!matchesLock()) return false;
  writeFileSync(stampFile, wanted);
  return true;
}

/** Whether npm's own record of what it installed agrees with the lock file: somebody may have run npm by hand. */
function matchesLock() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' ||
      (installed[path] === undefined ? entry.optional === true : installed[path].version === entry.version),
  );
}

async function install() {
  say('installing packages (npm ci)');
  // Install scripts are foreign code on a developer's machine, and none of the packages needs one to be used here.
  // A package that does is named under allowScripts in package.json.
  const code = await npm([
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    // Packages that ask for a newer Node than npm's own run under ours; errors are still shown.
    '--loglevel=error',
  ]);
  if (code !== 0)
    throw new Error('npm ci failed; its last lines above say why. Is the package registry reachable?');
  const { allowScripts = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const [name, allowed] of Object.entries(allowScripts)) {
    if (allowed === true && existsSync(join(modules, name))) await runInstallScripts(name);
  }
  if (!isInstalled())
    throw new Error('npm ci finished, and node_modules still differs from package-lock.json.');
}

async function runInstallScripts(name) {
  const folder = join(modules, name);
  const { scripts = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  for (const phase of ['preinstall', 'install', 'postinstall']) {
    if (scripts[phase] === undefined) continue;
    const code = await runChild(scripts[phase], [], { cwd: folder, shell: true, env: childEnvironment() });
    if (code !== 0) throw new Error(`the ${phase} script of ${name} failed`);
  }
}

/** The Node to run Architect with. It is `node` in node_modules/.bin too, so npm scripts and tools find it. */
function ownNode() {
  const installed = installedNode(root);
  if (installed !== undefined && runs(installed)) {
    linkNode(installed);
    return installed;
  }
  // One for another C library (Alpine), or half copied: npm would put it first on the path.
  if (installed !== undefined) rmSync(nodeLink, { force: true });
  if (isNewEnough()) return process.execPath;
  throw new Error(
    `The packages hold no Node 24 that runs on this machine (${process.platform} ${process.arch}), and the Node that runs ` +
      `this is ${process.versions.node}. Install Node 24 or newer and run this again.`,
  );
}

/** Some versions of npm leave the link out. */
function linkNode(node) {
  if (process.platform === 'win32' || existsSync(nodeLink)) return;
  rmSync(nodeLink, { force: true }); // it may lead nowhere
  symlinkSync(relative(dirname(nodeLink), node), nodeLink);
}

function runs(node) {
  return spawnSync(node, ['--version']).status === 0;
}

/** npm under the machine's own Node: npm ci removes node_modules, and the Node inside it with it. */
function npm(args) {
  const env = hostEnvironment();
  const script = process.env.npm_execpath;
  if (script !== undefined && /npm-cli\.c?js$/.test(script))
    return runChild(hostNode(env), [script, ...args], { cwd: root, env });
  return runChild('npm', args, { cwd: root, env, shell: process.platform === 'win32' });
}

function hostNode(env) {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  const candidates = env.PATH.split(delimiter).map((folder) => join(folder, file));
  return candidates.find(isExecutable) ?? process.execPath;
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The environment that `npm` was called in, without what it adds for its scripts. */
function hostEnvironment() {
  const added = /^npm_(lifecycle|package)_|^npm_config_(local_prefix|loglevel)$|^INIT_CWD$/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !added.test(key)));
  const isOurs = (folder) => folder === modules || folder.startsWith(modules + sep);
  env.PATH = path()
    .filter((folder) => !isOurs(folder))
    .join(delimiter);
  return env;
}

/** For what runs under Node 24: `node` and the tools of node_modules come first on the path. */
export function childEnvironment() {
  return { ...process.env, PATH: [join(modules, '.bin'), ...path()].join(delimiter) };
}

function path() {
  return (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
}

export function say(text) {
  process.stderr.write(`architect: ${text}\n`);
}
