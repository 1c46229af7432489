/** Modules of the repository that kept code imports. */

import type { AnalysedStatement } from './extraction.ts';

/** Finds each imported module in the working tree: next to the notebook, above it, or under a usual source folder. */
export function findLocalModules(
  statements: readonly AnalysedStatement[],
  notebook: string,
  sources: readonly { path: string }[],
): { module: string; path: string }[] {
  const paths = new Set(sources.map(({ path }) => path));
  const folder = notebook.split('/').slice(0, -1);
  const roots = folder.map((_, depth) => folder.slice(0, folder.length - depth).join('/'));
  const extra = statements.flatMap(pathEntries).map((entry) => entry.replace(/^(\.\.?\/)+|\/$/g, ''));
  const found = new Map<string, string>();
  for (const { kept, imports, innerImports } of statements) {
    if (!kept) continue;
    for (const { module } of [...imports, ...(innerImports ?? [])]) {
      const file = module.replace(/^\.+/, '').replaceAll('.', '/');
      const candidates = [...roots, '', 'src', 'lib', ...extra].flatMap((root) => {
        const base = root === '' ? file : `${root}/${file}`;
        return [`${base}.py`, `${base}/__init__.py`];
      });
      const path = candidates.find((candidate) => paths.has(candidate));
      if (path !== undefined) found.set(module, path);
    }
  }
  return [...found]
    .map(([module, path]) => ({ module, path }))
    .sort((a, b) => (a.module < b.module ? -1 : 1));
}

/** Folders of `sys.path.append('../lib')`. */
function pathEntries({ calls }: AnalysedStatement): string[] {
  return calls.flatMap(({ qualified, arguments: given }) => {
    if (!/^sys\.path\.(append|insert)$/.test(qualified)) return [];
    return given.flatMap(({ literal }) => (literal?.kind === 'string' ? [literal.value] : []));
  });
}
