import type { AnalysedStatement, InputFile } from '../1-extract/extraction.ts';
import { mayReach } from '../constant-places.ts';
import type { Callable, GivenDefault } from '../2-structure/layout.ts';
import type { Call, Occurrence, Span } from '../../python/statement.ts';
import { factsAt, restoreKind, type CodeContext } from './code-context.ts';
import { logInsteadOfPrint } from './logging.ts';
import { statefulEdits } from './serving-edits.ts';
import { fixed, renderRange, type NestedEdit } from './nested-edits.ts';

/** How code refers to configuration values and to the notebook's values where it now stands. */
export interface Scope {
  /** Expression of a configuration key. */
  key: (key: string) => string;
  /** Expression of a value of the notebook that a called function needs. */
  value: (name: string) => string;
  /** Event of log lines. */
  event: string;
  /** Expression for the literal of an input or output path, instead of {@link key}. */
  path?: (key: string) => string;
}

/** Names of the parameters through which a notebook function gets what it read from the global namespace. */
export function hiddenParameters(
  callable: Callable,
): { name: string; from: { kind: 'value' | 'key'; id: string } }[] {
  const taken = new Set(callable.parameters);
  const choose = (wanted: string[]): string => {
    const choice = wanted.find((name) => !taken.has(name)) ?? `${wanted[0] ?? 'value'}_${taken.size}`;
    taken.add(choice);
    return choice;
  };
  return [
    ...callable.values.map((id) => ({
      name: choose([parameterName(id), id, `notebook_${parameterName(id)}`]),
      from: { kind: 'value' as const, id },
    })),
    ...callable.keys.map((id) => ({
      name: callable.defaults[id] ?? choose(keyNames(id)),
      from: { kind: 'key' as const, id },
    })),
  ];
}

/** Upper-case constants become lower-case parameters; `X` stays. */
export function parameterName(name: string): string {
  return /^[A-Z][A-Z0-9_]+$/.test(name) ? name.toLowerCase() : name;
}

/** Names for a configuration key from the shortest to the full one. */
export function keyNames(key: string): string[] {
  const parts = key.split('.');
  return parts.map((_, index) => parts.slice(parts.length - 1 - index).join('_'));
}

/**
 * Writes a statement as it stands in the package.
 *
 * @param statement - The notebook's statement.
 * @param context - Everything known.
 * @param scope - How the place where it now stands refers to values.
 * @param extra - Further edits, such as those of a signature.
 */
export function rewriteStatement(
  statement: AnalysedStatement,
  context: CodeContext,
  scope: Scope,
  extra: readonly NestedEdit[] = [],
): string {
  const edits = [
    ...extra,
    ...literalEdits(statement, context, scope),
    ...callableEdits(statement, context, scope),
    ...printEdits(statement, context, scope),
    ...statefulEdits(statement, context),
  ];
  const metrics = context.extraction.metrics.filter(
    (metric) => metric.statement === statement.id && metric.variable === null && metric.span,
  );
  const hoisted = metrics.map((metric) => ({
    key: context.layout.metrics[metric.key] ?? metric.key,
    span: metric.span as Span,
  }));
  const replaced = hoisted.map(({ key, span }) => fixed(span, key));
  const whole = { start: 0, end: statement.text.length };
  const lines = hoisted.map(
    ({ key, span }) =>
      `${key} = ${renderRange(
        statement.text,
        span,
        edits.filter((edit) => inside(edit.span, span)),
      )}`,
  );
  const rest = renderRange(statement.text, whole, [
    ...replaced,
    ...edits.filter((edit) => !hoisted.some(({ span }) => inside(edit.span, span))),
  ]);
  const kept =
    /^[\p{L}\p{N}_]*$/u.test(rest.trim()) && (hoisted.length > 0 || rest.trim() === 'pass') ? [] : [rest];
  return [...lines, ...kept, ...metricCopies(statement, context)].join('\n');
}

/** A metric whose variable is bound anew later is kept under its own name. */
function metricCopies(statement: AnalysedStatement, { extraction, layout }: CodeContext): string[] {
  return extraction.metrics.flatMap((metric) => {
    const own = layout.metrics[metric.key];
    if (metric.statement !== statement.id || metric.variable === null || own === undefined) return [];
    return own === metric.variable ? [] : [`${own} = ${metric.variable}`];
  });
}

