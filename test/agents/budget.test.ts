import { describe, expect, test } from '@jest/globals';
import type { AgentUsage } from '../../src/agents/agent.ts';
import { createModelAgent } from '../../src/agents/model-agent.ts';
import { addUsage, NO_USAGE } from '../../src/agents/usage.ts';
import { closeModels, propose, TREE } from './agent-world.ts';
import type { Script } from './scripted-model.ts';
import { calls, HOSTILE } from './scripts.ts';

closeModels();

const ample = { requests: 1_000, tokens: 1e9, cost: null, seconds: 3_600 };
const prices = { prompt: 2, completion: 8 };
const done = calls({ name: 'finish', arguments: { summary: 'Done.' } });
const endless = HOSTILE['loop'] ?? [];

function counted(prompt: number, completion: number): Script {
  return (_, turn) => ({
    ...calls({ name: 'search', arguments: { text: `word ${turn}` } }),
    tokens: { prompt, completion },
  });
}

describe('a budget of the run ends a proposal', () => {
  test.each([
    ['requests', endless, { ...ample, requests: 3 }, '3 requests', 3],
    ['tokens', counted(40_000, 10_000), { ...ample, tokens: 120_000 }, '120000 tokens', 3],
    ['money', counted(500_000, 0), { ...ample, cost: 2 }, 'budget of 2', 2],
  ] as const)('%s', async (_, script, budget, reason, requests) => {
    const { proposal, server } = await propose(script, {}, { budget, endpoint: { prices } });
    expect(proposal).toMatchObject({ end: 'budget', reason: expect.stringContaining(reason) });
    expect(proposal.tree).toEqual(TREE);
    expect(server.requests).toHaveLength(requests);
  });

  test('but not because a part of a millisecond was used before', async () => {
    const spent = { ...NO_USAGE, seconds: 0.0000123 };
    expect((await propose([done], { spent })).proposal.end).toBe('finished');
  });

  test('seconds, even while the server is waited for', async () => {
    const budget = { ...ample, seconds: 0.05 };
    const { proposal } = await propose([{ say: 'nothing', after: 'words' }], {}, { budget });
    expect(proposal).toMatchObject({ end: 'budget', reason: expect.stringContaining('0.05 seconds') });
  });

  test.each([
    ['requests', { requests: 1_000 }],
    ['tokens', { promptTokens: 1e9 }],
    ['seconds', { seconds: 3_600 }],
    ['money', { cost: 5 }],
  ])('%s that the run has used before count', async (_, used: Partial<AgentUsage>) => {
    const settings = { budget: { ...ample, cost: 5 }, endpoint: { prices } };
    const { proposal, server } = await propose([done], { spent: { ...NO_USAGE, ...used } }, settings);
    expect(proposal.end).toBe('budget');
    expect(server.requests).toHaveLength(0);
  });

  test('a request is not sent that would not fit', async () => {
    const budget = { ...ample, tokens: 5_000 };
    const { proposal, server } = await propose([done], { plan: 'plan '.repeat(10_000) }, { budget });
    expect(proposal.end).toBe('budget');
    expect(server.requests).toHaveLength(0);
  });

  test('tries count as requests', async () => {
    const { proposal, server } = await propose(
      HOSTILE['broken'] ?? [],
      {},
      { budget: { ...ample, requests: 2 } },
    );
    expect(proposal.end).toBe('budget');
    expect(server.requests).toHaveLength(2);
  });
});

describe('the usage', () => {
  test('is what the server counted, with its cost', async () => {
    const script: Script = [{ ...done, tokens: { prompt: 1_000_000, completion: 500_000 } }];
    const { proposal } = await propose(script, {}, { endpoint: { prices } });
    expect(proposal.usage).toEqual({
      ...{ requests: 1, promptTokens: 1_000_000, completionTokens: 500_000 },
      ...{ estimated: false, cost: 6, seconds: expect.any(Number) },
    });
  });

  test('is estimated where the server did not count, and says so', async () => {
    const { proposal, server } = await propose([{ ...done, tokens: null }]);
    expect(proposal.usage).toMatchObject({ requests: 1, estimated: true, cost: null });
    const sent = server.requests[0]?.text.length ?? 0;
    expect(proposal.usage.promptTokens).toBeGreaterThan(sent / 4);
    expect(proposal.usage.promptTokens).toBeLessThan(sent / 2);
    expect(proposal.usage.completionTokens).toBeGreaterThan(0);
  });

  test('of a request that failed costs nothing, of a half answer what was sent', async () => {
    const { proposal: failed } = await propose([{ say: 'status', status: 401 }]);
    expect(failed.usage).toMatchObject({
      requests: 1,
      promptTokens: 0,
      completionTokens: 0,
      estimated: false,
    });
    const half = { say: 'half', text: 'I will', end: 'ended' } as const;
    const { proposal } = await propose([half], {}, { serverLimits: { tries: 1 } });
    expect(proposal.usage).toMatchObject({ requests: 1, completionTokens: 2, estimated: true });
    expect(proposal.usage.promptTokens).toBeGreaterThan(0);
  });

  test('adds up; the cost is unknown where one is', () => {
    const one = { ...NO_USAGE, requests: 1, promptTokens: 2, completionTokens: 3, cost: 4, seconds: 5 };
    expect(addUsage(one, one)).toEqual({
      ...{ requests: 2, promptTokens: 4, completionTokens: 6, estimated: false, cost: 8, seconds: 10 },
    });
    expect(addUsage(one, { ...NO_USAGE, cost: null }).cost).toBeNull();
  });
});

test('a budget of money without prices cannot be held, and is refused at once', () => {
  const endpoint = { model: 'm', baseUrl: 'http://127.0.0.1:1/v1', apiKey: null, prices: null };
  expect(() => createModelAgent({ endpoint, budget: { ...ample, cost: 1 }, redact: (text) => text })).toThrow(
    'prices of m are not known',
  );
});
