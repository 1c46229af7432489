/** The part of a function's body that runs whenever the function runs to its end. */
import type { Span } from './statement.ts';
import { child, parseSyntax, parts, undecorated, unwrap } from './syntax.ts';
import type { SyntaxNode } from './syntax.ts';

/** A statement of a function that no branch and no loop surrounds. */
export interface BodyStatement {
  span: Span;
  /** White space that its line starts with; null if something else stands before it on the line. */
  indent: string | null;
  /** A block: `for`, `if`, `try` … */
  compound: boolean;
  /** Names that it binds, where it is an assignment to plain names. */
  binds: string[];
  /** Range of what is bound: one for each name if they are written out side by side, else one for all. */
  values: Span[];
  /** `total /= n`. */
  augmented: boolean;
  /** The statements of each turn, where it is a `for`. */
  turn: BodyStatement[];
}

/**
 * The statements of a function in order, those inside its `with` blocks too. Null for anything but a plain function:
 * a class, an `async def`, a body on the line of the `def`.
 */
export function straightLine(text: string): BodyStatement[] | null {
  const outer = parts(parseSyntax(text).root)[0];
  const node = outer && undecorated(outer);
  const body = node && child(node, 'body');
  if (node?.type !== 'function_definition' || !body || node.children[0]?.type === 'async') return null;
  return statementsOf(text, node, body);
}

/** The statements of each turn of a `for`, in order, those inside its `with` blocks too. Null for anything else, and for a body on the line of the `for`. */
export function eachTurn(text: string): BodyStatement[] | null {
  const node = parts(parseSyntax(text).root)[0];
  const body = node && child(node, 'body');
  if (node?.type !== 'for_statement' || !body || node.children[0]?.type === 'async') return null;
  return statementsOf(text, node, body);
}

function statementsOf(text: string, node: SyntaxNode, body: SyntaxNode): BodyStatement[] | null {
  if (!text.slice(node.start, body.start).includes('\n')) return null;
  const found: BodyStatement[] = [];
  const visit = (block: SyntaxNode): void => {
    for (const statement of parts(block)) {
      found.push(bodyStatement(statement, text));
      const inner = statement.type === 'with_statement' ? child(statement, 'body') : null;
      if (inner) visit(inner);
    }
  };
  visit(body);
  return found;
}

function bodyStatement(node: SyntaxNode, text: string): BodyStatement {
  const line = text.slice(text.lastIndexOf('\n', node.start - 1) + 1, node.start);
  const place = {
    span: { start: node.start, end: node.end },
    indent: line.trim() === '' ? line : null,
    compound:
      !node.type.endsWith('_statement') || child(node, 'body') !== null || /^(if|try|match)_/.test(node.type),
  };
  const turns = node.type === 'for_statement' ? child(node, 'body') : null;
  const common = { ...place, turn: (turns && statementsOf(text, node, turns)) ?? [] };
  const expression = node.type === 'expression_statement' ? parts(node)[0] : undefined;
  const augmented = expression?.type === 'augmented_assignment';
  if (expression?.type !== 'assignment' && !augmented)
    return { ...common, binds: [], values: [], augmented: false };
  const left = child(expression, 'left');
  const right = child(expression, 'right');
  const targets = left === null ? [] : left.type === 'pattern_list' ? parts(left) : [left];
  if (!right || targets.some(({ type }) => type !== 'identifier'))
    return { ...common, binds: [], values: [], augmented };
  const sides = /^(expression_list|tuple)$/.test(right.type) ? parts(right) : [unwrap(right)];
  const values = sides.length === targets.length ? sides : [right];
  return {
    ...common,
    binds: targets.map(({ start, end }) => text.slice(start, end)),
    values: values.map(({ start, end }) => ({ start, end })),
    augmented,
  };
}
