import { nearest } from '../lib/text.ts';

/** One entry of the operator's list of servers that may be asked. */
export interface ModelProvider {
  /** The part before the first `/` of `llm.model`. */
  name: string;
  /** Up to and with the version: `https://api.openai.com/v1`. */
  baseUrl: string;
}

/** Which server and which model a name stands for, or why none. */
export type ProviderChoice<Provider> = { provider: Provider; model: string } | { problem: string };

/**
 * Reads `provider/model`. A repository names a provider; where it is and with which key, the operator's list says.
 *
 * @param name - `llm.model`; what follows the first `/` is the model, slashes included.
 */
export function chooseProvider<Provider extends ModelProvider>(
  name: string,
  providers: readonly Provider[],
): ProviderChoice<Provider> {
  const cut = name.indexOf('/');
  const model = name.slice(cut + 1).trim();
  if (cut <= 0 || model === '')
    return { problem: `The model \`${name}\` has no provider: write \`provider/model\`.` };
  const wanted = name.slice(0, cut).trim();
  const provider = providers.find((one) => one.name === wanted);
  if (provider !== undefined) return { provider, model };
  const names = providers.map((one) => one.name);
  const guess = nearest(wanted, names);
  const hint = guess === undefined ? '' : ` Did you mean \`${guess}\`?`;
  return { problem: `The operator of Architect allows no model provider \`${wanted}\`.${hint}` };
}
