/** Calls of a statement, with what is called by its import path. */
import type { Environment } from './environment.ts';
import { literalOf } from './literals.ts';
import { home } from './scope/walk.ts';
import type { CallSite, Reference, Walk } from './scope/walk.ts';
import type { Argument, Call, Span } from './statement.ts';
import { child, parts, unwrap } from './syntax.ts';
import type { SyntaxNode } from './syntax.ts';

/** What a statement is described from. */
export interface Context {
  walk: Walk;
  environment: Environment;
  /** Offset of the statement in the text that was parsed. */
  offset: number;
  references: Map<SyntaxNode, Reference>;
}

/** A range relative to the statement. */
export function spanOf(node: SyntaxNode, { offset }: Context): Span {
  return { start: node.start - offset, end: node.end - offset };
}

/** All calls in the order of their start; of calls that start together, the one that runs first comes first. */
export function describeCalls(context: Context): Call[] {
  const sites = [...context.walk.calls];
  sites.sort((a, b) => a.node.start - b.node.start || a.node.end - b.node.end);
  return sites.map((site) => describeCall(site, context));
}

function describeCall(site: CallSite, context: Context): Call {
  const callee = child(site.node, 'function') ?? site.node;
  const inner = unwrap(callee);
  const last =
    inner.type === 'attribute' ? child(inner, 'attribute') : inner.type === 'identifier' ? inner : null;
  const root = rootName(callee);
  const call: Call = {
    span: spanOf(site.node, context),
    callee: compactText(callee, context.walk.text),
    qualified: qualify(callee, context),
    root: root && context.walk.textOf(root),
    method: last ? context.walk.textOf(last) : '',
    arguments: site.arguments.map((argument) => describeArgument(argument, site, context)),
    within: site.owner,
    loop: site.loop,
    parent: site.parent && spanOf(site.parent, context),
  };
  if (root && isLocal(root, context)) call.local = true;
  return call;
}

/** True if a name belongs to a function, class or comprehension. */
export function isLocal(name: SyntaxNode, { references }: Context): boolean {
  const reference = references.get(name);
  return reference !== undefined && home(reference).parent !== null;
}

/** The name at the start of a chain of attributes, subscripts and calls. */
export function rootName(node: SyntaxNode): SyntaxNode | null {
  let part: SyntaxNode | null = unwrap(node);
  for (;;) {
    if (part === null || part.type === 'identifier') return part;
    if (part.type === 'attribute') part = child(part, 'object');
    else if (part.type === 'subscript') part = child(part, 'value');
    else if (part.type === 'call') part = child(part, 'function');
    else if (part.type === 'await') part = parts(part)[0] ?? null;
    else return null;
    part = part && unwrap(part);
  }
}

/** Import path of an expression: `pandas.read_csv`, `<df>.dropna`, `<df>[].mean`, `<call>.fit`, `<str>.join`. */
export function qualify(node: SyntaxNode, context: Context): string {
  const links: string[] = [];
  let part = unwrap(node);
  for (;;) {
    if (part.type === 'attribute') {
      const name = child(part, 'attribute');
      links.unshift(`.${name ? context.walk.textOf(name) : ''}`);
    } else if (part.type === 'subscript') links.unshift('[]');
    else break;
    const next = child(part, part.type === 'attribute' ? 'object' : 'value');
    if (!next) break;
    part = unwrap(next);
  }
  return qualifyRoot(part, links.length === 0, context) + links.join('');
}

const LITERAL_ROOTS: Readonly<Record<string, string>> = {
  call: '<call>',
  string: '<str>',
  concatenated_string: '<str>',
  list: '<list>',
  list_comprehension: '<list>',
  tuple: '<tuple>',
  dictionary: '<dict>',
  dictionary_comprehension: '<dict>',
  set: '<set>',
  set_comprehension: '<set>',
};

function qualifyRoot(node: SyntaxNode, alone: boolean, context: Context): string {
  if (node.type !== 'identifier') {
    return Object.hasOwn(LITERAL_ROOTS, node.type) ? (LITERAL_ROOTS[node.type] as string) : '<expression>';
  }
  const name = context.walk.textOf(node);
  const reference = context.references.get(node);
  if (!reference) return name;
  const scope = home(reference);
  const path = context.environment.importPath(name, scope);
  if (path !== null) return path;
  return alone || context.environment.isBuiltin(name, scope) ? name : `<${name}>`;
}

/** The text without white space and comments, but with those between words and in strings. */
export function compactText(node: SyntaxNode, text: string): string {
  if (!/[\s#]/.test(text.slice(node.start, node.end))) return text.slice(node.start, node.end);
  let result = '';
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (next.type === 'comment' || next.type === 'line_continuation') continue;
    if (next.children.length > 0 && next.type !== 'string') {
      for (let i = next.children.length - 1; i >= 0; i -= 1) stack.push(next.children[i] as SyntaxNode);
      continue;
    }
    const piece = text.slice(next.start, next.end);
    if (/[\p{L}\p{N}_]$/u.test(result) && /^[\p{L}\p{N}_'"]/u.test(piece)) result += ' ';
    result += piece;
  }
  return result;
}

function describeArgument(
  { node, from, to }: CallSite['arguments'][number],
  site: CallSite,
  context: Context,
): Argument {
  const keyword = argumentKeyword(node, context);
  const value = keyword === null ? node : (child(node, 'value') ?? parts(node)[0] ?? node);
  const text = context.walk.textOf(value);
  const argument: Argument = { keyword, span: spanOf(value, context), text, names: [] };
  // The parentheses of `f(x for x in y)` belong to the call.
  if (value.parent === site.node && value.field === 'arguments') argument.span = inward(argument.span);
  argument.names = argumentNames(context.walk.references.slice(from, to), site, context);
  const literal = literalOf(value, context.walk.text);
  if (literal) argument.literal = literal;
  if (value.type === 'identifier') argument.name = text;
  return argument;
}

function inward({ start, end }: Span): Span {
  return { start: start + 1, end: end - 1 };
}

function argumentKeyword(node: SyntaxNode, context: Context): string | null {
  if (node.type === 'list_splat') return '*';
  if (node.type === 'dictionary_splat') return '**';
  const name = node.type === 'keyword_argument' ? child(node, 'name') : null;
  return name && context.walk.textOf(name);
}

/** Names that an argument reads and that exist where the call stands: not those of a lambda or comprehension in it. */
function argumentNames(references: Reference[], site: CallSite, { environment }: Context): string[] {
  const names = new Set<string>();
  for (const reference of references) {
    if (!reference.loads) continue;
    const scope = home(reference);
    if (scope.contains(site.scope) && !environment.isBuiltin(reference.name, scope))
      names.add(reference.name);
  }
  return [...names];
}
