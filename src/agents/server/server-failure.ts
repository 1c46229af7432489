import { APIConnectionError, APIError } from 'openai';
import { messageOf, systemCode } from '../../lib/errors.ts';

/** The server gave no answer that can be used. */
export class ServerFailure extends Error {
  override readonly name = 'ServerFailure';
  /** Whether the same request may be answered another time. */
  readonly again: boolean;
  /** Milliseconds that the server asks to wait. */
  readonly wait: number | null;
  readonly status: number | null;

  constructor(message: string, given: { again: boolean; wait?: number | null; status?: number | null }) {
    super(message);
    this.again = given.again;
    this.wait = given.wait ?? null;
    this.status = given.status ?? null;
  }
}

/** What went wrong, of anything that the client throws. The words may hold foreign text and the key. */
export function failureOf(error: unknown): ServerFailure {
  if (error instanceof ServerFailure) return error;
  if (error instanceof APIConnectionError) {
    const cause: unknown = rootOf(error);
    const code = systemCode(cause);
    return new ServerFailure(`The model's server cannot be reached (${code ?? messageOf(cause)}).`, {
      again: true,
    });
  }
  if (error instanceof APIError) return statusFailure(error);
  if (error instanceof SyntaxError)
    return new ServerFailure("The model's server sent events that are no JSON.", { again: false });
  return new ServerFailure(`The connection to the model's server broke (${messageOf(rootOf(error))}).`, {
    again: true,
  });
}

function statusFailure(error: APIError): ServerFailure {
  const { code } = error;
  // OpenAI says it in the events of an answer that has started already.
  const status: number | undefined = error.status;
  if (status === undefined)
    return new ServerFailure(`The model's server broke off its answer: ${messageOf(error)}`, { again: true });
  const said = `The model's server answered with status ${messageOf(error)}`;
  // Nothing left to spend is a 429 too, and waiting does not help.
  if (status === 429 && code !== 'insufficient_quota')
    return new ServerFailure(said, { again: true, wait: waitOf(error.headers), status });
  return new ServerFailure(said, { again: status >= 500, wait: waitOf(error.headers), status });
}

/** `Retry-After`: seconds or a date. */
function waitOf(headers: Headers | undefined): number | null {
  const text = headers?.get('retry-after')?.trim();
  if (text === undefined || text === '') return null;
  const seconds = Number(text);
  const wait = Number.isNaN(seconds) ? Date.parse(text) - Date.now() : seconds * 1_000;
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}

/** The innermost cause: `fetch failed` says nothing. */
function rootOf(error: unknown): unknown {
  let inner = error;
  for (let depth = 0; depth < 5 && inner instanceof Error && inner.cause !== undefined; depth += 1)
    inner = inner.cause;
  return inner;
}
