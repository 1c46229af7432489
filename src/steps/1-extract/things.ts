/** What names stand for while the notebook is read from top to bottom: objects, who shares them, who changed them. */

import type { Call } from '../../python/statement.ts';

/** One object of the notebook, known by the statement that made it. */
export interface Thing {
  id: number;
  made: number;
  /** Statements that change it in place. */
  changes: number[];
  /** Objects that it holds: steps of a pipeline, items of a list, the model of an optimizer. */
  holds: Set<number>;
  /** Import path of its class, or `notebook.Name` for a class of the notebook. */
  type?: string;
  /** The call that constructed it. */
  call?: { statement: number; call: Call };
  /** The `def` or `class` that it is. */
  code?: number;
  /** A number, string or other value that nobody can change. */
  constant?: boolean;
  module?: boolean;
  /** A list, dict or tuple written out in the notebook. */
  display?: boolean;
  figure?: boolean;
  /** Tables that it was cut from: a change of it may be one of theirs, not the other way round. */
  viewOf?: Set<number>;
}

/** What a name stands for. */
export interface Binding {
  /** Statements that may have bound it last. */
  defs: number[];
  things: Set<number>;
}

/** The pseudo name of matplotlib's current figure. */
export const PYPLOT = '<pyplot>';

/** The state between two statements. */
export class Memory {
  readonly things: Thing[] = [];
  readonly names = new Map<string, Binding>();

  make(made: number, more: Partial<Thing> = {}): Thing {
    const thing: Thing = { id: this.things.length, made, changes: [], holds: new Set(), ...more };
    this.things.push(thing);
    return thing;
  }

  thing(id: number): Thing {
    const thing = this.things[id];
    if (thing === undefined) throw new RangeError(`no thing ${id}`);
    return thing;
  }

  /** Things that a name stands for; none for an unbound name. */
  of(name: string): Thing[] {
    return [...(this.names.get(name)?.things ?? [])].map((id) => this.thing(id));
  }

  /** The things and all that they hold. */
  closure(ids: Iterable<number>): Set<number> {
    const found = new Set<number>();
    const stack = [...ids];
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (found.has(id)) continue;
      found.add(id);
      stack.push(...this.thing(id).holds);
    }
    return found;
  }

  bind(name: string, statement: number, things: Iterable<number>, weak: boolean): void {
    const old = weak ? this.names.get(name) : undefined;
    this.names.set(name, {
      defs: [...(old?.defs ?? []), statement],
      things: new Set([...(old?.things ?? []), ...things]),
    });
  }

  /** Statements that the value of a name comes from: what bound it, and what changed it since. */
  sources(name: string): number[] {
    const binding = this.names.get(name);
    if (binding === undefined) return [];
    const first = Math.min(...binding.defs);
    const found = new Set(binding.defs);
    for (const id of this.closure(binding.things)) {
      for (const change of this.thing(id).changes) if (change > first) found.add(change);
    }
    return [...found].sort((a, b) => a - b);
  }

  /** Names that stand for one of these things, or for a written-out container of one, with those things. */
  namesOf(ids: ReadonlySet<number>): Map<string, Set<number>> {
    const found = new Map<string, Set<number>>();
    if (ids.size === 0) return found;
    for (const [name, { things }] of this.names) {
      for (const id of things) {
        const thing = this.thing(id);
        if (thing.module) continue;
        for (const inner of thing.display === true ? this.closure([id]) : [id]) {
          if (!ids.has(inner)) continue;
          const known = found.get(name);
          if (known === undefined) found.set(name, new Set([inner]));
          else known.add(inner);
        }
      }
    }
    return found;
  }
}
