import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distributionOf } from '../knowledge/distributions.ts';
import { optionalDistributions } from '../knowledge/optional-distributions.ts';
import type { Source } from '../lib/source.ts';
import type { Notebook } from '../notebook/notebook.ts';
import { readStatements } from '../python/read-statements.ts';

/** Modules of the user's that are read for their own imports. */
const MOST_MODULES = 100;
const MOST_BYTES = 500_000;

/** Distributions that a notebook and the modules of its own working tree import or need for a call, sorted. */
export function distributionsOf(notebook: Notebook, source: Source): string[] {
  const code = notebook.cells.filter(({ kind }) => kind === 'code');
  const first = needs(code);
  const queue = first.modules;
  const found = new Set(first.distributions);
  const read = new Set<string>();
  for (let module = queue.shift(); module !== undefined; module = queue.shift()) {
    const own = localFiles(module, source);
    if (own.length === 0) {
      // A relative import has no meaning outside a package, and names no distribution.
      const name = module.startsWith('.') ? null : distributionOf(module);
      if (name !== null) found.add(name);
      continue;
    }
    for (const path of own) {
      if (read.has(path) || read.size >= MOST_MODULES) continue;
      read.add(path);
      const { modules, distributions } = needs([{ index: 0, code: textOf(source, path) }]);
      queue.push(...modules);
      for (const name of distributions) found.add(name);
    }
  }
  return [...found].sort();
}

/** What code imports, and what its calls need beside. */
function needs(cells: { index: number; code: string }[]): { modules: string[]; distributions: string[] } {
  const { statements } = readStatements(cells);
  return {
    modules: statements.flatMap(({ imports, innerImports }) =>
      [...imports, ...(innerImports ?? [])].map(({ module }) => module),
    ),
    distributions: optionalDistributions(statements.flatMap(({ calls }) => calls)),
  };
}

/**
 * Files of the working tree that an import may mean: beside the notebook, above it, in `src` or `lib`. A module that is ours must never be
 * asked of a package index: anybody may have put something of that name there.
 */
export function localFiles(module: string, source: Source): string[] {
  const parts = module.replace(/^\.+/, '').split('.');
  const folders = source.path.split('/').slice(0, -1);
  const bases = [
    ...folders.map((_, depth) => folders.slice(0, folders.length - depth).join('/')),
    '',
    'src',
    'lib',
  ];
  for (const base of bases) {
    const prefix = base === '' ? '' : `${base}/`;
    const root = `${prefix}${parts[0] ?? ''}`;
    const file = `${prefix}${parts.join('/')}`;
    const own = source.files
      .map(({ path }) => path)
      .filter((path) => path === `${root}.py` || path.startsWith(`${root}/`));
    const python = own.filter((path) => path.endsWith('.py'));
    if (python.length === 0) continue;
    const exact = python.filter((path) => path === `${file}.py` || path.startsWith(`${file}/`));
    return exact.length > 0 ? exact : python;
  }
  return [];
}

function textOf(source: Source, path: string): string {
  try {
    const file = join(source.root, path);
    const found = lstatSync(file);
    return found.isFile() && found.size <= MOST_BYTES ? readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}
