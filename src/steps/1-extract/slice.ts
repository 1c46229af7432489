/** Backward slices over the data flow. */

import type { Flow } from './flow.ts';

/** Statements that the given ones depend on, themselves included. */
export function backwardSlice(flows: readonly Flow[], criteria: Iterable<number>): Set<number> {
  const kept = new Set<number>();
  const pending = [...criteria];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    if (kept.has(id)) continue;
    kept.add(id);
    for (const from of flows[id]?.reads.values() ?? []) pending.push(...from);
  }
  return kept;
}

/** For every statement: all that it depends on. Document order makes one pass enough. */
export function allDependencies(flows: readonly Flow[]): Set<number>[] {
  const found: Set<number>[] = [];
  for (const { reads, statement } of flows) {
    const all = new Set<number>();
    for (const from of reads.values()) {
      for (const id of from) {
        if (id === statement.id || all.has(id)) continue;
        all.add(id);
        for (const earlier of found[id] ?? []) all.add(earlier);
      }
    }
    found.push(all);
  }
  return found;
}
