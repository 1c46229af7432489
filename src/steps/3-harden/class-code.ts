import type { Signature } from '../../python/edit.ts';
import type { AnalysedStatement } from '../1-extract/extraction.ts';
import type { Callable } from '../2-structure/layout.ts';
import type { Annotation } from './annotations.ts';
import type { CallTypes } from './call-types.ts';
import {
  addParameters,
  annotate,
  docstringEdit,
  newParameters,
  stripDefaults,
  type NewParameter,
} from './definition-edits.ts';
import type { CodeContext } from './code-context.ts';
import { fixed, type NestedEdit } from './nested-edits.ts';
import { hiddenParameters } from './rewrite.ts';

const ANY: Annotation = { text: 'Any', imports: [{ module: 'typing', member: 'Any', name: 'Any' }] };
const TENSOR: Annotation = {
  text: 'torch.Tensor',
  imports: [{ module: 'torch', member: null, name: 'torch' }],
};
const plain = (text: string): Annotation => ({ text, imports: [] });

/** Results of methods that Python itself fixes. */
const RESULTS: Record<string, Annotation> = {
  __init__: plain('None'),
  __len__: plain('int'),
  __repr__: plain('str'),
  __str__: plain('str'),
  __bool__: plain('bool'),
  __contains__: plain('bool'),
  __eq__: plain('bool'),
  __setitem__: plain('None'),
  __delitem__: plain('None'),
};

/** What a class is made from. */
export interface ClassSource {
  signature: Signature;
  callable: Callable;
  statement: AnalysedStatement;
  types: CallTypes;
  context: CodeContext;
}

/**
 * Edits a class of the notebook: annotations and docstrings for all methods; what the methods read from the global
 * namespace becomes a parameter of `__init__` that the object keeps.
 */
export function classEdits(source: ClassSource): { edits: NestedEdit[]; imports: Annotation['imports'] } {
  const { signature, callable, statement, types } = source;
  const added = newParameters(callable, types);
  const imports = [
    ...ANY.imports,
    ...TENSOR.imports,
    ...added.flatMap(({ annotation }) => annotation.imports),
  ];
  const initializer = signature.methods.find((method) => method.name === '__init__');
  const summary = { summary: `Notebook class \`\`${callable.name}\`\` (cell ${statement.cell})` };
  const methods = signature.methods.map((method) =>
    methodEdits(method, method === initializer ? added : [], source),
  );
  const edits = [
    ...docstringEdit(signature, statement.text, summary),
    ...methods.flatMap((method) => method.edits),
    ...(initializer
      ? keepAttributes(initializer, added, source)
      : newInitializer(signature, added, statement.text)),
    ...attributeReads(added, source, initializer),
  ];
  return { edits, imports: [...imports, ...methods.flatMap((method) => method.imports)] };
}

function methodEdits(
  method: Signature,
  added: NewParameter[],
  source: ClassSource,
): { edits: NestedEdit[]; imports: Annotation['imports'] } {
  const { types, statement, callable } = source;
  const constructor = method.name === '__init__';
  const isStatic = method.decorators.some(({ text }) => text === 'staticmethod');
  const own = isStatic ? method.parameters : method.parameters.slice(1);
  const annotations = own.map((parameter, index) =>
    constructor ? types.parameter(parameter.name, index) : argumentOf(method.name, source),
  );
  const result = RESULTS[method.name] ?? resultOf(method, source);
  const edits = [
    ...own.flatMap((parameter, index) => annotate(parameter, annotations[index] ?? ANY)),
    ...(constructor ? [...addParameters(method, added), ...stripDefaults(method, callable)] : []),
    ...(method.returnAnnotation
      ? []
      : [fixed({ start: method.colon.start, end: method.colon.start }, ` -> ${result.text}`)]),
    ...docstringEdit(
      method,
      statement.text,
      {
        summary: constructor ? 'Initialise the object' : `Notebook method \`\`${method.name}\`\``,
        args: [
          ...own.map((parameter, index) => ({
            name: `${parameter.kind === 'var_positional' ? '*' : parameter.kind === 'var_keyword' ? '**' : ''}${parameter.name}`,
            text: constructor
              ? types.describe(parameter.name)
              : (annotations[index] ?? ANY) === TENSOR
                ? 'Batch of inputs'
                : `\`\`${parameter.name}\`\` of the notebook`,
          })),
          ...(constructor ? added.map(({ name, text }) => ({ name, text })) : []),
        ],
        ...(method.returns.length > 0 && !constructor ? { returns: 'What the notebook returned' } : {}),
      },
      2,
    ),
  ];
  return { edits, imports: [...annotations.flatMap((item) => item.imports), ...result.imports] };
}

