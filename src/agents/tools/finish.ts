import { z } from 'zod';
import { defineTool, type Tool } from './tool.ts';

const schema = z.strictObject({
  summary: z
    .string()
    .describe(
      'what you changed and why, or your review, in a few sentences for the people who review the package',
    ),
});

/** How an agent says that it is done. */
export const finish: Tool & { summaryOf: (args: unknown) => string } = {
  ...defineTool(
    'finish',
    'Ends your work. Call it when everything is done, or when there is nothing to do.',
    schema,
    () => 'finished',
  ),
  summaryOf: (args) => schema.parse(args).summary,
};
