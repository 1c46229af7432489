/** What of torch takes part in a training loop, and what of it learns. */

import type { EstimatorFacts } from '../../knowledge/schema.ts';
import type { Flow } from './flow.ts';
import type { Functions } from './functions.ts';

/** `optimizer.step(closure)`: the function that the step calls, of the loop or of the notebook, goes backward. */
export function stepsByClosure({ calls, statement }: Flow, functions: Functions): boolean {
  const steps = calls.filter(({ call }) => call.method === 'step' && call.arguments[0]?.name !== undefined);
  const inner = new Set(
    statement.calls.flatMap(({ method, within }) =>
      method === 'backward' && within !== null ? [within] : [],
    ),
  );
  return steps.some(({ call }) => {
    const name = call.arguments[0]?.name ?? '';
    const own = functions.named(name);
    return (
      inner.has(name) ||
      (own?.kind === 'function' && functions.summary(own.id)?.roles.has('backward') === true)
    );
  });
}

/** A loss takes part in the training, but learns nothing. */
export function isLoss(type: string | undefined): boolean {
  return type !== undefined && /^torch\.nn\.(\w+\.)*\w*Loss$/.test(type);
}

/** A layer without parameters: it takes part in a network, and is none. */
export function learnsNothing(qualified: string): boolean {
  return /^torch\.nn\.((Dropout|AlphaDropout|FeatureAlphaDropout|(Adaptive)?(Max|Avg|LP|FractionalMax)Pool|ZeroPad|ReflectionPad|ReplicationPad|ConstantPad)\w*|Flatten|Unflatten|Identity|Upsample|PixelShuffle|Sigmoid|LogSigmoid|Hardsigmoid|Tanh|Hardtanh|Softmax\w*|LogSoftmax|Softmin|Softplus|Softsign|ReLU6?|LeakyReLU|RReLU|ELU|SELU|CELU|GELU|SiLU|Mish|Hardswish)$/.test(
    qualified,
  );
}

/** What is known of every network. */
export const TORCH: EstimatorFacts = {
  role: 'other',
  framework: 'torch',
  predicts: true,
  search: false,
  inPlace: true,
  draws: false,
};
