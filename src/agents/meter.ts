import type { AgentBudget, AgentUsage, ModelEndpoint } from './agent.ts';
import { Ending } from './ending.ts';
import { addUsage, costOf, NO_USAGE } from './usage.ts';

/** Counts what one proposal uses and ends it where the run's budget is spent. */
export interface Meter {
  /** Milliseconds that the run has left. */
  left: number;
  /** Ends the proposal where the budget does not hold one more request with so long a text. */
  admit(prompt: number): void;
  /** Counts a request: what the server counted, or null and the bytes of what was sent and received. */
  count(tokens: { prompt: number; completion: number } | null, sent: number, received: number): AgentUsage;
  used(): AgentUsage;
}

/** A timer that is set to more fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The reason of a proposal that the clock ended. */
export function outOfTime(seconds: number): Ending {
  return new Ending('budget', `The model had used the ${seconds} seconds of the run.`);
}

/** Opens the count of one proposal. */
export function openMeter(budget: AgentBudget, spent: AgentUsage, prices: ModelEndpoint['prices']): Meter {
  const start = performance.now();
  let used: AgentUsage = { ...NO_USAGE, cost: prices === null ? null : 0 };
  const seconds = (): number => (performance.now() - start) / 1_000;
  return {
    // A timer takes whole milliseconds, and what was used is no whole number of them.
    left: Math.min(LONGEST_TIMER, Math.max(0, Math.ceil((budget.seconds - spent.seconds) * 1_000))),
    admit: (prompt) => {
      const run = addUsage(spent, used);
      const estimate = estimateTokens(prompt);
      const tokens = run.promptTokens + run.completionTokens + estimate;
      const cost = (run.cost ?? 0) + (costOf(estimate, 0, prices) ?? 0);
      if (run.requests >= budget.requests)
        throw new Ending('budget', `The model had used the ${budget.requests} requests of the run.`);
      if (tokens > budget.tokens)
        throw new Ending(
          'budget',
          `The next request does not fit into the ${budget.tokens} tokens of the run.`,
        );
      if (budget.cost !== null && cost > budget.cost)
        throw new Ending('budget', `The next request does not fit into the run's budget of ${budget.cost}.`);
      if (spent.seconds + seconds() >= budget.seconds) throw outOfTime(budget.seconds);
    },
    count: (tokens, sent, received) => {
      const prompt = tokens?.prompt ?? estimateTokens(sent);
      const completion = tokens?.completion ?? estimateTokens(received);
      const request = {
        ...{ requests: 1, promptTokens: prompt, completionTokens: completion },
        ...{
          estimated: tokens === null && sent + received > 0,
          cost: costOf(prompt, completion, prices),
          seconds: 0,
        },
      };
      used = addUsage(used, request);
      return request;
    },
    used: () => ({ ...used, seconds: seconds() }),
  };
}

/** Code has three to four characters a token; this errs to the dear side. */
function estimateTokens(characters: number): number {
  return Math.ceil(characters / 3);
}
