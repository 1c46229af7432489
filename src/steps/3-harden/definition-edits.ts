import type { Parameter, Signature } from '../../python/edit.ts';
import type { AnalysedStatement } from '../1-extract/extraction.ts';
import type { Callable } from '../2-structure/layout.ts';
import type { Annotation } from './annotations.ts';
import type { CallTypes } from './call-types.ts';
import { renderDocstring } from './docstrings.ts';
import { fixed, type NestedEdit } from './nested-edits.ts';
import { hiddenParameters } from './rewrite.ts';

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
      text: from.kind === 'value' ? `Notebook global \`\`${from.id}\`\`` : types.describeKey(from.id),
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
  const lifted = new Set([
    ...Object.values(callable.defaults),
    ...callable.given.map(({ parameter }) => parameter),
  ]);
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
  const { start } = signature.body;
  const pad = signature.inline ? ' '.repeat(4 * depth) : (/[ \t]*$/.exec(text.slice(0, start))?.[0] ?? '');
  const docstring = renderDocstring(parts, pad.length).trimStart();
  if (signature.inline) return [fixed({ start, end: start }, `\n${pad}${docstring}\n${pad}`)];
  // Comments above the first statement stay there: a docstring comes first.
  const line = text.indexOf('\n', signature.colon.end) + 1;
  return [fixed({ start: line, end: line }, `${pad}${docstring}\n`)];
}
