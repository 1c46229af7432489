import { setTimeout as wait } from 'node:timers/promises';
import type { ModelEndpoint, TranscriptEntry } from '../agent.ts';
import { Ending } from '../ending.ts';
import type { ServerLimits } from '../limits.ts';
import type { Meter } from '../meter.ts';
import type { ModelAnswer } from './read-answer.ts';
import { type ModelRequest, requestAnswer } from './request-answer.ts';
import type { ServerFailure } from './server-failure.ts';

/** Where a request belongs to. */
export interface Asking {
  meter: Meter;
  /** Words of the server without secrets. */
  clean: (text: string) => string;
  note: (entry: TranscriptEntry) => void;
  signal: AbortSignal;
}

/** Characters of what a server says in an error. */
const LONGEST_REASON = 500;

/** Asks a model. */
export type AskModel = (request: Omit<ModelRequest, 'counted'>, asking: Asking) => Promise<ModelAnswer>;

/**
 * Opens the way to a model: asks again after too many requests (429), errors of the server (5xx) and broken connections, a bounded
 * number of times, as late as the server wishes; never after another 4xx. What fails for good ends the proposal.
 */
export function openModel(
  endpoint: ModelEndpoint,
  limits: ServerLimits & { answerCharacters: number },
): AskModel {
  let counted = true;
  return async (request, { meter, clean, note, signal }) => {
    const sent = JSON.stringify(request).length;
    for (let tried = 1; ; tried += 1) {
      meter.admit(sent);
      const result = await requestAnswer(endpoint, { ...request, counted }, limits, signal);
      if ('answer' in result) return accept(result.answer, sent, { meter, clean, note });
      const { failure, begun, characters } = result;
      // Whoever began to answer may want to be paid; a refusal costs nothing.
      meter.count(null, begun ? sent : 0, characters);
      signal.throwIfAborted();
      if (counted && refusesToCount(failure)) {
        counted = false;
        continue;
      }
      const pause = pauseBefore(failure, tried, limits);
      const reason = clean(failure.message).slice(0, LONGEST_REASON);
      note({ kind: 'failure', reason, again: pause });
      if (pause === null) throw new Ending('unreachable', reason);
      await wait(pause, undefined, { signal });
    }
  };
}

function accept(
  answer: ModelAnswer,
  sent: number,
  { meter, clean, note }: Omit<Asking, 'signal'>,
): ModelAnswer {
  const characters = answer.text.length + JSON.stringify(answer.calls).length;
  const usage = meter.count(answer.tokens, sent, characters);
  const text = clean(answer.refusal ?? answer.text);
  note({ kind: 'answer', text, characters, calls: answer.calls.length, usage });
  return answer;
}

/** Milliseconds until the next try; null: there is none. */
function pauseBefore(failure: ServerFailure, tried: number, limits: ServerLimits): number | null {
  if (!failure.again || tried >= limits.tries) return null;
  // Clients that were sent away together must not come back together.
  const own = limits.firstWait * 2 ** (tried - 1) * (0.75 + Math.random() / 2);
  const pause = Math.max(failure.wait ?? 0, Math.min(own, limits.longestWait));
  return pause <= limits.longestWait ? pause : null;
}

/** Some servers know no `stream_options` and refuse what they do not know. */
function refusesToCount({ status, message }: ServerFailure): boolean {
  return (status === 400 || status === 422) && message.includes('stream_options');
}
