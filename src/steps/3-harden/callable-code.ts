import { functionSignature, type Parameter, type Signature } from '../../python/edit.ts';
import type { AnalysedStatement } from '../1-extract/extraction.ts';
import type { Callable } from '../2-structure/layout.ts';
import type { Annotation } from './annotations.ts';
import { classEdits } from './class-code.ts';
import type { CodeContext } from './code-context.ts';
import { renderDocstring } from './docstrings.ts';
import { fixed, type NestedEdit } from './nested-edits.ts';
import { hiddenParameters, rewriteStatement, type Scope } from './rewrite.ts';
import type { FunctionCode } from './segment-code.ts';
import { callTypes, type CallTypes } from './call-types.ts';

const ANY: Annotation = { text: 'Any', imports: [{ module: 'typing', member: 'Any', name: 'Any' }] };

/**
 * Writes a function or class of the notebook as it stands in the package: name, body and order stay; annotations,
 * a docstring, parameters for what it read from the global namespace, and log lines for prints are new (R4, R5).
 *
 * @param callable - The function or class.
 * @param context - Everything known.
 */
export function callableCode(callable: Callable, context: CodeContext): FunctionCode {
  const statement = context.statement(callable.statement);
  const signature = functionSignature(statement.text);
  const scope = callableScope(callable);
  if (!signature) return { text: rewriteStatement(statement, context, scope), imports: [] };
  const types = callTypes(callable.name, context);
  const { edits, imports } =
    signature.kind === 'class'
      ? classEdits({ signature, callable, statement, types, context })
      : functionEdits(signature, callable, statement, types);
  const rename = callable.newName === callable.name ? [] : [fixed(signature.nameSpan, callable.newName)];
  const text = rewriteStatement(statement, context, scope, [...rename, ...edits]);
  const comments = statement.comments
    .filter((line) => line.trim() !== '')
    .map((line) => `# ${line.trim()}\n`);
  return { text: `${comments.join('')}${text}\n`, imports };
}

/** Inside the function its new parameters stand for what it read before. */
function callableScope(callable: Callable): Scope {
  const parameters = hiddenParameters(callable);
  const find = (id: string): string => parameters.find(({ from }) => from.id === id)?.name ?? id;
  return {
    key: find,
    value: find,
    event: callable.name,
    path: (key) => `require_file(${find(key)}, ${find('paths.root')})`,
  };
}

function functionEdits(
  signature: Signature,
  callable: Callable,
  statement: AnalysedStatement,
  types: CallTypes,
): { edits: NestedEdit[]; imports: Annotation['imports'] } {
  const imports: Annotation['imports'] = [];
  const own = signature.parameters.map((parameter, index) => {
    const annotation = types.parameter(parameter.name, index);
    imports.push(...annotation.imports);
    return { parameter, annotation };
  });
  const hidden = newParameters(callable, types);
  hidden.forEach(({ annotation }) => imports.push(...annotation.imports));
  const returns = signature.generator
    ? ANY
    : signature.returns.length === 0
      ? { text: 'None', imports: [] }
      : types.result;
  imports.push(...returns.imports);
  const edits = [
    ...own.flatMap(({ parameter, annotation }) => annotate(parameter, annotation)),
    ...addParameters(signature, hidden),
    ...stripDefaults(signature, callable),
    ...(signature.returnAnnotation
      ? []
      : [fixed({ start: signature.colon.start, end: signature.colon.start }, ` -> ${returns.text}`)]),
    ...renamedValues(callable, statement),
    ...docstringEdit(signature, statement.text, {
      summary: `Notebook function \`\`${callable.name}\`\` (cell ${statement.cell})`,
      args: [
        ...own.map(({ parameter }) => ({ name: starred(parameter), text: types.describe(parameter.name) })),
        ...hidden.map(({ name, text }) => ({ name, text })),
      ],
      ...(signature.returns.length > 0 ? { returns: returnsText(signature) } : {}),
    }),
  ];
  return { edits, imports };
}

function starred(parameter: Parameter): string {
  return parameter.kind === 'var_positional'
    ? `*${parameter.name}`
    : parameter.kind === 'var_keyword'
      ? `**${parameter.name}`
      : parameter.name;
}

