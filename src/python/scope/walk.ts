/**
 * The walk over one statement, in the order in which Python evaluates it. It records every name, call and store with its
 * scope, and follows which names of the notebook are certainly bound at each point.
 */
import type { SyntaxNode } from '../syntax.ts';
import { parts } from '../syntax.ts';
import { Scope } from './scope.ts';
import type { ScopeKind } from './scope.ts';

/** An occurrence of a name. */
export interface Reference {
  node: SyntaxNode;
  name: string;
  scope: Scope;
  context: 'load' | 'store' | 'delete';
  /** `x += 1` reads what it stores. */
  loads: boolean;
  /** False for what only declares: `global x`, `x: int`. */
  effective: boolean;
  /** The name may still have its value from before the statement. */
  exposed: boolean;
  /** A class body reads a name that it has not bound yet: the value is the one from outside. */
  outside: boolean;
}

export interface CallSite {
  node: SyntaxNode;
  scope: Scope;
  owner: string | null;
  loop: boolean;
  parent: SyntaxNode | null;
  arguments: { node: SyntaxNode; from: number; to: number }[];
}

export interface StoreSite {
  target: SyntaxNode;
  scope: Scope;
  owner: string | null;
}

export interface ImportSite {
  name: string;
  module: string;
  member: string | null;
  scope: Scope;
}

/** Names of the notebook that are certainly bound; null where the program cannot get to. */
export type Flow = Set<string> | null;

export type Visitor = (walk: Walk, node: SyntaxNode) => void;

/** Joins two ways to one point. */
export function meet(a: Flow, b: Flow): Flow {
  if (!a) return b;
  if (!b) return a;
  return new Set([...a].filter((name) => b.has(name)));
}

export class Walk {
  readonly references: Reference[] = [];
  readonly calls: CallSite[] = [];
  readonly stores: StoreSite[] = [];
  readonly imports: ImportSite[] = [];
  readonly text: string;
  flow: Flow = new Set();
  scope: Scope = new Scope('notebook', null, null, false);
  /** Outermost function or class that is being walked. */
  owner: string | null = null;
  loops = 0;
  /** States at the `break`s of the loops around this point. */
  readonly breaks: Flow[] = [];
  call: SyntaxNode | null = null;
  private readonly visitors: Readonly<Record<string, Visitor>>;
  private readonly soFar = new Map<Scope, Set<string>>();

  constructor(text: string, visitors: Readonly<Record<string, Visitor>>) {
    this.text = text;
    this.visitors = visitors;
  }

  textOf(node: SyntaxNode): string {
    return this.text.slice(node.start, node.end);
  }

  visit(node: SyntaxNode | null): void {
    if (!node) return;
    const visitor = Object.hasOwn(this.visitors, node.type) ? this.visitors[node.type] : undefined;
    if (visitor) visitor(this, node);
    else for (const item of parts(node)) this.visit(item);
  }

  visitAll(nodes: SyntaxNode[]): void {
    for (const node of nodes) this.visit(node);
  }

  load(node: SyntaxNode): void {
    this.refer(node, 'load', this.scope);
  }

  /** Binds a name in the scope where an assignment at this point binds. */
  store(node: SyntaxNode, loads = false): void {
    let scope = this.scope;
    // `:=` in a comprehension binds in the scope around it; its own targets are bound by `bindLocal`.
    while (scope.kind === 'comprehension' && scope.parent) scope = scope.parent;
    this.bind(node, scope, loads);
  }

  /** Binds a name in this very scope: targets of comprehensions, parameters. */
  storeHere(node: SyntaxNode): void {
    this.bind(node, this.scope, false);
  }

  private bind(node: SyntaxNode, scope: Scope, loads: boolean): void {
    const reference = this.refer(node, 'store', scope);
    reference.loads = loads;
    const { name } = reference;
    scope.bound.add(name);
    this.soFar.get(scope)?.add(name);
    const inNotebook = !scope.parent || scope.globals.has(name);
    if (inNotebook && !scope.deferred) this.flow?.add(name);
  }

  delete(node: SyntaxNode): void {
    const reference = this.refer(node, 'delete', this.scope);
    if (this.scope.parent) this.scope.bound.add(reference.name);
    else this.flow?.delete(reference.name);
  }

  declare(node: SyntaxNode): void {
    this.refer(node, 'store', this.scope).effective = false;
  }

  private refer(node: SyntaxNode, context: Reference['context'], scope: Scope): Reference {
    const name = this.textOf(node).normalize('NFKC');
    const bound = this.soFar.get(scope);
    const reference: Reference = {
      node,
      name,
      scope,
      context,
      loads: context !== 'store',
      effective: true,
      exposed: this.flow !== null && !this.flow.has(name),
      outside: context === 'load' && bound !== undefined && !bound.has(name),
    };
    this.references.push(reference);
    return reference;
  }

  /** Walks what lies in a scope of its own. */
  inside(kind: ScopeKind, deferred: boolean, owner: string | null, work: () => void): void {
    const { scope, flow, loops, owner: outerOwner } = this;
    const later = scope.deferred || deferred;
    this.owner ??= owner;
    this.scope = new Scope(kind, scope, this.owner, later);
    if (kind === 'class') this.soFar.set(this.scope, new Set());
    if (deferred) {
      this.flow = null;
      this.loops = 0;
    }
    work();
    if (deferred) {
      this.flow = flow;
      this.loops = loops;
    }
    this.scope = scope;
    this.owner = outerOwner;
  }

  /** Walks something that may not run at all. */
  maybe(work: () => void): void {
    this.flow = meet(this.flow, this.path(this.flow, work));
  }

  /** Walks one of several ways from a state and gives the state at its end; the walk's own state is kept. */
  path(start: Flow, work: () => void): Flow {
    const before = this.flow;
    this.flow = start && new Set(start);
    work();
    const after = this.flow;
    this.flow = before;
    return after;
  }
}

/** Where a recorded name lives. */
export function home(reference: Reference): Scope {
  const { scope, name } = reference;
  return (reference.outside && scope.parent ? scope.parent : scope).resolve(name);
}
