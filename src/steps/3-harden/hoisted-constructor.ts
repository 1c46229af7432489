import type { FunctionPlan } from '../2-structure/plan.ts';
import { unique } from '../../lib/unique.ts';
import { MODULES } from '../package-modules.ts';
import { annotatedKey } from './annotated-key.ts';
import { describeKey, type CodeContext } from './code-context.ts';
import { renderDocstring } from './docstrings.ts';
import { fixed, renderRange, type NestedEdit } from './nested-edits.ts';
import { configEdits, keyNames } from './rewrite.ts';
import type { FunctionCode } from './segment-code.ts';

/** A model that the notebook constructs inside another call: `GridSearchCV(RandomForestClassifier(…), …)`. */
export interface HoistedConstructor {
  statement: number;
  name: string;
  keys: string[];
}

/**
 * Finds the construction of the target inside a training expression; it becomes `build_model`, so that a reader finds
 * the model where models are.
 */
export function hoistedConstructor(context: CodeContext): HoistedConstructor | null {
  const found = context.extraction.target?.constructor ?? null;
  const segment = context.layout.segments.find(
    (item) => found !== null && item.statements.includes(found.statement),
  );
  if (!found || !segment || segment.stage !== 'training') return null;
  const statement = context.statement(found.statement);
  const inside = statement.occurrences.filter(
    ({ span }) => span.start >= found.span.start && span.end <= found.span.end,
  );
  const nested = statement.calls.some(
    (call) =>
      call.span.start === found.span.start && call.span.end === found.span.end && call.parent !== null,
  );
  const receiver = statement.text.slice(found.span.end).startsWith('.');
  const bound = new Set(
    context.extraction.statements.filter(({ kind }) => kind !== 'import').flatMap(({ defines }) => defines),
  );
  const values = inside.filter(({ name }) => bound.has(name) && context.layout.constants[name] === undefined);
  const name = context.layout.segments.some((item) => item.name === 'build_model') ? null : 'build_model';
  if (!nested || receiver || values.length > 0 || name === null) return null;
  const keys = configEdits(statement, context, (key) => key)
    .filter(({ span }) => span.start >= found.span.start && span.end <= found.span.end)
    .sort((a, b) => a.span.start - b.span.start)
    .map(({ key }) => key);
  return { statement: found.statement, name, keys: unique(keys) };
}

/** The call of the new function in place of the construction. */
export function hoistingEdits(
  statement: number,
  context: CodeContext,
  key: (key: string) => string,
): NestedEdit[] {
  const hoisted = hoistedConstructor(context);
  const span = context.extraction.target?.constructor?.span;
  if (!hoisted || !span || hoisted.statement !== statement) return [];
  return [fixed(span, `${hoisted.name}(${hoisted.keys.map(key).join(', ')})`)];
}

/** The new function. */
export function hoistedCode(hoisted: HoistedConstructor, context: CodeContext): FunctionCode {
  const statement = context.statement(hoisted.statement);
  const span = context.extraction.target?.constructor?.span ?? { start: 0, end: 0 };
  const names = new Map(hoisted.keys.map((key) => [key, parameterOf(key, hoisted.keys)]));
  const edits = configEdits(statement, context, (key) => names.get(key) ?? key);
  const parameters = hoisted.keys.map((key) => ({
    name: names.get(key) ?? key,
    ...annotatedKey(key, context),
    text: describeKey(context, key),
  }));
  const type = /^[\w.]+/.exec(statement.text.slice(span.start, span.end))?.[0] ?? 'object';
  const docstring = renderDocstring(
    {
      summary: `Construct the untrained model (cell ${statement.cell})`,
      args: parameters.map(({ name, text }) => ({ name, text })),
      returns: 'Untrained model',
    },
    4,
  );
  const header = `def ${hoisted.name}(${parameters.map(({ name, annotation }) => `${name}: ${annotation}`).join(', ')}) -> ${type}:`;
  return {
    text: `${header}\n${docstring}\n    return ${renderRange(statement.text, span, edits)}\n`,
    imports: parameters.flatMap(({ imports }) => imports),
  };
}

/** Its entry in the plan. */
export function hoistedPlan(hoisted: HoistedConstructor, context: CodeContext): FunctionPlan {
  const { statement, name, keys } = hoisted;
  const parameters = keys.map((key) => ({
    name: parameterOf(key, keys),
    annotation: annotatedKey(key, context).annotation,
    description: describeKey(context, key),
    from: { kind: 'config' as const, key },
  }));
  return {
    name,
    module: MODULES.model,
    stage: 'model',
    kind: 'segment',
    statements: [statement],
    cells: [context.statement(statement).cell],
    parameters,
    returns: [],
  };
}

function parameterOf(key: string, keys: string[]): string {
  const others = keys.filter((other) => other !== key).map((other) => keyNames(other)[0]);
  return keyNames(key).find((name) => !others.includes(name)) ?? key.replaceAll('.', '_');
}
