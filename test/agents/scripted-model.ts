/** An OpenAI-compatible server on this machine that says what a script tells it, over real HTTP, and records what it was asked. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A tool call of the model; a text is sent as it is, whether it is JSON or not. */
export interface ScriptedCall {
  name: string;
  arguments: Record<string, unknown> | string;
}

/** One answer of the server. */
export type ScriptedAnswer =
  | { say: 'calls'; calls: ScriptedCall[]; text?: string; tokens?: Tokens | null; finish?: string }
  | { say: 'text'; text: string; tokens?: Tokens | null; finish?: string }
  | { say: 'refusal'; text: string }
  /** A status that is no success, with these headers. */
  | { say: 'status'; status: number; headers?: Record<string, string>; message?: string; code?: string }
  /** The connection ends before anything was said. */
  | { say: 'hang-up' }
  /** Starts a good answer and breaks off: the connection is cut, or ended as if all were said. */
  | { say: 'half'; text: string; end: 'cut' | 'ended' }
  /** Nothing at all, or nothing after the first words; the connection stays. */
  | { say: 'nothing'; after: 'request' | 'headers' | 'words' }
  /** Words without end. */
  | { say: 'too-much'; line: 'one' | 'many' }
  | { say: 'html' }
  | { say: 'redirect'; to: string }
  /** Data lines as they stand here. */
  | { say: 'events'; data: string[] };

/** What the server counts. */
export interface Tokens {
  prompt: number;
  completion: number;
}

/** Answers in their order; the last is given again and again. A function sees the request. */
export type Script = ScriptedAnswer[] | ((request: RecordedRequest, turn: number) => ScriptedAnswer);

/** One request as it came. */
export interface RecordedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The body as text: everything that a model is shown stands in it. */
  text: string;
  body: {
    model: string;
    stream?: boolean;
    stream_options?: unknown;
    messages: { role: string; content: string | null; tool_call_id?: string; tool_calls?: unknown[] }[];
    tools?: { function: { name: string } }[];
  };
}

/** A server that runs. */
export interface ScriptedModel {
  /** For `ModelEndpoint.baseUrl`. */
  baseUrl: string;
  requests: RecordedRequest[];
  /** Resolves with the n-th request, counted from 1, as soon as it has come. */
  asked(count: number): Promise<RecordedRequest>;
  close(): Promise<void>;
}

/**
 * Starts a server.
 *
 * @param scripts - By the name of the model that is asked for: `scripts.good` answers whoever asks for the model `good`.
 */
