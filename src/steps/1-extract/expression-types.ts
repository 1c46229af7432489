/** The class of an expression, where the code alone makes it certain. */

import {
  ARRAY,
  FRAME,
  SERIES,
  TENSOR,
  attributeType,
  functionResult,
  methodResult,
} from '../../knowledge/result-types.ts';
import type { Expression } from '../../python/expression.ts';
import type { Call } from '../../python/statement.ts';

/** An import path, `int`, `__main__.Net`; of a tuple that is taken apart the types of its items. */
export type InferredType = string | readonly (string | undefined)[] | undefined;

/** What names stand for at a place, and what is called there. */
export interface TypeScope {
  typeOf(name: string): string | undefined;
  /** The call at this place, as the Python layer resolved it. */
  callAt(expression: Expression): Call | undefined;
  /** Classes of the notebook. */
  isClass(name: string): boolean;
}

const SAME_AS_RECEIVER = /^(to|cuda|cpu|eval|train|float|double|half)$/;
const NUMBERS = /^(int|float|bool)$/;

/** Infers the class of a value; undefined wherever it could be another one. */
export function inferType(expression: Expression, scope: TypeScope): InferredType {
  switch (expression.kind) {
    case 'literal':
      return literalType(expression.literal.kind);
    case 'text':
      return 'str';
    case 'name':
      return scope.typeOf(expression.name);
    case 'list':
    case 'set':
    case 'dict':
      return expression.kind;
    case 'tuple':
      return expression.items.map((item) => single(inferType(item, scope)));
    case 'attribute': {
      const receiver = one(expression.value, scope);
      return receiver === undefined ? undefined : attributeType(receiver, expression.name);
    }
    case 'subscript':
      return partType(expression, scope);
    case 'call':
      return callType(expression, scope);
    case 'arithmetic':
    case 'comparison':
      return operationType(expression.operands.map((operand) => one(operand, scope)));
    default:
      return undefined;
  }
}

function single(type: InferredType): string | undefined {
  return typeof type === 'string' ? type : undefined;
}

function one(expression: Expression, scope: TypeScope): string | undefined {
  return single(inferType(expression, scope));
}

function literalType(kind: string): string | undefined {
  return { bool: 'bool', int: 'int', float: 'float', string: 'str', list: 'list', set: 'set', dict: 'dict' }[
    kind
  ];
}

/** Tables win over columns, both over arrays and numbers; what is not known may be anything. */
function operationType(operands: readonly (string | undefined)[]): string | undefined {
  for (const type of [FRAME, SERIES, ARRAY, TENSOR]) {
    if (!operands.includes(type)) continue;
    const known = operands.every(
      (each) =>
        each === type || (each !== undefined && (NUMBERS.test(each) || each === SERIES || each === 'str')),
    );
    return known ? type : undefined;
  }
  return undefined;
}

/** `frame['a']`, `frame[['a', 'b']]`, `frame[frame.a > 1]`, `frame.iloc[:, :-1]`, `array[:, 0]`. */
function partType(
  { value, index }: Extract<Expression, { kind: 'subscript' }>,
  scope: TypeScope,
): string | undefined {
  const [first, second] = index.length === 1 && index[0]?.kind === 'tuple' ? index[0].items : index;
  if (first === undefined) return undefined;
  if (value.kind === 'attribute' && /^i?loc$/.test(value.name)) {
    const table = one(value.value, scope);
    if (table !== FRAME) return table === SERIES && first.kind === 'slice' ? SERIES : undefined;
    if (!isMany(first, scope)) return undefined;
    if (second === undefined || isMany(second, scope)) return FRAME;
    return /^(text|literal)$/.test(second.kind) ? SERIES : undefined;
  }
  const whole = one(value, scope);
  if (whole === TENSOR) return TENSOR;
  if (whole === ARRAY) return [first, second].some((part) => part?.kind === 'slice') ? ARRAY : undefined;
  if (whole === SERIES) return first.kind === 'slice' || first.kind === 'comparison' ? SERIES : undefined;
  if (whole !== FRAME || second !== undefined) return undefined;
  if (first.kind === 'text') return SERIES;
  return isMany(first, scope) ? FRAME : undefined;
}

/** Chooses several rows or columns: a slice, a list, a condition. */
function isMany(part: Expression, scope: TypeScope): boolean {
  if (/^(slice|list|comparison)$/.test(part.kind)) return true;
  if (part.kind === 'literal') return part.literal.kind === 'list';
  return part.kind === 'name' && scope.typeOf(part.name) === 'list';
}

function callType(call: Extract<Expression, { kind: 'call' }>, scope: TypeScope): InferredType {
  if (call.unpacked) return undefined;
  const resolved = scope.callAt(call);
  const shape = {
    positional: call.positional.map((argument) => one(argument, scope)),
    keywords: Object.keys(call.keywords),
  };
  if (resolved !== undefined && !resolved.qualified.startsWith('<')) {
    const { qualified } = resolved;
    if (qualified.endsWith('model_selection.train_test_split'))
      return shape.positional.flatMap((type) => [splitType(type), splitType(type)]);
    if (qualified === 'pandas.concat') return concatType(call, scope);
    if (scope.isClass(qualified)) return `__main__.${qualified}`;
    return functionResult(qualified, shape);
  }
  if (call.callee.kind !== 'attribute') return undefined;
  const receiver = one(call.callee.value, scope);
  if (receiver === undefined) return undefined;
  // Rows are drawn again into what they came in.
  if (call.callee.name === 'fit_resample' && receiver.startsWith('imblearn.'))
    return shape.positional.map(splitType);
  if (receiver.startsWith('__main__.')) return SAME_AS_RECEIVER.test(call.callee.name) ? receiver : undefined;
  return methodResult(receiver, call.callee.name, shape);
}

/** What a split gives of each of its arguments. */
function splitType(type: string | undefined): string | undefined {
  return type === FRAME || type === SERIES || type === ARRAY || type === 'list' ? type : undefined;
}

/** Columns side by side, or tables, make a table. */
function concatType(call: Extract<Expression, { kind: 'call' }>, scope: TypeScope): string | undefined {
  const [list] = call.positional;
  if (list === undefined || (list.kind !== 'list' && list.kind !== 'tuple')) return undefined;
  const items = list.items.map((item) => one(item, scope));
  if (items.length === 0 || items.some((type) => type !== FRAME && type !== SERIES)) return undefined;
  if (items.includes(FRAME)) return FRAME;
  const { axis } = call.keywords;
  const beside = axis?.kind === 'literal' && axis.literal.kind === 'int' && axis.literal.value === 1;
  return axis === undefined ? SERIES : beside ? FRAME : undefined;
}
