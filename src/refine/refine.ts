import type { AgentEnd } from '../agents/agent.ts';
import { NO_USAGE } from '../agents/usage.ts';
import { Gate } from '../gate/judge.ts';
import type { ModelChanges, ModelStep } from '../gate/model-changes.ts';
import type { Step } from '../runs/step.ts';
import type { Verdict } from '../verify/verdict.ts';
import type { Verified } from '../verify/verify.ts';
import { type Answer, Asker } from './ask.ts';
import type { AgentStep, RefinePorts, RefineRequest } from './request.ts';
import { settle } from './settle.ts';

/** The package with what the gate let pass, and what is to be said about it. */
export interface Refined {
  verified: Verified;
  changes: ModelChanges;
}

/** Ends after which the next step would fare no better. */
const HOPELESS: readonly (AgentEnd | null)[] = ['unreachable', 'budget'];

/**
 * Lets agents refine what the compiler made, step after step. A proposal is judged by its text first; what is left of all is proved once,
 * and only where that fails step by step. The compiler's package stands wherever the gate says no.
 */
export async function refine(request: RefineRequest, ports: RefinePorts, step: Step): Promise<Refined> {
  const { compiled, name: model, steps } = request;
  const notAsked = whyNotAsked(compiled.verdict);
  if (notAsked !== null) {
    const changes = { model, steps: [], usage: { ...NO_USAGE }, proofs: 0, notAsked };
    return { verified: compiled, changes };
  }
  const asker = new Asker(request, ports, step, new Gate({ compiled: compiled.tree, guard: request.guard }));
  const answers: Answer[] = [];
  const skipped: ModelStep[] = [];
  let current = compiled.tree;
  for (const one of steps) {
    const last = answers.at(-1)?.result;
    if (last !== undefined && HOPELESS.includes(last.end)) {
      skipped.push(unasked(one, last.step));
      continue;
    }
    const answer = await asker.ask(one, current);
    current = answer.tree;
    answers.push(answer);
  }
  const { verified, answers: settled, proofs } = await settle(compiled, answers, asker, ports.prove, step);
  const results = [...settled.map(({ result }) => result), ...skipped];
  return { verified, changes: { model, steps: results, usage: asker.usage, proofs, notAsked: null } };
}

/** Without tests and tools nothing could tell good from bad. */
function whyNotAsked({ lint, tests }: Verdict): string | null {
  const ran = lint.ruff !== null && lint.types !== null && tests.passed + tests.failed + tests.skipped > 0;
  return ran ? null : 'nothing could be run, so what a model writes could not have been proved';
}

function unasked({ name, role }: AgentStep, last: string): ModelStep {
  return {
    ...{ step: name, role, asked: 0, end: null, reason: `nothing more was asked after \`${last}\`` },
    ...{ summary: '', files: [], notices: [] },
  };
}
