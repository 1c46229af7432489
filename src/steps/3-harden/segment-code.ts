import { indent } from '../../python/edit.ts';
import { commentsWithoutCode } from '../../python/comments.ts';
import type { ValueFacts } from '../../notebook/observation.ts';
import type { Segment } from '../2-structure/layout.ts';
import { unique } from '../../lib/unique.ts';
import type { Parameter, Value } from '../2-structure/plan.ts';
import { annotationOf, describeShape, type Annotation } from './annotations.ts';
import { describeKey, inputFacts, outputFacts, type CodeContext } from './code-context.ts';
import { renderDocstring } from './docstrings.ts';
import { readStatementCode } from './read-code.ts';
import { hoistingEdits } from './hoisted-constructor.ts';
import { annotatedKey } from './annotated-key.ts';
import { epochEdits } from './epoch-metrics.ts';
import { keyNames, rewriteStatement, type Scope } from './rewrite.ts';

/** A function as text, with the imports that its annotations need. */
export interface FunctionCode {
  text: string;
  imports: Annotation['imports'];
}

/** Parameter of functions that take a statistic of all rows. */
const FITTED: SegmentSignature['parameters'][number] = {
  name: 'fitted',
  annotation: 'FittedValues',
  description: 'Empty in training, filled for new rows',
  from: { kind: 'value' },
  imports: [{ module: 'src.data.fitted', member: 'FittedValues', name: 'FittedValues' }],
};

/** More configuration values than this are passed as their section. */
const FEW = 3;

/** A segment with its parameters and returns. */
export interface SegmentSignature {
  segment: Segment;
  parameters: (Parameter & { imports: Annotation['imports'] })[];
  returns: (Value & { imports: Annotation['imports'] })[];
  /** Expression of a configuration key inside the function. */
  key: (key: string) => string;
}

/**
 * Decides the parameters and returns of the function of a segment.
 *
 * @param segment - The segment.
 * @param context - Everything known.
 */
export function segmentSignature(segment: Segment, context: CodeContext): SegmentSignature {
  const values = segment.inputs.map((name) => {
    const facts = inputFacts(context, segment, name);
    const annotation = annotationOf(facts, context.classes);
    const value: Value = { name, annotation: annotation.text, description: describe(name, facts) };
    return {
      ...value,
      ...(facts ? { facts } : {}),
      from: { kind: 'value' as const },
      imports: annotation.imports,
    };
  });
  const returns = segment.outputs.map((name) => {
    const facts = metricFacts(context, name) ?? outputFacts(context, segment, name);
    const annotation = annotationOf(facts, context.classes);
    return {
      name,
      annotation: annotation.text,
      description: describe(name, facts),
      ...(facts ? { facts } : {}),
      imports: annotation.imports,
    };
  });
  const { parameters, key } = configParameters(segment, context);
  const fitted = segment.fitted ? [FITTED] : [];
  return { segment, parameters: [...values, ...fitted, ...parameters], returns, key };
}

/** A metric that the notebook computes in place, or overwrites, has no variable of its name that the run could have shown. */
function metricFacts(context: CodeContext, name: string): ValueFacts | undefined {
  const metric = context.extraction.metrics.find(
    (item) => item.variable !== name && context.layout.metrics[item.key] === name,
  );
  return (
    metric && { type: 'float', kind: 'float', ...(metric.value === undefined ? {} : { value: metric.value }) }
  );
}

function describe(name: string, facts: Value['facts']): string {
  const shape = describeShape(facts);
  return shape ? `\`\`${name}\`\`, ${shape}` : `\`\`${name}\`\``;
}

function configParameters(
  segment: Segment,
  context: CodeContext,
): { parameters: SegmentSignature['parameters']; key: (key: string) => string } {
  const sectioned = segment.keys.filter((key) => key.includes('.') && !key.startsWith('paths.'));
  const single = segment.keys.filter((key) => !sectioned.includes(key));
  const sections = unique(sectioned.map((key) => key.split('.')[0] ?? ''));
  const lifted = context.layout.constants;
  const names = new Set([
    ...context.layout.names.filter((item) => lifted[item] === undefined),
    ...segment.inputs,
  ]);
  const name = (key: string): string =>
    keyNames(key).find((choice) => !names.has(choice)) ?? `${keyNames(key).at(-1) ?? key}_value`;
  if (sectioned.length <= FEW) {
    return { parameters: segment.keys.map((key) => keyParameter(key, name(key), context)), key: name };
  }
  const holder = names.has('config') ? 'package_config' : 'config';
  const section = sections.length === 1 ? sections[0] : undefined;
  const holderParameter =
    section === undefined
      ? sectionParameter(holder, '', 'Config', 'Whole configuration')
      : sectionParameter(
          holder,
          section,
          `${capital(section)}Config`,
          `${capital(section)} stage of the configuration`,
        );
  return {
    parameters: [
      holderParameter,
      ...single
        .filter((key) => section !== undefined || key.startsWith('paths.'))
        .map((key) => keyParameter(key, name(key), context)),
    ],
    key: (key) => {
      if (key.startsWith('paths.')) return name(key);
      if (section !== undefined)
        return key.startsWith(`${section}.`) ? `${holder}.${key.slice(section.length + 1)}` : name(key);
      return `${holder}.${key}`;
    },
  };
}

function capital(section: string): string {
  return section.charAt(0).toUpperCase() + section.slice(1);
}

function sectionParameter(
  name: string,
  section: string,
  type: string,
  description: string,
): SegmentSignature['parameters'][number] {
  return {
    name,
    annotation: type,
    description,
    from: { kind: 'section', section },
    imports: [{ module: 'src.config', member: type, name: type }],
  };
}

