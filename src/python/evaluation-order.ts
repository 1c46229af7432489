/** When a part of a statement is evaluated. */

import type { Span } from './statement.ts';
import { parseSyntax, parts, walk, type SyntaxNode } from './syntax.ts';

/** Expressions whose parts are all evaluated, once and from left to right. */
const EAGER =
  /^(module|expression_statement|assignment|call|argument_list|keyword_argument|attribute|subscript|binary_operator|unary_operator|parenthesized_expression|expression_list|tuple|list|dictionary|pair|string|interpolation)$/;
/** What may change something that is looked at later. */
const EFFECTS = /^(call|await|yield|named_expression)$/;

/**
 * True if the expression at `span` is evaluated exactly once whenever the statement runs, and before every call in it
 * that does not wait for it: a statement in front that computes it changes nothing. False for compound statements.
 */
export function isEvaluatedFirst(text: string, span: Span): boolean {
  const { root, broken } = parseSyntax(text);
  if (broken || parts(root).length !== 1) return false;
  let node: SyntaxNode | null = null;
  for (const each of walk(root)) {
    if (EFFECTS.test(each.type) && each.end <= span.start) return false;
    if (each.start === span.start && each.end === span.end) node ??= each;
  }
  for (let above = node?.parent ?? null; above !== null; above = above.parent)
    if (!EAGER.test(above.type)) return false;
  return node !== null;
}

/** True if an error of what stands at `span` may be caught: it stands in a `try`. */
export function isTried(text: string, span: Span): boolean {
  if (!/\btry\b/.test(text)) return false;
  for (const node of walk(parseSyntax(text).root)) {
    const encloses = node.start <= span.start && node.end >= span.end;
    if (node.type === 'try_statement' && encloses) return true;
  }
  return false;
}

const MAYBE =
  /^(if_statement|try_statement|while_statement|match_statement|conditional_expression|boolean_operator|lambda|\w*_comprehension|generator_expression|class_definition)$/;

/** True if nothing but loops, `with` and one function stand between the text and `span`: it runs if the text does. */
export function alwaysRuns(text: string, span: Span): boolean {
  let functions = 0;
  for (const { type, start, end } of walk(parseSyntax(text).root)) {
    if (start > span.start || end < span.end) continue;
    if (MAYBE.test(type)) return false;
    if (type === 'function_definition') functions += 1;
  }
  return functions <= 1;
}

/** Ranges of the subscripts of a text, `a[b]`, those in strings and comments left out. */
export function subscripts(text: string): Span[] {
  if (!text.includes('[')) return [];
  const found = [...walk(parseSyntax(text).root)].filter(({ type }) => type === 'subscript');
  return found.map(({ start, end }) => ({ start, end }));
}
