/** Which names of a notebook stand for a model itself, not for something that was taken out of it. */

import type { NotebookFlow } from './flow.ts';
import type { Model } from './models.ts';

/** Whether the name, bound to a thing of a model, stands for the model: no weights of it, and nothing that a loop took out of it. */
export function isModelName(name: string, { flows, memory }: NotebookFlow): boolean {
  const taken = flows.some(({ statement: { defines, value, text } }) =>
    defines.includes(name) && value !== undefined
      ? /\.(state_dict|(named_)?(parameters|modules|children|buffers))\([^()]*\)$/.test(
          text.slice(value.span.start, value.span.end),
        )
      : false,
  );
  if (taken) return false;
  const made = memory.names.get(name)?.defs.at(-1);
  const text = made === undefined ? '' : (flows[made]?.statement.text ?? '');
  // `for name, p in net.named_parameters()`: neither is the network.
  return ![...text.matchAll(/\bfor[ \t]+([\w \t,()*]{1,80}?)[ \t]+in[ \t]/g)].some((match) =>
    match[1]?.match(/\w+/g)?.includes(name),
  );
}

/** Whether a model is held by another one: a layer by its network, the base of an ensemble. */
export function isPart(
  index: number,
  of: number,
  models: readonly Model[],
  { memory }: NotebookFlow,
): boolean {
  const own = models[of]?.things ?? new Set<number>();
  const held = memory.closure(own);
  return [...(models[index]?.things ?? [])].some((id) => held.has(id) && !own.has(id));
}

/** Of several models those that are part of no other one of them: a network, not its layers. */
export function outermost(
  indices: readonly number[],
  models: readonly Model[],
  notebook: NotebookFlow,
): number[] {
  const whole = indices.filter(
    (index) => !indices.some((other) => other !== index && isPart(index, other, models, notebook)),
  );
  return whole.length > 0 ? whole : [...indices];
}

/** Names of the networks that the last training of a model trains as well, by one loss: the encoder of a decoder. */
export function trainedWith(index: number, models: readonly Model[], notebook: NotebookFlow): string[] {
  const at = models[index]?.fits.at(-1)?.statement;
  const flow = at === undefined ? undefined : notebook.flows[at];
  if (flow === undefined) return [];
  const inside = flow.calls.flatMap(({ summary }) =>
    summary === null ? [] : (notebook.flows[summary.statement]?.statement.calls ?? []),
  );
  const losses = new Set(
    [...flow.statement.calls, ...inside].flatMap(({ method, root }) => (method === 'backward' ? [root] : [])),
  );
  // Two losses are two trainings: models that are compared, or that compete.
  if (losses.size !== 1) return [];
  return models.flatMap(({ fits, names: [name] }, other) => {
    const apart =
      other !== index && !isPart(other, index, models, notebook) && !isPart(index, other, models, notebook);
    return apart && name !== undefined && fits.at(-1)?.statement === at ? [name] : [];
  });
}
