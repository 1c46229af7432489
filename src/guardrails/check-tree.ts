import type { FileTree } from '../lib/file-tree.ts';
import { checkCodeRules } from './code-rules.ts';
import { checkEntries } from './entries.ts';
import { checkPath } from './paths.ts';
import type { GuardrailPolicy } from './policy.ts';
import { protectingPattern } from './protected-files.ts';
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
 * Holds a tree to every guardrail, whoever wrote it: paths, links, files that are not ours, protected files, rules about code, sizes.
 *
 * @param tree - The package; paths relative to its folder.
 * @returns What is wrong, sorted by path and line; empty where nothing is.
 */
export function checkTree(tree: FileTree, context: GuardContext): Violation[] {
  const files = Object.entries(tree).map(([path, text]) => ({
    path,
    place: context.folder === '.' || context.folder === '' ? path : `${context.folder}/${path}`,
    text,
  }));
  const violations = [
    ...checkSizes(files, context.policy.sizes),
    ...checkEntries(
      files.map(({ place }) => place),
      context,
    ),
    ...checkCodeRules(files, context.policy.codeRules),
    ...files.flatMap((file) => [
      ...checkPath(file.path, file.place),
      ...checkProtected(file.place, context.policy.protectedFiles),
    ]),
  ];
  return violations.sort(
    (a, b) => (a.path === b.path ? 0 : a.path < b.path ? -1 : 1) || (a.line ?? 0) - (b.line ?? 0),
  );
}

function checkProtected(place: string, patterns: readonly string[]): Violation[] {
  const pattern = protectingPattern(place, patterns);
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
