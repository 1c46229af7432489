import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../lib/text.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** Architect's version. */
export function versionOf(): string {
  const found: unknown = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  return typeof found === 'object' && found !== null && 'version' in found
    ? String(found.version)
    : 'unknown';
}

/** Steps of a killed run hold only for the same code: the digest of when its files were changed. */
export function codeDate(): string {
  const dates = ['src', 'sandbox'].flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') || path.endsWith('.py'))
      .sort()
      .map((path) => `${path} ${statSync(join(PROJECT, folder, path)).mtimeMs}`),
  );
  return sha256(dates.join('\n'));
}
