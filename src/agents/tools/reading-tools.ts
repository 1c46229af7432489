import { z } from 'zod';
import { defineTool } from './tool.ts';
import { ToolError } from './tool-error.ts';

const MOST_HITS = 50;
const HIT_LENGTH = 300;

const listFiles = defineTool(
  'list_files',
  'Lists the files of the package with their lines.',
  z.strictObject({}),
  (_, { workspace }) =>
    workspace.paths().map((path) => ({ path, lines: workspace.read(path).split('\n').length })),
);

const readFile = defineTool(
  'read_file',
  'Reads a file of the package. A long one comes in parts: ask again from the line that the result names.',
  z.strictObject({
    path: z.string(),
    from_line: z.int().min(1).optional().describe('first line to read; 1 where it is missing'),
  }),
  ({ path, from_line: first = 1 }, { workspace, limits }) => {
    const lines = workspace.read(path).split('\n');
    if (first > lines.length) throw new ToolError(`The file has ${lines.length} lines.`);
    let length = 0;
    const part = lines
      .slice(first - 1)
      .filter((line) => (length += line.length + 1) <= limits.resultCharacters);
    const next = first + part.length;
    if (part.length === 0) throw new ToolError(`Line ${first} is too long to be shown.`);
    return { path, from_line: first, text: part.join('\n'), next_line: next <= lines.length ? next : null };
  },
);

const search = defineTool(
  'search',
  'Finds a text in the files of the package, letter by letter; no patterns.',
  z.strictObject({ text: z.string().min(1).max(200) }),
  ({ text }, { workspace }) => {
    const hits = workspace.paths().flatMap((path) =>
      workspace
        .read(path)
        .split('\n')
        .flatMap((line, index) =>
          line.includes(text) ? [{ path, line: index + 1, text: line.slice(0, HIT_LENGTH) }] : [],
        ),
    );
    return { hits: hits.slice(0, MOST_HITS), more: Math.max(0, hits.length - MOST_HITS) };
  },
);

/** What every agent may do. */
export const READING_TOOLS = [listFiles, readFile, search];
