/** Where the notebook fits, scores and saves models. */

import { estimatorFacts } from '../../knowledge/lookup.ts';
import type { EstimatorFacts } from '../../knowledge/schema.ts';
import type { Argument } from '../../python/statement.ts';
import type { ResolvedCall } from './calls.ts';
import type { Flow, NotebookFlow } from './flow.ts';
import { isScoreName } from './measure.ts';
import { isModelName } from './model-names.ts';
import { isLoss, learnsNothing, stepsByClosure, TORCH } from './torch-training.ts';

/** One training of one model (or of the models that a loop runs over). */
export interface Fit {
  statement: number;
  /** Things that are fitted. */
  things: Set<number>;
  name: string;
  kind: 'fit' | 'crossvalidation';
  type: string | undefined;
  facts: EstimatorFacts | undefined;
  input: string | null;
  output: string | null;
}

/** A model of the notebook: one thing, with all its trainings. */
export interface Model {
  /** Names that it has after its last training, the name at the training first. */
  names: string[];
  things: Set<number>;
  fits: Fit[];
}

/** All trainings in document order. */
export function findFits(notebook: NotebookFlow): Fit[] {
  return notebook.flows.flatMap((flow) => new FitReader(flow, notebook).read());
}

/** Models by what is fitted: two trainings of one object are one model. */
export function findModels(fits: readonly Fit[], notebook: NotebookFlow): Model[] {
  const { memory } = notebook;
  const models: Model[] = [];
  for (const fit of fits) {
    const same = ({ things, fits: [first] }: Model): boolean =>
      (first?.kind === fit.kind || fit.things.size === 1) && [...fit.things].some((id) => things.has(id));
    const known = models.find(same);
    if (known === undefined) models.push({ names: [fit.name], things: new Set(fit.things), fits: [fit] });
    else {
      known.fits.push(fit);
      for (const id of fit.things) known.things.add(id);
      if (!known.names.includes(fit.name)) known.names.push(fit.name);
    }
  }
  for (const model of models) {
    for (const [name, { things }] of memory.names) {
      const isOne = [...things].some((id) => model.things.has(id)) && !model.names.includes(name);
      if (isOne && isModelName(name, notebook)) model.names.push(name);
    }
  }
  return models;
}

class FitReader {
  private readonly flow: Flow;
  private readonly notebook: NotebookFlow;

  constructor(flow: Flow, notebook: NotebookFlow) {
    this.flow = flow;
    this.notebook = notebook;
  }

  read(): Fit[] {
    const { kind } = this.flow.statement;
    if (kind === 'function' || kind === 'class' || kind === 'import') return [];
    const fits: Fit[] = [];
    for (const call of this.flow.calls) {
      const fit = this.fitOf(call);
      if (fit !== null) fits.push(fit);
    }
    if (fits.some((fit) => fit.kind === 'fit')) return fits;
    return [...this.loopOrFunction(), ...fits];
  }

  private fitOf(resolved: ResolvedCall): Fit | null {
    const { facts, call, receiver, summary } = resolved;
    if (facts?.role === 'crossvalidate') return this.crossValidation(resolved);
    if (facts?.role !== 'train' || summary?.roles.has('backward')) return null;
    const [first, second] = this.data(call.arguments);
    // `xgboost.train` and the models of statsmodels give the fitted object as result.
    const gives =
      !call.qualified.includes('<') ||
      resolved.receiverType === 'statsmodels.Model' ||
      resolved.resultType === 'statsmodels.Results';
    const type = gives ? resolved.resultType : resolved.receiverType;
    const estimator = estimatorFacts(this.observedType(resolved) ?? type) ?? estimatorFacts(type);
    if (estimator?.role === 'transformer' && !this.predicts(call.root)) return null;
    if (this.onlyTransforms(receiver) && !this.predicts(call.root)) return null;
    let things = gives ? new Set<number>() : receiver;
    const defined = this.bound(resolved);
    if ((gives || things.size === 0 || this.isFreshCall(resolved)) && defined !== undefined) {
      things = this.flow.things.get(defined) ?? things;
      return this.make(defined, { things, type, estimator, input: first, output: second });
    }
    if (things.size === 0 || this.isModule(things)) return null;
    const assigned = facts.returns === 'receiver' ? defined : undefined;
    return this.make(assigned ?? call.root ?? 'model', {
      things,
      type,
      estimator,
      input: first,
      output: second,
    });
  }

