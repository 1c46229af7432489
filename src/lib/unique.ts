/** The items without repeats, in order of first occurrence. */
export function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
