import { Ending } from './ending.ts';
import type { AgentLimits } from './limits.ts';
import type { ToolCall } from './server/read-answer.ts';
import type { CallResult } from './tool-calls.ts';

/** How much nonsense is borne in one conversation; what is too much ends it. */
export interface Patience {
  /** An answer without a tool call. */
  sawWords(): void;
  sawCalls(calls: readonly ToolCall[]): void;
  sawResult(result: CallResult): void;
  /** Whether a tool has done something. */
  hasWorked(): boolean;
}

/** Begins with a conversation. */
export function openPatience(limits: AgentLimits): Patience {
  let malformed = 0;
  let words = 0;
  let worked = false;
  let last = '';
  let repeats = 0;
  return {
    hasWorked: () => worked,
    sawWords: () => {
      words += 1;
      if (words > 1) throw new Ending('malformed', 'The model answered in words and called no tool.');
    },
    sawCalls: (calls) => {
      const asked = JSON.stringify(calls.map(({ name, arguments: args }) => [name, args]));
      repeats = asked === last ? repeats + 1 : 1;
      last = asked;
      if (repeats >= limits.repeats)
        throw new Ending('malformed', `The model asked for the same ${repeats} times in a row.`);
    },
    sawResult: ({ outcome, problem }) => {
      worked ||= outcome === 'done';
      malformed += outcome === 'malformed' ? 1 : 0;
      if (malformed < limits.malformed) return;
      throw new Ending(
        'malformed',
        `The model made ${malformed} tool calls that cannot be read; the last: ${problem ?? ''}`,
      );
    },
  };
}
