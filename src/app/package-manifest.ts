import { MANIFEST } from '../runs/package-folder.ts';

/** What we wrote into a folder, as `.architect.json` there says it. */
export interface PackageManifest {
  notebook: string;
  /** Path in the package → SHA-256 of its text. */
  files: Record<string, string>;
}

/** Undefined where the text is not such a list. */
export function readManifest(text: string | undefined): PackageManifest | undefined {
  if (text === undefined) return undefined;
  try {
    const found: unknown = JSON.parse(text);
    if (typeof found !== 'object' || found === null) return undefined;
    const { made_by: by, notebook, files } = found as Record<string, unknown>;
    if (by !== 'architect' || typeof notebook !== 'string') return undefined;
    if (typeof files !== 'object' || files === null) return undefined;
    const digests = Object.entries(files).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return { notebook, files: Object.fromEntries(digests) };
  } catch {
    return undefined;
  }
}

/** Paths of the package in the repository. */
export function pathsOf(manifest: PackageManifest | undefined, folder: string): string[] {
  return manifest === undefined
    ? []
    : [...Object.keys(manifest.files), MANIFEST].map((path) => inFolder(folder, path));
}

/** A path of the package as the repository has it. */
export function inFolder(folder: string, path: string): string {
  return folder === '.' ? path : `${folder}/${path}`;
}
