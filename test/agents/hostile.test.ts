import { expect, test } from '@jest/globals';
import type { AgentEnd } from '../../src/agents/agent.ts';
import { closeModels, KEY, propose, TREE } from './agent-world.ts';
import { HOSTILE } from './scripts.ts';

closeModels();

/** How a proposal of each of them ends. */
const ENDS: Record<string, AgentEnd> = {
  'malformed-arguments': 'malformed',
  'unknown-tool': 'malformed',
  'same-again': 'malformed',
  words: 'malformed',
  refusal: 'refused',
  'content-filter': 'refused',
  loop: 'budget',
  'too-much': 'unreachable',
  'one-line': 'unreachable',
  broken: 'unreachable',
  'hang-up': 'unreachable',
  half: 'unreachable',
  silent: 'unreachable',
  html: 'unreachable',
  'too-often': 'finished',
  'hostile-paths': 'finished',
};

test.each(Object.keys(HOSTILE))('%s changes nothing, comes to an end and says why', async (name) => {
  const serverLimits = { tries: 2, bytes: 100_000, ...(name === 'silent' ? { start: 20 } : {}) };
  const { proposal } = await propose(HOSTILE[name] ?? [], {}, { serverLimits, limits: { rounds: 10 } });
  expect(proposal.tree).toEqual(TREE);
  expect(proposal.end).toBe(ENDS[name]);
  expect(proposal.reason === null).toBe(proposal.end === 'finished');
  expect(JSON.stringify(proposal)).not.toContain(KEY);
});
