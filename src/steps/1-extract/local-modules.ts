/** Modules of the repository that kept code imports. */

import type { Diagnostic } from '../../lib/diagnostic.ts';
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

/** A module of the repository that is called as the package itself: of two packages `src` Python imports one. */
export function refuseClashes(
  statements: readonly AnalysedStatement[],
  notebook: string,
  modules: readonly { module: string; path: string }[],
): Diagnostic[] {
  const taken = modules.filter(({ module }) => /^src(\.|$)/.test(module));
  const [first] = taken;
  const user = statements.find(
    ({ kept, imports, innerImports }) =>
      kept && [...imports, ...(innerImports ?? [])].some(({ module }) => module === first?.module),
  );
  if (first === undefined || user === undefined) return [];
  return [
    {
      code: 'module_named_src',
      severity: 'refused',
      file: notebook,
      cell: user.cell,
      line: user.line,
      message: `the notebook imports \`${first.module}\` (${first.path}), and the package that is made of it is called \`src\` too: Python would import only one of them`,
      help: 'Rename the folder `src` of the repository and the import, for example to the name of the project, then run this again.',
    },
  ];
}

/** Folders of `sys.path.append('../lib')`. */
function pathEntries({ calls }: AnalysedStatement): string[] {
  return calls.flatMap(({ qualified, arguments: given }) => {
    if (!/^sys\.path\.(append|insert)$/.test(qualified)) return [];
    return given.flatMap(({ literal }) => (literal?.kind === 'string' ? [literal.value] : []));
  });
}
