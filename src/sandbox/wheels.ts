import { readdirSync } from 'node:fs';

/** The Python of the image, as far as wheels care. */
export interface PythonFacts {
  /** Such as `3.11.2`. */
  version: string;
  /** Such as `x86_64`. */
  machine: string;
  /** Version of glibc, such as `2.36`. */
  libc: string;
}

/** A wheel, by its file name. */
export interface Wheel {
  /** Distribution, normalised. */
  name: string;
  version: string;
}

/** A distribution's name as indexes compare it. */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** The wheels of a folder that the image's Python can use. */
export function usableWheels(folder: string, python: PythonFacts): Wheel[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const match = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(file);
      if (match === null) return [];
      const [, name = '', version = '', pythons = '', abis = '', platforms = ''] = match;
      const fits =
        pythons.split('.').some((tag) => pythonFits(tag, abis.split('.'), python)) &&
        platforms.split('.').some((tag) => platformFits(tag, python));
      return fits ? [{ name: normalName(name), version }] : [];
    });
}

function pythonFits(tag: string, abis: string[], python: PythonFacts): boolean {
  const [major = '3', minor = '0'] = python.version.split('.');
  const match = /^(py|cp)(\d)(\d*)$/.exec(tag);
  if (match === null || match[2] !== major) return false;
  const [, kind, , tagMinor = ''] = match;
  const older = tagMinor === '' || Number(tagMinor) <= Number(minor);
  if (kind === 'py') return older && abis.includes('none');
  // A stable ABI works from the version that it was built for upwards, any other for its own version only.
  if (abis.includes('abi3')) return older;
  return tagMinor === minor && abis.some((abi) => abi === 'none' || abi === `cp${major}${minor}`);
}

function platformFits(tag: string, python: PythonFacts): boolean {
  if (tag === 'any' || tag === `linux_${python.machine}`) return true;
  const legacy: Record<string, string> = { manylinux1: '2_5', manylinux2010: '2_12', manylinux2014: '2_17' };
  const match = /^(manylinux\d+)_(.+)$/.exec(tag);
  const glibc = match?.[1] === undefined ? undefined : legacy[match[1]];
  const plain = glibc === undefined ? tag : `manylinux_${glibc}_${match?.[2] ?? ''}`;
  const parts = /^manylinux_(\d+)_(\d+)_(.+)$/.exec(plain);
  if (parts === null || parts[3] !== python.machine) return false;
  return compareVersions(`${parts[1]}.${parts[2]}`, python.libc) <= 0;
}

/** Compares two versions by their numbers; then a pre-release goes below, a local build or a post release above. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return stage(left) - stage(right) || (left < right ? -1 : Number(left > right));
}

function numbers(version: string): number[] {
  return (/^\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
}

function stage(version: string): number {
  const rest = version.replace(/^\d+(\.\d+)*/, '');
  if (rest === '') return 0;
  return /^(\+|[.-]?post)/.test(rest) ? 1 : -1;
}

/**
 * Constraints that make the operator's own wheels win over the index, where a higher version or an unlabelled build
 * of the same one may lie: somebody who puts a CPU build of a library into a folder wants that build.
 * A requirement that names a version gets the wheel of that version, or none.
 */
export function constraints(wheels: Wheel[], requirements: string[]): string[] {
  const pinned = new Map<string, string>();
  for (const requirement of requirements) {
    const match = /^\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*={2,3}\s*([^\s;,]+)/.exec(requirement);
    if (match?.[1] !== undefined && match[2] !== undefined) pinned.set(normalName(match[1]), match[2]);
  }
  const best = new Map<string, string>();
  for (const { name, version } of wheels) {
    const pin = pinned.get(name);
    if (pin !== undefined && pin !== version && pin !== version.split('+')[0]) continue;
    const other = best.get(name);
    if (other === undefined || compareVersions(other, version) < 0) best.set(name, version);
  }
  return [...best].map(([name, version]) => `${name}==${version}`).sort();
}
