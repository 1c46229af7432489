import { z } from 'zod';
import type { FileTree } from '../lib/file-tree.ts';
import { configSchema, pipelineSchema } from './schema.ts';

/**
 * The JSON schemas of the configuration files, for editors: made of the same table that the files are checked with.
 *
 * @returns What stands in `schemas/`: name → text.
 */
export function publishedSchemas(): FileTree {
  return {
    'architect.schema.json': schemaText(configSchema, 'Settings of Architect (.architect.yaml)'),
    'ml-productionize.schema.json': schemaText(pipelineSchema, 'Pipeline of a team (ml-productionize.yaml)'),
  };
}

function schemaText(schema: z.ZodType, title: string): string {
  const made = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ ...made, title }, null, 2)}\n`;
}
