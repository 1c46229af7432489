import { z } from 'zod';
import { ServerFailure } from './server-failure.ts';

/** One answer of a model, whole. */
export interface ModelAnswer {
  text: string;
  /** The model's words where it will not; null where it will. */
  refusal: string | null;
  calls: ToolCall[];
  /** `stop`, `tool_calls`, `length`, `content_filter`. */
  finish: string;
  /** As the server counted; null where it did not. */
  tokens: { prompt: number; completion: number } | null;
}

/** A tool call as the model wrote it. */
export interface ToolCall {
  id: string;
  name: string;
  /** Meant to be JSON. */
  arguments: string;
}

const TOKENS = z.int().min(0).max(1e9);
const callPiece = z.object({
  index: z.int().min(0).nullish(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});
/** What we use of a chunk. Servers differ in the rest. */
const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z
          .object({
            content: z.string().nullish(),
            refusal: z.string().nullish(),
            tool_calls: z.array(callPiece).nullish(),
          })
          .nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .nullish(),
  usage: z.object({ prompt_tokens: TOKENS, completion_tokens: TOKENS }).nullish(),
});

/** Puts an answer together from its pieces. */
export class AnswerReader {
  #text = '';
  #refusal = '';
  #finish: string | null = null;
  #tokens: ModelAnswer['tokens'] = null;
  readonly #calls = new Map<number, ToolCall>();
  #characters = 0;
  readonly #most: number;

  /** @param most - Characters that an answer may have. */
  constructor(most: number) {
    this.#most = most;
  }

  /** How much came so far. */
  get characters(): number {
    return this.#characters;
  }

  add(chunk: unknown): void {
    const read = chunkSchema.safeParse(chunk);
    if (!read.success)
      throw new ServerFailure("The model's server sent an event that is none of OpenAI's API.", {
        again: false,
      });
    const { choices, usage } = read.data;
    // A server may say zero in each chunk before the last.
    if (usage != null && usage.prompt_tokens + usage.completion_tokens > 0)
      this.#tokens = { prompt: usage.prompt_tokens, completion: usage.completion_tokens };
    const choice = choices?.[0];
    this.#finish = choice?.finish_reason ?? this.#finish;
    this.#text += this.#count(choice?.delta?.content);
    this.#refusal += this.#count(choice?.delta?.refusal);
    for (const piece of choice?.delta?.tool_calls ?? []) this.#addCall(piece);
  }

  /** The answer; a half one is none. */
  end(): ModelAnswer {
    if (this.#finish === null)
      throw new ServerFailure("The model's server broke off in the middle of an answer.", { again: true });
    return {
      text: this.#text,
      refusal: this.#refusal !== '' || this.#finish === 'content_filter' ? this.#refusal : null,
      calls: [...this.#calls.values()],
      finish: this.#finish,
      tokens: this.#tokens,
    };
  }

  #addCall(piece: z.infer<typeof callPiece>): void {
    // Some servers count nothing and send each call in one piece.
    const last = this.#calls.size - 1;
    const isNew = last < 0 || (piece.id && piece.id !== this.#calls.get(last)?.id);
    const index = piece.index ?? (isNew ? last + 1 : last);
    const call = this.#calls.get(index) ?? { id: '', name: '', arguments: '' };
    call.id ||= this.#count(piece.id);
    call.name ||= this.#count(piece.function?.name);
    call.arguments += this.#count(piece.function?.arguments);
    this.#calls.set(index, call);
  }

  #count(text: string | null | undefined): string {
    this.#characters += text?.length ?? 0;
    if (this.#characters > this.#most)
      throw new ServerFailure(`The model's answer has more than ${this.#most} characters.`, { again: false });
    return text ?? '';
  }
}
