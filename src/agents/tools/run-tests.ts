import { z } from 'zod';
import type { RunTests } from '../agent.ts';
import { defineTool, type Tool } from './tool.ts';
import { ToolError } from './tool-error.ts';

/** What the test agent may do besides: it opens with none of its runs used. */
export function openRunTests(runTests: RunTests): Tool {
  let runs = 0;
  return defineTool(
    'run_tests',
    'Runs pytest over the package as it is now and gives the output.',
    z.strictObject({}),
    async (_, { workspace, limits, signal }) => {
      if (runs >= limits.testRuns)
        throw new ToolError(`The tests were run ${limits.testRuns} times, which is all. Finish.`);
      runs += 1;
      try {
        return { output: ends(await runTests(workspace.tree(), signal), limits.resultCharacters) };
      } catch {
        signal.throwIfAborted();
        throw new ToolError('The tests could not be run. Finish without.');
      }
    },
  );
}

/** Start and end of a long output: what failed stands at the end. */
function ends(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.floor(most / 4);
  return `${text.slice(0, head)}\n[${text.length - most} characters left out]\n${text.slice(head - most)}`;
}
