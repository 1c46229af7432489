import { z } from 'zod';
import { defineTool } from './tool.ts';

const editFile = defineTool(
  'edit_file',
  'Replaces a text in a file. The old text must stand there exactly once, spaces and line breaks included.',
  z.strictObject({ path: z.string(), old_text: z.string().min(1), new_text: z.string() }),
  ({ path, old_text: old, new_text: replacement }, { workspace }) => {
    workspace.edit(path, old, replacement);
    return { edited: path };
  },
);

const writeFile = defineTool(
  'write_file',
  'Writes a whole file, new or over the one that is there. Prefer edit_file for small changes.',
  z.strictObject({ path: z.string(), text: z.string() }),
  ({ path, text }, { workspace }) => {
    workspace.write(path, text);
    return { written: path };
  },
);

const deleteFile = defineTool(
  'delete_file',
  'Deletes a file that you added.',
  z.strictObject({ path: z.string() }),
  ({ path }, { workspace }) => {
    workspace.remove(path);
    return { deleted: path };
  },
);

/** What agents may do that write. */
export const WRITING_TOOLS = [editFile, writeFile, deleteFile];
