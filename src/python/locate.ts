/** The top-level statements of a text, with the comments that belong to them. */
import { LineMap } from './lines.ts';
import { walk as descendants } from './syntax.ts';
import type { SyntaxNode, SyntaxTree } from './syntax.ts';

/** Where a statement stands in its text. */
export interface Located {
  node: SyntaxNode;
  start: number;
  end: number;
  /** From 1. */
  line: number;
  endLine: number;
  /** Comment lines directly above, without `#`. */
  comments: string[];
  /** Comment after a simple statement on its last line, without `#`. */
  trailing: string | null;
  /** The last statement of the text. */
  last: boolean;
  /** Followed by `;`. */
  silenced: boolean;
}

/** Finds them in order. */
export function locateStatements(tree: SyntaxTree): Located[] {
  const { text, root } = tree;
  const lines = new LineMap(text);
  const comments = new Map<number, SyntaxNode>();
  for (const node of descendants(root))
    if (node.type === 'comment') comments.set(lines.line(node.start), node);
  const nodes = root.children.filter(isStatement);
  return nodes.map((node, position) => {
    const line = lines.line(node.start);
    const endLine = lines.line(node.end);
    const next = nodes[position + 1];
    const before = nodes[position - 1];
    const first = !before || lines.line(before.end) < line;
    const after = comments.get(endLine);
    const beside = after && after.start >= node.end && (!next || next.start > after.start) ? after : null;
    // In a block, a comment on the last line is part of the text as all the comments before it are.
    const block = beside !== null && line !== endLine && isCompound(node);
    return {
      node,
      start: node.start,
      end: block ? beside.end : node.end,
      line,
      endLine,
      comments: first ? commentsAbove(line, comments, lines, text) : [],
      trailing: beside && !block ? bare(beside, text) : null,
      last: next === undefined,
      silenced: /^[^\S\n]*;/.test(text.slice(node.end, node.end + 80)),
    };
  });
}

function isStatement(node: SyntaxNode): boolean {
  return node.named && node.type !== 'comment' && node.type !== 'line_continuation' && node.end > node.start;
}

function isCompound(node: SyntaxNode): boolean {
  return /^(class_definition|decorated_definition|(for|function|if|match|try|while|with)_(statement|definition))$/.test(
    node.type,
  );
}

/** Comments that have their lines for themselves, at the margin, without a blank line in between. */
function commentsAbove(
  line: number,
  comments: Map<number, SyntaxNode>,
  lines: LineMap,
  text: string,
): string[] {
  const above: string[] = [];
  for (let at = line - 1; at > 0; at -= 1) {
    const comment = comments.get(at);
    if (!comment || comment.start !== lines.start(at)) break;
    above.unshift(bare(comment, text));
  }
  return above;
}

function bare(comment: SyntaxNode, text: string): string {
  return text.slice(comment.start, comment.end).replace(/^#+ ?/, '').trimEnd();
}
