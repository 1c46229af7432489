import type { Violation } from './violation.ts';

/** What a package may hold: text that does nothing by lying there. */
const SUFFIXES = /\.(py|pyi|md|ya?ml|toml|txt|json|ini|cfg|sql)$/;
const PLAIN_NAMES = new Set(['MLproject', 'Makefile', 'Dockerfile', 'Procfile']);
/** The one hidden file of ours: the list of what we wrote. */
const MANIFEST = '.architect.json';

/** Files that a service or a tool obeys as soon as they lie in a repository, wherever it looks for them. Lower case. */
const OBEYED = new Set(
  [
    'jenkinsfile azure-pipelines.yml azure-pipelines.yaml bitbucket-pipelines.yml appveyor.yml wercker.yml',
    'cloudbuild.yaml cloudbuild.yml cloudbuild.json buildspec.yml buildspec.yaml codefresh.yml circle.yml',
    'codeowners netlify.toml vercel.json renovate.json readthedocs.yml codecov.yml ml-productionize.yaml',
    'setup.py setup.cfg sitecustomize.py usercustomize.py noxfile.py tox.ini pytest.ini',
  ].flatMap((line) => line.split(' ')),
);
/** Agents of others read these as orders. Lower case. */
const ORDERS = new Set(['agents.md', 'claude.md', 'gemini.md', 'copilot-instructions.md']);

/** Devices of Windows, which are opened instead of a file of that name, whatever its extension. */
const DEVICES = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;
const LONGEST_NAME = 255;
const LONGEST_PATH = 1024;

/**
 * Whether a file may be called so: a path that means the same on every system, in no place that anything obeys.
 *
 * @param path - In the package.
 * @param place - In the repository: the same with the package's folder before it.
 */
export function checkPath(path: string, place: string): Violation[] {
  const reason = brokenName(place) ?? obeyedPlace(place) ?? notOfAPackage(path);
  if (reason === undefined) return [];
  return [
    {
      rule: 'path',
      severity: 'block',
      path: visiblePath(place),
      line: null,
      message: `${visiblePath(place)}: ${reason}.`,
      help: 'A package holds Python, Markdown, YAML, TOML, JSON and text files below its own folder; choose another name or folder.',
    },
  ];
}

/** Paths that other systems read otherwise, or that leave the folder. */
function brokenName(place: string): string | undefined {
  if (place === '') return 'the path is empty';
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(place)) return 'the path has characters that cannot be seen';
  if (place.startsWith('/') || /^[a-z]:/i.test(place)) return 'the path is absolute';
  if (/[\\:*?"<>|]/.test(place)) return 'the path has a character that some systems give a meaning';
  if (place !== place.normalize('NFKC')) return 'the path has characters that look like others';
  if (bytes(place) > LONGEST_PATH) return `the path has more than ${String(LONGEST_PATH)} bytes`;
  const names = place.split('/');
  if (names.some((name) => name === '' || name === '.' || name === '..'))
    return 'the path has an empty part, `.` or `..`';
  if (names.some((name) => /^\s|[\s.]$/u.test(name)))
    return 'a name starts with a space, or ends with one or with a dot';
  if (names.some((name) => DEVICES.test(name))) return 'the name belongs to a device on Windows';
  if (names.some((name) => bytes(name) > LONGEST_NAME))
    return `a name has more than ${String(LONGEST_NAME)} bytes`;
  return undefined;
}

/** Folders and files that steer git, a build or an agent, however they are written. */
function obeyedPlace(place: string): string | undefined {
  const names = place.split('/').map(plain);
  // `git~1` is what Windows also calls the first name that starts with `.git`.
  if (names.some((name) => name.startsWith('.git') || /^\.?git~\d/.test(name)))
    return 'nothing is written to git or to GitHub itself';
  const last = names.at(-1) ?? '';
  if (OBEYED.has(last) || /^\.architect\.(ya?ml|md)$/.test(last))
    return 'a service or a tool obeys a file of this name';
  if (ORDERS.has(last)) return 'agents take a file of this name for orders';
  return undefined;
}

function notOfAPackage(path: string): string | undefined {
  const names = path.split('/');
  const last = names.at(-1) ?? '';
  if (path === MANIFEST) return undefined;
  if (names.some((name) => name.startsWith('.'))) return 'a package has no hidden files';
  if (!SUFFIXES.test(last) && !PLAIN_NAMES.has(last)) return 'a package has no files of this kind';
  return undefined;
}

/** A name as a disk may compare it: without case, accents composed, marks that are not seen left out. */
export function plain(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[\p{Cf}\p{Mn}]/gu, '')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFC');
}

/** A path that can be shown: what cannot be seen as an escape. */
export function visiblePath(path: string): string {
  return path.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
