/** The lines of a piece of code that runs from top to bottom, for those who follow a value through them. */
import { boundNames } from './edit.ts';
import { functionSignature } from './signature.ts';
import type { Span } from './statement.ts';
import { child, parseSyntax, parts, type SyntaxNode } from './syntax.ts';

/** One statement that stands directly in a body. */
export interface PlainLine {
  span: Span;
  /** Names that it binds, conditionally too. */
  binds: string[];
  /** The value, where it just binds one name to an expression; null for anything else. */
  value: Span | null;
}

/** The statements of the body of a function, or of a piece of code at its top level. */
export function plainLines(text: string): PlainLine[] {
  const { root } = parseSyntax(text);
  const [first] = parts(root);
  const body =
    first !== undefined && functionSignature(text)?.kind === 'function' ? child(first, 'body') : root;
  return parts(body ?? root).map((node) => ({
    span: { start: node.start, end: node.end },
    binds: boundNames(text.slice(node.start, node.end)),
    value: assignedValue(node),
  }));
}

function assignedValue(node: SyntaxNode): Span | null {
  const [assignment, other] = parts(node);
  if (node.type !== 'expression_statement' || assignment?.type !== 'assignment' || other) return null;
  const value = child(assignment, 'right');
  if (child(assignment, 'left')?.type !== 'identifier' || !value || value.type === 'assignment') return null;
  return { start: value.start, end: value.end };
}