export async function startScriptedModel(scripts: Record<string, Script>): Promise<ScriptedModel> {
  const requests: RecordedRequest[] = [];
  const turns = new Map<string, number>();
  const waiting: { count: number; tell: (request: RecordedRequest) => void }[] = [];
  const server = createServer((incoming, outgoing) => {
    void record(incoming).then((request) => {
      requests.push(request);
      for (const { count, tell } of waiting) if (requests[count - 1] === request) tell(request);
      const { model } = request.body;
      const turn = turns.get(model) ?? 0;
      turns.set(model, turn + 1);
      answer(answerOf(scripts[model], request, turn), outgoing);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests,
    asked: (count) => {
      const there = requests[count - 1];
      if (there !== undefined) return Promise.resolve(there);
      return new Promise((tell) => waiting.push({ count, tell }));
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

async function record(incoming: IncomingMessage): Promise<RecordedRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString('utf8');
  const { method = '', url: path = '', headers } = incoming;
  const body = JSON.parse(text === '' ? '{}' : text) as RecordedRequest['body'];
  return { method, path, headers, text, body };
}

function answerOf(script: Script | undefined, request: RecordedRequest, turn: number): ScriptedAnswer {
  const message = `no script for ${request.method} ${request.path} ${request.body.model}`;
  const none: ScriptedAnswer = { say: 'status', status: 404, message };
  if (script === undefined || request.method !== 'POST' || request.path !== '/v1/chat/completions')
    return none;
  if (typeof script === 'function') return script(request, turn);
  return script[Math.min(turn, script.length - 1)] ?? none;
}

function answer(given: ScriptedAnswer, out: ServerResponse): void {
  switch (given.say) {
    case 'calls':
      return whole(out, callChunks(given.text, given.calls), given.finish ?? 'tool_calls', given.tokens);
    case 'text':
      return whole(out, textChunks(given.text), given.finish ?? 'stop', given.tokens);
    case 'refusal':
      return whole(out, [{ refusal: given.text }], 'stop', undefined);
    case 'status': {
      const { status, headers = {}, message = 'as the script says', code = null } = given;
      out.writeHead(status, { 'content-type': 'application/json', ...headers });
      out.end(JSON.stringify({ error: { message, type: 'scripted', param: null, code } }));
      return;
    }
    case 'hang-up':
      out.socket?.destroy();
      return;
    case 'half':
      return half(out, given.text, given.end);
    case 'nothing':
      return nothing(out, given.after);
    case 'too-much':
      return tooMuch(out, given.line === 'one' ? 'x' : `data: ${chunk({ content: 'and so on ' })}\n\n`);
    case 'html':
      out.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
      return;
    case 'redirect':
      out.writeHead(307, { location: given.to }).end();
      return;
    case 'events':
      open(out);
      out.end(given.data.map((data) => `data: ${data}\n\n`).join(''));
  }
}

type Delta = Record<string, unknown>;

function open(out: ServerResponse): void {
  out.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
}

function chunk(delta: Delta, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return JSON.stringify({
    id: 'scripted',
    object: 'chat.completion.chunk',
    created: 0,
    model: 'scripted',
    choices,
  });
}

/** An answer to its end; 100 and 10 tokens unless the script says otherwise, none counted with null. */
function whole(
  out: ServerResponse,
  deltas: Delta[],
  finish: string,
  tokens: Tokens | null | undefined,
): void {
  open(out);
  for (const delta of deltas) out.write(`data: ${chunk(delta)}\n\n`);
  out.write(`data: ${chunk({}, finish)}\n\n`);
  if (tokens !== null) {
    const { prompt, completion } = tokens ?? { prompt: 100, completion: 10 };
    const usage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
    out.write(`data: ${JSON.stringify({ id: 'scripted', choices: [], usage })}\n\n`);
  }
  out.end('data: [DONE]\n\n');
}

/** As servers do it: in pieces, the arguments cut anywhere. */
function callChunks(text: string | undefined, calls: readonly ScriptedCall[]): Delta[] {
  const pieces = calls.flatMap((call, index) => {
    const written = typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments);
    const start = {
      index,
      id: `call_${index}`,
      type: 'function',
      function: { name: call.name, arguments: '' },
    };
    const rest = inPieces(written).map((piece) => ({ index, function: { arguments: piece } }));
    return [start, ...rest].map((piece): Delta => ({ tool_calls: [piece] }));
  });
  return [{ role: 'assistant', content: text ?? null }, ...pieces];
}

function textChunks(text: string): Delta[] {
  return [{ role: 'assistant', content: '' }, ...inPieces(text).map((content) => ({ content }))];
}

function inPieces(text: string): string[] {
  const size = Math.max(1, Math.ceil(text.length / 5));
  const count = Math.ceil(text.length / size);
  return Array.from({ length: count }, (_, index) => text.slice(index * size, (index + 1) * size));
}

function half(out: ServerResponse, text: string, end: 'cut' | 'ended'): void {
  open(out);
  const start = `data: ${chunk({ role: 'assistant', content: text })}\n\n`;
  if (end === 'ended') out.end(start);
  else out.write(start, () => out.socket?.destroy());
}

function nothing(out: ServerResponse, after: 'request' | 'headers' | 'words'): void {
  if (after === 'request') return;
  open(out);
  if (after === 'words') out.write(`data: ${chunk({ role: 'assistant', content: 'Well' })}\n\n`);
  else out.flushHeaders();
}

/** Until nobody listens any more. */
function tooMuch(out: ServerResponse, piece: string): void {
  open(out);
  const block = piece.repeat(Math.ceil(16_384 / piece.length));
  const go = (): void => {
    while (!out.destroyed && out.write(block));
    if (!out.destroyed) out.once('drain', go);
  };
  go();
}
