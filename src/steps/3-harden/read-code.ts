import type { AnalysedStatement, InputFile } from '../1-extract/extraction.ts';
import { tableNames } from '../table-names.ts';
import { factsAt, type CodeContext } from './code-context.ts';
import type { SegmentSignature } from './segment-code.ts';

/** Errors of pandas that mean an empty, broken or wrongly encoded file. */
const READ_ERRORS = '(pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError)';

/** Expression of the file that a statement reads. */
export function inputPath(path: string, root: string): string {
  return `require_file(${path}, ${root})`;
}

/**
 * Writes the statement that reads a file: a table read by pandas gets an error that names the file, and is
 * compared with the columns that the run observed.
 *
 * @param input - The file.
 * @param statement - The statement that reads it.
 * @param text - The statement as rewritten, with `require_file(...)` in place of the path.
 */
export function readStatementCode(
  input: InputFile,
  statement: AnalysedStatement,
  text: string,
  signature: SegmentSignature,
  context: CodeContext,
): string {
  const call = inputPath(signature.key(input.key), signature.key('paths.root'));
  if (statement.kind !== 'assignment' || !input.reader.startsWith('pandas.') || text.split(call).length !== 2)
    return text;
  const local = pathName(input, signature, context);
  const check = validated(input, context)
    ? [`${validatorName(input, context)}(${input.variable ?? ''})`]
    : [];
  const read = text.replace(call, local).split('\n').join('\n    ');
  return [
    `${local} = ${call}`,
    'try:',
    `    ${read}`,
    `except ${READ_ERRORS} as error:`,
    `    raise SchemaError(f"cannot read {${local}}: {error}") from error`,
    ...check,
  ].join('\n');
}

/** Variable of the file that was found; the parameter that says where to look for it is another. */
function pathName(input: InputFile, signature: SegmentSignature, context: CodeContext): string {
  const stem = input.variable && input.variable.length > 1 ? input.variable.toLowerCase() : 'data';
  const taken = new Set([...context.layout.names, ...signature.parameters.map(({ name }) => name)]);
  return (
    [`${stem}_path`, `${stem}_file`, `${stem}_file_path`].find((name) => !taken.has(name)) ??
    'input_file_path'
  );
}

/** Whether the columns of an input are known: the statement is a plain read into a name, and the run saw the table. */
export function validated(input: InputFile, context: CodeContext): boolean {
  const statement = context.statement(input.statement);
  if (input.variable === null || input.path === null || statement.kind !== 'assignment') return false;
  const value = statement.value;
  const call =
    value &&
    statement.calls.find(
      (candidate) => candidate.span.start === value.span.start && candidate.span.end === value.span.end,
    );
  if (!call || call.qualified !== input.reader) return false;
  const facts = factsAt(context, input.variable, input.statement);
  const columns = facts?.columns ?? [];
  return (
    facts?.kind === 'dataframe' &&
    columns.length > 0 &&
    columns.length < 200 &&
    columns.every((column) => column.text)
  );
}

/** Inputs whose columns are checked, in order. */
export function validatedInputs(context: CodeContext): InputFile[] {
  return context.extraction.inputs.filter(
    (input) => isInSegment(input, context) && validated(input, context),
  );
}

function isInSegment(input: InputFile, context: CodeContext): boolean {
  return context.layout.segments.some((segment) => segment.statements.includes(input.statement));
}

/** `validate_schema` for one table, `validate_train_schema` for each of several. */
export function validatorName(input: InputFile, context: CodeContext): string {
  return validatedInputs(context).length > 1
    ? `validate_${tableName(input, context)}_schema`
    : 'validate_schema';
}

/** `RAW_SCHEMA`, or `TRAIN_SCHEMA` where there are several. */
export function schemaName(input: InputFile, context: CodeContext): string {
  return validatedInputs(context).length > 1
    ? `${tableName(input, context).toUpperCase()}_SCHEMA`
    : 'RAW_SCHEMA';
}

function tableName(input: InputFile, context: CodeContext): string {
  const inputs = validatedInputs(context);
  return tableNames(inputs.map(({ variable }) => variable ?? 'data'))[inputs.indexOf(input)] ?? 'data';
}
