/** A mistake of ours, not of the notebook: the caller broke a rule of this folder. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}