function inside(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

function literalEdits(statement: AnalysedStatement, context: CodeContext, scope: Scope): NestedEdit[] {
  const paths = filesOf(statement, context).flatMap((file) =>
    placesOf(file, statement).map((span) => fixed(span, (scope.path ?? scope.key)(file.key))),
  );
  // Of two edits of one place the first holds: a path is more than the value of its constant.
  return [...paths, ...configEdits(statement, context, scope.key)];
}

type PathPlace = Pick<InputFile, 'span' | 'constant' | 'key'>;

function filesOf(statement: AnalysedStatement, context: CodeContext): PathPlace[] {
  const { inputs, outputs } = context.extraction;
  return [...inputs, ...outputs].filter((file) => file.statement === statement.id);
}

/** Where a statement has the path of a file: the literal, or each use of the constant that holds it. */
function placesOf({ span, constant }: PathPlace, { occurrences }: AnalysedStatement): Span[] {
  if (constant === undefined) return [span];
  return occurrences
    .filter(({ name, context }) => name === constant.name && context === 'load')
    .map((occurrence) => occurrence.span);
}

/**
 * Configuration values in place of the literals and constants of a statement, paths excepted.
 *
 * @param expression - Expression of a key where the statement stands.
 */
export function configEdits(
  statement: AnalysedStatement,
  context: CodeContext,
  expression: (key: string) => string,
): (NestedEdit & { key: string })[] {
  const own = filesOf(statement, context).filter(({ constant }) => constant === undefined);
  const starts = new Set(own.map(({ span }) => span.start));
  const literals = context.extraction.hyperparameters.flatMap(({ key, literal, places }) =>
    places
      .filter(
        (place) =>
          place.statement === statement.id && place.constant === undefined && !starts.has(place.span.start),
      )
      .map((place) => ({ ...fixed(place.span, restoreKind(literal, expression(key))), key })),
  );
  const constants = statement.occurrences.flatMap((occurrence) => {
    const key = constantKey(occurrence.name, statement, context);
    if (key === undefined || occurrence.context !== 'load') return [];
    const literal = context.hyperparameter(key)?.literal;
    const text = literal ? restoreKind(literal, expression(key)) : expression(key);
    return [{ ...fixed(occurrence.span, text), key }];
  });
  return [...literals, ...constants];
}

/** Key of the constant that a name holds where a statement reads it. */
function constantKey(
  name: string,
  statement: AnalysedStatement,
  { layout, extraction }: CodeContext,
): string | undefined {
  const last = layout.constants[name];
  if (last === undefined) return undefined;
  const reached = extraction.hyperparameters.find(({ places }) =>
    places.some((place) => place.constant === name && mayReach(statement, place)),
  );
  return reached?.key ?? last;
}

/** Calls of notebook functions get what the functions read from the global namespace. */
function callableEdits(statement: AnalysedStatement, context: CodeContext, scope: Scope): NestedEdit[] {
  return statement.occurrences.flatMap((occurrence) => {
    const callable = context.callable(occurrence.name);
    if (!callable || occurrence.context !== 'load') return [];
    return callEdits(statement, occurrence, { callable, context, scope });
  });
}

function callEdits(
  statement: AnalysedStatement,
  occurrence: Occurrence,
  { callable, context, scope }: { callable: Callable; context: CodeContext; scope: Scope },
): NestedEdit[] {
  const rename = callable.newName === callable.name ? [] : [fixed(occurrence.span, callable.newName)];
  const call = statement.calls.find(
    (candidate) => candidate.span.start === occurrence.span.start && candidate.callee === callable.name,
  );
  const hidden = hiddenParameters(callable).map(
    ({ name, from }) => `${name}=${from.kind === 'value' ? scope.value(from.id) : scope.key(from.id)}`,
  );
  const given = callable.given
    .filter((item) => !call || !gives(call, item))
    .map((item) => `${item.parameter}=${givenText(item, context, scope)}`);
  const passed = [...given, ...hidden].join(', ');
  if (passed === '' || isTypeOnly(statement, occurrence)) return rename;
  if (!call) return [fixed(occurrence.span, `functools.partial(${callable.newName}, ${passed})`)];
  const end = call.span.end - 1;
  const before = statement.text.slice(0, end).trimEnd();
  const separator = before.endsWith('(') ? '' : before.endsWith(',') ? ' ' : ', ';
  return [...rename, fixed({ start: end, end }, `${separator}${passed}`)];
}

/** A class that is asked for, not called: `super(Net, self)`, `isinstance(layer, Net)`. */
function isTypeOnly({ calls }: AnalysedStatement, { span }: Occurrence): boolean {
  return calls.some(
    ({ qualified, arguments: all }) =>
      /^(super|isinstance|issubclass)$/.test(qualified) &&
      all.some((argument) => inside(span, argument.span)),
  );
}

/** Whether a call gives a parameter; one that unpacks might. */
function gives(call: Call, { parameter, index }: GivenDefault): boolean {
  const positional = call.arguments.filter(({ keyword }) => keyword === null).length;
  return (
    (index !== null && index < positional) ||
    call.arguments.some(({ keyword }) => keyword === parameter || keyword === '*' || keyword === '**')
  );
}

function givenText({ text, reads }: GivenDefault, context: CodeContext, scope: Scope): string {
  const edits = reads.map(({ name, span }) => {
    const key = context.layout.constants[name];
    if (key === undefined) return fixed(span, scope.value(name));
    const literal = context.hyperparameter(key)?.literal;
    return fixed(span, literal ? restoreKind(literal, scope.key(key)) : scope.key(key));
  });
  return renderRange(text, { start: 0, end: text.length }, edits);
}

function printEdits(statement: AnalysedStatement, context: CodeContext, scope: Scope): NestedEdit[] {
  return statement.calls
    .filter((call) => call.callee === 'print' && call.parent === null)
    .map((call) =>
      logInsteadOfPrint(call, statement.text, {
        event: call.within ?? scope.event,
        factsOf: (name) => (call.within === null ? factsAt(context, name, statement.id) : undefined),
      }),
    );
}
