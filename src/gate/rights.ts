import type { AgentRole } from '../agents/agent.ts';

/** What a proposal may be about: what the agent may write, cut with what the step is for. */
export interface Rights {
  step: string;
  role: AgentRole;
}

/** Files that hold the proof, or decide what a test run is: nobody but the compiler writes them. */
const PROOF = new Set([
  'tests/reference.json',
  'tests/reference.py',
  'tests/test_parity.py',
  'tests/conftest.py',
  'tests/watching.py',
]);
const TESTS = /^tests\//;
const NEW_CODE = /^(src\/([a-z_]\w*\/)*[a-z_]\w*|tests\/test_\w+)\.py$/;
const PYTHON = /\.py$/;
const MARKDOWN = /\.md$/;

/**
 * Why a file may not be written at all, whatever stands in it; undefined where it may.
 *
 * @param compiled - Whether the compiler made it.
 */
export function whyNotWritten(path: string, { step, role }: Rights, compiled: boolean): string | undefined {
  if (role === 'review') return 'a review agent writes nothing';
  if (PROOF.has(path)) return 'it holds the proof, and no model writes it';
  if ((role === 'test' || step === 'test') && !TESTS.test(path))
    return role === 'test' ? 'a test agent writes only tests/' : 'the step `test` writes only tests/';
  if (MARKDOWN.test(path)) return undefined;
  if (compiled && !PYTHON.test(path))
    return 'it is made from the configuration, and agrees with other files that are';
  if (!compiled && !NEW_CODE.test(path))
    return 'a model adds modules to src/, tests/test_….py and Markdown, nothing else';
  return undefined;
}

/** Whether a file is a test, whose functions may be added to by assertions. */
export function isTest(path: string): boolean {
  return TESTS.test(path);
}
