import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { FileTree } from '../lib/file-tree.ts';
import type { Source } from '../lib/source.ts';
import { slugOf } from '../lib/text.ts';
import { assertMayWrite, MANIFEST, packageEntries, writePackage } from './package-folder.ts';

/** The user's own working tree: read where it lies, and written to one folder. */
export interface LocalRepo {
  checkout(): Promise<Source>;
  /** From the package to the working tree, as `paths.root` of default.yaml. */
  root: string;
  /** The package's folder as the user would type it from the root of the working tree. */
  folder: string;
  /** What lies in the package's folder already, for the guardrails. */
  place: { folder: string; entries: Record<string, string>; ours: string[] };
  publish(tree: FileTree): Promise<string>;
}

/** Opens it; throws in words where the package may not be written. */
export function openLocalRepo(source: Source, out: string): LocalRepo {
  assertMayWrite(out, source.path);
  return {
    checkout: async () => source,
    root: relative(out, source.root).split(sep).join('/') || '.',
    folder: folderFrom(source.root, out),
    place: placeOf(folderFrom(source.root, out), out),
    publish: async (tree) => {
      writePackage(out, source.path, tree);
      return out;
    },
  };
}

/** Paths in the working tree; a folder outside of it is a root of its own. */
function placeOf(folder: string, out: string): LocalRepo['place'] {
  const inside = isAbsolute(folder) ? '.' : folder;
  const { entries, ours } = packageEntries(out);
  const placed = (path: string): string => (inside === '.' ? path : `${inside}/${path}`);
  return {
    folder: inside,
    entries: Object.fromEntries(Object.entries(entries).map(([path, mode]) => [placed(path), mode])),
    ours: ours.map(placed),
  };
}

/** Relative where it lies in the working tree; else as it is. */
function folderFrom(root: string, out: string): string {
  const path = relative(root, out).split(sep).join('/');
  return path.startsWith('../') || path === '..' ? out : path || '.';
}

/** `<folder>/<slug>`, with a few digits more where another notebook's package lies there. */
export function defaultOut(folder: string, notebook: string): string {
  const ofAnother = (slug: string): boolean => {
    const manifest = join(folder, slug, MANIFEST);
    if (!existsSync(manifest)) return false;
    try {
      const found: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
      return (
        typeof found === 'object' && found !== null && 'notebook' in found && found.notebook !== notebook
      );
    } catch {
      return false;
    }
  };
  return resolve(folder, slugOf(notebook, ofAnother));
}
