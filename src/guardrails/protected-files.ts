import { minimatch } from 'minimatch';

/**
 * The first pattern that protects a path, if one does. A pattern without `/` matches at any depth, a leading `/` ties it to the
 * root, and what lies below a protected folder is protected. Upper and lower case are the same: on many disks they name one file.
 *
 * @param path - In the repository, with forward slashes.
 */
export function protectingPattern(path: string, patterns: readonly string[]): string | undefined {
  const parts = path.split('/');
  const candidates = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  return patterns.find((pattern) => candidates.some((candidate) => matches(candidate, pattern)));
}

const LONGEST_PATTERN = 200;
/** Each wildcard multiplies the ways to match; nobody needs more of them. */
const MOST_WILDCARDS = 12;

/** Why a pattern of paths is not accepted, or undefined. */
export function protectionProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST_PATTERN)
    return `the pattern has more than ${String(LONGEST_PATTERN)} characters`;
  if ((pattern.match(/[*?+@!{([]+/g) ?? []).length > MOST_WILDCARDS)
    return `the pattern has more than ${String(MOST_WILDCARDS)} wildcards`;
  if (pattern.includes('\\')) return 'the pattern has a backslash; folders are parted by `/`';
  if (pattern.startsWith('!')) return 'the pattern excludes; list what it is about instead';
  return undefined;
}

function matches(path: string, pattern: string): boolean {
  const rooted = pattern.startsWith('/') || pattern.startsWith('./');
  // `!` and `#` are characters like others: a list of protected files has neither exceptions nor comments of its own.
  return minimatch(path, pattern.replace(/^\.?\//, '').replace(/\/+$/, ''), {
    matchBase: !rooted,
    dot: true,
    nocase: true,
    nonegate: true,
    nocomment: true,
    braceExpandMax: 100,
  });
}