/** The forward pass of a torch module takes and gives tensors. */
function isForward(method: string, { signature }: ClassSource): boolean {
  return method === 'forward' && signature.bases.some(({ text }) => /(^|\.)Module$/.test(text));
}

function argumentOf(method: string, source: ClassSource): Annotation {
  if (isForward(method, source)) return TENSOR;
  return /^__(get|set|del)item__$/.test(method) && /Dataset$/.test(source.signature.bases[0]?.text ?? '')
    ? plain('int')
    : ANY;
}

function resultOf(method: Signature, source: ClassSource): Annotation {
  if (method.generator) return ANY;
  if (isForward(method.name, source))
    return method.returns.length > 0 &&
      method.returns.every(({ text }) => !text.includes(',') || /\)$/.test(text))
      ? TENSOR
      : ANY;
  return method.returns.length === 0 ? plain('None') : ANY;
}

/** `self.x = x` for what other methods read; behind `super().__init__()`, which a torch module needs first. */
function keepAttributes(
  initializer: Signature,
  added: NewParameter[],
  { statement }: ClassSource,
): NestedEdit[] {
  if (added.length === 0) return [];
  const self = initializer.parameters[0]?.name ?? 'self';
  const text = statement.text;
  const pad = /[ \t]*$/.exec(text.slice(0, initializer.body.start))?.[0] ?? '        ';
  const call = /super\([^)]*\)\.__init__\([^\n]*\)/.exec(
    text.slice(initializer.body.start, initializer.body.end),
  );
  const lines = added.map(({ name }) => `${self}.${name} = ${name}`).join(`\n${pad}`);
  if (call) {
    const end = initializer.body.start + call.index + call[0].length;
    return [fixed({ start: end, end }, `\n${pad}${lines}`)];
  }
  const start = initializer.docstring ? initializer.docstring.span.end : initializer.body.start;
  return [fixed({ start, end: start }, initializer.docstring ? `\n${pad}${lines}` : `${lines}\n${pad}`)];
}

function newInitializer(signature: Signature, added: NewParameter[], text: string): NestedEdit[] {
  if (added.length === 0) return [];
  const start = signature.body.start;
  const pad = /[ \t]*$/.exec(text.slice(0, start))?.[0] ?? '    ';
  const parameters = added.map(({ name, annotation }) => `${name}: ${annotation.text}`).join(', ');
  const lines = [
    `def __init__(self, *args: Any, ${parameters}, **kwargs: Any) -> None:`,
    `${pad}    """Keep what the notebook read from its global namespace."""`,
    `${pad}    super().__init__(*args, **kwargs)`,
    ...added.map(({ name }) => `${pad}    self.${name} = ${name}`),
  ];
  return [fixed({ start, end: start }, `${lines.join('\n')}\n\n${pad}`)];
}

/** In methods other than `__init__` a global is read from the object. */
function attributeReads(
  added: NewParameter[],
  { callable, statement, signature, context }: ClassSource,
  initializer: Signature | undefined,
): NestedEdit[] {
  const names = new Map(hiddenParameters(callable).map(({ name, from }) => [from.id, name]));
  const kept = new Set(added.map(({ name }) => name));
  return statement.occurrences.flatMap((occurrence) => {
    const id = context.layout.constants[occurrence.name] ?? occurrence.name;
    const name = names.get(id);
    const inside = signature.methods.find(
      (method) => occurrence.span.start >= method.body.start && occurrence.span.end <= method.body.end,
    );
    if (name === undefined || !kept.has(name) || !inside || occurrence.context !== 'load') return [];
    if (inside === initializer) return name === occurrence.name ? [] : [fixed(occurrence.span, name)];
    return [fixed(occurrence.span, `${inside.parameters[0]?.name ?? 'self'}.${name}`)];
  });
}
