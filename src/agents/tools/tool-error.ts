/** A tool did not do what it was asked: the model is told why, and what it can do instead. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
}