  /** A pipeline of transformers. */
  private onlyTransforms(things: ReadonlySet<number>): boolean {
    const { memory, resolver } = this.notebook;
    return [...things].some((id) => {
      const { type, holds } = memory.thing(id);
      if (!/(^|\.)(make_p|P)ipeline$/.test(type ?? '') || holds.size === 0) return false;
      const roles = [...memory.closure(holds)].map((held) =>
        estimatorFacts(resolver.libraryType(memory.thing(held).type)),
      );
      return (
        roles.some((facts) => facts !== undefined) &&
        roles.every((facts) => facts === undefined || facts.role === 'transformer')
      );
    });
  }

  private isModule(things: ReadonlySet<number>): boolean {
    return [...things].every((id) => this.notebook.memory.thing(id).module);
  }

  private isFreshCall({ call }: ResolvedCall): boolean {
    return (
      call.qualified.startsWith('<call>') &&
      this.notebook.memory.of(call.root ?? '').every((thing) => thing.module)
    );
  }

  /** The result of the call is what the statement assigns. */
  private binds(resolved: ResolvedCall): boolean {
    return this.bound(resolved) !== undefined;
  }

  /** Name that gets the result of the call: `m` of `m = fit(X)`, also inside a loop or another block. */
  private bound({ call }: ResolvedCall): string | undefined {
    const { value, kind, text, defines } = this.flow.statement;
    if (kind === 'assignment' && value !== undefined) {
      const whole = value.span.start === call.span.start && value.span.end === call.span.end;
      return whole ? defines[0] : undefined;
    }
    const before = text.slice(Math.max(0, call.span.start - 200), call.span.start);
    const name = /(?<![\p{L}\p{N}_.])([\p{L}_][\p{L}\p{N}_]*)\s*(?::[^=\n]*)?=\s*$/u.exec(before)?.[1];
    const rest = text.slice(call.span.end).trimStart();
    return name !== undefined && defines.includes(name) && !rest.startsWith('.') ? name : undefined;
  }

  private make(
    name: string,
    more: {
      things: Set<number>;
      type: string | undefined;
      estimator: EstimatorFacts | undefined;
      input: string | null;
      output: string | null;
    },
  ): Fit {
    const { things, type, estimator, input, output } = more;
    return {
      statement: this.flow.statement.id,
      things,
      name,
      kind: 'fit',
      type,
      facts: estimator,
      input,
      output,
    };
  }

  private observedType({ call }: ResolvedCall): string | undefined {
    return call.root === null ? undefined : this.flow.record?.values[call.root]?.type;
  }

  /** A class that the tables do not know, but the run does. */
  private predicts(name: string | null): boolean {
    return name !== null && this.flow.record?.values[name]?.estimator?.predicts === true;
  }

  private crossValidation({ call }: ResolvedCall): Fit | null {
    const [estimator, input, output] = call.arguments;
    const name =
      estimator && (estimator.name ?? estimator.names.find((item) => this.estimators(item).length > 0));
    if (name === undefined) return null;
    const things = new Set(this.estimators(name));
    if (things.size === 0) return null;
    const type = [...things]
      .map((id) => this.notebook.memory.thing(id).type)
      .find((item) => item !== undefined);
    return {
      statement: this.flow.statement.id,
      things,
      name,
      kind: 'crossvalidation',
      type,
      facts: estimatorFacts(type),
      input: input?.name ?? null,
      output: output?.name ?? null,
    };
  }

  private estimators(name: string): number[] {
    return [...(this.flow.seen.get(name) ?? this.flow.things.get(name) ?? [])].filter(
      (id) => this.notebook.memory.thing(id).constant !== true && !this.notebook.memory.thing(id).module,
    );
  }

  /** Training and test data of a `fit`. */
  private data(given: readonly Argument[]): [string | null, string | null] {
    const at = (index: number, names: readonly string[]): string | null => {
      const named = given.find(({ keyword }) => keyword !== null && names.includes(keyword));
      const positional = given[index]?.keyword === null ? given[index] : undefined;
      return (named ?? positional)?.name ?? null;
    };
    return [at(0, ['X', 'x', 'train_set', 'dtrain']), at(1, ['y', 'Y'])];
  }

