import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { cleanJsonText } from './clean-json.ts';
import type { Screen } from './screen.ts';
import type { ModelAnswer, ToolCall } from './server/read-answer.ts';
import type { Tool } from './tools/tool.ts';

const PLACE = 'words of the model';

/** The calls with ids, each once: servers ask for them, models do not always give them. */
export function withIds(calls: readonly ToolCall[], round: number): ToolCall[] {
  const seen = new Set<string>();
  return calls.map((call, index) => {
    const isGood = /^[\w.:-]{1,64}$/.test(call.id) && !seen.has(call.id);
    // Nine letters and digits: Mistral takes no other.
    const id = isGood ? call.id : `call${padded(round, 3)}${padded(index, 2)}`;
    seen.add(id);
    return { ...call, id };
  });
}

function padded(number: number, digits: number): string {
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** An answer as the record of the conversation has it: cleaned, and in a form that no server breaks on. */
export function echo(
  answer: ModelAnswer,
  calls: readonly ToolCall[],
  { screen, tools }: { screen: Screen; tools: ReadonlyMap<string, Tool> },
): ChatCompletionMessageParam {
  const text = screen.clean(answer.text, PLACE);
  if (calls.length === 0) return { role: 'assistant', content: text === '' ? '…' : text };
  return {
    role: 'assistant',
    content: text === '' ? null : text,
    tool_calls: calls.map((call) => ({
      id: call.id,
      type: 'function',
      function: {
        name: tools.has(call.name) ? call.name : 'unknown',
        arguments: echoedArguments(call.arguments, screen),
      },
    })),
  };
}

/** Some servers parse the arguments of earlier calls, and fail where they are no object. */
function echoedArguments(given: string, screen: Screen): string {
  const { text, value } = cleanJsonText(given, screen, PLACE);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? text : '{}';
}