function returnsText(signature: Signature): string {
  const last = signature.returns.at(-1)?.text.replace(/\s+/g, ' ') ?? '';
  return last.length > 0 && last.length <= 60 && !last.includes('`')
    ? `\`\`${last}\`\``
    : 'What the notebook returned';
}

/** A parameter that stands for what the function read from the global namespace. */
export interface NewParameter {
  name: string;
  annotation: Annotation;
  text: string;
}

/** The parameters that a function gets in addition to its own. */
export function newParameters(callable: Callable, types: CallTypes): NewParameter[] {
  const existing = new Set(Object.values(callable.defaults));
  return hiddenParameters(callable)
    .filter(({ name }) => !existing.has(name))
    .map(({ name, from }) => ({
      name,
      annotation: from.kind === 'value' ? types.global(from.id) : types.key(from.id),
      text:
        from.kind === 'value'
          ? `Notebook global \`\`${from.id}\`\``
          : `Configuration value \`\`${from.id}\`\``,
    }));
}

/** Adds an annotation to a parameter that has none; `self` and `cls` get none. */
export function annotate(parameter: Parameter, annotation: Annotation): NestedEdit[] {
  if (parameter.annotation) return [];
  return [fixed({ start: parameter.nameSpan.end, end: parameter.nameSpan.end }, `: ${annotation.text}`)];
}

/** Adds parameters behind the function's own: by keyword only where one of its own has a default or a star. */
export function addParameters(signature: Signature, added: NewParameter[]): NestedEdit[] {
  const list = signature.parametersSpan;
  if (added.length === 0 || !list) return [];
  const own = signature.parameters;
  const last = own.at(-1);
  const catchAll = own.find((parameter) => parameter.kind === 'var_keyword');
  const star = own.some(
    (parameter) => parameter.kind === 'var_positional' || parameter.kind === 'keyword_only',
  );
  const marker =
    !star && own.some((parameter) => parameter.default !== null) ? '*, ' : catchAll && !star ? '*, ' : '';
  const text = marker + added.map(({ name, annotation }) => `${name}: ${annotation.text}`).join(', ');
  if (catchAll) return [fixed({ start: catchAll.span.start, end: catchAll.span.start }, `${text}, `)];
  const at = last ? last.span.end : list.start;
  return [fixed({ start: at, end: at }, last ? `, ${text}` : text)];
}

/** Takes away the defaults that moved to the configuration, as far as the order of the parameters allows it. */
export function stripDefaults(signature: Signature, callable: Callable): NestedEdit[] {
  const lifted = new Set(Object.values(callable.defaults));
  let open = true;
  return signature.parameters.flatMap((parameter) => {
    if (!parameter.default) return [];
    open &&= lifted.has(parameter.name);
    const end = parameter.default.span.end;
    // The edit of the literal itself must not put a configuration value into the signature.
    if (!open)
      return lifted.has(parameter.name) ? [fixed(parameter.default.span, parameter.default.text)] : [];
    const start = parameter.annotation ? parameter.annotation.span.end : parameter.nameSpan.end;
    return [fixed({ start, end }, '')];
  });
}

/** Upper-case globals stand under the lower-case name of their parameter in the body. */
export function renamedValues(callable: Callable, statement: AnalysedStatement): NestedEdit[] {
  const renamed = hiddenParameters(callable).filter(
    ({ name, from }) => from.kind === 'value' && name !== from.id,
  );
  return renamed.flatMap(({ name, from }) =>
    statement.occurrences
      .filter((occurrence) => occurrence.name === from.id && occurrence.within !== null)
      .map((occurrence) => fixed(occurrence.span, name)),
  );
}

/** Puts a docstring in front of the body where there is none, at the body's own indentation. */
export function docstringEdit(
  signature: Signature,
  text: string,
  parts: Parameters<typeof renderDocstring>[0],
  depth = 1,
): NestedEdit[] {
  if (signature.docstring) return [];
  const start = signature.body.start;
  const own = /[ \t]*$/.exec(text.slice(0, start))?.[0] ?? '';
  const pad = signature.inline ? ' '.repeat(4 * depth) : own;
  const docstring = renderDocstring(parts, pad.length).trimStart();
  return [
    fixed({ start, end: start }, signature.inline ? `\n${pad}${docstring}\n${pad}` : `${docstring}\n${pad}`),
  ];
}
