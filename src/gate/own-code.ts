import type { FileTree } from '../lib/file-tree.ts';
import { boundNames, splitStatements } from '../python/edit.ts';
import { type Named, readNamed } from '../python/named.ts';
import { isActing, isActingMember } from './harmless.ts';

/** What the compiler's package has, for code that a model adds to it. */
export interface OwnCode {
  /** Module → names that it defines: `src.data.loader` → `load_data` … */
  modules: ReadonlyMap<string, ReadonlySet<string>>;
  /** Paths of functions, classes and values that write files, track or reach out, themselves or through others. */
  acting: ReadonlySet<string>;
  /** First names of the modules that it imports. */
  libraries: ReadonlySet<string>;
  /** Names that `tests/conftest.py` defines: its fixtures. */
  fixtures: ReadonlySet<string>;
}

/** `src/data/loader.py` → `src.data.loader`. */
export function moduleOf(path: string): string {
  return path
    .replace(/\.py$/, '')
    .replace(/\/__init__$/, '')
    .replaceAll('/', '.');
}

/** What one file of the package defines. */
interface OwnFile {
  text: string;
  libraries: string[];
  /** Name → everything that its definition names. */
  definitions: [string, Named[]][];
}

/** Opens a reader of trees that share most of their files. */
export function ownCodeReader(): (tree: FileTree) => OwnCode {
  const files = new Map<string, OwnFile>();
  return (tree) => {
    const modules = new Map<string, Set<string>>();
    const libraries = new Set<string>();
    const names = new Map<string, Named[]>();
    for (const [path, text] of Object.entries(tree)) {
      if (!path.endsWith('.py')) continue;
      const known = files.get(path);
      const file = known?.text === text ? known : readOwnFile(text);
      files.set(path, file);
      const module = moduleOf(path);
      for (const library of file.libraries) libraries.add(library);
      for (const [name, inside] of file.definitions) names.set(`${module}.${name}`, inside);
      modules.set(module, new Set(file.definitions.map(([name]) => name)));
    }
    const fixtures = modules.get('tests.conftest') ?? new Set<string>();
    return { modules, acting: actingPaths(names), libraries, fixtures };
  };
}

function readOwnFile(text: string): OwnFile {
  const named = readNamed(text);
  const imported = named.filter(({ kind }) => kind === 'import');
  const starts = new Set(imported.map(({ span }) => span.start));
  const definitions = splitStatements(text)
    // A name that a module only imports is not the module's to give.
    .filter(({ span }) => !starts.has(span.start))
    .flatMap(({ span, text: statement }) => {
      const inside = named.filter((one) => one.span.start >= span.start && one.span.end <= span.end);
      return boundNames(statement).map((name): [string, Named[]] => [name, inside]);
    });
  return { text, libraries: imported.map(({ name }) => name.split('.')[0] ?? name), definitions };
}

/** Those that act, and those that name one of them. */
function actingPaths(names: ReadonlyMap<string, readonly Named[]>): Set<string> {
  const acting = new Set<string>();
  const acts = (path: string, { kind, name }: Named): boolean => {
    switch (kind) {
      case 'path':
      case 'module':
        return isOwn(name) ? leadsTo(name, acting) : isActing(name);
      case 'top':
        return acting.has(`${path.slice(0, path.lastIndexOf('.'))}.${name}`);
      case 'member':
        return isActingMember(name);
      case 'builtin':
        return /^(open|exec|eval|compile|__import__|globals|setattr|delattr)$/.test(name);
      default:
        return false;
    }
  };
  for (let before = -1; before !== acting.size;) {
    before = acting.size;
    for (const [path, inside] of names) if (inside.some((one) => acts(path, one))) acting.add(path);
  }
  return acting;
}

/** Whether a path leads into the package. */
export function isOwn(path: string): boolean {
  return /^(src|tests)(\.|$)/.test(path);
}

/** Whether a path, or what it is a member of, is among others. */
export function leadsTo(path: string, paths: ReadonlySet<string>): boolean {
  const names = path.split('.');
  return names.some((_, index) => paths.has(names.slice(0, index + 1).join('.')));
}
