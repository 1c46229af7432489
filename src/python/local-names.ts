/** Names that mean nothing outside of their function. */
import type { TextEdit } from './edit.ts';
import type { Scope } from './scope/scope.ts';
import { home, type Reference, type Walk } from './scope/walk.ts';
import { child, parts, type SyntaxNode, walk as descendants } from './syntax.ts';

/** What stands for a local: how deep its scope lies, and the how many-th name of it. No author writes such a name. */
const PLACEHOLDER = /^local_\d+_\d+__$/;

/** Through these, a program reads its locals by their names. */
const BY_NAME = new Set(['locals', 'vars', 'eval', 'exec', 'dir', 'query']);

/** Edits that give every local its number for a name; none where the program could tell. */
export function renamedLocals(walk: Walk, root: SyntaxNode): TextEdit[] {
  if (seesNames(walk, root)) return [];
  const names = new Map<Scope, Map<string, string>>();
  const stores = walk.references
    .filter((reference) => reference.context === 'store' && isLocal(reference))
    .sort((a, b) => a.node.start - b.node.start);
  for (const reference of stores) {
    const scope = home(reference);
    const known = names.get(scope) ?? new Map<string, string>();
    names.set(scope, known);
    if (known.has(reference.name) || !mayBeRenamed(reference.name, scope, walk)) continue;
    known.set(reference.name, `local_${String(depth(scope))}_${String(known.size)}__`);
  }
  return walk.references.flatMap((reference) => {
    const replacement = names.get(home(reference))?.get(reference.name);
    if (replacement === undefined) return [];
    return [{ span: { start: reference.node.start, end: reference.node.end }, replacement }];
  });
}

function isLocal(reference: Reference): boolean {
  const { kind } = home(reference);
  return kind === 'function' || kind === 'comprehension';
}

/** Not what callers name, and not what an import names. */
function mayBeRenamed(name: string, scope: Scope, walk: Walk): boolean {
  if (scope.imports.has(name)) return false;
  return !walk.references.some(
    (reference) =>
      reference.name === name &&
      home(reference) === scope &&
      (isParameter(reference.node) || isShown(reference.node)),
  );
}

function isParameter(node: SyntaxNode): boolean {
  for (let at: SyntaxNode | null = node; at !== null; at = at.parent) {
    if (at.type === 'parameters' || at.type === 'lambda_parameters') return true;
    // The value of a default is code around the function.
    if (at.field === 'value' || at.field === 'type' || at.field === 'body' || at.type === 'block')
      return false;
  }
  return false;
}

/** `f"{name=}"` prints the name. */
function isShown(node: SyntaxNode): boolean {
  for (let at = node.parent; at !== null && at.type !== 'block'; at = at.parent) {
    if (at.type === 'interpolation' && at.children.some(({ type }) => type === '=')) return true;
  }
  return false;
}

/** `model.eval()` evaluates no text. */
function isBareMethod({ parent }: SyntaxNode): boolean {
  if (parent?.type !== 'attribute') return false;
  const list = parent.parent?.type === 'call' ? child(parent.parent, 'arguments') : null;
  return list?.type === 'argument_list' && parts(list).length === 0;
}

function depth(scope: Scope): number {
  return scope.parent === null ? 0 : 1 + depth(scope.parent);
}

function seesNames(walk: Walk, root: SyntaxNode): boolean {
  const { text } = walk;
  for (const node of descendants(root)) {
    if (node.type !== 'identifier') continue;
    const name = text.slice(node.start, node.end);
    if (PLACEHOLDER.test(name)) return true;
    if (BY_NAME.has(name) && !isBareMethod(node)) return true;
  }
  return false;
}
