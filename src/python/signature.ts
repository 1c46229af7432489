/** The parts of a function or class definition, each with its range, for those who rewrite it. */
import { literalOf, stringValue } from './literals.ts';
import { parameterName } from './scope/expressions.ts';
import type { Literal, Span } from './statement.ts';
import { child, parseSyntax, parts, undecorated } from './syntax.ts';
import type { SyntaxNode } from './syntax.ts';

/** A range with its text. */
export interface Piece {
  span: Span;
  text: string;
}

export interface Parameter {
  /** Without stars. */
  name: string;
  kind: 'positional_only' | 'positional' | 'keyword_only' | 'var_positional' | 'var_keyword';
  /** The whole parameter with stars, annotation and default. */
  span: Span;
  nameSpan: Span;
  annotation: Piece | null;
  default: (Piece & { literal?: Literal }) | null;
}

/** A `def` or `class`. All ranges are offsets in the text that was given. */
export interface Signature {
  kind: 'function' | 'class';
  name: string;
  nameSpan: Span;
  /** With decorators. */
  span: Span;
  asynchronous: boolean;
  /** Expressions behind the `@`s. */
  decorators: Piece[];
  parameters: Parameter[];
  /** What stands between the parentheses; null for a class. */
  parametersSpan: Span | null;
  returnAnnotation: Piece | null;
  /** The `:` before the body. */
  colon: Span;
  /** From the first statement, the docstring included, to the end. */
  body: Span;
  /** The body stands on the line of the `def`. */
  inline: boolean;
  docstring: (Piece & { value: string }) | null;
  /** Returned expressions of the function itself, not of functions in it. */
  returns: Piece[];
  /** Contains `yield`: a call gives a generator. */
  generator: boolean;
  /** Arguments of a class, keywords such as `metaclass=` included. */
  bases: Piece[];
  methods: Signature[];
}

/** Takes a definition apart; null if the text does not start with one. */
export function functionSignature(text: string): Signature | null {
  const node = parts(parseSyntax(text).root)[0];
  return node ? signatureOf(node, text) : null;
}

function span(node: SyntaxNode): Span {
  return { start: node.start, end: node.end };
}

function piece(node: SyntaxNode, text: string): Piece {
  return { span: span(node), text: text.slice(node.start, node.end) };
}

function signatureOf(outer: SyntaxNode, text: string): Signature | null {
  const node = undecorated(outer);
  const name = child(node, 'name');
  const body = child(node, 'body');
  const colon = node.children.findLast((item) => item.type === ':');
  if (!/^(function|class)_definition$/.test(node.type) || !name || !body || !colon) return null;
  const isClass = node.type === 'class_definition';
  const list = isClass ? null : child(node, 'parameters');
  const annotation = child(node, 'return_type');
  const bases = child(node, 'superclasses');
  const own = isClass ? [] : ownNodes(body);
  return {
    kind: isClass ? 'class' : 'function',
    name: text.slice(name.start, name.end),
    nameSpan: span(name),
    span: span(outer),
    asynchronous: node.children[0]?.type === 'async',
    decorators: parts(outer)
      .filter((item) => item.type === 'decorator')
      .flatMap((item) => parts(item).map((expression) => piece(expression, text))),
    parameters: list ? parametersOf(list, text) : [],
    parametersSpan: list && { start: list.start + 1, end: list.end - 1 },
    returnAnnotation: annotation && piece(annotation, text),
    colon: span(colon),
    body: span(body),
    inline: !text.slice(colon.end, body.start).includes('\n'),
    docstring: docstringOf(body, text),
    returns: own.filter((item) => item.type === 'return_statement').flatMap((item) => returned(item, text)),
    generator: own.some((item) => item.type === 'yield'),
    bases: bases ? parts(bases).map((item) => piece(item, text)) : [],
    methods: isClass
      ? parts(body)
          .flatMap((item) => signatureOf(item, text) ?? [])
          .filter(isFunction)
      : [],
  };
}

function isFunction(signature: Signature): boolean {
  return signature.kind === 'function';
}

function parametersOf(list: SyntaxNode, text: string): Parameter[] {
  const parameters: Parameter[] = [];
  let keywordOnly = false;
  for (const item of parts(list)) {
    if (item.type === 'positional_separator') {
      for (const parameter of parameters) parameter.kind = 'positional_only';
      continue;
    }
    if (item.type === 'keyword_separator') {
      keywordOnly = true;
      continue;
    }
    const name = parameterName(item);
    if (!name) continue;
    const star = /^\*{0,2}/.exec(text.slice(item.start, item.end))?.[0].length ?? 0;
    const plain = keywordOnly ? 'keyword_only' : 'positional';
    parameters.push({
      name: text.slice(name.start, name.end),
      kind: star === 2 ? 'var_keyword' : star === 1 ? 'var_positional' : plain,
      span: span(item),
      nameSpan: span(name),
      annotation: pieceOf(child(item, 'type'), text),
      default: defaultOf(child(item, 'value'), text),
    });
    keywordOnly ||= star === 1;
  }
  return parameters;
}

function pieceOf(node: SyntaxNode | null, text: string): Piece | null {
  return node && piece(node, text);
}

function defaultOf(node: SyntaxNode | null, text: string): Parameter['default'] {
  if (!node) return null;
  const literal = literalOf(node, text);
  return literal ? { ...piece(node, text), literal } : piece(node, text);
}

function docstringOf(body: SyntaxNode, text: string): Signature['docstring'] {
  const first = parts(body)[0];
  const [expression, more] = first?.type === 'expression_statement' ? parts(first) : [];
  if (!expression || more || !/^(concatenated_)?string$/.test(expression.type)) return null;
  const value = stringValue(expression, text);
  return value === undefined ? null : { ...piece(expression, text), value };
}

function returned(statement: SyntaxNode, text: string): Piece[] {
  const [first] = parts(statement);
  const last = parts(statement).at(-1);
  if (!first || !last) return [];
  return [{ span: { start: first.start, end: last.end }, text: text.slice(first.start, last.end) }];
}

/** Nodes of a body without those of functions, classes and lambdas in it. */
function ownNodes(body: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const stack = [body];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (/^(function|class)_definition$|^lambda$/.test(next.type)) continue;
    if (next.named) found.push(next);
    for (let i = next.children.length - 1; i >= 0; i -= 1) stack.push(next.children[i] as SyntaxNode);
  }
  return found;
}
