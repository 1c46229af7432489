/** The words of a program: what a reader needs and the interpreter does not. */
import type { TextEdit } from './edit.ts';
import { child, parts, type SyntaxNode, type SyntaxTree, walk as descendants } from './syntax.ts';

/** A text for people: what an error says, or the event of a log line. Plain JSON. */
export interface Message {
  /** As written. */
  text: string;
  /** What is put into it; `plain`: a name, or a member of one. */
  values: { text: string; plain: boolean }[];
}

const MESSAGE = '"message"';
const LOG_LEVELS = new Set(['debug', 'info', 'warning', 'error', 'exception', 'critical']);

/** Edits that take the words out of a module, together with others, of which those within words are left out. */
export function wordEdits({ root, text }: SyntaxTree, more: readonly TextEdit[]): TextEdit[] {
  // Without this import annotations are evaluated where the function is defined.
  const lazy = /^from __future__ import .*\bannotations\b/m.test(text);
  const edits: TextEdit[] = [...more];
  for (const node of descendants(root)) {
    if (node.type === 'comment') edits.push({ span: spanOf(node), replacement: '' });
    if (isMessage(node, text)) edits.push({ span: spanOf(node), replacement: MESSAGE });
    if (node.type === 'module' || (node.type === 'block' && isDefinition(node.parent))) {
      const [first, second] = parts(node);
      if (first !== undefined && isDocstring(first))
        edits.push({ span: spanOf(first), replacement: second === undefined ? 'pass' : '' });
    }
    if (lazy) edits.push(...annotationEdits(node));
  }
  return outermost(edits);
}

/** Annotations of parameters, results and locals; those of a class are fields, and of a module values. */
function annotationEdits(node: SyntaxNode): TextEdit[] {
  const type = child(node, node.type === 'function_definition' ? 'return_type' : 'type');
  const mark = type === null ? undefined : node.children[node.children.indexOf(type) - 1];
  if (type === null || mark === undefined) return [];
  const local = node.type === 'assignment' && child(node, 'right') !== null && isInFunction(node);
  const signature = /^(function_definition|typed_parameter|typed_default_parameter)$/.test(node.type);
  return local || signature ? [{ span: { start: mark.start, end: type.end }, replacement: '' }] : [];
}

function isInFunction(node: SyntaxNode): boolean {
  for (let at = node.parent; at !== null; at = at.parent) {
    if (at.type === 'class_definition') return false;
    if (at.type === 'function_definition') return true;
  }
  return false;
}

function isDefinition(node: SyntaxNode | null): boolean {
  return node?.type === 'function_definition' || node?.type === 'class_definition';
}

/** Whether a first statement is a docstring. */
export function isDocstring(statement: SyntaxNode): boolean {
  const [only, more] = statement.type === 'expression_statement' ? parts(statement) : [];
  if (only?.type !== 'string' || more !== undefined) return false;
  return parts(only).every(({ type }) => type !== 'interpolation');
}

/** The texts for people below a node, in order. */
export function readMessages(node: SyntaxNode, text: string): Message[] {
  return [...descendants(node)]
    .filter((one) => isMessage(one, text))
    .map((message) => ({
      text: text.slice(message.start, message.end),
      values: [...descendants(message)]
        .filter(({ type }) => type === 'interpolation' || type === 'format_expression')
        .map((value) => {
          const expression = child(value, 'expression') ?? value;
          return { text: text.slice(expression.start, expression.end), plain: isPlain(expression) };
        }),
    }));
}

function isPlain(node: SyntaxNode): boolean {
  if (node.type === 'identifier') return true;
  const object = node.type === 'attribute' ? child(node, 'object') : null;
  return object !== null && isPlain(object);
}

function isMessage(node: SyntaxNode, text: string): boolean {
  if (node.type !== 'string' && node.type !== 'concatenated_string') return false;
  const list = node.parent;
  const call = list?.type === 'argument_list' ? list.parent : null;
  if (list === null || call?.type !== 'call') return false;
  if (call.parent?.type === 'raise_statement' && call.field === null) return true;
  return isLogCall(call, text) && parts(list)[0] === node;
}

/** `logger.info(…)` as a statement of its own. */
export function isLogCall(call: SyntaxNode, text: string): boolean {
  const callee = call.type === 'call' ? child(call, 'function') : null;
  if (callee?.type !== 'attribute' || call.parent?.type !== 'expression_statement') return false;
  const [object, method] = [child(callee, 'object'), child(callee, 'attribute')];
  if (object === null || method === null || text.slice(object.start, object.end) !== 'logger') return false;
  return LOG_LEVELS.has(text.slice(method.start, method.end));
}

function spanOf({ start, end }: SyntaxNode): { start: number; end: number } {
  return { start, end };
}

/** Without the edits that lie in the range of another one. */
function outermost(edits: readonly TextEdit[]): TextEdit[] {
  const sorted = [...edits].sort((a, b) => a.span.start - b.span.start || b.span.end - a.span.end);
  let end = -1;
  return sorted.filter(({ span }) => {
    if (span.start < end) return false;
    end = span.end;
    return true;
  });
}
