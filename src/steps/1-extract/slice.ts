/** Backward slices over the data flow. */

import type { Flow } from './flow.ts';

/** Statements that the given ones depend on, themselves included. */
export function backwardSlice(flows: readonly Flow[], criteria: Iterable<number>): Set<number> {
  const kept = new Set<number>();
  const pending = [...criteria];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (kept.has(id)) continue;
    kept.add(id);
    for (const from of flows[id]?.reads.values() ?? [])
      for (const each of from) if (!kept.has(each)) pending.push(each);
  }
  return kept;
}

/** Statements that depend on one of the given ones, those included. Document order makes one pass enough. */
export function dependents(flows: readonly Flow[], on: Iterable<number>): Set<number> {
  const found = new Set(on);
  for (const { reads, statement } of flows) {
    for (const from of reads.values()) {
      if (from.some((id) => found.has(id))) {
        found.add(statement.id);
        break;
      }
    }
  }
  return found;
}
