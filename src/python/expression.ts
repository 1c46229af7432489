/** An expression as a small plain tree, for those who ask what it gives; positions are those of its text. */
import { literalOf } from './literals.ts';
import type { Literal, Span } from './statement.ts';
import { child, parseSyntax, parts, unwrap, type SyntaxNode } from './syntax.ts';

/** What an expression is made of; `other` for what nobody asks about (`lambda`, `await`, …). */
export type Expression = Span &
  (
    | { kind: 'literal'; literal: Literal }
    | { kind: 'text' } // a string, an f-string
    | { kind: 'name'; name: string }
    | { kind: 'attribute'; value: Expression; name: string }
    | { kind: 'subscript'; value: Expression; index: Expression[] }
    | {
        kind: 'call';
        callee: Expression;
        positional: Expression[];
        keywords: Readonly<Record<string, Expression>>;
        /** `*args` or `**options`: not all that it gets is written here. */
        unpacked: boolean;
      }
    | { kind: 'list' | 'tuple' | 'set' | 'dict'; items: Expression[] }
    | { kind: 'arithmetic' | 'comparison'; operands: Expression[] }
    | { kind: 'slice' }
    | { kind: 'other' }
  );

/** `a = b, c = value`: what each target is, from left to right, and the value. */
export interface AssignedExpression {
  /** A name, or the names of a flat tuple; targets that are no plain names are left out. */
  targets: (string | string[])[];
  value: Expression;
}

/** Reads a statement that assigns to names; null for any other one. */
export function readAssignedExpression(text: string): AssignedExpression | null {
  const { root, broken } = parseSyntax(text);
  const only = parts(root);
  const first = only[0]?.type === 'expression_statement' ? parts(only[0])[0] : undefined;
  if (broken || only.length !== 1 || first?.type !== 'assignment') return null;
  const targets: AssignedExpression['targets'] = [];
  let node: SyntaxNode = first;
  for (;;) {
    const target = targetOf(child(node, 'left'), text);
    if (target !== null) targets.push(target);
    const right = child(node, 'right');
    if (right === null) return null;
    if (right.type !== 'assignment') return { targets, value: expressionOf(right, text) };
    node = right;
  }
}

function targetOf(node: SyntaxNode | null, text: string): string | string[] | null {
  if (node?.type === 'identifier') return text.slice(node.start, node.end);
  if (node === null || !/^(pattern_list|tuple_pattern|list_pattern)$/.test(node.type)) return null;
  const names = parts(node);
  if (names.some(({ type }) => type !== 'identifier')) return null;
  return names.map(({ start, end }) => text.slice(start, end));
}

const SEQUENCES: Readonly<Record<string, 'list' | 'tuple' | 'set' | 'dict'>> = {
  list: 'list',
  list_comprehension: 'list',
  tuple: 'tuple',
  expression_list: 'tuple',
  set: 'set',
  set_comprehension: 'set',
  dictionary: 'dict',
  dictionary_comprehension: 'dict',
};

function expressionOf(wrapped: SyntaxNode, text: string): Expression {
  const node = unwrap(wrapped);
  const { start, end, type } = node;
  const inner = (some: SyntaxNode): Expression => expressionOf(some, text);
  const of = (field: string): Expression => {
    const found = child(node, field);
    return found === null ? { start, end, kind: 'other' } : inner(found);
  };
  if (type === 'identifier') return { start, end, kind: 'name', name: text.slice(start, end) };
  if (type === 'attribute') {
    const name = child(node, 'attribute');
    return {
      start,
      end,
      kind: 'attribute',
      value: of('object'),
      name: name ? text.slice(name.start, name.end) : '',
    };
  }
  if (type === 'subscript') {
    const index = node.children.filter(({ field }) => field === 'subscript').map(inner);
    return { start, end, kind: 'subscript', value: of('value'), index };
  }
  if (type === 'call')
    return { start, end, kind: 'call', callee: of('function'), ...argumentsOf(node, text) };
  if (type === 'string' || type === 'concatenated_string') return { start, end, kind: 'text' };
  if (type === 'slice') return { start, end, kind: 'slice' };
  if (type === 'binary_operator')
    return { start, end, kind: 'arithmetic', operands: [of('left'), of('right')] };
  if (type === 'unary_operator') {
    const literal = literalOf(node, text);
    if (literal !== undefined) return { start, end, kind: 'literal', literal };
    return { start, end, kind: 'arithmetic', operands: [of('argument')] };
  }
  if (type === 'comparison_operator')
    return { start, end, kind: 'comparison', operands: parts(node).map(inner) };
  if (Object.hasOwn(SEQUENCES, type)) {
    const kind = SEQUENCES[type] ?? 'list';
    return { start, end, kind, items: type.endsWith('comprehension') ? [] : parts(node).map(inner) };
  }
  const literal = literalOf(node, text);
  return literal === undefined ? { start, end, kind: 'other' } : { start, end, kind: 'literal', literal };
}

function argumentsOf(
  node: SyntaxNode,
  text: string,
): { positional: Expression[]; keywords: Record<string, Expression>; unpacked: boolean } {
  const list = child(node, 'arguments');
  const positional: Expression[] = [];
  const keywords: [string, Expression][] = [];
  let unpacked = list?.type === 'generator_expression';
  for (const part of list === null || unpacked ? [] : parts(list)) {
    const name = part.type === 'keyword_argument' ? child(part, 'name') : null;
    const value = child(part, 'value');
    if (name !== null && value !== null)
      keywords.push([text.slice(name.start, name.end), expressionOf(value, text)]);
    else if (part.type.endsWith('_splat')) unpacked = true;
    else positional.push(expressionOf(part, text));
  }
  return { positional, keywords: Object.fromEntries(keywords), unpacked };
}
