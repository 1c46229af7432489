import {
  type Dirent,
  existsSync,
  fstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { messageOf, RefusedError, systemCode } from '../lib/errors.ts';
import type { Source, TreeFile } from '../lib/source.ts';
import { count, listed, megabytes } from '../lib/text.ts';

/** Caps on what is read and what a run gets to see. */
export interface TreeCaps {
  /** Bytes of the notebook's file. */
  notebook: number;
  files: number;
  /** Bytes of all files together: they lie in memory while a container runs. */
  total: number;
  /** Entries that are looked at before the listing stops. */
  entries: number;
  depth: number;
}

export const TREE_CAPS: TreeCaps = {
  notebook: 50_000_000,
  files: 10_000,
  total: 1e9,
  entries: 200_000,
  depth: 24,
};

/** Folders that hold what a machine made: environments, caches, tracking stores, our own packages. */
const SKIPPED = new Set(
  [
    '.git .hg .svn node_modules __pycache__ .ipynb_checkpoints .venv venv .env env site-packages',
    '.tox .nox .mypy_cache .pytest_cache .ruff_cache .cache .eggs .idea .vscode .dvc',
    'mlruns wandb lightning_logs productionized',
  ].flatMap((line) => line.split(' ')),
);

/**
 * Reads a notebook and lists the working tree around it.
 * @param known its root; left out: the git root that holds the notebook, else its folder
 */
export function checkoutWorkingTree(
  notebook: string,
  known: { root?: string; caps?: TreeCaps } = {},
): Source {
  const caps = known.caps ?? TREE_CAPS;
  const { file, text } = readNotebookFile(notebook, caps.notebook);
  const root = known.root === undefined ? findRoot(dirname(file)) : realpathSync(known.root);
  const path = relative(root, file).split(sep).join('/');
  const { files, notes } = listTree(root, { path, text }, caps);
  return { root, path, text, files, notes };
}

function readNotebookFile(notebook: string, most: number): { file: string; text: string } {
  const help = 'Give the path of a Jupyter notebook (.ipynb).';
  let file: string;
  try {
    file = realpathSync(resolve(notebook));
    const found = statSync(file);
    if (found.isDirectory()) throw new RefusedError('not_a_file', `${notebook} is a folder.`, help);
    // A pipe or a device could block for ever, or never end.
    if (!found.isFile()) throw new RefusedError('not_a_file', `${notebook} is not a regular file.`, help);
    if (found.size > most) {
      throw new RefusedError(
        'notebook_too_large',
        `${notebook} has ${megabytes(found.size)}; at most ${megabytes(most)} are read.`,
        'Clear its outputs (jupyter nbconvert --clear-output --inplace NOTEBOOK) and run this again.',
      );
    }
    const bytes = readFileSync(file);
    return { file, text: decode(bytes, notebook) };
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    if (systemCode(error) === 'ENOENT')
      throw new RefusedError('no_such_file', `${notebook} does not exist.`, help);
    throw new RefusedError(
      'unreadable_file',
      `${notebook} cannot be read: ${messageOf(error)}.`,
      'Check its permissions.',
    );
  }
}

function decode(bytes: Uint8Array, notebook: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new RefusedError(
      'not_text',
      `${notebook} is not UTF-8 text, so it is no notebook.`,
      'Give the path of a Jupyter notebook (.ipynb).',
      { cause: error },
    );
  }
}

/** The nearest folder upwards that is a git root (`.git` is a file in work trees and submodules). No git is run: the tree may be foreign. */
export function findRoot(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return folder;
  }
}

interface Listing {
  files: TreeFile[];
  skipped: string[];
  cut: boolean;
}

