import type { AgentUsage, ModelEndpoint } from './agent.ts';

/** Nothing was used yet. */
export const NO_USAGE: Readonly<AgentUsage> = {
  requests: 0,
  promptTokens: 0,
  completionTokens: 0,
  estimated: false,
  cost: 0,
  seconds: 0,
};

/** Both together; the cost is unknown as soon as one is. */
export function addUsage(one: AgentUsage, other: AgentUsage): AgentUsage {
  return {
    requests: one.requests + other.requests,
    promptTokens: one.promptTokens + other.promptTokens,
    completionTokens: one.completionTokens + other.completionTokens,
    estimated: one.estimated || other.estimated,
    cost: one.cost === null || other.cost === null ? null : one.cost + other.cost,
    seconds: one.seconds + other.seconds,
  };
}

/** What tokens cost at these prices; null without prices. */
export function costOf(
  promptTokens: number,
  completionTokens: number,
  prices: ModelEndpoint['prices'],
): number | null {
  if (prices === null) return null;
  return (promptTokens * prices.prompt + completionTokens * prices.completion) / 1e6;
}
