import type { Observation } from '../notebook/observation.ts';
import type { Extraction } from '../steps/1-extract/extraction.ts';
import { type Facts, factsOf, type Subject, subjectId } from './subjects.ts';

/**
 * What the run of the untouched notebook says about the subjects. It noted a name where the name was bound; a function of the package
 * may end some statements later. In between, kept statements do the same in both runs; a dropped one that comes near the
 * name might change it, which is just what the comparison must find: then the value is left out, and the notebook is run again.
 */
export function untouchedFacts(
  observation: Observation,
  extraction: Extraction,
  subjects: readonly Subject[],
): Facts {
  const facts = factsOf(observation, subjects);
  const near = new Nearness(extraction);
  const records = new Map(observation.statements.map((record) => [record.id, record]));
  for (const subject of subjects) {
    const id = subjectId(subject);
    if (facts[id] !== undefined || subject.span !== null) continue;
    const last = observation.statements
      .filter((record) => record.id <= subject.statement && record.values[subject.name] !== undefined)
      .sort((a, b) => a.id - b.id)
      .at(-1);
    if (last === undefined || records.get(subject.statement)?.outcome !== 'ran') continue;
    const between = extraction.statements.filter((one) => one.id > last.id && one.id <= subject.statement);
    const found = last.values[subject.name];
    if (found === undefined || between.some((one) => !one.kept && near.touches(one.id, subject.name)))
      continue;
    facts[id] = found;
  }
  return facts;
}

/** Which names a statement comes near: those that it names, and those that the functions it names read. */
class Nearness {
  readonly #statements: Extraction['statements'];
  /** Functions and classes of the notebook → the names in their bodies. */
  readonly #bodies = new Map<string, string[]>();
  /** Names that may share an object. */
  readonly #shared = new Map<string, Set<string>>();

  constructor(extraction: Extraction) {
    this.#statements = extraction.statements;
    for (const { kind, defines, deferred, globals, aliases } of extraction.statements) {
      if (kind === 'function' || kind === 'class') {
        for (const name of defines)
          this.#bodies.set(name, [...(this.#bodies.get(name) ?? []), ...deferred, ...globals]);
      }
      for (const { name, of } of aliases) this.#join(name, of);
    }
  }

  touches(statement: number, name: string): boolean {
    const own = this.#statements.find(({ id }) => id === statement);
    if (own === undefined) return true;
    const group = this.#shared.get(name) ?? new Set([name]);
    const names = new Set<string>();
    const queue = [...own.uses, ...own.defines, ...own.deferred, ...own.stores.map(({ root }) => root)];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (names.has(next)) continue;
      names.add(next);
      queue.push(...(this.#bodies.get(next) ?? []));
    }
    return [...group].some((one) => names.has(one));
  }

  #join(one: string, other: string): void {
    const both = new Set([...(this.#shared.get(one) ?? [one]), ...(this.#shared.get(other) ?? [other])]);
    for (const name of both) this.#shared.set(name, both);
  }
}