/** Lists the regular files of a tree, and keeps what fits: what the notebook names first, then what lies near it. */
function listTree(
  root: string,
  notebook: { path: string; text: string },
  caps: TreeCaps,
): { files: TreeFile[]; notes: string[] } {
  const home = dirname(notebook.path) === '.' ? '' : `${dirname(notebook.path)}/`;
  const listing = walk(root, caps);
  const rank = (file: TreeFile): number => {
    if (file.path === notebook.path || notebook.text.includes(basename(file.path))) return 0;
    if (extname(file.path) === '.py') return 1;
    return file.path.startsWith(home) ? 2 : 3;
  };
  const ranked = listing.files
    .map((file) => ({ file, rank: rank(file), depth: file.path.split('/').length }))
    .sort((a, b) => a.rank - b.rank || a.depth - b.depth || compareText(a.file.path, b.file.path));
  const kept: TreeFile[] = [];
  const left: TreeFile[] = [];
  let total = 0;
  for (const { file } of ranked) {
    if (kept.length < caps.files && total + file.bytes <= caps.total) {
      kept.push(file);
      total += file.bytes;
    } else left.push(file);
  }
  const notes: string[] = [];
  if (left.length > 0) {
    const largest = left
      .sort((a, b) => b.bytes - a.bytes)
      .map((file) => `${file.path} (${megabytes(file.bytes)})`);
    notes.push(
      `The run does not see ${count(left.length, 'file')} of the working tree: more than ${megabytes(caps.total)} or ${caps.files} files do not go into a container. Left out: ${listed(largest)}.`,
    );
  }
  if (listing.cut) notes.push('The working tree is very large: its listing was cut off.');
  // Who reads from such a folder will miss it; nobody else cares.
  const missed = listing.skipped.filter((folder) => notebook.text.includes(basename(folder) + '/')).sort();
  if (missed.length > 0) notes.push(`Not copied into the run: ${listed(missed, 6)}.`);
  return { files: kept.sort((a, b) => compareText(a.path, b.path)), notes };
}

/** Folder by folder, so that a tree of any depth cannot exhaust the stack; links are not followed. */
function walk(root: string, caps: TreeCaps): Listing {
  const listing: Listing = { files: [], skipped: [], cut: false };
  const queue = [{ path: '', depth: 0 }];
  const ours = ownOutputs();
  let seen = 0;
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const entry of entriesOf(join(root, next.path))) {
      seen += 1;
      if (seen > caps.entries) return { ...listing, cut: true };
      const path = next.path === '' ? entry.name : `${next.path}/${entry.name}`;
      if (entry.isDirectory()) {
        if (isSkipped(join(root, path), entry.name)) listing.skipped.push(`${path}/`);
        else if (next.depth < caps.depth) queue.push({ path, depth: next.depth + 1 });
        else listing.cut = true;
      } else if (entry.isFile()) {
        const file = describeFile(root, path, ours);
        if (file !== undefined) listing.files.push(file);
      }
    }
  }
  return listing;
}

/** A folder of an environment is known by its marker, whatever it is called. */
function isSkipped(folder: string, name: string): boolean {
  return (
    SKIPPED.has(name) || existsSync(join(folder, 'pyvenv.cfg')) || existsSync(join(folder, 'conda-meta'))
  );
}

/** In one order on every machine; a folder that may not be read has no entries. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name));
  } catch {
    return [];
  }
}

function describeFile(root: string, path: string, ours: ReadonlySet<string>): TreeFile | undefined {
  try {
    const { size, mtimeMs, dev, ino } = statSync(join(root, path));
    return ours.has(`${dev} ${ino}`) ? undefined : { path, bytes: size, modified: mtimeMs };
  } catch {
    return undefined;
  }
}

/** Files that our own output goes to (`architect … > log`): they change while we run, and are none of the notebook's. */
function ownOutputs(): Set<string> {
  const found = new Set<string>();
  for (const descriptor of [1, 2]) {
    try {
      const { dev, ino } = fstatSync(descriptor);
      found.add(`${dev} ${ino}`);
    } catch {
      // Closed.
    }
  }
  return found;
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
