/** An agent, a package and a scripted model, for tests. */
import { afterEach } from '@jest/globals';
import type { AgentTask, ModelEndpoint } from '../../src/agents/agent.ts';
import { createModelAgent, type ModelAgentOptions } from '../../src/agents/model-agent.ts';
import { NO_USAGE } from '../../src/agents/usage.ts';
import { type Script, type ScriptedModel, startScriptedModel } from './scripted-model.ts';

export const KEY = 'sk-test-0123456789abcdefghijklmnop';

export const TREE = {
  'EXTRACTION_PLAN.md': '# Plan\n',
  'src/config.py': 'SEED = 1\n\n\ndef load() -> int:\n    """Load."""\n    return SEED\n',
  'tests/test_data.py': 'def test_seed() -> None:\n    assert True\n',
  'tests/test_parity.py': 'def test_parity() -> None:\n    assert True\n',
};

const open: ScriptedModel[] = [];

/** Closes the servers of a test. */
export function closeModels(): void {
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });
}

/** A task of a build agent over the small package. */
export function task(given: Partial<AgentTask> = {}): AgentTask {
  return {
    step: 'harden',
    role: 'build',
    task: null,
    conventions: null,
    tree: TREE,
    notebook: { path: 'train.ipynb', cells: [{ index: 0, kind: 'code', code: 'seed = 1' }] },
    plan: '# Plan\n',
    diagnostics: [],
    failures: [],
    spent: NO_USAGE,
    ...given,
  };
}

/** What can be said of an agent besides its server. */
export type AgentSettings = Partial<Omit<ModelAgentOptions, 'endpoint'>> & {
  endpoint?: Partial<ModelEndpoint>;
};

/** Starts a server with one script and an agent that asks it; waits are as short as they can be. */
export async function agentFor(script: Script, settings: AgentSettings = {}) {
  const server = await startScriptedModel({ scripted: script });
  open.push(server);
  const agent = createModelAgent({
    budget: { requests: 100, tokens: 10_000_000, cost: null, seconds: 3_600 },
    redact: (text) => text,
    ...settings,
    endpoint: { model: 'scripted', baseUrl: server.baseUrl, apiKey: KEY, prices: null, ...settings.endpoint },
    serverLimits: { firstWait: 1, longestWait: 1_000, ...settings.serverLimits },
  });
  return { agent, server };
}

/** The whole: one proposal of one script. */
export async function propose(script: Script, given: Partial<AgentTask> = {}, settings: AgentSettings = {}) {
  const { agent, server } = await agentFor(script, settings);
  const proposal = await agent.propose(task(given), null);
  return { proposal, server };
}
