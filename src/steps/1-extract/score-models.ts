/** Which models a reported number is about. */

import { toSnakeCase } from '../../python/names.ts';
import type { Span } from '../../python/statement.ts';
import type { Flow, NotebookFlow } from './flow.ts';
import type { Model } from './models.ts';

/** Where a number is computed. */
export interface Place {
  flow: Flow;
  variable: string | null;
  span: Span | null;
}

/** The models by index, and whether the number is about rows that they were not fitted on. */
export interface Behind {
  models: Set<number>;
  kind: 'held_out' | 'training';
}

/** The models that are read nearest to the number. */
export function modelsBehind(notebook: NotebookFlow, models: readonly Model[], place: Place): Behind {
  return new Search(notebook, models).find(place);
}

class Search {
  private readonly notebook: NotebookFlow;
  private readonly models: readonly Model[];

  constructor(notebook: NotebookFlow, models: readonly Model[]) {
    this.notebook = notebook;
    this.models = models;
  }

  /** The models that a number is about: those read nearest to it, and whether with the rows of their training. */
  find({ flow, variable, span }: Place): Behind {
    const names =
      span === null ? null : new Set(flow.statement.text.slice(span.start, span.end).match(/[A-Za-z_]\w*/g));
    const own = this.models.flatMap(({ fits }, index) =>
      fits.some(({ statement, kind }) => statement === flow.statement.id && kind === 'fit') ? [index] : [],
    );
    if (own.length > 0 && variable !== null) return { models: new Set(own), kind: 'training' };
    const words = toSnakeCase(variable ?? '').split('_');
    const saysTraining =
      words.some((word) => /^train(ing)?$/.test(word)) &&
      !words.some((word) => /^(test|val|valid)/.test(word));
    let level: Flow[] = [flow];
    const visited = new Set<number>();
    for (let first = true; level.length > 0; first = false) {
      const models = new Set<number>();
      let training = false;
      let other = false;
      const next = new Map<number, Flow>();
      for (const each of level) {
        visited.add(each.statement.id);
        for (const [name, from] of each.reads) {
          if (first && names !== null && !names.has(name) && !this.throughFunction(each, name, names))
            continue;
          const things = each.seen.get(name) ?? new Set<number>();
          const model = this.models.findIndex(
            (item) =>
              [...things].some((id) => item.things.has(id)) &&
              item.fits.some(({ statement }) => statement <= each.statement.id),
          );
          if (model >= 0 && this.isFitted(model, each.statement.id)) models.add(model);
          for (const id of from) {
            const definer = this.notebook.flows[id];
            if (definer !== undefined && !visited.has(id)) next.set(id, definer);
          }
        }
      }
      if (models.size > 0) {
        for (const each of level) {
          const inputs = new Set(
            [...models].flatMap((index) => this.models[index]?.fits.map(({ input }) => input) ?? []),
          );
          for (const name of each.reads.keys()) {
            if (first && names !== null && !names.has(name)) continue;
            if (inputs.has(name)) training = true;
            else if (/test|val|valid|hold|eval/i.test(name)) other = true;
          }
        }
        return { models, kind: saysTraining || (training && !other) ? 'training' : 'held_out' };
      }
      level = [...next.values()];
    }
    return { models: new Set(), kind: 'held_out' };
  }

  private isFitted(model: number, at: number): boolean {
    return this.models[model]?.fits.some(({ statement }) => statement <= at) === true;
  }

  /** The name is read by a function that the expression calls. */
  private throughFunction(flow: Flow, name: string, names: ReadonlySet<string>): boolean {
    return (
      !flow.statement.uses.includes(name) &&
      flow.calls.some(({ summary }) => summary !== null && names.has(summary.name))
    );
  }
}
