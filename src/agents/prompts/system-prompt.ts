import type { AgentRole } from '../agent.ts';
import type { Rights } from '../rights.ts';
import { dataRules, GATE_RULES, WORK_RULES } from './rules.ts';
import { builtInTask } from './tasks.ts';

const ROLES: Readonly<Record<AgentRole, string>> = {
  build:
    'You improve a Python package that was made from a machine-learning notebook: its words, its checks and what the team asks for. You are a careful engineer who changes what helps a reader and leaves the rest.',
  test:
    'You test a Python package that was made from a machine-learning notebook. You write only tests. A test that cannot fail, or that ' +
    'repeats the code that it tests, is worse than none. Where the package is wrong, say so in your summary; do not test the mistake.',
  review:
    'You review a Python package that was made from a machine-learning notebook. You write nothing: your summary is the review. Name what ' +
    'is wrong or doubtful with file and line, the worst first, at most ten points; no praise and nothing that a linter finds.',
};
const WRITES: Readonly<Record<Rights['writes'], string>> = {
  package: 'You may write Python and Markdown in the whole package.',
  tests: 'You may write only under tests/.',
  nothing: 'You may write nothing.',
};

/**
 * What an agent is told before anything else; nothing foreign is in it.
 *
 * @param given - `hasWords`: the pipeline file says what to do in this step.
 */
export function systemPrompt(
  role: AgentRole,
  rights: Rights,
  given: { step: string; hasWords: boolean; fence: string },
): string {
  const task = given.hasWords
    ? 'The team says what to do in this step: see "team".'
    : builtInTask(given.step);
  return [
    ROLES[role],
    `# Your task\n\n${task}\n${WRITES[rights.writes]}`,
    ...(rights.writes === 'nothing' ? [] : [GATE_RULES]),
    WORK_RULES,
    dataRules(given.fence),
  ].join('\n\n');
}
