/** What the functions and classes of a notebook do to what they are given, as far as their text shows. */

import { callFacts } from '../../knowledge/lookup.ts';
import type { Call, Span, Statement } from '../../python/statement.ts';
import { Locals } from './locals.ts';
import { items } from './printed.ts';
import { drawsByName } from './randomness.ts';
import { functionSignature, type Signature } from '../../python/signature.ts';

/** What calling a function (or a method) does. Names are those of the function. */
export interface Summary {
  statement: number;
  name: string;
  parameters: string[];
  /** Parameters whose object it changes. */
  mutates: Set<string>;
  /** The changed parameters that are changed through what they hold (an optimizer's model). */
  mutatesContents: Set<string>;
  /** Parameters that it fits or trains. */
  trains: Set<string>;
  /** Parameters that it calls: networks, losses, functions. */
  calls: Set<string>;
  /** Notebook names whose object it changes. */
  mutatesGlobals: Set<string>;
  /** The changed notebook names that are changed through what they hold. */
  mutatesGlobalContents: Set<string>;
  trainsGlobals: Set<string>;
  /** A method: stores into `self`. */
  mutatesSelf: boolean;
  /** For each value of `return a, b`: the parameter or global that it is, if it is one. */
  returns: (string | null)[];
  /** The names in the last `return a, b`, its own too; null where something else stands. */
  returnedNames: (string | null)[];
  /** Places in `returns` of models that it makes and trains itself. */
  trainedReturns: Set<number>;
  /** What else its body is known for: `backward`, `predict`, `plot`. */
  roles: Set<string>;
}

/** Gives the summary of a function of the notebook by the statement that defines it. */
export class Functions {
  private readonly cache = new Map<string, Summary | null>();
  private readonly tops = new Map<number, Signature | null>();
  /** The first definition of each name. */
  private readonly definitions = new Map<string, Statement>();
  private readonly statements: readonly Statement[];

  constructor(statements: readonly Statement[]) {
    this.statements = statements;
    for (const statement of statements) {
      const [name] = statement.defines;
      if (!/^(function|class)$/.test(statement.kind) || name === undefined) continue;
      if (!this.definitions.has(name)) this.definitions.set(name, statement);
    }
  }

  /** The `def` or `class` of a name; the first one if there are several. */
  named(name: string): Statement | undefined {
    return this.definitions.get(name);
  }

  /** `method` null: the function itself, or the constructor of a class. */
  summary(id: number, method: string | null = null): Summary | null {
    const key = `${id}.${method ?? ''}`;
    const known = this.cache.get(key);
    if (known !== undefined) return known;
    this.cache.set(key, null); // a function that calls itself adds nothing
    const statement = this.statements[id];
    const signature = statement === undefined ? null : this.signature(statement, method);
    const summary = statement && signature ? this.read(statement, signature) : null;
    this.cache.set(key, summary);
    return summary;
  }

