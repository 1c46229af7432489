import type { CodeContext } from './code-context.ts';
import { renderDocstring } from './docstrings.ts';
import { callSegment } from './orchestrate.ts';
import { rewriteStatement, type Scope } from './rewrite.ts';
import { cellsText, indentCode, type FunctionCode, type SegmentSignature } from './segment-code.ts';

/**
 * Writes the function that makes a figure or table of the notebook and returns the file.
 *
 * @param signature - Its parameters; the configuration values among them are paths.
 */
export function outputCode(signature: SegmentSignature, context: CodeContext): FunctionCode {
  const { segment, parameters } = signature;
  const files = context.extraction.outputs.filter((output) => segment.statements.includes(output.statement));
  const local = (key: string): string => `${signature.key(key).replace(/_path$/, '')}_file`;
  const scope: Scope = { key: signature.key, value: (name) => name, event: segment.name, path: local };
  const keys = [...new Set(files.map((file) => file.key))];
  const opening = keys.flatMap((key) => [
    `${local(key)} = resolve_path(${signature.key(key)})`,
    `${local(key)}.parent.mkdir(parents=True, exist_ok=True)`,
  ]);
  const body = segment.statements
    .map((id) => rewriteStatement(context.statement(id), context, scope))
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
          parameter.from.kind === 'value'
            ? parameter.description
            : 'Destination, relative to the package or absolute',
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
    inResult.has(name) ? `result.${name}` : inData.has(name) ? `result.data.${name}` : name;
  return callSegment(
    { ...signature, segment: { ...signature.segment, seeded: false } },
    lookup,
    'config',
  ).join('');
}
