import type { Argument, Call } from '../../python/statement.ts';
import type { AnalysedStatement } from '../1-extract/extraction.ts';
import { annotationOf, describeShape, literalAnnotation, type Annotation } from './annotations.ts';
import { describeKey, factsAt, type CodeContext } from './code-context.ts';
import type { ValueFacts } from '../../notebook/observation.ts';

const ANY: Annotation = { text: 'Any', imports: [{ module: 'typing', member: 'Any', name: 'Any' }] };

/** Types of a notebook function as its calls show them. */
export interface CallTypes {
  /** Annotation of an own parameter, by name and position in a call. */
  parameter: (name: string, position: number) => Annotation;
  /** Phrase for the docstring. */
  describe: (name: string) => string;
  /** Annotation of a value that it read from the global namespace. */
  global: (name: string) => Annotation;
  /** Annotation of a configuration key. */
  key: (key: string) => Annotation;
  /** Phrase for the docstring of a configuration key. */
  describeKey: (key: string) => string;
  result: Annotation;
}

/** A call of the function in a kept statement. */
interface Site {
  statement: AnalysedStatement;
  call: Call;
}

/**
 * Reads off the kept calls of a function what goes in and comes out; where they do not agree or the run does not
 * say, the type is an honest `Any`.
 *
 * @param name - Name of the function or class in the notebook.
 */
export function callTypes(name: string, context: CodeContext): CallTypes {
  const sites: Site[] = context.extraction.statements
    .filter((statement) => statement.kept)
    .flatMap((statement) =>
      statement.calls.filter((call) => call.callee === name).map((call) => ({ statement, call })),
    );
  const facts = (parameter: string, position: number): (ValueFacts | undefined)[] =>
    sites.map(({ statement, call }) =>
      argumentFacts(argumentAt(call, parameter, position), statement, context),
    );
  const shapes = new Map<string, string>();
  return {
    parameter: (parameter, position) => {
      const seen = facts(parameter, position);
      const shape = seen.map(describeShape);
      if (shape.length > 0 && new Set(shape).size === 1 && shape[0]) shapes.set(parameter, shape[0]);
      return agreed(seen.map((item) => (item ? annotationOf(item, context.classes) : ANY)));
    },
    describe: (parameter) => {
      const shape = shapes.get(parameter);
      return shape
        ? `\`\`${parameter}\`\` of the notebook, ${shape}`
        : `\`\`${parameter}\`\` of the notebook`;
    },
    global: (global) =>
      annotationOf(
        factsAt(context, global, sites[0]?.statement.id ?? Number.MAX_SAFE_INTEGER),
        context.classes,
      ),
    key: (key) => {
      if (key === 'paths.root') return { text: 'str', imports: [] };
      const literal = context.hyperparameter(key)?.literal;
      const text = literal ? literalAnnotation(literal) : key === 'seed' ? 'int' : 'str';
      return { text, imports: /\bAny\b/.test(text) ? ANY.imports : [] };
    },
    describeKey: (key) => describeKey(context, key),
    result: resultOf(sites, context),
  };
}

function argumentAt(call: Call, parameter: string, position: number): Argument | undefined {
  const keyword = call.arguments.find((argument) => argument.keyword === parameter);
  const positional = call.arguments.filter((argument) => argument.keyword === null);
  return keyword ?? positional[position];
}

function argumentFacts(
  argument: Argument | undefined,
  statement: AnalysedStatement,
  context: CodeContext,
): ValueFacts | undefined {
  if (!argument) return undefined;
  if (argument.name !== undefined)
    return factsAt(context, argument.name, statement.id - 1) ?? factsAt(context, argument.name, statement.id);
  const literal = argument.literal;
  if (!literal || !['bool', 'int', 'float', 'string'].includes(literal.kind)) return undefined;
  const kind = literal.kind as 'bool' | 'int' | 'float' | 'string';
  return { type: kind === 'string' ? 'str' : kind, kind };
}

function agreed(annotations: Annotation[]): Annotation {
  const texts = new Set(annotations.map(({ text }) => text));
  const [first] = annotations;
  return texts.size === 1 && first ? first : ANY;
}

/** The type of the result: that of the names that the calls assign it to. */
function resultOf(sites: Site[], context: CodeContext): Annotation {
  const results = sites.flatMap(({ statement, call }): Annotation[] => {
    const value = statement.value;
    if (
      statement.kind !== 'assignment' ||
      !value ||
      value.span.start !== call.span.start ||
      value.span.end !== call.span.end
    )
      return [];
    const parts = statement.defines.map((name) => annotationOf(statement.values[name], context.classes));
    const [only] = parts;
    if (parts.length === 1 && only) return [only];
    return [
      {
        text: `tuple[${parts.map(({ text }) => text).join(', ')}]`,
        imports: parts.flatMap(({ imports }) => imports),
      },
    ];
  });
  return agreed(results);
}
