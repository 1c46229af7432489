import type { CodeContext } from './code-context.ts';
import { renderDocstring } from './docstrings.ts';
import { callSegment } from './orchestrate.ts';
import { inputPath, readStatementCode } from './read-code.ts';
import { rewriteStatement, type Scope } from './rewrite.ts';
import { cellsText, indentCode, type FunctionCode, type SegmentSignature } from './segment-code.ts';
import { resultField } from '../result-fields.ts';

/**
 * Writes the function that makes a figure or table of the notebook and returns the file.
 *
 * @param signature - Its parameters; the configuration values among them are paths.
 */
export function outputCode(signature: SegmentSignature, context: CodeContext): FunctionCode {
  const { segment, parameters } = signature;
  const files = context.extraction.outputs.filter((output) => segment.statements.includes(output.statement));
  const keys = [...new Set(files.map((file) => file.key))];
  const local = (key: string): string => localFile(key, context);
  const path = (key: string): string =>
    keys.includes(key) ? local(key) : inputPath(signature.key(key), signature.key('paths.root'));
  const scope: Scope = { key: signature.key, value: (name) => name, event: segment.name, path };
  const opening = keys.flatMap((key) => [
    `${local(key)} = resolve_path(${signature.key(key)})`,
    `${local(key)}.parent.mkdir(parents=True, exist_ok=True)`,
  ]);
  const body = segment.statements
    .map((id) => writtenCode(id, signature, context, scope))
    .filter((text) => text !== '' && !isShow(text));
  const pyplot = pyplotName(context);
  const figure = files.some((file) => file.kind === 'figure') && pyplot !== null;
  const closing = [...(figure ? [`${pyplot}.close("all")`] : []), `return ${local(keys[0] ?? '')}`];
  const what = figure ? 'Save the figure' : 'Write the file';
  const docstring = renderDocstring(
    {
      summary: `${what} of the notebook (${cellsText(segment.cells)})`,
      args: parameters.map((parameter) => ({
        name: parameter.name,
        text:
          parameter.from.kind === 'config' && keys.includes(parameter.from.key)
            ? 'Destination, relative to the package or absolute'
            : parameter.description,
      })),
      returns: 'The file written',
    },
    4,
  );
  const header = `def ${segment.name}(${parameters.map((parameter) => `${parameter.name}: ${parameter.annotation}`).join(', ')}) -> Path:`;
  return {
    text: `${header}\n${docstring}\n${[...opening, ...body, ...closing].map(indentCode).join('\n')}\n`,
    imports: parameters.flatMap((parameter) => parameter.imports),
  };
}

/** Name of the file inside the function. */
function localFile(key: string, context: CodeContext): string {
  const stem = (key.split('.').at(-1) ?? 'written').replace(/_path$/, '');
  return (
    [`${stem}_file`, `${stem}_output_file`].find((name) => !context.layout.names.includes(name)) ??
    `${stem}_written_file`
  );
}

/** A statement of the function; one that reads a file reads it as those of the data stage do. */
function writtenCode(id: number, signature: SegmentSignature, context: CodeContext, scope: Scope): string {
  const statement = context.statement(id);
  const text = rewriteStatement(statement, context, scope);
  const read = context.extraction.inputs.find((input) => input.statement === id && input.path !== null);
  return read ? readStatementCode(read, statement, text, signature, context) : text;
}

function isShow(text: string): boolean {
  return /^\w+\.show\(\s*\)$/.test(text.trim());
}

function pyplotName(context: CodeContext): string | null {
  const imports = context.extraction.statements.flatMap((statement) => statement.imports);
  const found = imports.find(
    (item) =>
      item.module === 'matplotlib.pyplot' || (item.module === 'matplotlib' && item.member === 'pyplot'),
  );
  return found?.name ?? null;
}

/** The call that writes the file from the result of a run. */
export function outputCall(signature: SegmentSignature, context: CodeContext): string {
  const { layout } = context;
  const inData = new Set(layout.data);
  const inResult = new Set([...layout.fitted, ...layout.result, ...layout.evaluated]);
  const lookup = (name: string): string =>
    inResult.has(name) ? `result.${resultField(name)}` : inData.has(name) ? `result.data.${name}` : name;
  return callSegment(
    { ...signature, segment: { ...signature.segment, seeded: false } },
    lookup,
    'config',
  ).join('');
}