  /** A loop with `backward`, or a call of a notebook function that trains what it is given or makes a model. */
  private loopOrFunction(): Fit[] {
    const { flow, notebook } = this;
    const loops =
      stepsByClosure(flow, notebook.functions) ||
      flow.calls.some(
        ({ call }) => call.method === 'backward' || call.qualified === 'tensorflow.GradientTape',
      );
    const trainers = flow.calls.filter(
      ({ summary }) => summary !== null && (summary.roles.has('backward') || summary.roles.has('train')),
    );
    if (!loops && trainers.length === 0) return [];
    const fits: Fit[] = [];
    const called = new Set(
      flow.calls.filter(({ call }) => !call.qualified.includes('<')).flatMap(({ receiver }) => [...receiver]),
    );
    const givenNetworks = this.givenNetworks(trainers);
    for (const id of flow.changed) {
      const { type, made, call } = notebook.memory.thing(id);
      const library = this.libraryType(type);
      if (library?.startsWith('torch.optim') || isLoss(library) || isLoss(type)) continue;
      if (learnsNothing(call?.call.qualified ?? '')) continue;
      const isModel =
        library?.startsWith('torch.nn.') === true ||
        estimatorFacts(library)?.predicts === true ||
        givenNetworks.has(id);
      if (!isModel && !(loops && called.has(id))) continue;
      const name = this.nameOf(id);
      if (name === null || made > flow.statement.id) continue;
      const isNetwork = library?.startsWith('torch.nn.') === true || loops || givenNetworks.has(id);
      const framework = isNetwork ? TORCH : estimatorFacts(library);
      fits.push({
        statement: flow.statement.id,
        things: new Set([id]),
        name,
        kind: 'fit',
        type,
        facts: framework,
        ...this.given(trainers),
      });
    }
    return fits.length > 0 || flow.statement.defines.length === 0 ? fits : this.madeBy(trainers);
  }

  /** What functions that go backward call and change, whatever made it: `train_model(resnet18(), …)` of another library. */
  private givenNetworks(trainers: readonly ResolvedCall[]): Set<number> {
    const found = new Set<number>();
    for (const { call, summary } of trainers) {
      if (summary?.roles.has('backward') !== true) continue;
      for (const name of summary.calls) {
        if (!summary.mutates.has(name)) continue;
        for (const id of this.notebook.resolver.given(summary, name, call)) found.add(id);
      }
    }
    return found;
  }

  /** `model = train(X, y)`: the function makes the model. */
  private madeBy(trainers: readonly ResolvedCall[]): Fit[] {
    const { flow } = this;
    const isOne = (name: string): boolean =>
      /estimator|torch_module/.test(flow.record?.values[name]?.kind ?? '');
    const bound = trainers.filter((call) => this.binds(call));
    const [made] = bound.flatMap(({ summary }) => [...(summary?.trainedReturns ?? [])]);
    const name =
      flow.statement.defines.find(isOne) ??
      flow.statement.defines[made ?? -1] ??
      flow.statement.defines.find((item) => /model|clf|net|reg|est/i.test(item) && !isScoreName(item));
    const things = name === undefined ? undefined : flow.things.get(name);
    if (bound.length === 0 || name === undefined || things === undefined) return [];
    const type = flow.record?.values[name]?.type;
    return [
      {
        statement: flow.statement.id,
        things,
        name,
        kind: 'fit',
        type,
        facts: flow.record?.values[name]?.kind === 'torch_module' ? TORCH : estimatorFacts(type),
        ...this.given(trainers),
      },
    ];
  }

  private given(trainers: readonly ResolvedCall[]): { input: string | null; output: string | null } {
    const names = trainers.flatMap(({ call }) => call.arguments.map(({ name }) => name));
    const used = this.flow.statement.uses;
    const find = (pattern: RegExp): string | null =>
      [...names, ...used].find((name) => name !== undefined && pattern.test(name)) ?? null;
    return {
      input: find(/^(train_?(loader|dl|data|dataloader|iter)\w*|\w*train_?(loader|dl)|X_?tr\w*)$/i),
      output: null,
    };
  }

  private nameOf(id: number): string | null {
    const { seen, things } = this.flow;
    for (const map of [seen, things]) {
      for (const [name, ids] of map) if (ids.has(id) && !this.notebook.memory.thing(id).display) return name;
    }
    return null;
  }

  private libraryType(type: string | undefined): string | undefined {
    return this.notebook.resolver.libraryType(type);
  }
}
