/**
 * The same notebook several times, two of them at once: the packages must be the same bytes, the verdicts the same, and nothing may be
 * left behind. `npm run repeat -- NOTEBOOK [--times 10]`.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { connect } from '../src/sandbox/engine.ts';
import { isDead, OWNER_LABEL } from '../src/sandbox/owner.ts';

interface Run {
  status: number | null;
  /** Digest of every file, by path. */
  files: Record<string, string>;
  /** `--json` without what a clock or a path says. */
  says: string;
  process: number | undefined;
}

const command = fileURLToPath(new URL('../bin/architect.js', import.meta.url));

/** Makes the package in a copy of the notebook's folder: the report names the places that it was given. */
function run(notebook: string, folder: string): Promise<Run> {
  cpSync(dirname(notebook), folder, { recursive: true });
  const out = join(folder, 'package');
  const child = spawn(command, ['productionize', basename(notebook), '--out', 'package', '--json'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: folder,
  });
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  return new Promise((resolve) => {
    child.on('close', (status) => {
      const result = JSON.parse(Buffer.concat(parts).toString() || '{}') as Record<string, unknown>;
      const says = JSON.stringify({ ...result, timings: null, out: null });
      resolve({ status, files: digests(out), says, process: child.pid });
    });
  });
}

function digests(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const hash = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
  return Object.fromEntries(files.sort().map((file) => [file.slice(folder.length + 1), hash(file)]));
}

/** Containers and volumes whose process is gone. */
async function orphans(): Promise<string[]> {
  const docker = connect();
  const filters = { label: [OWNER_LABEL] };
  const containers = await docker.listContainers({ all: true, filters });
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  return [
    ...containers.map(({ Id: id, Labels: labels }) => ({ id: `container ${id.slice(0, 12)}`, labels })),
    ...(volumes ?? []).map(({ Name: id, Labels: labels }) => ({ id: `volume ${id}`, labels })),
  ]
    .filter(({ labels }) => isDead(labels[OWNER_LABEL] ?? ''))
    .map(({ id }) => id);
}

const scratchFolders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('architect-'));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { times: { type: 'string', default: '10' } },
});
const [notebook] = positionals;
if (notebook === undefined) throw new Error('usage: npm run repeat -- NOTEBOOK [--times 10]');
const before = { orphans: await orphans(), scratch: scratchFolders() };
const folder = mkdtempSync(join(tmpdir(), 'repeat-'));
const runs: Run[] = [];
for (let place = 0; place < Number(values.times); place += 2) {
  const pair = [place, place + 1].filter((one) => one < Number(values.times));
  // Two at once, so that they meet in the caches.
  runs.push(...(await Promise.all(pair.map((one) => run(notebook, join(folder, String(one)))))));
  process.stdout.write(`${runs.length} runs\n`);
}
const [first, ...others] = runs;
const faults: string[] = [];
for (const [place, other] of others.entries()) {
  if (other.status !== first?.status)
    faults.push(`run ${place + 2} ended with ${other.status}, not ${first?.status}`);
  if (other.says !== first?.says) faults.push(`run ${place + 2} says something else`);
  const paths = new Set([...Object.keys(first?.files ?? {}), ...Object.keys(other.files)]);
  for (const path of paths)
    if (first?.files[path] !== other.files[path]) faults.push(`run ${place + 2} has another ${path}`);
}
for (const one of await orphans()) if (!before.orphans.includes(one)) faults.push(`${one} is left`);
const running = new Set(runs.map(({ process: id }) => String(id)));
// Other runs on this machine have scratch folders, too: only what no living process made counts, and only names can tell.
const left = scratchFolders().filter((name) => !before.scratch.includes(name));
process.stdout.write(
  `status ${first?.status}, ${Object.keys(first?.files ?? {}).length} files, ${running.size} processes\n`,
);
if (left.length > 0) process.stdout.write(`new in ${tmpdir()}, perhaps by others: ${left.join(', ')}\n`);
process.stdout.write(faults.length === 0 ? 'all runs agree, nothing is left\n' : `${faults.join('\n')}\n`);
rmSync(folder, { recursive: true, force: true });
process.exitCode = faults.length === 0 ? 0 : 1;
