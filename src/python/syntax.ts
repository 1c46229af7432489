/** The concrete syntax tree of a piece of Python as plain objects: no handles into the parser's memory to free. */
import type { Tree, TreeCursor } from 'web-tree-sitter';
import { InvariantError } from './invariant-error.ts';
import { treeSitter } from './load-parser.ts';

/** One node; `type` is tree-sitter-python's, for tokens their text. Offsets are UTF-16. */
export interface SyntaxNode {
  type: string;
  named: boolean;
  /** The role in the parent (`left`, `body` …), if the grammar names one. */
  field: string | null;
  start: number;
  end: number;
  children: SyntaxNode[];
  parent: SyntaxNode | null;
}

/** A parsed text. `broken`: the parser had to guess or skip. */
export interface SyntaxTree {
  text: string;
  root: SyntaxNode;
  broken: boolean;
  /** Greatest distance of a node from the root. */
  depth: number;
}

/**
 * Nesting beyond which we do not look at code: everything after this recurses, and the strict parser's
 * stack overflows somewhere above 1,000 levels, which leaves its memory unusable.
 */
export const MAX_DEPTH = 800;

/** Parses leniently: there is always a tree. */
export function parseSyntax(text: string): SyntaxTree {
  const tree = treeSitter().parse(text);
  if (!tree) throw new InvariantError('the Python parser gave no tree');
  try {
    return copyTree(tree, text);
  } finally {
    tree.delete();
  }
}

/** Copies the tree by one walk of a cursor: a node object per visit would cost several times as much. */
function copyTree(tree: Tree, text: string): SyntaxTree {
  const cursor = tree.walk();
  const root = copyNode(cursor, null);
  let parent = root;
  let level = 0;
  let depth = 0;
  for (;;) {
    if (cursor.gotoFirstChild()) {
      level += 1;
      depth = Math.max(depth, level);
    } else {
      parent = parent.parent ?? parent;
      while (!cursor.gotoNextSibling()) {
        if (level === 0 || !cursor.gotoParent()) {
          const broken = tree.rootNode.hasError;
          cursor.delete();
          return { text, root, broken, depth };
        }
        level -= 1;
        parent = parent.parent ?? parent;
      }
    }
    parent = copyNode(cursor, parent);
  }
}

function copyNode(cursor: TreeCursor, parent: SyntaxNode | null): SyntaxNode {
  const node: SyntaxNode = {
    type: cursor.nodeType,
    named: cursor.nodeIsNamed,
    field: parent && cursor.currentFieldName,
    start: cursor.startIndex,
    end: cursor.endIndex,
    children: [],
    parent,
  };
  parent?.children.push(node);
  return node;
}

/** The child with this role. */
export function child(node: SyntaxNode, field: string): SyntaxNode | null {
  return node.children.find((item) => item.field === field) ?? null;
}

/** All children with this role, tokens left out. */
export function childrenOf(node: SyntaxNode, field: string): SyntaxNode[] {
  return node.children.filter((item) => item.field === field && item.named);
}

/** Children that are not tokens or comments. */
export function parts(node: SyntaxNode): SyntaxNode[] {
  return node.children.filter(
    (item) => item.named && item.type !== 'comment' && item.type !== 'line_continuation',
  );
}

/** The definition inside its decorators, or the node itself. */
export function undecorated(node: SyntaxNode): SyntaxNode {
  return node.type === 'decorated_definition' ? (child(node, 'definition') ?? node) : node;
}

/** Takes away parentheses around an expression. */
export function unwrap(node: SyntaxNode): SyntaxNode {
  let inner = node;
  while (inner.type === 'parenthesized_expression' || (inner.type === 'type' && parts(inner).length === 1)) {
    const only = parts(inner)[0];
    if (!only) break;
    inner = only;
  }
  return inner;
}

/** The node and everything below it, in document order, without recursion. */
export function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  const stack = [node];
  for (let next = stack.pop(); next; next = stack.pop()) {
    yield next;
    for (let i = next.children.length - 1; i >= 0; i -= 1) stack.push(next.children[i] as SyntaxNode);
  }
}
