import type { ModelChanges } from '../gate/model-changes.ts';
import type { GuardContext } from '../guardrails/check-tree.ts';
import type { Diagnostic } from '../lib/diagnostic.ts';
import type { Notebook } from '../notebook/notebook.ts';
import type { Step } from '../runs/step.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { tryTests } from '../verify/try-tests.ts';
import { verify, type VerifyRequest, type Verified } from '../verify/verify.ts';
import { refine } from './refine.ts';
import type { ModelRequest, RefinePorts } from './request.ts';

/** What an improvement needs to know of its run. */
interface Improving {
  request: { guard: GuardContext; model?: ModelRequest };
  ports: {
    sandbox: Sandbox | null;
    model?: Pick<RefinePorts, 'agent' | 'keepTranscript'>;
    signal?: AbortSignal;
    say: (text: string) => void;
  };
  notebook: Notebook;
  diagnostics: readonly Diagnostic[];
}

/**
 * Lets a model improve a proved package, where one is asked for and can be had.
 *
 * @param made - The compiler's package, and how it was proved.
 */
export async function improve(
  { verified, proof }: { verified: Verified; proof: VerifyRequest },
  { request, ports, notebook, diagnostics }: Improving,
  step: Step,
): Promise<{ verified: Verified; changes?: ModelChanges }> {
  const { guard, model } = request;
  const { sandbox, signal, say } = ports;
  if (model === undefined || ports.model === undefined) return { verified };
  const { findings } = proof.extraction;
  return refine(
    {
      ...{ ...model, compiled: verified, guard, notebook },
      plan: verified.tree['EXTRACTION_PLAN.md'] ?? '',
      diagnostics: [
        ...diagnostics.map(({ message }) => message),
        ...findings.map(({ cell, message }) => `cell ${cell}: ${message}`),
      ],
    },
    {
      ...{ ...ports.model, signal, say },
      // What a model writes is not silenced: it must be right.
      prove: (tree) => verify({ ...proof, tree }, sandbox, (text) => text, signal, say),
      tryTests: async (tree, cancelled) =>
        sandbox === null
          ? 'Nothing can be run here.'
          : tryTests({ ...proof, tree }, sandbox, cancelled ?? signal, say),
    },
    step,
  );
}
