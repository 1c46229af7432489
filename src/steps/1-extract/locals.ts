/** Which local names of a function stand for a parameter or a global, or for a part of one. */

import type { Span } from '../../python/statement.ts';

/** `name = of`, `name = of[…]` or `for name in of`: afterwards both may share an object. */
interface Link {
  name: string;
  of: string[];
  start: number;
}

/** Reads a body once; every question after that follows links only. */
export class Locals {
  private readonly links = new Map<string, Link[]>();
  /** Where a name certainly got a new object: `d = d.copy()`, `X = np.array(X)`. */
  private readonly fresh = new Map<string, number>();

  /** `text`: of the statement; `span`: of the function in it. No pattern can backtrack far: the text is foreign. */
  constructor(text: string, span: Span) {
    const body = text.slice(span.start, span.end);
    const link = (name: string, of: string[], start: number): void => {
      const known = this.links.get(name);
      if (known === undefined) this.links.set(name, [{ name, of, start }]);
      else known.push({ name, of, start });
    };
    const indentation = /\n([ \t]+)\S/.exec(body)?.[1] ?? '    ';
    const rebound = new Set<string>();
    for (const match of body.matchAll(/^([ \t]+)(\w+)[ \t]*=(?!=)[ \t]*(.+)$/gm)) {
      const [line, before = '', name = '', value = ''] = match;
      const part = /^(\w+)(?=$|\[|\.(?:T|values|loc|iloc)\b)/.exec(value)?.[1];
      if (part !== undefined) link(name, [part], span.start + match.index);
      if (before !== indentation || rebound.has(name)) continue;
      rebound.add(name); // the first time counts: before it the name is what the caller gave
      if (!/^\w+\s*($|\[|\.(T|values|loc|iloc)\b)/.test(value))
        this.fresh.set(name, span.start + match.index + line.length);
    }
    const loops = /\bfor[ \t]+(?=([^:\n]{0,160}?)\bin[ \t]+([^:\n]{1,200}))/g;
    for (const match of body.matchAll(loops)) {
      for (const name of match[1]?.match(/[A-Za-z_]\w*/g) ?? [])
        link(name, match[2]?.match(/[A-Za-z_]\w*/g) ?? [], span.start + match.index);
    }
  }

  /** Names that `name` may share an object with at this offset of the statement. */
  sources(name: string, at: number): string[] {
    const found = new Set<string>();
    const seen = new Set<string>(); // fresh names too: `X = X[mask]` leads back to itself
    const pending = [name];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      if ((this.fresh.get(next) ?? Infinity) > at) found.add(next);
      for (const { of, start } of this.links.get(next) ?? []) if (start < at) pending.push(...of);
    }
    return [...found];
  }
}
