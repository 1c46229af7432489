import { UserError } from '../lib/errors.ts';

/** Something that the sandbox cannot do, said so that the user knows what to do next. */
export class SandboxError extends UserError {
  constructor(message: string, help: string, options?: ErrorOptions) {
    super('sandbox', message, help, options);
  }
}

/** The HTTP status of an answer of the engine, when `error` is one. */
export function statusCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}
