import type { AgentRole } from './agent.ts';

/** What an agent may do in a step. */
export interface Rights {
  /** Where it writes: the whole package, its tests, or nowhere. */
  writes: 'package' | 'tests' | 'nothing';
  runsTests: boolean;
}

/** The agent's rights cut with the step's: the step named `test` writes only tests and runs them, whoever does it. */
export function rightsOf(role: AgentRole, step: string): Rights {
  if (role === 'review') return { writes: 'nothing', runsTests: false };
  if (role === 'test') return { writes: 'tests', runsTests: true };
  const isTest = step === 'test';
  return { writes: isTest ? 'tests' : 'package', runsTests: isTest };
}