  /** Notebook names that calling it binds by `global`, through other functions too. */
  rebinds(id: number): string[] {
    const found = new Set<string>();
    const seen = new Set<number>();
    const pending = [id];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const statement = this.statements[next];
      for (const name of statement?.globals ?? []) found.add(name);
      for (const name of statement?.deferred ?? []) {
        const callee = this.named(name);
        if (callee?.kind === 'function') pending.push(callee.id);
      }
    }
    return [...found];
  }

  /** Names in the body of a function that it predicts from, and that it compares predictions with. */
  predictions(id: number): { input: string | null; output: string | null } {
    const calls = this.statements[id]?.calls ?? [];
    const predicts = calls.find(({ method }) =>
      /^(predict|predict_proba|decision_function|score)$/.test(method),
    );
    const loop =
      /\bfor\s+[\w\s,()]+\s+in\s+(?:\w+\()?(\w+)/.exec(this.statements[id]?.text ?? '')?.[1] ?? null;
    const measured = calls.find(({ qualified }) => qualified.startsWith('sklearn.metrics.'));
    return {
      input: predicts ? (predicts.arguments[0]?.name ?? null) : loop,
      output: measured?.arguments[0]?.name ?? null,
    };
  }

  isClass(id: number): boolean {
    return this.statements[id]?.kind === 'class';
  }

  /** Bases of a class, as written. */
  bases(id: number): string[] {
    return this.top(id)?.bases.map(({ text }) => text) ?? [];
  }

  /** The function, the wanted method, or the constructor of a class. */
  signature(statement: Statement, method: string | null): Signature | null {
    const top = this.top(statement.id);
    if (top === null || top.kind === 'function') return top;
    return top.methods.find(({ name }) => name === (method ?? '__init__')) ?? null;
  }

  /** The whole definition. */
  top(id: number): Signature | null {
    let known = this.tops.get(id);
    if (known === undefined) {
      const statement = this.statements[id];
      known =
        statement && /^(function|class)$/.test(statement.kind) ? functionSignature(statement.text) : null;
      this.tops.set(id, known);
    }
    return known;
  }

  /**
   * Nobody can hand a value to this place: the default of a parameter, computed where the function is defined (`def f(reg=SVC(C=2))`), and
   * what stands in a class outside of its `__init__`.
   */
  isOutOfReach(id: number, { start, end }: Span): boolean {
    const top = this.top(id);
    const holds = (span: Span): boolean => span.start <= start && end <= span.end;
    const methods = top?.methods ?? [];
    const defaults = [top, ...methods].flatMap((each) => each?.parameters ?? []);
    if (defaults.some(({ default: value }) => value !== null && holds(value.span))) return true;
    return top?.kind === 'class' && !methods.some(({ name, span }) => name === '__init__' && holds(span));
  }

  private read(statement: Statement, signature: Signature): Summary {
    const summary: Summary = {
      statement: statement.id,
      name: signature.name,
      parameters: parametersOf(signature, statement.kind === 'class'),
      mutates: new Set(),
      mutatesContents: new Set(),
      trains: new Set(),
      calls: new Set(),
      mutatesGlobals: new Set(),
      mutatesGlobalContents: new Set(),
      trainsGlobals: new Set(),
      mutatesSelf: false,
      returns: [],
      returnedNames: returned(signature),
      trainedReturns: new Set(),
      roles: new Set(),
    };
    const inside = ({ start }: { start: number }): boolean =>
      start > signature.span.start && start < signature.span.end;
    const locals = new Locals(statement.text, signature.span);
    const change = (root: string, local: boolean, at: number, contents: boolean, trains = false): void => {
      if (!local) {
        summary.mutatesGlobals.add(root);
        if (contents) summary.mutatesGlobalContents.add(root);
        if (trains) summary.trainsGlobals.add(root);
        return;
      }
      for (const name of locals.sources(root, at)) {
        if (name === 'self') summary.mutatesSelf = true;
        else if (summary.parameters.includes(name)) {
          summary.mutates.add(name);
          if (contents) summary.mutatesContents.add(name);
          if (trains) summary.trains.add(name);
        } else if (statement.deferred.includes(name)) {
          summary.mutatesGlobals.add(name);
          if (contents) summary.mutatesGlobalContents.add(name);
          if (trains) summary.trainsGlobals.add(name);
        }
      }
    };
    for (const store of statement.stores) {
      if (inside(store.span)) change(store.root, store.local === true, store.span.start, false);
    }
    for (const call of statement.calls) {
      if (!inside(call.span)) continue;
      this.readCall(call, statement, summary, change);
      if (summary.parameters.includes(call.qualified)) summary.calls.add(call.qualified);
    }
    const trained = trainedLocals(statement);
    const { parameters, returnedNames } = summary;
    summary.returns = returnedNames.map((name) =>
      name !== null && (parameters.includes(name) || statement.deferred.includes(name)) ? name : null,
    );
    returnedNames.forEach((name, index) => {
      if (name !== null && trained.has(name)) summary.trainedReturns.add(index);
    });
    return summary;
  }

  private readCall(
    call: Call,
    statement: Statement,
    summary: Summary,
    change: (root: string, local: boolean, at: number, contents: boolean, trains?: boolean) => void,
  ): void {
    const facts = callFacts(call.qualified);
    if (call.method === 'backward') summary.roles.add('backward');
    if (call.method === 'no_grad' || call.method === 'inference_mode') summary.roles.add('no_grad');
    if (facts?.role !== undefined) summary.roles.add(facts.role);
    const drawn = drawsByName(call);
    if (drawn !== null) summary.roles.add(`draws:${drawn}`);
    const at = call.span.start;
    const argument = (index: number, contents: boolean, trains = false): void => {
      const given = call.arguments[index];
      const name = given && /^\w+/.exec(given.text)?.[0];
      if (name !== undefined && given?.names.includes(name)) {
        change(name, !statement.deferred.includes(name), at, contents, trains);
      }
    };
    const callee = this.named(call.qualified);
    if (callee !== undefined && call.local !== true) {
      const inner = this.summary(callee.id);
      if (inner === null) return;
      call.arguments.forEach(({ keyword }, index) => {
        const parameter = keyword ?? inner.parameters[index] ?? '';
        if (inner.mutates.has(parameter)) {
          argument(index, inner.mutatesContents.has(parameter), inner.trains.has(parameter));
        }
      });
      for (const name of inner.mutatesGlobals) summary.mutatesGlobals.add(name);
      for (const name of inner.mutatesGlobalContents) summary.mutatesGlobalContents.add(name);
      for (const name of inner.trainsGlobals) summary.trainsGlobals.add(name);
      for (const role of inner.roles) summary.roles.add(role);
      return;
    }
    for (const effect of facts?.mutates ?? []) {
      if (effect === 'receiver' || effect === 'contents') {
        const trains = facts?.role === 'train' || call.method === 'step';
        if (call.root === null) continue;
        change(call.root, call.local === true, at, effect === 'contents', trains);
        if (call.method === 'step') {
          for (const name of optimizes(call, statement))
            change(name, !statement.deferred.includes(name), at, false, true);
        }
      } else if (typeof effect === 'number') argument(effect, false);
      else if (effect.startsWith('name:')) {
        const index = Number(effect.slice('name:'.length));
        if (call.arguments[index]?.name !== undefined) argument(index, false);
      }
    }
    const inplace = call.arguments.some(({ keyword, text }) => keyword === 'inplace' && text === 'True');
    if (facts?.inplace && inplace && call.root !== null) change(call.root, call.local === true, at, false);
  }
}

