import type { AgentBudget, ModelEndpoint } from '../agents/agent.ts';
import { chooseProvider } from '../agents/providers.ts';
import type { Diagnostic } from '../lib/diagnostic.ts';
import { nearest } from '../lib/text.ts';
import type { ModelSettings } from './model-settings.ts';

/** What a repository says about its model: `llm` of `.architect.yaml`. */
export interface RepositoryModel {
  /** `provider/model`. */
  model: string;
  /** What the repository takes for granted; who runs Architect decides, and where both differ nothing is asked. */
  api_key_env: string | null;
  base_url: string | null;
  /** Caps of the repository's own, below those of whoever runs Architect. */
  budget: Partial<AgentBudget>;
}

/** The model of a run; holds its key. */
export interface ChosenModel {
  name: string;
  endpoint: ModelEndpoint;
  budget: AgentBudget;
}

/**
 * Chooses the model of a run: the repository names one, whoever runs Architect allows it and says where it is and with which key.
 *
 * @returns The model, why there is none, or undefined where the repository wants none.
 */
export function chooseModel(
  wanted: RepositoryModel | null,
  settings: ModelSettings | null,
): ChosenModel | { problem: Diagnostic } | undefined {
  if (wanted === null) return undefined;
  const { model: name } = wanted;
  const problem = (reason: string, help: string): { problem: Diagnostic } => ({
    problem: {
      code: 'model_not_asked',
      severity: 'note',
      file: '.architect.yaml',
      message: `The model \`${name}\` of .architect.yaml is not asked: ${reason}.`,
      help,
    },
  });
  if (settings === null)
    return problem(
      'none is allowed here',
      'Whoever runs Architect allows models with ARCHITECT_MODELS; see its README.',
    );
  const choice = chooseProvider(name, settings.providers);
  if ('problem' in choice) return problem(choice.problem.replace(/\.$/, ''), 'Correct `llm.model`.');
  const allowed = settings.models.find((one) => one.name === name);
  if (allowed === undefined) {
    const names = settings.models.map((one) => one.name);
    const meant = nearest(name, names);
    const help = meant === undefined ? `Allowed: ${names.join(', ')}.` : `Did you mean \`${meant}\`?`;
    return problem('whoever runs Architect does not allow it', help);
  }
  const { provider, model } = choice;
  const theirs = 'Leave it out of .architect.yaml, or write what whoever runs Architect has.';
  if (wanted.api_key_env !== null && wanted.api_key_env !== provider.variable)
    return problem(`its key does not come from \`${wanted.api_key_env}\` here`, theirs);
  if (wanted.base_url !== null && wanted.base_url.replace(/\/+$/, '') !== provider.baseUrl)
    return problem(`its provider is not at \`${wanted.base_url}\` here`, theirs);
  if (provider.variable !== null && provider.key === null)
    return problem(
      `\`${provider.variable}\`, which holds its key, is empty here`,
      'Set it, and run Architect again.',
    );
  const budget = smaller(settings.budget, wanted.budget);
  if (budget.cost !== null && allowed.prices === null)
    return problem(
      '`llm.budget.cost` cannot be held, because its prices are not known here',
      'Cap tokens instead, or have the prices set in ARCHITECT_MODELS.',
    );
  const endpoint = { model, baseUrl: provider.baseUrl, apiKey: provider.key, prices: allowed.prices };
  return { name, endpoint, budget };
}

function smaller(most: AgentBudget, wanted: Partial<AgentBudget>): AgentBudget {
  const costs = [most.cost, wanted.cost ?? null].filter((cost) => cost !== null);
  return {
    requests: Math.min(most.requests, wanted.requests ?? Infinity),
    tokens: Math.min(most.tokens, wanted.tokens ?? Infinity),
    seconds: Math.min(most.seconds, wanted.seconds ?? Infinity),
    cost: costs.length === 0 ? null : Math.min(...costs),
  };
}
