#!/usr/bin/env node
// Plain JavaScript for Node 20: starts src/cli.ts under the Node that was installed with Architect, in the caller's folder.
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOwnNode } from './own-node.js';
import { runChild } from './run-child.js';

// The command may be a link (npm link, a folder of the PATH): the project is where the file really lies.
const root = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const node = findOwnNode(root);

if (!existsSync(join(root, 'node_modules')) || node === undefined) {
  process.stderr.write(`architect: its packages are not installed. Run: npm --prefix ${root} run setup\n`);
  process.exitCode = 1;
} else {
  const cli = join(root, 'src', 'cli.ts');
  process.exitCode = await runChild(node, [
    '--disable-warning=ExperimentalWarning',
    cli,
    ...process.argv.slice(2),
  ]);
}