/** Names of a function that hold models which it makes itself and fits, each with the call that shows it: there it is certainly bound. */
export function trainedLocals(statement: Statement): Map<string, Call> {
  const trained = new Map<string, Call>();
  const { calls, text } = statement;
  const goes = calls.some(({ method }) => method === 'backward');
  for (const call of calls) {
    const fits = call.local === true && callFacts(call.qualified)?.role === 'train';
    const stepped = goes && /^torch\.optim\.\w+$/.test(call.qualified) ? parametersOfFirst(call) : [];
    for (const name of fits && call.root !== null ? [call.root] : stepped)
      if (isMadeIn(text, name, calls) && !trained.has(name)) trained.set(name, call);
  }
  return trained;
}

/** `name = SVC(…)`, `name = Net().to(device)`: made by a call, not handed in. */
function isMadeIn(text: string, name: string, calls: readonly Call[]): boolean {
  return [...text.matchAll(new RegExp(`(?<![\\w.])${name}[ \\t]*=(?!=)[ \\t]*`, 'g'))].some((match) =>
    calls.some(
      ({ span, qualified }) => span.start === match.index + match[0].length && !/^<(?!call)/.test(qualified),
    ),
  );
}

function parametersOfFirst({ arguments: [given] }: Call): string[] {
  return [...(given?.text.matchAll(/\b(\w+)\.(?:named_)?parameters\(/g) ?? [])].map(
    (match) => match[1] ?? '',
  );
}

/** What an optimizer that the function itself makes steps: `net` of `opt = torch.optim.SGD(net.parameters(), lr=0.1)`. */
function optimizes(step: Call, { calls, text }: Statement): string[] {
  const made = calls.filter(
    ({ qualified, span }) =>
      /^torch\.optim\.\w+$/.test(qualified) &&
      new RegExp(`(?<![\\w.])${step.root ?? ''}[ \\t]*=[ \\t]*$`).test(
        text.slice(Math.max(0, span.start - 80), span.start),
      ),
  );
  return made.flatMap(parametersOfFirst);
}

/** Names of the parameters that a call fills, `self` left out. */
function parametersOf({ parameters, decorators }: Signature, method: boolean): string[] {
  const isStatic = decorators.some(({ text }) => text === 'staticmethod');
  return parameters.map(({ name }) => name).slice(method && !isStatic ? 1 : 0);
}

/** The names in the last `return a, b`; null where something else stands. */
function returned({ returns }: Signature): (string | null)[] {
  const last = returns.at(-1)?.text ?? '';
  return items(last, { start: 0, end: last.length }).map(({ start, end }) => {
    const item = last.slice(start, end);
    return /^[A-Za-z_]\w*$/.test(item) ? item : null;
  });
}
