import { spawnSync } from 'node:child_process';
import path from 'node:path';

export const root = path.dirname(import.meta.dirname);

/** Runs a tool of node_modules in a folder; `output` is what it printed to both streams. */
export function runTool(
  script: string,
  args: string[],
  folder = root,
): { code: number | null; stdout: string; output: string } {
  const tool = path.join(root, 'node_modules', script);
  const { status, stdout, stderr } = spawnSync(process.execPath, [tool, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  return { code: status, stdout, output: stdout + stderr };
}
