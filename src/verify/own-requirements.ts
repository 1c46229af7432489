import { lstatSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { foldersAbove } from '../lib/file-tree.ts';
import type { Source } from '../lib/source.ts';
import { unusable } from '../sandbox/requirements.ts';
import { distributionOf } from './environment.ts';

const FILE = 'requirements.txt';
const MOST_BYTES = 200_000;
const MOST_LINES = 500;
/** Bounds that hold for every Python of the sandbox: from a release that is older, to before Python 4. */
const ALWAYS = /^\(?python(?:_full)?_version\s*(?:>=?\s*['"][23]\.\d(?:\.\d+)?['"]|<\s*['"]4[.0]*['"])\)?$/;

/** What a repository asks for itself. */
export interface OwnRequirements {
  /** Plain requirement lines, one for each distribution: the file nearest to the notebook decides. */
  lines: string[];
  /** The files that were read, relative to the working tree's root. */
  files: string[];
}

/**
 * Reads the `requirements.txt` beside the notebook and those of the folders above it. Only names with versions are taken: an
 * option, an address or a path would decide where code comes from, and a marker other than a bound on Python is not evaluated.
 */
export function readOwnRequirements(source: Source): OwnRequirements {
  const files = requirementsPaths(source.path).filter((path) =>
    source.files.some((file) => file.path === path),
  );
  const byName = new Map<string, string>();
  for (const path of files) {
    for (const line of requirementLines(textOf(join(source.root, path)))) {
      const name = distributionOf(line);
      if (!byName.has(name)) byName.set(name, line);
    }
  }
  return { lines: [...byName.values()], files };
}

/** Where a notebook's requirements may lie: beside it first, then in the folders above it. */
export function requirementsPaths(notebook: string): string[] {
  return ['', ...foldersAbove(notebook)].reverse().map((folder) => posix.join(folder, FILE));
}

/** The plain requirements of a requirements file, without comments, hashes and markers. */
export function requirementLines(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .slice(0, MOST_LINES)
    .map((line) => line.replace(/(^|\s)#.*$/, '').replace(/\s--hash=\S+/g, ''))
    .flatMap((line) => {
      const [requirement = '', ...marker] = line.split(';').map((part) => part.trim());
      const holds = marker.every((part) => part.split(/\s+and\s+/).every((one) => ALWAYS.test(one)));
      const plain = requirement.replace(/\s+/g, '');
      return plain !== '' && holds && unusable([plain]).length === 0 ? [plain] : [];
    });
}

function textOf(path: string): string {
  try {
    const found = lstatSync(path);
    if (!found.isFile() || found.size > MOST_BYTES) return '';
    const bytes = readFileSync(path);
    // `pip freeze > requirements.txt` of Windows PowerShell writes UTF-16.
    const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
    return new TextDecoder(wide ? 'utf-16le' : 'utf-8').decode(bytes).replace(/^\ufeff/, '');
  } catch {
    return '';
  }
}
