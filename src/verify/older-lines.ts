import { withCompanions } from '../knowledge/eras.ts';
import type { OlderRelease } from '../steps/1-extract/older-release.ts';
import { distributionOf } from './environment.ts';

/** Requirement lines for the installer: the repository's own, with the bounds and what they entail in the place of theirs. */
export function olderLines(own: readonly string[], older: readonly OlderRelease[]): string[] {
  const bounds = withCompanions(older.map(({ requirement }) => requirement));
  const names = new Set(bounds.map(distributionOf));
  return [...own.filter((line) => !names.has(distributionOf(line))), ...bounds];
}

/** What the run says while it goes back. */
export function sayOlder(older: readonly OlderRelease[]): string {
  return `going back to ${older.map(({ requirement }) => requirement).join(', ')}`;
}
