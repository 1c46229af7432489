/** How imports and definitions are walked: what binds a name to more than a value. */
import { child, childrenOf, parts } from '../syntax.ts';
import type { SyntaxNode } from '../syntax.ts';
import { bindParameters, visitParameterValues } from './expressions.ts';
import type { Visitor, Walk } from './walk.ts';

/** The import of names: `a.b` binds `a`, unless it gets another name. */
const visitImport: Visitor = (walk, node) => {
  for (const item of childrenOf(node, 'name')) {
    const path = item.type === 'aliased_import' ? child(item, 'name') : item;
    const alias = item.type === 'aliased_import' ? child(item, 'alias') : null;
    const first = path && parts(path)[0];
    if (!path || !first) continue;
    const module = walk.textOf(path).replace(/\s/g, '');
    bindImport(walk, alias ?? first, { module, member: null, path: alias ? module : walk.textOf(first) });
  }
};

const visitImportFrom: Visitor = (walk, node) => {
  const source = child(node, 'module_name');
  const module = source ? walk.textOf(source).replace(/\s/g, '') : '__future__';
  const prefix = module.endsWith('.') ? module : `${module}.`;
  for (const item of childrenOf(node, 'name')) {
    const member = item.type === 'aliased_import' ? child(item, 'name') : item;
    const name = item.type === 'aliased_import' ? child(item, 'alias') : parts(item)[0];
    if (!member || !name) continue;
    const text = walk.textOf(member);
    // `from __future__ import annotations` changes the compiler; the name that it binds is of no use.
    if (module !== '__future__') bindImport(walk, name, { module, member: text, path: prefix + text });
    else walk.imports.push({ name: text, module, member: text, scope: walk.scope });
  }
  if (parts(node).some((item) => item.type === 'wildcard_import')) {
    walk.imports.push({ name: '*', module, member: '*', scope: walk.scope });
  }
};

function bindImport(
  walk: Walk,
  node: SyntaxNode,
  { module, member, path }: { module: string; member: string | null; path: string },
): void {
  const name = walk.textOf(node);
  const { scope } = walk;
  walk.store(node);
  walk.imports.push({ name, module, member, scope });
  // Of `try: import a as x` / `except: import b as x` the first is the one that is wanted.
  if (!scope.imports.has(name)) scope.imports.set(name, path);
}

const visitFunction: Visitor = (walk, node) => {
  const name = child(node, 'name');
  const parameters = child(node, 'parameters');
  const typed = child(node, 'type_parameters');
  const owner = name ? walk.textOf(name) : '';
  const define = (): void => {
    visitParameterValues(walk, parameters);
    walk.visit(child(node, 'return_type'));
    walk.inside('function', true, owner, () => {
      bindParameters(walk, parameters);
      walk.visit(child(node, 'body'));
    });
  };
  if (typed) withTypeParameters(walk, typed, define);
  else define();
  if (name) walk.store(name);
};

const visitClass: Visitor = (walk, node) => {
  const name = child(node, 'name');
  const typed = child(node, 'type_parameters');
  const owner = name ? walk.textOf(name) : '';
  const define = (): void => {
    walk.visit(child(node, 'superclasses'));
    walk.inside('class', false, owner, () => walk.visit(child(node, 'body')));
  };
  if (typed) withTypeParameters(walk, typed, define);
  else define();
  if (name) walk.store(name);
};

/** `[T: int, *Ts]` after a name: a small scope of their own. */
function withTypeParameters(walk: Walk, list: SyntaxNode, work: () => void): void {
  walk.inside('types', false, null, () => {
    for (const item of parts(list)) visitTypeParameter(walk, item);
    work();
  });
}

function visitTypeParameter(walk: Walk, node: SyntaxNode): void {
  const [first, ...bounds] = parts(node);
  if (!first) return;
  if (first.type === 'identifier') walk.storeHere(first);
  else visitTypeParameter(walk, first);
  walk.visitAll(bounds);
}

const visitTypeAlias: Visitor = (walk, node) => {
  const left = child(node, 'left');
  let name = left && parts(left)[0];
  let typed: SyntaxNode | null = null;
  if (name?.type === 'generic_type') [name, typed] = [parts(name)[0] ?? null, parts(name)[1] ?? null];
  const value = (): void => walk.visit(child(node, 'right'));
  if (typed) withTypeParameters(walk, typed, value);
  else value();
  if (name) walk.store(name);
};

export const definitionVisitors: Readonly<Record<string, Visitor>> = {
  import_statement: visitImport,
  import_from_statement: visitImportFrom,
  future_import_statement: visitImportFrom,
  function_definition: visitFunction,
  class_definition: visitClass,
  type_alias_statement: visitTypeAlias,
};
