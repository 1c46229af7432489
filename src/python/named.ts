/** Everything outside of itself that a piece of code names: what it imports, uses of it, and members of whatever object. */
import { rootName } from './calls.ts';
import { LineMap } from './lines.ts';
import { walkCode } from './read-statements.ts';
import { home, type Reference, type Walk } from './scope/walk.ts';
import type { Span } from './statement.ts';
import { child, parseSyntax, parts, type SyntaxNode, unwrap, walk as descendants } from './syntax.ts';

/** One thing that code names. Plain JSON. */
export interface Named {
  /**
   * `import`: `module` or `module.member`, for `*` with `.*`; `path`: a use of what was imported, with its members; `module`: an imported
   * module as a value, of which no member is named; `top`: a name that the module binds itself; `builtin`: a name that nothing binds;
   * `member`: of an object that is no import; `write`: something imported or bound at the top is changed; `statement`: `global`, `yield`, `:=`
   * and the like, and an annotation in quotes, which is code for those who evaluate it.
   */
  kind: 'import' | 'path' | 'module' | 'top' | 'builtin' | 'member' | 'write' | 'statement';
  name: string;
  /** Of a member: named as `self.x`. */
  own?: true;
  /** Of a member that is called: how. */
  call?: { positional: number; keywords: string[] };
  /** From 1. */
  line: number;
  span: Span;
}

/** Reads what a module names, in the order of the text. */
export function readNamed(text: string): Named[] {
  const { root } = parseSyntax(text);
  const walk = walkCode(root, text);
  const lines = new LineMap(text);
  const found: Named[] = [];
  const add = (kind: Named['kind'], name: string, node: SyntaxNode, more: Partial<Named> = {}): void => {
    const { start, end } = node;
    // Python reads names in this form, so letters that look like others hide nothing.
    found.push({
      kind,
      name: name.normalize('NFKC'),
      ...more,
      line: lines.line(start),
      span: { start, end },
    });
  };
  const imported = new Set<SyntaxNode>();
  for (const node of descendants(root)) {
    if (/^(import_statement|import_from_statement|future_import_statement)$/.test(node.type))
      for (const name of importedPaths(node, text)) add('import', name, node);
    if (/^(global_statement|nonlocal_statement|exec_statement|print_statement)$/.test(node.type))
      add('statement', node.type.replace('_statement', ''), node);
    if (/^(yield|await|named_expression)$/.test(node.type) && node.named)
      add('statement', EXPRESSIONS[node.type] ?? node.type, node);
    if (node.type === 'type' && [...descendants(node)].some(({ type }) => type === 'string'))
      add('statement', 'a quoted annotation', node);
  }
  for (const reference of walk.references) {
    const use = useOf(reference, walk);
    if (use === null) continue;
    if (use.kind === 'path') for (const node of use.chain) imported.add(node);
    add(use.kind, use.name, reference.node);
  }
  for (const node of descendants(root)) {
    const member = node.type === 'attribute' && !imported.has(node) ? child(node, 'attribute') : null;
    if (member !== null) add('member', text.slice(member.start, member.end), member, memberFacts(node, text));
  }
  for (const { target } of walk.stores) {
    const first = rootName(target);
    const reference = walk.references.find(({ node }) => node === first);
    if (first === null || reference === undefined) continue;
    const scope = home(reference);
    if (scope.parent === null || scope.imports.has(reference.name)) add('write', reference.name, target);
  }
  return found.sort((a, b) => a.span.start - b.span.start);
}

const EXPRESSIONS: Partial<Record<string, string>> = { named_expression: ':=' };

interface Use {
  kind: 'path' | 'module' | 'top' | 'builtin';
  name: string;
  /** Nodes of the members that the path holds. */
  chain: SyntaxNode[];
}

function useOf(reference: Reference, walk: Walk): Use | null {
  const { name, node, context } = reference;
  const scope = home(reference);
  const path = scope.imports.get(name);
  if (path === undefined) {
    if (context === 'store' || scope.parent !== null) return null;
    return { kind: scope.bound.has(name) ? 'top' : 'builtin', name, chain: [] };
  }
  if (context !== 'load') return null;
  const chain: SyntaxNode[] = [];
  let full = path;
  let at = node;
  for (let next = at.parent; next !== null && isObject(at, next); next = at.parent) {
    if (next.type === 'attribute') {
      const member = child(next, 'attribute');
      full += member === null ? '' : `.${walk.textOf(member)}`;
      chain.push(next);
    }
    at = next;
  }
  const isModule = walk.imports.some((one) => one.name === name && one.member === null);
  return { kind: isModule && chain.length === 0 ? 'module' : 'path', name: full, chain };
}

/** Whether a node is what the one around it takes a member of; parentheses change nothing. */
function isObject(node: SyntaxNode, around: SyntaxNode): boolean {
  if (around.type === 'parenthesized_expression') return unwrap(around) === unwrap(node);
  return around.type === 'attribute' && node.field === 'object';
}

function memberFacts(attribute: SyntaxNode, text: string): Pick<Named, 'own' | 'call'> {
  const object = child(attribute, 'object');
  const own = object?.type === 'identifier' && text.slice(object.start, object.end) === 'self';
  const call = attribute.field === 'function' ? attribute.parent : null;
  const list = call === null ? null : child(call, 'arguments');
  const items = list?.type === 'argument_list' ? parts(list) : [];
  const keywords = items.flatMap((item) => {
    const name = item.type === 'keyword_argument' ? child(item, 'name') : null;
    return name === null ? [] : [text.slice(name.start, name.end)];
  });
  return {
    ...(own ? { own: true } : {}),
    ...(list === null ? {} : { call: { positional: items.length - keywords.length, keywords } }),
  };
}

function importedPaths(node: SyntaxNode, text: string): string[] {
  const bare = (one: SyntaxNode): string => text.slice(one.start, one.end).replace(/\s/g, '');
  const names = node.children
    .filter(({ field }) => field === 'name')
    .map((item) => bare(item.type === 'aliased_import' ? (child(item, 'name') ?? item) : item));
  if (node.type === 'import_statement') return names;
  const source = child(node, 'module_name');
  const module = source === null ? '__future__' : bare(source);
  const star = node.children.some(({ type }) => type === 'wildcard_import');
  return star ? [`${module}.*`] : names.map((name) => `${module}.${name}`);
}
