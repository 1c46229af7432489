import { functionSignature, type Parameter } from '../../python/edit.ts';
import type { AnalysedStatement } from '../1-extract/extraction.ts';
import type { GivenDefault } from './layout.ts';

/**
 * Finds the parameters whose default reads a name of the notebook, as in `def split(df, size=TEST_SIZE)`: Python
 * takes the value where the function is defined, and in the package only the caller has it.
 *
 * @param statement - The definition; of a class, its `__init__` counts.
 * @param reads - Whether a name stands for a value or a configuration key.
 * @param lifted - Parameters whose default moved to the configuration: every call gives them already.
 */
export function givenDefaults(
  statement: AnalysedStatement,
  reads: (name: string) => boolean,
  lifted: readonly string[],
): GivenDefault[] {
  const parameters = parametersOf(statement);
  const found = parameters.map((parameter, position) => givenDefault(parameter, position, statement, reads));
  // A parameter without a default may not follow one that has it.
  const last = found.findLastIndex((item) => item !== null && item.reads.length > 0 && item.index !== null);
  return found.filter(
    (item, position): item is GivenDefault =>
      item !== null &&
      !lifted.includes(item.parameter) &&
      (item.reads.length > 0 || (item.index !== null && position < last)),
  );
}

/** What a call gives: the parameters of a function, or those of a class's `__init__` behind `self`. */
export function parametersOf({ text }: AnalysedStatement): Parameter[] {
  const signature = functionSignature(text);
  if (signature?.kind !== 'class') return signature?.parameters ?? [];
  return signature.methods.find(({ name }) => name === '__init__')?.parameters.slice(1) ?? [];
}

function givenDefault(
  parameter: Parameter,
  position: number,
  statement: AnalysedStatement,
  reads: (name: string) => boolean,
): GivenDefault | null {
  const { default: value, kind, name } = parameter;
  if (!value) return null;
  const { start, end } = value.span;
  return {
    parameter: name,
    index: kind === 'keyword_only' ? null : position,
    text: value.text,
    reads: statement.occurrences
      .filter(
        (item) =>
          item.span.start >= start && item.span.end <= end && item.context === 'load' && reads(item.name),
      )
      .map((item) => ({
        name: item.name,
        span: { start: item.span.start - start, end: item.span.end - start },
      })),
  };
}
