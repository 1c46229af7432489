/** What the names of the notebook stand for, statement after statement, as far as imports tell. */
import { isNotebookBuiltin } from './names.ts';
import type { Scope } from './scope/scope.ts';
import type { Walk } from './scope/walk.ts';
import { child } from './syntax.ts';
import type { SyntaxNode } from './syntax.ts';

export class Environment {
  /** Import path, or null for what the notebook itself made. */
  private readonly now = new Map<string, string | null>();
  private readonly later = new Map<string, string>();

  /** Takes all statements first: a notebook may have been run in another order than it is written. */
  constructor(walks: Iterable<Walk>) {
    for (const walk of walks) {
      for (const [name, path] of walk.scope.imports) if (!this.later.has(name)) this.later.set(name, path);
    }
  }

  /** Import path of a name where it is used in this scope; null if it is no import. */
  importPath(name: string, home: Scope): string | null {
    const local = home.imports.get(name);
    if (local !== undefined) return local;
    if (home.parent) return null;
    return this.now.has(name) ? (this.now.get(name) ?? null) : (this.later.get(name) ?? null);
  }

  /** True for builtins that the notebook has not hidden so far. */
  isBuiltin(name: string, home: Scope): boolean {
    return !home.parent && !this.now.has(name) && isNotebookBuiltin(name);
  }

  /** Goes on behind a statement that binds these names. */
  enter(walk: Walk, node: SyntaxNode, defines: readonly string[]): void {
    for (const name of defines) this.now.set(name, walk.scope.imports.get(name) ?? null);
    const chain = this.renamedImport(walk, node);
    if (chain) this.now.set(chain.name, chain.path);
  }

  /** `layers = tf.keras.layers` makes another name for something imported. */
  private renamedImport(walk: Walk, node: SyntaxNode): { name: string; path: string } | null {
    const assignment = node.type === 'expression_statement' ? node.children[0] : undefined;
    if (assignment?.type !== 'assignment') return null;
    const left = child(assignment, 'left');
    let part = child(assignment, 'right');
    if (left?.type !== 'identifier' || part?.type !== 'attribute') return null;
    let tail = '';
    for (; part?.type === 'attribute'; part = child(part, 'object')) {
      const attribute = child(part, 'attribute');
      tail = `.${attribute ? walk.textOf(attribute) : ''}${tail}`;
    }
    const path = part?.type === 'identifier' ? this.importPath(walk.textOf(part), walk.scope) : null;
    return path === null ? null : { name: walk.textOf(left), path: path + tail };
  }
}
