import type { ChatCompletionTool } from 'openai/resources/chat/completions';
import { z } from 'zod';
import type { Json } from '../fence.ts';
import type { AgentLimits } from '../limits.ts';
import type { Workspace } from '../workspace.ts';

/** What tools work on. */
export interface ToolContext {
  workspace: Workspace;
  limits: AgentLimits;
  signal: AbortSignal;
}

/** Something that a model may ask for. */
export interface Tool {
  name: string;
  /** As the API describes it to the model. */
  definition: ChatCompletionTool;
  /** The arguments, or why they cannot be read. */
  read(text: string): { arguments: unknown } | { problem: string };
  /** Does it; the arguments were read. Throws ToolError where it cannot. */
  run(args: unknown, context: ToolContext): Json | Promise<Json>;
}

/** Makes a tool of a function with described arguments. */
export function defineTool<Arguments extends z.ZodObject>(
  name: string,
  description: string,
  schema: Arguments,
  run: (args: z.infer<Arguments>, context: ToolContext) => Json | Promise<Json>,
): Tool {
  const { $schema: _, ...parameters } = z.toJSONSchema(schema);
  return {
    name,
    definition: { type: 'function', function: { name, description, parameters } },
    read: (text) => {
      let value: unknown;
      try {
        value = JSON.parse(text === '' ? '{}' : text);
      } catch {
        return { problem: 'The arguments are no JSON.' };
      }
      const read = schema.safeParse(value);
      return read.success
        ? { arguments: read.data }
        : { problem: `The arguments do not fit: ${z.prettifyError(read.error)}` };
    },
    run: (args, context) => run(schema.parse(args), context),
  };
}
