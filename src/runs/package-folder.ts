import {
  type Dirent,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { RefusedError } from '../lib/errors.ts';
import { type FileTree, foldersAbove } from '../lib/file-tree.ts';
import { count, listed, sha256 } from '../lib/text.ts';

/** Lists what we wrote into a folder: by it we know our own package, and a human's changes in it. */
export const MANIFEST = '.architect.json';

interface Manifest {
  notebook: string;
  files: Record<string, string>;
}

/** The package with its list of files. */
export function withManifest(tree: FileTree, notebook: string): FileTree {
  const files = Object.fromEntries(Object.entries(tree).map(([path, text]) => [path, sha256(text)]));
  return { ...tree, [MANIFEST]: `${JSON.stringify({ made_by: 'architect', notebook, files }, null, 2)}\n` };
}

/** Throws in words when `folder` may not become the package of `notebook`. */
export function assertMayWrite(folder: string, notebook: string): void {
  const found = entryKind(folder);
  if (found === 'none') return assertMayCreate(folder);
  const elsewhere = 'Choose another folder with --out, or move this one away.';
  if (found === 'other')
    throw new RefusedError('out_is_not_a_folder', `${folder} is not a folder.`, elsewhere);
  if (readdirSync(folder).length === 0) return;
  const manifest = readManifest(folder);
  if (manifest === undefined) {
    throw new RefusedError('out_not_ours', `${folder} holds files that Architect did not write.`, elsewhere);
  }
  if (manifest.notebook !== notebook) {
    throw new RefusedError(
      'out_of_another_notebook',
      `${folder} is the package of ${manifest.notebook}.`,
      elsewhere,
    );
  }
  const changed = changedFiles(folder, manifest);
  if (changed.length > 0) {
    throw new RefusedError(
      'out_was_edited',
      `${count(changed.length, 'file')} in ${folder} changed since Architect wrote ${changed.length === 1 ? 'it' : 'them'}: ${listed(changed)}.`,
      'Keep your changes: move the folder away, or choose another one with --out.',
    );
  }
}

/**
 * Writes a package so that the folder holds the old one or the whole new one, never a part of it: no `await` is in here, so
 * a signal is heard before or after. Files that we did not write (a trained model, `mlflow.db`) stay.
 */
export function writePackage(folder: string, notebook: string, tree: FileTree): void {
  assertMayWrite(folder, notebook);
  const parent = dirname(folder);
  const made = makeFolders(parent);
  const fresh = join(parent, `.${basename(folder)}.new-${process.pid}`);
  const old = join(parent, `.${basename(folder)}.old-${process.pid}`);
  try {
    rmSync(fresh, { recursive: true, force: true });
    writeTree(fresh, withManifest(tree, notebook));
    if (existsSync(folder)) {
      renameSync(folder, old);
      try {
        renameSync(fresh, folder);
      } catch (error) {
        renameSync(old, folder);
        throw error;
      }
      keepForeign(old, folder, readManifest(old));
      rmSync(old, { recursive: true, force: true });
    } else renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    for (const path of made.reverse()) removeIfEmpty(path);
    throw error;
  }
}

/** More entries than these are no package. */
const MOST_ENTRIES = 20_000;

/** What lies in a package's folder as git modes, and which of it is ours; paths relative to the folder. */
export function packageEntries(folder: string): { entries: Record<string, string>; ours: string[] } {
  const entries: Record<string, string> = {};
  const queue = entryKind(folder) === 'folder' ? [''] : [];
  let seen = 0;
  for (let at = queue.shift(); at !== undefined && seen < MOST_ENTRIES; at = queue.shift()) {
    for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
      if (isCache(entry.name)) continue;
      seen += 1;
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      entries[path] = modeOf(entry);
      if (entry.isDirectory()) queue.push(path);
    }
  }
  return { entries, ours: [...Object.keys(readManifest(folder)?.files ?? {}), MANIFEST] };
}

function modeOf(entry: Dirent): string {
  if (entry.isSymbolicLink()) return '120000';
  if (entry.isDirectory()) return '040000';
  return entry.isFile() ? '100644' : '000000';
}

function writeTree(folder: string, tree: FileTree): void {
  for (const [path, text] of Object.entries(tree)) {
    if (path.startsWith('/') || path.split('/').includes('..'))
      throw new Error(`path leaves the package: ${path}`);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Moves what is not in the old manifest, folder by folder, to where it lay. */
function keepForeign(old: string, folder: string, manifest: Manifest | undefined): void {
  const ours = new Set([...Object.keys(manifest?.files ?? {}), MANIFEST]);
  const folders = new Set([...ours].flatMap(foldersAbove));
  const queue = [''];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const entry of readdirSync(join(old, at), { withFileTypes: true })) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      if (ours.has(path) || isCache(entry.name)) continue;
      if (entry.isDirectory() && folders.has(path)) queue.push(path);
      else if (!existsSync(join(folder, path))) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        renameSync(join(old, path), join(folder, path));
      }
    }
  }
}

function isCache(name: string): boolean {
  return ['__pycache__', '.pytest_cache', '.ruff_cache'].includes(name);
}

function readManifest(folder: string): Manifest | undefined {
  try {
    const found: unknown = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
    if (typeof found !== 'object' || found === null || !('made_by' in found) || !('files' in found))
      return undefined;
    if (found.made_by !== 'architect' || typeof found.files !== 'object' || found.files === null)
      return undefined;
    const notebook = 'notebook' in found && typeof found.notebook === 'string' ? found.notebook : '';
    return { notebook, files: found.files as Record<string, string> };
  } catch {
    return undefined;
  }
}

/** Files of ours whose text is another now; one that was deleted is no loss. */
function changedFiles(folder: string, manifest: Manifest): string[] {
  return Object.entries(manifest.files)
    .filter(([path, digest]) => {
      try {
        return sha256(readFileSync(join(folder, path))) !== digest;
      } catch {
        return false;
      }
    })
    .map(([path]) => path);
}

function entryKind(path: string): 'none' | 'folder' | 'other' {
  try {
    return lstatSync(path).isDirectory() ? 'folder' : 'other';
  } catch {
    return 'none';
  }
}

/** The nearest thing above that exists must be a folder (or a link to one). */
function assertMayCreate(folder: string): void {
  let at = dirname(folder);
  while (entryKind(at) === 'none' && dirname(at) !== at) at = dirname(at);
  if (!statSync(at).isDirectory()) {
    throw new RefusedError(
      'out_is_not_a_folder',
      `${at} is not a folder.`,
      'Choose another folder with --out.',
    );
  }
}

/** Makes a folder and those above it; gives those that were not there, from the top. */
function makeFolders(folder: string): string[] {
  const missing: string[] = [];
  for (let at = folder; !existsSync(at) && dirname(at) !== at; at = dirname(at)) missing.unshift(at);
  mkdirSync(folder, { recursive: true });
  return missing;
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Somebody else uses it.
  }
}
