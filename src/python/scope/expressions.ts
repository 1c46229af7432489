/** How expressions, targets and patterns are walked. */
import { child, parts } from '../syntax.ts';
import type { SyntaxNode } from '../syntax.ts';
import type { Visitor, Walk } from './walk.ts';

/** Visits what is assigned to. `loads` for augmented assignment. */
export function visitTarget(
  walk: Walk,
  node: SyntaxNode,
  bind: 'assign' | 'comprehension' | 'augment' = 'assign',
): void {
  switch (node.type) {
    case 'identifier':
      if (bind === 'comprehension') walk.storeHere(node);
      else walk.store(node, bind === 'augment');
      return;
    case 'attribute':
    case 'subscript':
      walk.visit(node);
      walk.stores.push({ target: node, scope: walk.scope, owner: walk.owner });
      return;
    default:
      for (const item of parts(node)) visitTarget(walk, item, bind);
  }
}

/** Visits what `del` removes. */
export function visitDeleted(walk: Walk, node: SyntaxNode): void {
  if (node.type === 'identifier') walk.delete(node);
  else if (node.type === 'attribute' || node.type === 'subscript') visitTarget(walk, node);
  else for (const item of parts(node)) visitDeleted(walk, item);
}

/** Parameters: defaults and annotations where the function is defined, then the names inside it. */
export function visitParameterValues(walk: Walk, parameters: SyntaxNode | null): void {
  for (const parameter of parameters ? parts(parameters) : []) {
    walk.visit(child(parameter, 'value'));
    walk.visit(child(parameter, 'type'));
  }
}

export function bindParameters(walk: Walk, parameters: SyntaxNode | null): void {
  for (const parameter of parameters ? parts(parameters) : []) {
    const name = parameterName(parameter);
    if (name) walk.storeHere(name);
  }
}

/** The node of a parameter's name; null for `/` and `*`. */
export function parameterName(parameter: SyntaxNode): SyntaxNode | null {
  if (parameter.type === 'identifier') return parameter;
  const name = child(parameter, 'name') ?? parts(parameter).find((item) => item.field !== 'type');
  return name ? parameterName(name) : null;
}

const visitComprehension: Visitor = (walk, node) => {
  const clauses = parts(node).filter((item) => item.type === 'for_in_clause' || item.type === 'if_clause');
  const first = clauses[0];
  // The first iterable is evaluated outside, before the scope exists.
  if (first) walk.visitAll(first.children.filter((item) => item.field === 'right' && item.named));
  walk.inside('comprehension', false, null, () => {
    walk.maybe(() => {
      for (const clause of clauses) {
        if (clause !== first) {
          if (clause.type === 'if_clause') walk.visitAll(parts(clause));
          else walk.visitAll(clause.children.filter((item) => item.field === 'right' && item.named));
        }
        const left = clause.type === 'for_in_clause' ? child(clause, 'left') : null;
        if (left) visitTarget(walk, left, 'comprehension');
      }
      walk.visit(child(node, 'body'));
    });
  });
};

const visitCall: Visitor = (walk, node) => {
  const outer = walk.call;
  const site = {
    node,
    scope: walk.scope,
    owner: walk.owner,
    loop: walk.loops > 0,
    parent: outer,
    arguments: [] as { node: SyntaxNode; from: number; to: number }[],
  };
  walk.calls.push(site);
  walk.call = node;
  walk.visit(child(node, 'function'));
  const list = child(node, 'arguments');
  const items = list?.type === 'argument_list' ? parts(list) : list ? [list] : [];
  for (const item of items) {
    const from = walk.references.length;
    walk.visit(item);
    site.arguments.push({ node: item, from, to: walk.references.length });
  }
  walk.call = outer;
};

const visitLambda: Visitor = (walk, node) => {
  const parameters = child(node, 'parameters');
  visitParameterValues(walk, parameters);
  const named = assignedName(walk, node);
  walk.inside('function', named !== null, named, () => {
    bindParameters(walk, parameters);
    walk.maybe(() => walk.visit(child(node, 'body')));
  });
};

/**
 * `f = lambda …` is a definition: its body runs later. Any other lambda is taken to run with the statement,
 * as in `df.apply(lambda row: …)`.
 */
function assignedName(walk: Walk, lambda: SyntaxNode): string | null {
  const { parent } = lambda;
  if (parent?.type !== 'assignment' || lambda.field !== 'right') return null;
  const left = child(parent, 'left');
  return left?.type === 'identifier' ? walk.textOf(left) : null;
}

/** A pattern of `case`: bare names are bound, dotted names and names of classes are read. */
export function visitPattern(walk: Walk, node: SyntaxNode): void {
  const items = parts(node);
  switch (node.type) {
    case 'identifier':
      walk.store(node);
      return;
    case 'dotted_name': {
      const [first] = items;
      const isClass = node.parent?.type === 'class_pattern' && node.parent.children[0] === node;
      if (!first) return;
      if (items.length > 1 || isClass) walk.load(first);
      else walk.store(first);
      return;
    }
    case 'keyword_pattern':
      for (const item of items.slice(1)) visitPattern(walk, item);
      return;
    case 'string':
    case 'concatenated_string':
      return;
    default:
      for (const item of items) visitPattern(walk, item);
  }
}

export const expressionVisitors: Readonly<Record<string, Visitor>> = {
  identifier: (walk, node) => walk.load(node),
  attribute: (walk, node) => walk.visit(child(node, 'object')),
  member_type: (walk, node) => walk.visit(parts(node)[0] ?? null),
  keyword_argument: (walk, node) => walk.visit(child(node, 'value')),
  named_expression: (walk, node) => {
    walk.visit(child(node, 'value'));
    const name = child(node, 'name');
    if (name) walk.store(name);
  },
  conditional_expression: (walk, node) => {
    const [value, condition, alternative] = parts(node);
    walk.visit(condition ?? null);
    walk.maybe(() => walk.visit(value ?? null));
    walk.maybe(() => walk.visit(alternative ?? null));
  },
  boolean_operator: (walk, node) => {
    walk.visit(child(node, 'left'));
    walk.maybe(() => walk.visit(child(node, 'right')));
  },
  lambda: visitLambda,
  call: visitCall,
  list_comprehension: visitComprehension,
  set_comprehension: visitComprehension,
  dictionary_comprehension: visitComprehension,
  generator_expression: visitComprehension,
  as_pattern: (walk, node) => {
    for (const item of parts(node)) {
      if (item.field === 'alias') visitTarget(walk, item);
      else walk.visit(item);
    }
  },
};
