import type { TranscriptEntry } from '../agents/agent.ts';
import { hideSecrets } from '../guardrails/hide-secrets.ts';
import type { Ports } from '../pipeline.ts';
import type { ModelRequest } from '../refine/request.ts';
import { chooseModel, type RepositoryModel } from './choose-model.ts';
import type { Conventions } from './conventions.ts';
import type { ModelSettings } from './model-settings.ts';
import { agentSteps, type PipelineFile } from './pipeline-file.ts';

/** What a repository says that its model is asked by. */
export interface ModelWishes {
  llm: RepositoryModel | null;
  conventions: Conventions;
  pipeline: PipelineFile | null;
}

/** For a run's request and its ports; empty where no model is asked. */
export interface RunModel {
  request: { model?: ModelRequest };
  ports: Pick<Ports, 'model'>;
}

/**
 * Opens the model of a run. The agent gets its endpoint, its budget and texts: no token, no path, no environment.
 *
 * @param keepTranscript - Where what was said is kept.
 */
export async function openRunModel(
  { llm, conventions, pipeline }: ModelWishes,
  settings: ModelSettings | null,
  keepTranscript: (step: string, transcript: readonly TranscriptEntry[]) => void,
): Promise<RunModel> {
  const chosen = chooseModel(llm, settings);
  const steps = agentSteps(pipeline);
  if (chosen === undefined || 'problem' in chosen || steps.length === 0) return { request: {}, ports: {} };
  const { name, endpoint, budget } = chosen;
  // What speaks to a model takes a third of the time that a start takes, and only a run with one needs it.
  const { createModelAgent } = await import('../agents/model-agent.ts');
  const agent = createModelAgent({ endpoint, budget, redact: hideSecrets });
  return {
    request: { model: { name, steps, conventions: conventionsText(conventions) } },
    ports: { model: { agent, keepTranscript } },
  };
}

/** Everything that the team wants: what the compiler honours already must not get lost. */
function conventionsText({ honoured, forModel }: Conventions): string | null {
  const lines = [...honoured, ...forModel].sort((a, b) => a.line - b.line);
  return lines.length === 0 ? null : lines.map(({ section, text }) => `${section}: ${text}`).join('\n');
}
