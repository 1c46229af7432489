import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { echo, withIds } from './echo.ts';
import { Ending } from './ending.ts';
import { openPatience } from './patience.ts';
import type { ModelAnswer, ToolCall } from './server/read-answer.ts';
import { answerCall, type CallContext, type CallResult } from './tool-calls.ts';

/** What a conversation is held with. */
export interface Partner extends CallContext {
  /** Asks the model for its next answer. */
  ask(messages: ChatCompletionMessageParam[]): Promise<ModelAnswer>;
}

const USE_TOOLS = 'Words alone have no effect. Use the tools, and call finish when you are done.';
const CUT_OFF = 'Your answer was cut off: it was too long. Use the tools in smaller steps.';
const NOT_FINISHED = 'You are not finished: a call beside finish failed. See its result.';
/** With so many answers left, the model is told. */
const LAST_ANSWERS = 3;

/**
 * Lets a model work with its tools until it is done: until it calls `finish`, or has worked and then only speaks.
 *
 * @returns Its summary. Whatever else ends it is thrown as `Ending`.
 */
export async function converse(first: ChatCompletionMessageParam[], partner: Partner): Promise<string> {
  const { limits } = partner;
  const messages = [...first];
  const say = (content: string): void => void messages.push({ role: 'user', content });
  const patience = openPatience(limits);
  for (let round = 1; round <= limits.rounds; round += 1) {
    const answer = await partner.ask(messages);
    if (answer.refusal !== null) throw refusal(answer.refusal, partner);
    const isCut = answer.finish === 'length';
    if (answer.calls.length === 0) {
      if (!isCut && patience.hasWorked()) return answer.text;
      patience.sawWords();
      messages.push(echo(answer, [], partner));
      say(isCut ? CUT_OFF : USE_TOOLS);
      continue;
    }
    patience.sawCalls(answer.calls);
    const calls = withIds(answer.calls, round);
    const results = await answerAll(calls, partner);
    const end = results.find(({ summary }) => summary !== null);
    if (end?.summary != null && results.every(({ outcome }) => outcome === 'done')) return end.summary;
    results.forEach(patience.sawResult);
    messages.push(echo(answer, calls, partner), ...replies(calls, results));
    if (end !== undefined) say(NOT_FINISHED);
    if (limits.rounds - round === LAST_ANSWERS)
      say(`You have ${LAST_ANSWERS} answers left. Come to an end and call finish.`);
  }
  throw new Ending('budget', `The model was not done after ${limits.rounds} answers.`);
}

/** One after the other, since they build on each other; calls over the limit are not done. */
async function answerAll(calls: readonly ToolCall[], partner: Partner): Promise<CallResult[]> {
  const most = partner.limits.calls;
  const problem = `At most ${most} calls are done in one answer. Ask again.`;
  const content = partner.fence.wrap({ error: problem });
  const results: CallResult[] = [];
  for (const call of calls.slice(0, most)) results.push(await answerCall(call, partner));
  return [
    ...results,
    ...calls.slice(most).map(() => ({ content, outcome: 'failed' as const, problem, summary: null })),
  ];
}

function replies(calls: readonly ToolCall[], results: readonly CallResult[]): ChatCompletionMessageParam[] {
  return results.map(({ content }, index) => ({
    role: 'tool',
    tool_call_id: calls[index]?.id ?? '',
    content,
  }));
}

function refusal(words: string, { screen }: Partner): Ending {
  const said = screen.clean(words, 'words of the model').slice(0, 300);
  return new Ending('refused', said === '' ? 'The model refused to answer.' : `The model refused: ${said}`);
}
