import OpenAI from 'openai';
import type { ChatCompletionMessageParam, ChatCompletionTool } from 'openai/resources/chat/completions';
import type { ModelEndpoint } from '../agent.ts';
import type { ServerLimits } from '../limits.ts';
import { openBoundedRequest } from './bounded-fetch.ts';
import { AnswerReader, type ModelAnswer } from './read-answer.ts';
import { failureOf, type ServerFailure } from './server-failure.ts';

/** What a model is sent. */
export interface ModelRequest {
  messages: ChatCompletionMessageParam[];
  tools: ChatCompletionTool[];
  /** Whether the server is asked to count tokens; some refuse the question. */
  counted: boolean;
}

/** An answer, or why there is none and how much of it had come. */
export type RequestResult =
  { answer: ModelAnswer } | { failure: ServerFailure; begun: boolean; characters: number };

/** Asks once. Throws nothing: the caller knows by its signal whether it was stopped. */
export async function requestAnswer(
  endpoint: ModelEndpoint,
  request: ModelRequest,
  limits: ServerLimits & { answerCharacters: number },
  signal: AbortSignal,
): Promise<RequestResult> {
  const bounded = openBoundedRequest(limits, endpoint.apiKey !== null);
  const reader = new AnswerReader(limits.answerCharacters);
  try {
    const stream = await openClient(endpoint, bounded.fetch, limits.whole).chat.completions.create(
      {
        model: endpoint.model,
        messages: request.messages,
        tools: request.tools,
        stream: true,
        ...(request.counted ? { stream_options: { include_usage: true } } : {}),
      },
      { signal },
    );
    for await (const chunk of stream) reader.add(chunk);
    const stopped = bounded.failure();
    if (stopped !== undefined) throw stopped;
    return { answer: reader.end() };
  } catch (error) {
    const failure = bounded.failure() ?? failureOf(error);
    return { failure, begun: bounded.hasBegun(), characters: reader.characters };
  } finally {
    bounded.close();
  }
}

/** Nothing comes from the environment: what is not named here, the client would look for there. */
function openClient(endpoint: ModelEndpoint, bounded: typeof fetch, timeout: number): OpenAI {
  return new OpenAI({
    baseURL: endpoint.baseUrl,
    apiKey: endpoint.apiKey ?? 'none',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    fetch: bounded,
    maxRetries: 0,
    timeout,
  });
}
