import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Bench } from './bench.ts';
import { prepareEnvironment } from './environment.ts';
import { runTests } from './quality.ts';
import { type VerifyRequest, wantedBy } from './verify.ts';

/**
 * Runs the tests of a tree, and says in words what came of them, for who works on it. It proves nothing.
 *
 * @param request - As for the proof.
 */
export async function tryTests(
  request: VerifyRequest,
  sandbox: Sandbox,
  signal: AbortSignal | undefined,
  say: (text: string) => void,
): Promise<string> {
  const prepared = await prepareEnvironment(sandbox, wantedBy(request), signal, () => undefined);
  if (prepared.kind === 'failed') return `The tests could not be run: ${prepared.reason}`;
  const { source, limits, plan, tree } = request;
  const bench: Bench = { sandbox, environment: prepared.handle, source, limits, signal, say };
  const { counts, output } = await runTests(bench, plan, tree);
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped.\n${output}`;
}
