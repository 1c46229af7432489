import type { AgentBudget, ModelEndpoint } from '../agents/agent.ts';
import type { ModelProvider } from '../agents/providers.ts';
import { UsageError } from '../lib/errors.ts';
import { listed } from '../lib/text.ts';

/** A model that repositories may name. */
export interface AllowedModel {
  /** `provider/model`. */
  name: string;
  prices: ModelEndpoint['prices'];
}

/** A server that may be asked, and the key that goes to it and nowhere else. */
export interface OperatorProvider extends ModelProvider {
  /** Name of the environment variable that the key was read from; null: the server asks for none. */
  variable: string | null;
  key: string | null;
}

/** What whoever runs Architect says about models. Holds keys. */
export interface ModelSettings {
  models: AllowedModel[];
  providers: OperatorProvider[];
  /** Of one run; a repository may ask for less. */
  budget: AgentBudget;
}

const PROVIDERS = 'openai=https://api.openai.com/v1#OPENAI_API_KEY';
const BUDGET = { requests: 60, tokens: 1_000_000, seconds: 1_800 };

/**
 * Reads the settings of models, and takes the keys out of the environment.
 *
 * @returns Null where no model is allowed.
 */
export function readModelSettings(environment: NodeJS.ProcessEnv): ModelSettings | null {
  const read = (name: string): string => environment[name]?.trim() ?? '';
  const names = words(read('ARCHITECT_MODELS'));
  if (names.length === 0) return null;
  const providers = words(read('ARCHITECT_MODEL_PROVIDERS') || PROVIDERS).map((word) =>
    readProvider(word, environment),
  );
  const models = names.map((word) => readModel(word, providers));
  const budget = {
    requests: whole(read('ARCHITECT_MODEL_REQUESTS'), 'ARCHITECT_MODEL_REQUESTS', BUDGET.requests),
    tokens: whole(read('ARCHITECT_MODEL_TOKENS'), 'ARCHITECT_MODEL_TOKENS', BUDGET.tokens),
    cost: money(read('ARCHITECT_MODEL_COST')),
    seconds: whole(read('ARCHITECT_MODEL_SECONDS'), 'ARCHITECT_MODEL_SECONDS', BUDGET.seconds),
  };
  const unpriced = models.filter(({ prices }) => prices === null).map(({ name }) => name);
  if (budget.cost !== null && unpriced.length > 0)
    throw wrong(
      'ARCHITECT_MODEL_COST',
      `cannot be held: the prices of ${listed(unpriced)} are not known`,
      'Write them in ARCHITECT_MODELS behind the model, for a million tokens in and out: openai/gpt-4.1=2/8.',
    );
  for (const { variable } of providers) if (variable !== null) Reflect.deleteProperty(environment, variable);
  return { models, providers, budget };
}

/** Throws where a key is missing: a server shall not start with a model that it cannot ask. */
export function assertKeys(settings: ModelSettings | null): void {
  for (const { name, variable, key } of settings?.providers ?? []) {
    if (variable === null || key !== null) continue;
    const used = settings?.models.some((model) => model.name.startsWith(`${name}/`));
    if (used === true)
      throw wrong(
        variable,
        `is empty, and the provider ${name} needs it`,
        'Set it to the key of the provider.',
      );
  }
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** `openai=https://api.openai.com/v1#OPENAI_API_KEY`. */
function readProvider(word: string, environment: NodeJS.ProcessEnv): OperatorProvider {
  const name = 'ARCHITECT_MODEL_PROVIDERS';
  const help =
    'Write NAME=ADDRESS#VARIABLE, such as openai=https://api.openai.com/v1#OPENAI_API_KEY; without #VARIABLE no key is sent.';
  const match = /^([\w.-]+)=(https?:\/\/[^#\s]+?)\/*(?:#([A-Za-z_]\w*))?$/.exec(word);
  const [, provider, baseUrl, variable] = match ?? [];
  if (provider === undefined || baseUrl === undefined || !URL.canParse(baseUrl))
    throw wrong(name, `is not understood at \`${word}\``, help);
  const { protocol, hostname, username, password } = new URL(baseUrl);
  if (username !== '' || password !== '') throw wrong(name, 'holds a key in an address', help);
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  if (protocol === 'http:' && variable !== undefined && !isHere)
    throw wrong(
      name,
      `would send the key of ${provider} unencrypted`,
      'Use an address that starts with https://.',
    );
  const key = variable === undefined ? '' : (environment[variable]?.trim() ?? '');
  return { name: provider, baseUrl, variable: variable ?? null, key: key === '' ? null : key };
}

/** `openai/gpt-4.1`, with prices `openai/gpt-4.1=2/8`. */
function readModel(word: string, providers: readonly OperatorProvider[]): AllowedModel {
  const match = /^([\w.-]+)(\/[^\s=]+)(?:=(\d+(?:\.\d+)?)\/(\d+(?:\.\d+)?))?$/.exec(word);
  const [, provider, rest, prompt, completion] = match ?? [];
  if (provider === undefined || rest === undefined)
    throw wrong(
      'ARCHITECT_MODELS',
      `is not understood at \`${word}\``,
      'Write PROVIDER/MODEL, with prices for a million tokens in and out PROVIDER/MODEL=2/8.',
    );
  if (!providers.some(({ name }) => name === provider))
    throw wrong(
      'ARCHITECT_MODELS',
      `names the provider ${provider}, which is none of ${listed(providers.map(({ name }) => name))}`,
      'Add it to ARCHITECT_MODEL_PROVIDERS.',
    );
  const prices = prompt === undefined ? null : { prompt: Number(prompt), completion: Number(completion) };
  return { name: `${provider}${rest}`, prices };
}

function whole(text: string, name: string, otherwise: number): number {
  if (text === '') return otherwise;
  if (!/^\d{1,12}$/.test(text) || Number(text) === 0)
    throw wrong(name, 'is no whole number above 0', 'Correct it.');
  return Number(text);
}

function money(text: string): number | null {
  if (text === '') return null;
  if (!/^\d+(\.\d+)?$/.test(text) || Number(text) === 0)
    throw wrong(
      'ARCHITECT_MODEL_COST',
      'is no amount above 0',
      'Write it as 0.50, in the currency of the prices.',
    );
  return Number(text);
}

function wrong(name: string, problem: string, help: string): UsageError {
  return new UsageError('settings', `${name} ${problem}.`, help);
}
