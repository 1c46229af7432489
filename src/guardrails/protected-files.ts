import { braceExpand, Minimatch } from 'minimatch';
import { foldersAbove } from '../lib/file-tree.ts';

const LONGEST_PATTERN = 200;
const MOST_ALTERNATIVES = 100;

/** Why a pattern of paths is not accepted, or undefined. */
export function protectionProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST_PATTERN)
    return `the pattern has more than ${String(LONGEST_PATTERN)} characters`;
  if (pattern.includes('\\')) return 'the pattern has a backslash; folders are parted by `/`';
  if (pattern.startsWith('!')) return 'the pattern excludes; list what it is about instead';
  const alternatives = braceExpand(pattern, { braceExpandMax: MOST_ALTERNATIVES + 1 });
  return alternatives.length > MOST_ALTERNATIVES
    ? `the pattern stands for more than ${String(MOST_ALTERNATIVES)} others`
    : undefined;
}

/**
 * Makes the search for the first pattern that protects a path. A pattern without `/` matches at any depth, a leading `/` ties
 * it to the root, and what lies below a protected folder is protected. Upper and lower case are the same: on many disks they
 * name one file.
 *
 * @returns Takes a path in the repository, with forward slashes.
 */
export function protection(patterns: readonly string[]): (path: string) => string | undefined {
  const compiled = patterns.map((pattern) => {
    const rooted = /^\.?\//.test(pattern);
    const plain = pattern.replace(/^\.?\//, '').replace(/\/+$/, '');
    return { pattern, match: new Minimatch(plain, { ...OPTIONS, matchBase: !rooted }) };
  });
  return (path) => {
    const upwards = [...foldersAbove(path), path];
    return compiled.find(({ match }) => upwards.some((one) => match.match(one)))?.pattern;
  };
}

const OPTIONS = {
  dot: true,
  nocase: true,
  // `!` and `#` are characters like others: a list of protected files has neither exceptions nor comments of its own.
  nonegate: true,
  nocomment: true,
  braceExpandMax: MOST_ALTERNATIVES,
};
