/** Stores into parts of values, and names that may share one value. */
import { isLocal, rootName, spanOf } from './calls.ts';
import type { Context } from './calls.ts';
import { stringValue } from './literals.ts';
import { home } from './scope/walk.ts';
import type { Alias, Store } from './statement.ts';
import { child, childrenOf, parts, unwrap } from './syntax.ts';
import type { SyntaxNode } from './syntax.ts';

/** `a.b = 1`, `d[k] = v`, `del d[k]` and the like, in the order in which they happen. */
export function describeStores(context: Context): Store[] {
  const stores: Store[] = [];
  for (const { target, owner } of context.walk.stores) {
    const root = rootName(target);
    if (!root) continue;
    const store: Store = {
      root: context.walk.textOf(root),
      kind: target.type === 'subscript' ? 'subscript' : 'attribute',
      span: spanOf(target, context),
      within: owner,
    };
    const key = constantKey(target, context);
    if (key !== undefined) store.key = key;
    if (isLocal(root, context)) store.local = true;
    stores.push(store);
  }
  return stores;
}

function constantKey(target: SyntaxNode, context: Context): string | undefined {
  if (target.type !== 'subscript') return undefined;
  const keys = childrenOf(target, 'subscript');
  const [key] = keys;
  if (keys.length !== 1 || !key || child(target, 'value')?.type !== 'identifier') return undefined;
  return stringValue(unwrap(key), context.walk.text);
}

/** Pairs of names that may share one object or its memory after the statement. Only the notebook's own names. */
export function describeAliases(node: SyntaxNode, context: Context): Alias[] {
  const found = new Map<string, Alias>();
  const add = (name: SyntaxNode, of: SyntaxNode, element: boolean): void => {
    if (isLocal(name, context) || !isShared(of, context)) return;
    const alias: Alias = { name: context.walk.textOf(name), of: context.walk.textOf(of) };
    if (alias.name === alias.of) return;
    if (element) alias.element = true;
    found.set(`${alias.name} ${alias.of}`, alias);
  };
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (/^(function|class)_definition$|^lambda$/.test(next.type)) continue;
    if (next.type === 'assignment') assignmentAliases(next, add);
    else if (next.type === 'for_statement') loopAliases(next, context.walk.text, add);
    for (let i = next.children.length - 1; i >= 0; i -= 1) {
      const item = next.children[i] as SyntaxNode;
      if (next.type !== 'assignment' || item.type !== 'assignment') stack.push(item);
    }
  }
  return [...found.values()];
}

type Add = (name: SyntaxNode, of: SyntaxNode, element: boolean) => void;

/** Modules and builtins are not values that a notebook changes. */
function isShared(name: SyntaxNode, { walk, references, environment }: Context): boolean {
  const reference = references.get(name);
  if (!reference) return false;
  const scope = home(reference);
  const text = walk.textOf(name);
  return !scope.parent && environment.importPath(text, scope) === null && !environment.isBuiltin(text, scope);
}

function assignmentAliases(node: SyntaxNode, add: Add): void {
  const targets: SyntaxNode[] = [];
  let value: SyntaxNode | null = node;
  for (; value?.type === 'assignment'; value = child(value, 'right')) {
    const left = child(value, 'left');
    if (left) targets.push(left);
  }
  if (!value) return;
  for (const target of targets) pair(target, value, add);
  const plain = targets.filter((target) => target.type === 'identifier');
  const [first] = plain;
  if (first && shared(value).length === 0) for (const other of plain.slice(1)) add(other, first, false);
}

const DISPLAYS = /^(list|tuple|set|expression_list)$/;

function pair(target: SyntaxNode, value: SyntaxNode, add: Add): void {
  const inner = unwrap(value);
  if (target.type === 'identifier') {
    for (const { name, element } of shared(inner)) add(target, name, element);
    return;
  }
  if (!/^(pattern_list|tuple_pattern|list_pattern)$/.test(target.type)) return;
  const targets = parts(target);
  const values = DISPLAYS.test(inner.type) ? parts(inner) : null;
  targets.forEach((item, position) => {
    const own = values?.length === targets.length ? values[position] : undefined;
    if (own) pair(item, own, add);
    else if (item.type === 'identifier') for (const { name } of shared(inner)) add(item, name, true);
  });
}

/** Functions whose result hands on the elements of their arguments. */
const ITERATORS = new Set(['enumerate', 'zip', 'reversed', 'sorted', 'iter', 'list', 'tuple', 'tqdm']);

/** `for row in rows`, `for frame in (train, test)`, also through `enumerate`, `zip` and the like. */
function loopAliases(node: SyntaxNode, text: string, add: Add): void {
  const left = child(node, 'left');
  const right = child(node, 'right');
  if (!left || !right) return;
  const iterable = unwrap(right);
  const callee = iterable.type === 'call' ? child(iterable, 'function') : null;
  const name = callee?.type === 'identifier' ? text.slice(callee.start, callee.end) : '';
  const list = ITERATORS.has(name) ? child(iterable, 'arguments') : null;
  const sources = list ? parts(list).filter((item) => item.type !== 'keyword_argument') : [iterable];
  let targets = left.type === 'identifier' ? [left] : parts(left);
  if (name === 'enumerate')
    targets = targets.slice(1).flatMap((item) => (item.type === 'identifier' ? item : parts(item)));
  for (const source of sources) {
    for (const { name: of } of shared(source)) {
      for (const target of targets) if (target.type === 'identifier') add(target, of, true);
    }
  }
}

/** Names whose object, or a part of it, an expression may be. `element`: the expression is a container that holds it. */
function shared(node: SyntaxNode): { name: SyntaxNode; element: boolean }[] {
  const inner = unwrap(node);
  switch (inner.type) {
    case 'identifier':
      return [{ name: inner, element: false }];
    case 'attribute':
      return shared(child(inner, 'object') ?? inner.children[0] ?? inner);
    case 'subscript':
      return shared(child(inner, 'value') ?? inner.children[0] ?? inner);
    case 'named_expression':
      return shared(child(inner, 'value') ?? inner.children[0] ?? inner);
    case 'conditional_expression':
      return parts(inner).flatMap((part, position) => (position === 1 ? [] : shared(part)));
    case 'boolean_operator':
      return parts(inner).flatMap(shared);
    case 'pair':
      return shared(child(inner, 'value') ?? inner.children[0] ?? inner);
    case 'list':
    case 'tuple':
    case 'set':
    case 'expression_list':
    case 'dictionary':
      return parts(inner)
        .flatMap(shared)
        .map(({ name }) => ({ name, element: true }));
    case 'list_splat':
    case 'dictionary_splat':
      return parts(inner).flatMap(shared);
    default:
      return [];
  }
}
