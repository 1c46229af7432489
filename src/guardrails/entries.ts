import { plain, visiblePath } from './paths.ts';
import type { Violation } from './violation.ts';

/** What lies where a file is to go. */
interface Repository {
  entries: ReadonlyMap<string, string> | Record<string, string>;
  ours: readonly string[];
}

const FOLDER = '040000';
const REGULAR = '100644';
const EXECUTABLE = '100755';
const LINK = '120000';
const SUBMODULE = '160000';

/**
 * Whether the files of a tree fit to each other and to what lies in the repository: nothing through a link or a submodule,
 * nothing over a file that is not ours. Names that differ in case or accents alone count as one: on many disks they are.
 */
export function checkEntries(places: readonly string[], { entries, ours }: Repository): Violation[] {
  const known = new Map<string, Entry[]>();
  const list = entries instanceof Map ? [...entries] : Object.entries(entries as Record<string, string>);
  for (const [path, mode] of list) {
    const key = plain(path);
    known.set(key, [...(known.get(key) ?? []), { path, mode }]);
  }
  const own = new Set(ours);
  return [...places.flatMap((place) => checkPlace(place, known, own)), ...collisions(places)];
}

/** Something in the repository; several of them can have one name on another disk. */
interface Entry {
  path: string;
  mode: string;
}

function checkPlace(
  place: string,
  known: ReadonlyMap<string, Entry[]>,
  ours: ReadonlySet<string>,
): Violation[] {
  const parts = plain(place).split('/');
  for (let depth = 1; depth < parts.length; depth += 1) {
    const above = known.get(parts.slice(0, depth).join('/'))?.find(({ mode }) => mode !== FOLDER);
    if (above !== undefined) return [blockedAbove(place, above)];
  }
  const there = known.get(parts.join('/')) ?? [];
  const reason = there.map((entry) => reasonAgainst(place, entry, ours)).find((found) => found !== undefined);
  if (reason !== undefined) return [reason];
  return there.some(({ mode }) => mode === EXECUTABLE) ? [losesMode(place)] : [];
}

function blockedAbove(place: string, { path, mode }: Entry): Violation {
  const shown = visiblePath(path);
  if (mode === LINK) return blocked('link', place, `${shown} is a link; nothing is written through it`);
  if (mode === SUBMODULE)
    return blocked('link', place, `${shown} is a submodule; nothing is written into it`);
  return blocked('path', place, `${shown} is a file, and a folder is needed there`);
}

function reasonAgainst(
  place: string,
  { path, mode }: Entry,
  ours: ReadonlySet<string>,
): Violation | undefined {
  const shown = visiblePath(path);
  if (mode === LINK) return blocked('link', place, `${shown} is a link already`);
  if (mode === SUBMODULE) return blocked('link', place, `${shown} is a submodule already`);
  if (mode === FOLDER) return blocked('path', place, `${shown} is a folder already`);
  if (mode !== REGULAR && mode !== EXECUTABLE)
    return blocked('mode', place, `${shown} has the unknown mode ${mode.slice(0, 10)}`);
  if (!ours.has(path) || path !== place)
    return blocked('path', place, `${shown} exists already, and Architect did not write it`);
  return undefined;
}

function losesMode(place: string): Violation {
  return {
    rule: 'mode',
    severity: 'warn',
    path: place,
    line: null,
    message: `${place} was made executable, and becomes a plain file again.`,
    help: 'Start it with `python -m`, or keep an executable script of your own outside of the package.',
  };
}

/** Files of the tree that are one file on a disk that does not tell them apart, or a file where another needs a folder. */
function collisions(places: readonly string[]): Violation[] {
  const seen = new Map<string, string>();
  const found: Violation[] = [];
  for (const place of places) {
    const other = seen.get(plain(place));
    if (other !== undefined)
      found.push(blocked('path', place, `${visiblePath(other)} is the same file on many disks`));
    seen.set(plain(place), place);
  }
  for (const place of places) {
    const parts = plain(place).split('/');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const file = seen.get(parts.slice(0, depth).join('/'));
      if (file !== undefined)
        found.push(blocked('path', place, `${visiblePath(file)} is a file of the package too`));
    }
  }
  return found;
}

function blocked(rule: 'path' | 'link' | 'mode', place: string, reason: string): Violation {
  return {
    rule,
    severity: 'block',
    path: visiblePath(place),
    line: null,
    message: `${visiblePath(place)} cannot be written: ${reason}.`,
    help: 'Choose another folder for packages with output.folder in .architect.yaml, or move what lies there.',
  };
}
