import type { RunTests } from '../agent.ts';
import type { Rights } from '../rights.ts';
import { finish } from './finish.ts';
import { READING_TOOLS } from './reading-tools.ts';
import { openRunTests } from './run-tests.ts';
import type { Tool } from './tool.ts';
import { WRITING_TOOLS } from './writing-tools.ts';

/** The tools that rights allow, by name. A model is not told of others. */
export function openToolbox(rights: Rights, runTests: RunTests | null): ReadonlyMap<string, Tool> {
  const tools = [
    ...READING_TOOLS,
    ...(rights.writes === 'nothing' ? [] : WRITING_TOOLS),
    ...(rights.runsTests && runTests !== null ? [openRunTests(runTests)] : []),
    finish,
  ];
  return new Map(tools.map((tool) => [tool.name, tool]));
}
