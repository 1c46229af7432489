import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { UsageError } from '../lib/errors.ts';
import { createSecrets } from '../lib/secrets.ts';
import type { Agent, AgentBudget, AgentTask, ModelEndpoint, Proposal, RunTests } from './agent.ts';
import { converse } from './conversation.ts';
import { Ending } from './ending.ts';
import { openFence } from './fence.ts';
import { firstMessage } from './first-message.ts';
import { type AgentLimits, DEFAULT_LIMITS, DEFAULT_SERVER_LIMITS, type ServerLimits } from './limits.ts';
import { type Meter, openMeter, outOfTime } from './meter.ts';
import { systemPrompt } from './prompts/system-prompt.ts';
import { rightsOf } from './rights.ts';
import { openScreen } from './screen.ts';
import { type AskModel, openModel } from './server/ask-model.ts';
import { openToolbox } from './tools/toolbox.ts';
import { openTranscript } from './transcript.ts';
import { Workspace } from './workspace.ts';

/** What an agent is made of. It gets no token and no path of this machine. */
export interface ModelAgentOptions {
  endpoint: ModelEndpoint;
  budget: AgentBudget;
  /** Hides secrets in a text that goes to the model or is kept. */
  redact: (text: string) => string;
  limits?: Partial<AgentLimits>;
  serverLimits?: Partial<ServerLimits>;
}

const LONGEST_SUMMARY = 4_000;

/** Makes the agent that asks a model. One serves a whole run, for every step and role. */
export function createModelAgent(options: ModelAgentOptions): Agent {
  const { endpoint, budget } = options;
  if (budget.cost !== null && endpoint.prices === null)
    throw new UsageError(
      'no_prices',
      `The budget of ${budget.cost} cannot be held: the prices of ${endpoint.model} are not known.`,
      'Set the prices of the model for a million tokens, or take the budget of money away and keep the one of tokens.',
    );
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const server = { ...DEFAULT_SERVER_LIMITS, ...options.serverLimits };
  const ask = openModel(endpoint, { ...server, answerCharacters: limits.answerCharacters });
  const secrets = createSecrets();
  if (endpoint.apiKey !== null) secrets.add(endpoint.apiKey);
  const redact = (text: string): string => options.redact(secrets.hide(text));
  return {
    propose: (task, runTests, signal) =>
      propose(task, {
        ask,
        limits,
        redact,
        runTests,
        signal,
        meter: openMeter(budget, task.spent, endpoint.prices),
        budget,
      }),
  };
}

interface Setting {
  ask: AskModel;
  limits: AgentLimits;
  redact: (text: string) => string;
  runTests: RunTests | null;
  signal: AbortSignal | undefined;
  meter: Meter;
  budget: AgentBudget;
}

async function propose(task: AgentTask, setting: Setting): Promise<Proposal> {
  const { ask, limits, meter, runTests } = setting;
  const screen = openScreen(setting.redact);
  const transcript = openTranscript();
  const fence = openFence();
  const rights = rightsOf(task.role, task.step);
  const workspace = new Workspace(task.tree, {
    ...{ rights, notebook: task.notebook.path, repair: task.failures.length > 0, limits },
  });
  const tools = openToolbox(rights, runTests);
  const clock = AbortSignal.timeout(meter.left);
  const signal = AbortSignal.any([clock, ...(setting.signal === undefined ? [] : [setting.signal])]);
  const result = (end: Proposal['end'], reason: string | null, summary: string): Proposal => ({
    ...{ end, reason, summary, tree: end === 'finished' ? workspace.tree() : task.tree, usage: meter.used() },
    ...{ transcript: transcript.entries, notices: screen.notices() },
  });
  try {
    const system = systemPrompt(task.role, rights, {
      step: task.step,
      hasWords: task.task !== null,
      fence: fence.name,
    });
    const user = firstMessage(task, fence, screen, limits.materialCharacters);
    transcript.add({ kind: 'message', role: 'system', text: system, characters: system.length });
    transcript.add({ kind: 'message', role: 'user', text: user, characters: user.length });
    const first: ChatCompletionMessageParam[] = [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ];
    const definitions = [...tools.values()].map(({ definition }) => definition);
    const said = (text: string): string => screen.clean(text, 'words of the model');
    const asking = { meter, signal, clean: said, note: transcript.add };
    const summary = await converse(first, {
      ...{ tools, fence, screen, transcript, workspace, limits, signal },
      ask: (messages) => ask({ messages, tools: definitions }, asking),
    });
    return result('finished', null, said(summary).slice(0, LONGEST_SUMMARY));
  } catch (error) {
    const ending = endingOf(error, setting, clock);
    return result(ending.end, ending.message, '');
  }
}

/** How a proposal ended that did not finish; an error of ours is thrown on. */
function endingOf(error: unknown, { signal, budget }: Setting, clock: AbortSignal): Ending {
  if (signal?.aborted) return new Ending('cancelled', 'The run was cancelled.');
  if (error instanceof Ending) return error;
  if (clock.aborted) return outOfTime(budget.seconds);
  throw error;
}