function keyParameter(
  key: string,
  name: string,
  context: CodeContext,
): SegmentSignature['parameters'][number] {
  const { annotation, imports } = annotatedKey(key, context);
  const description = describeKey(context, key);
  return { name, annotation, description, from: { kind: 'config', key }, imports };
}

/**
 * Writes the function of a segment.
 *
 * @param signature - Its parameters and returns.
 * @param context - Everything known.
 * @param summary - First line of the docstring, without the cells.
 */
export function segmentCode(
  signature: SegmentSignature,
  context: CodeContext,
  summary: string,
): FunctionCode {
  const { segment, parameters, returns } = signature;
  const scope: Scope = {
    key: signature.key,
    value: (name) => name,
    event: segment.name,
    path: (key) =>
      isInput(key, context)
        ? pathExpression(signature.key(key), signature.key('paths.root'))
        : signature.key(key),
  };
  const body = withoutUnread(
    segment.statements
      .map((id) => ({ id, text: statementCode(id, signature, context, scope) }))
      .filter(({ text }) => text !== ''),
    signature,
    context,
  );
  const header = `def ${segment.name}(${parameters.map((parameter) => `${parameter.name}: ${parameter.annotation}`).join(', ')}) -> ${returnAnnotation(returns)}:`;
  const docstring = renderDocstring(
    {
      summary: `${summary} (${cellsText(segment.cells)})`,
      args: parameters.map((parameter) => ({ name: parameter.name, text: parameter.description })),
      ...(returns.length > 0 ? { returns: returnsText(returns) } : {}),
      ...raises(segment, context),
    },
    4,
  );
  const lines = [...copies(segment, context), ...body, ...returnLine(returns)];
  const text = `${header}\n${docstring}\n${lines.map((line) => indentCode(line)).join('\n')}\n`;
  const logs = segment.statements.some((id) => epochEdits(context.statement(id), context).length > 0);
  const tracking = logs ? [{ module: 'src.tracking', member: 'TURNS', name: 'TURNS' }] : [];
  return { text, imports: [...[...parameters, ...returns].flatMap((item) => item.imports), ...tracking] };
}

function statementCode(id: number, signature: SegmentSignature, context: CodeContext, scope: Scope): string {
  const statement = context.statement(id);
  const text = rewriteStatement(statement, context, scope, [
    ...epochEdits(statement, context),
    ...hoistingEdits(id, context, scope.key),
  ]);
  const comments = commentsWithoutCode(statement.comments);
  const read = context.extraction.inputs.find((input) => input.statement === id && input.path !== null);
  const code = read ? readStatementCode(read, statement, text, signature, context) : text;
  return code === '' ? '' : [...comments, code].join('\n');
}

/** `history = model.fit(…)` of which nobody reads the name is `model.fit(…)`: what it does is kept, not what it gives. */
function withoutUnread(
  body: readonly { id: number; text: string }[],
  { returns }: SegmentSignature,
  context: CodeContext,
): string[] {
  const whole = body.map(({ text }) => text).join('\n');
  return body.map(({ id, text }) => {
    const { kind, defines, value } = context.statement(id);
    const [name, more] = defines;
    const isPlain =
      kind === 'assignment' && value?.literal === undefined && name !== undefined && more === undefined;
    if (!isPlain || returns.some((item) => item.name === name)) return text;
    const read = whole.match(new RegExp(`(?<![\\w.])${name}\\b`, 'gu')) ?? [];
    return read.length === 1 ? text.replace(new RegExp(`^${name} = (?=\\S)`, 'mu'), '') : text;
  });
}

function pathExpression(path: string, root: string): string {
  return `require_file(${path}, ${root})`;
}

function isInput(key: string, context: CodeContext): boolean {
  return context.extraction.inputs.some((input) => input.key === key && input.path !== null);
}

/** Tables that the notebook changes in place are copied first: no value changes, and the caller's table stays. */
function copies(segment: Segment, context: CodeContext): string[] {
  return segment.inputs.flatMap((name) => {
    const facts = inputFacts(context, segment, name);
    if (facts?.kind !== 'dataframe') return [];
    const changed = segment.statements.some((id) => {
      const statement = context.statement(id);
      return (
        statement.mutates.includes(name) ||
        statement.stores.some((store) => store.root === name && store.within === null)
      );
    });
    return changed ? [`${name} = ${name}.copy()`] : [];
  });
}

function returnLine(returns: Value[]): string[] {
  return returns.length === 0 ? [] : [`return ${returns.map((value) => value.name).join(', ')}`];
}

function returnAnnotation(returns: Value[]): string {
  if (returns.length === 0) return 'None';
  if (returns.length === 1) return returns[0]?.annotation ?? 'Any';
  return `tuple[${returns.map((value) => value.annotation).join(', ')}]`;
}

function returnsText(returns: Value[]): string {
  if (returns.length === 1) return returns[0]?.description ?? '';
  const texts = returns.map((value) => value.description);
  return `${texts.slice(0, -1).join('; ')}; and ${texts.at(-1) ?? ''}`;
}

function raises(segment: Segment, context: CodeContext): { raises?: { name: string; text: string }[] } {
  const reads = context.extraction.inputs.some(
    (input) => segment.statements.includes(input.statement) && input.path !== null,
  );
  return reads
    ? {
        raises: [
          { name: 'SchemaError', text: "If the file is missing, unreadable or not like the notebook's" },
        ],
      }
    : {};
}

/** `cell 3`, `cells 3 and 4`, `cells 3, 4 and 7`. */
export function cellsText(cells: number[]): string {
  if (cells.length === 1) return `cell ${cells[0]}`;
  return `cells ${cells.slice(0, -1).join(', ')} and ${cells.at(-1)}`;
}

/** Indents code by four columns, but never the inside of a string that spans lines. */
export function indentCode(code: string): string {
  return indent(code);
}
