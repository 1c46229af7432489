import { megabytes } from '../../lib/text.ts';
import type { ServerLimits } from '../limits.ts';
import { ServerFailure } from './server-failure.ts';

/** What a server of models needs. The client would add its own version, the machine's, and what the environment says. */
const SENT = ['accept', 'content-type', 'authorization'];

/** Bytes; the rest of an error is not read. */
const MOST_OF_AN_ERROR = 64_000;

/** One request that cannot take longer or bring more than it may. */
export interface BoundedRequest {
  fetch: typeof fetch;
  /** Why it was stopped; the client's own errors say less. */
  failure(): ServerFailure | undefined;
  /** Whether an answer began to come. */
  hasBegun(): boolean;
  /** To be called at the end: stops the clocks. */
  close(): void;
}

/**
 * Bounds one request: time to the start, between two pieces and over all; bytes; no redirection, which would carry notebook and
 * key to where the operator did not send them; no other answer than a stream of events.
 *
 * @param withKey - Whether the server gets the key.
 */
export function openBoundedRequest(limits: ServerLimits, withKey: boolean): BoundedRequest {
  const stop = new AbortController();
  let failure: ServerFailure | undefined;
  let begun = false;
  let bytes = 0;
  const fail = (message: string, again: boolean): ServerFailure => {
    failure ??= new ServerFailure(message, { again });
    stop.abort(failure);
    return failure;
  };
  const clock = (milliseconds: number, what: string): NodeJS.Timeout =>
    setTimeout(() => fail(`The model's server ${what} within ${seconds(milliseconds)}.`, true), milliseconds);
  const whole = clock(limits.whole, 'did not end its answer');
  let quiet = clock(limits.start, 'did not start to answer');
  const bounded: typeof fetch = async (address, init = {}) => {
    const signal = AbortSignal.any([stop.signal, ...(init.signal ? [init.signal] : [])]);
    const headers = onlySent(init.headers, withKey);
    const response = await fetch(address, { ...init, headers, redirect: 'manual', signal });
    const problem = problemOf(response);
    if (problem !== undefined) throw fail(problem, false);
    begun = response.ok;
    const count = new TransformStream<Uint8Array, Uint8Array>({
      transform: (piece, out) => {
        clearTimeout(quiet);
        quiet = clock(limits.idle, 'sent nothing more');
        bytes += piece.byteLength;
        if (bytes > limits.bytes)
          throw fail(`The model's server answered with more than ${megabytes(limits.bytes)}.`, false);
        out.enqueue(piece);
        if (!response.ok && bytes > MOST_OF_AN_ERROR) out.terminate();
      },
    });
    return new Response(response.body?.pipeThrough(count) ?? null, {
      status: response.status,
      headers: response.headers,
    });
  };
  return {
    fetch: bounded,
    failure: () => failure,
    hasBegun: () => begun,
    close: () => {
      clearTimeout(whole);
      clearTimeout(quiet);
    },
  };
}

function onlySent(given: RequestInit['headers'], withKey: boolean): Headers {
  const all = new Headers(given);
  const sent = new Headers({ 'user-agent': 'architect' });
  for (const name of SENT) {
    const value = all.get(name);
    if (value !== null && (withKey || name !== 'authorization')) sent.set(name, value);
  }
  return sent;
}

function problemOf(response: Response): string | undefined {
  const { status, headers } = response;
  if (status >= 300 && status < 400)
    return `The model's server redirects (${status}), which is not followed: the operator sets the address that it redirects to.`;
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? 'no type';
  if (response.ok && type !== 'text/event-stream')
    return `The model's server answers with ${type}, not with a stream of events: is its address the one of an OpenAI-compatible API?`;
  return undefined;
}

function seconds(milliseconds: number): string {
  return `${milliseconds / 1_000} s`;
}
