/** What the user can put right: shown as it is, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** Names the problem, in snake_case. */
  readonly code: string;
  /** What to do next. */
  readonly help: string;

  constructor(code: string, message: string, help: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.help = help;
  }
}

/** The command line or a configuration file is wrong: nothing was started. */
export class UsageError extends UserError {}

/** We stop before anything is written, because of what we were given. */
export class RefusedError extends UserError {}

/** The user or the system told us to stop. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
  /** `SIGINT`, `SIGTERM`. */
  readonly signal: string;

  constructor(signal: string) {
    super(`stopped by ${signal}`);
    this.signal = signal;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  // Not `instanceof`: an error of another realm is one too.
  const isError = typeof error === 'object' && error !== null && 'message' in error;
  return isError ? String(error.message) : String(error);
}

/** The system's code of a failed call, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
