/** Namespaces of Python and the rule by which a name finds its own. */

export type ScopeKind = 'notebook' | 'function' | 'class' | 'comprehension' | 'types';

/** One namespace. Filled while a statement is walked, asked only after the walk: a later line can make a name local. */
export class Scope {
  readonly kind: ScopeKind;
  readonly parent: Scope | null;
  /** Name of the outermost function or class of the statement around this scope. */
  readonly owner: string | null;
  /** Its code runs later than the statement: in the body of a function. */
  readonly deferred: boolean;
  readonly bound = new Set<string>();
  readonly globals = new Set<string>();
  readonly nonlocals = new Set<string>();
  /** Import paths of names that are imported in this scope. */
  readonly imports = new Map<string, string>();

  constructor(kind: ScopeKind, parent: Scope | null, owner: string | null, deferred: boolean) {
    this.kind = kind;
    this.parent = parent;
    this.owner = owner;
    this.deferred = deferred;
  }

  /** The scope that a name stands for when it is used in this one. */
  resolve(name: string): Scope {
    return resolveFrom(this, name);
  }

  /** The outermost scope. */
  notebook(): Scope {
    return this.parent ? this.parent.notebook() : this;
  }

  /** True if code in `other` is code inside this scope. */
  contains(other: Scope): boolean {
    return other === this || (other.parent !== null && this.contains(other.parent));
  }
}

function resolveFrom(start: Scope, name: string): Scope {
  let visible = true;
  for (let scope = start; ; scope = scope.parent) {
    if (scope.globals.has(name)) return scope.notebook();
    const binds = scope.bound.has(name) && !scope.nonlocals.has(name);
    // What a class binds is seen by the lines of its body, not by the functions and comprehensions in it.
    if (binds && (visible || scope.kind !== 'class')) return scope;
    if (!scope.parent) return scope;
    if (scope.kind !== 'types') visible = false;
  }
}
