import type { FileTree } from '../lib/file-tree.ts';
import { codeRuleCheck } from './code-rules.ts';
import { checkEntries } from './entries.ts';
import { checkInvisible } from './invisible-characters.ts';
import { checkPath } from './paths.ts';
import type { GuardrailPolicy } from './policy.ts';
import { protection } from './protected-files.ts';
import { checkSecrets } from './secrets.ts';
import { checkSizes } from './sizes.ts';
import type { Violation } from './violation.ts';

/** Where a tree is to go, and what it is held to. Plain JSON where `entries` is a record. */
export interface GuardContext {
  policy: GuardrailPolicy;
  /** The package's folder in the repository, `.` for its root. */
  folder: string;
  /** What lies in the repository already: path → git mode (`100644`, `100755`, `120000` link, `160000` submodule, `040000` folder). */
  entries: ReadonlyMap<string, string> | Record<string, string>;
  /** Paths in the repository of a package that we wrote before and may replace. */
  ours: readonly string[];
}

/**
 * Holds a tree to every guardrail, whoever wrote it: paths, links, files that are not ours, protected files, rules about code,
 * secrets, characters that cannot be seen, sizes.
 *
 * @param tree - The package; paths relative to its folder.
 * @returns What is wrong, sorted by path and line; empty where nothing is.
 */
export function checkTree(tree: FileTree, context: GuardContext): Violation[] {
  return treeCheck(context)(tree);
}

/** As `checkTree`, for the trees of one run: a text that was looked at is not looked at again. */
export function treeCheck(context: GuardContext): (tree: FileTree) => Violation[] {
  const { policy, folder } = context;
  const protectedBy = protection(policy.protectedFiles);
  const breaksRules = codeRuleCheck(policy.codeRules);
  const seen = new Map<string, { text: string; found: Violation[] }>();
  const checkText = (place: string, text: string): Violation[] => {
    const known = seen.get(place);
    if (known?.text === text) return known.found;
    const found = [...breaksRules(place, text), ...checkInvisible(place, text), ...checkSecrets(place, text)];
    seen.set(place, { text, found });
    return found;
  };
  return (tree) => {
    const files = Object.entries(tree).map(([path, text]) => ({
      path,
      place: folder === '.' || folder === '' ? path : `${folder}/${path}`,
      text,
    }));
    const sizes = checkSizes(files, policy.sizes);
    const places = files.map(({ place }) => place);
    // A tree that is too large is not searched: it ends the run as it is.
    const texts = sizes.length > 0 ? [] : files.flatMap(({ place, text }) => checkText(place, text));
    return [
      ...sizes,
      ...checkEntries(places, context),
      ...files.flatMap(({ path, place }) => checkPath(path, place)),
      ...places.flatMap((place) => checkProtected(place, protectedBy(place))),
      ...texts,
    ].sort(byPlace);
  };
}

function byPlace(a: Violation, b: Violation): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0);
}

function checkProtected(place: string, pattern: string | undefined): Violation[] {
  if (pattern === undefined) return [];
  return [
    {
      rule: 'protected_file',
      severity: 'block',
      path: place,
      line: null,
      message: `${place} is protected by the pattern \`${pattern}\`.`,
      help: 'Narrow the pattern under guardrails.protected_files in .architect.yaml, or give packages another place with output.folder.',
    },
  ];
}
