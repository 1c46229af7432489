/** How assignments and control flow are walked. */
import { child, childrenOf, parts } from '../syntax.ts';
import type { SyntaxNode } from '../syntax.ts';
import { visitDeleted, visitPattern, visitTarget } from './expressions.ts';
import { meet } from './walk.ts';
import type { Flow, Visitor, Walk } from './walk.ts';

const visitAssignment: Visitor = (walk, node) => {
  const targets: SyntaxNode[] = [];
  let value: SyntaxNode | null = node;
  // `a = b = x`: the value first, then the targets from left to right.
  for (; value?.type === 'assignment'; value = child(value, 'right')) {
    const left = child(value, 'left');
    if (left) targets.push(left);
  }
  walk.visit(value);
  walk.visit(child(node, 'type'));
  for (const target of targets) {
    if (value || target.type !== 'identifier') visitTarget(walk, target);
    else if (walk.scope.parent) walk.storeHere(target);
    else walk.declare(target);
  }
};

const visitAugmented: Visitor = (walk, node) => {
  const left = child(node, 'left');
  // The target is read before the value is computed; a part's container is visited once, as a target.
  walk.visit(child(node, 'right'));
  if (left) visitTarget(walk, left, 'augment');
};

/** Walks the body of a loop and gives the state at its `break`s. */
function loopBody(walk: Walk, work: () => void): Flow {
  const start = walk.breaks.length;
  walk.loops += 1;
  work();
  walk.loops -= 1;
  return walk.breaks.splice(start).reduce(meet, null);
}

const visitFor: Visitor = (walk, node) => {
  walk.visit(child(node, 'right'));
  const before = walk.flow;
  const atBreak = loopBody(walk, () => {
    walk.path(before, () => {
      const left = child(node, 'left');
      if (left) visitTarget(walk, left);
      walk.visit(child(node, 'body'));
    });
  });
  const afterElse = walk.path(before, () => walk.visit(child(node, 'alternative')));
  walk.flow = meet(afterElse, atBreak);
};

const visitWhile: Visitor = (walk, node) => {
  const condition = child(node, 'condition');
  let before: Flow = null;
  const atBreak = loopBody(walk, () => {
    walk.visit(condition);
    before = walk.flow;
    walk.path(before, () => walk.visit(child(node, 'body')));
  });
  const forever = condition !== null && /^(True|1)$/.test(walk.textOf(condition));
  const afterElse = walk.path(forever ? null : before, () => walk.visit(child(node, 'alternative')));
  walk.flow = meet(afterElse, atBreak);
};

const visitIf: Visitor = (walk, node) => {
  walk.visit(child(node, 'condition'));
  let after = walk.path(walk.flow, () => walk.visit(child(node, 'consequence')));
  let complete = false;
  for (const clause of childrenOf(node, 'alternative')) {
    if (clause.type === 'elif_clause') {
      walk.visit(child(clause, 'condition'));
      after = meet(
        after,
        walk.path(walk.flow, () => walk.visit(child(clause, 'consequence'))),
      );
    } else {
      complete = true;
      after = meet(
        after,
        walk.path(walk.flow, () => walk.visit(child(clause, 'body'))),
      );
    }
  }
  walk.flow = complete ? after : meet(after, walk.flow);
};

const visitTry: Visitor = (walk, node) => {
  const before = walk.flow && new Set(walk.flow);
  walk.visit(child(node, 'body'));
  const clauses = parts(node);
  for (const clause of clauses) if (clause.type === 'else_clause') walk.visit(child(clause, 'body'));
  let after = walk.flow;
  for (const clause of clauses) {
    if (clause.type !== 'except_clause') continue;
    // The body may have failed at its first line: nothing that it binds is certain here.
    after = meet(
      after,
      walk.path(before, () => visitHandler(walk, clause)),
    );
  }
  const final = clauses.find((clause) => clause.type === 'finally_clause');
  if (final) {
    const end = walk.path(before, () => walk.visitAll(parts(final)));
    if (!end) after = null;
    else if (after) after = new Set([...after, ...[...end].filter((name) => !before?.has(name))]);
  }
  walk.flow = after;
};

function visitHandler(walk: Walk, clause: SyntaxNode): void {
  walk.visitAll(parts(clause));
  const value = child(clause, 'value');
  const alias = value?.type === 'as_pattern' ? child(value, 'alias') : child(clause, 'alias');
  // The name of the exception is unbound at the end of its clause.
  if (alias) walk.flow?.delete(walk.textOf(alias));
}

const visitMatch: Visitor = (walk, node) => {
  walk.visitAll(childrenOf(node, 'subject'));
  const start = walk.flow;
  let after: Flow = null;
  let complete = false;
  const body = child(node, 'body');
  for (const clause of body ? parts(body) : []) {
    const patterns = parts(clause).filter((item) => item.type === 'case_pattern');
    const guard = child(clause, 'guard');
    after = meet(
      after,
      walk.path(start, () => {
        for (const pattern of patterns) visitPattern(walk, pattern);
        walk.visit(guard);
        walk.visit(child(clause, 'consequence'));
      }),
    );
    const [only] = patterns;
    if (!guard && patterns.length === 1 && only && /^\w+$/u.test(walk.textOf(only)))
      complete ||= isCapture(only);
  }
  walk.flow = complete ? after : meet(after, start);
};

/** `case _:` and `case name:` take whatever comes. */
function isCapture(pattern: SyntaxNode): boolean {
  const [inner] = pattern.children;
  return inner !== undefined && (inner.type === '_' || inner.type === 'dotted_name');
}

const leaves: Visitor = (walk, node) => {
  walk.visitAll(parts(node));
  walk.flow = null;
};

export const statementVisitors: Readonly<Record<string, Visitor>> = {
  assignment: visitAssignment,
  augmented_assignment: visitAugmented,
  for_statement: visitFor,
  while_statement: visitWhile,
  if_statement: visitIf,
  try_statement: visitTry,
  match_statement: visitMatch,
  delete_statement: (walk, node) => parts(node).forEach((item) => visitDeleted(walk, item)),
  global_statement: (walk, node) => {
    for (const item of parts(node)) {
      walk.scope.globals.add(walk.textOf(item));
      walk.declare(item);
    }
  },
  nonlocal_statement: (walk, node) => {
    for (const item of parts(node)) walk.scope.nonlocals.add(walk.textOf(item));
  },
  return_statement: leaves,
  raise_statement: leaves,
  continue_statement: leaves,
  break_statement: (walk) => {
    walk.breaks.push(walk.flow);
    walk.flow = null;
  },
};
