import { z } from 'zod';

/** Limits of every run of foreign code. */
const limits = z.strictObject({
  seconds: z.number().int().min(1).max(86_400).optional().describe('wall clock of one run of the notebook'),
  memory: z.number().int().min(256).max(1_048_576).optional().describe('memory of one run, MiB'),
});

const output = z.strictObject({
  folder: z.string().min(1).optional().describe('folder for packages, relative to this file'),
});

/**
 * `.architect.yaml`. What only the GitHub App reads is accepted here and left alone, so that one file serves both.
 */
export const fileSchema = z.strictObject({
  target: z.string().min(1).optional().describe('name of the model that the package is about'),
  limits: limits.optional(),
  output: output.optional(),
  llm: z.unknown().optional(),
  guardrails: z.unknown().optional(),
  on: z.unknown().optional(),
  notebooks: z.unknown().optional(),
});

/** A validated configuration file. */
export type ConfigFile = z.infer<typeof fileSchema>;

/** Limits where nobody names any: a notebook gets ten minutes, and less memory than would hurt a small machine. */
export const DEFAULT_LIMITS = { seconds: 600, memory: 4096 };
