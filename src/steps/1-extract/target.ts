/** Chooses the model that the package is about. */

import { estimatorFacts } from '../../knowledge/lookup.ts';
import type { EstimatorFacts } from '../../knowledge/schema.ts';
import type { ValueFacts } from '../../notebook/observation.ts';
import type { Target } from './extraction.ts';
import type { NotebookFlow } from './flow.ts';
import { isModelName, outermost, trainedWith } from './model-names.ts';
import type { Model } from './models.ts';
import type { Score } from './scores.ts';

/** A statement that saves models. */
export interface Save {
  statement: number;
  models: Set<number>;
  /** Name of the saved object. */
  name: string;
}

/** The choice. */
export interface Choice {
  model: number;
  name: string;
  reason: string;
}

/** Statements that save a fitted model. */
export function findSaves({ flows, memory }: NotebookFlow, models: readonly Model[]): Save[] {
  const saves: Save[] = [];
  for (const flow of flows) {
    for (const { facts, call, receiver, summary } of flow.calls) {
      const isSave = facts?.role === 'save' || summary?.roles.has('save') === true;
      if (!isSave) continue;
      const given =
        facts?.role === 'save' && facts.object !== undefined
          ? [call.arguments[facts.object]]
          : call.arguments;
      const names = given.flatMap((argument) => argument?.names ?? []);
      if (facts?.role === 'save' && facts.object === undefined && call.root !== null)
        names.unshift(call.root);
      for (const name of names) {
        const things = new Set(
          name === call.root && receiver.size > 0 ? receiver : (flow.seen.get(name) ?? []),
        );
        const held = memory.closure(things);
        const direct = models.findIndex((model) => [...things].some((id) => model.things.has(id)));
        const inside = models.flatMap((model, index) =>
          [...held].some((id) => model.things.has(id)) ? [index] : [],
        );
        const found = direct >= 0 ? [direct] : inside;
        if (found.length > 0) saves.push({ statement: flow.statement.id, models: new Set(found), name });
      }
    }
  }
  return saves;
}

/** The model saved last, else the one whose held-out score is reported last, else the one fitted last. */
export function chooseTarget(
  notebook: NotebookFlow,
  models: readonly Model[],
  scores: readonly Score[],
  saves: readonly Save[],
): Choice | null {
  const cell = (statement: number): number => notebook.flows[statement]?.statement.cell ?? 0;
  const save = saves.at(-1);
  if (save !== undefined) {
    const model = last(save.models, models, notebook);
    const name = models[model]?.names.includes(save.name)
      ? save.name
      : bestName(notebook, models, model, save.statement);
    return { model, name, reason: `saved in cell ${cell(save.statement)}` };
  }
  const scored =
    scores.filter(({ kind }) => kind === 'held_out').at(-1) ??
    scores.filter(({ function: by }) => by === 'cross_val_score').at(-1);
  if (scored !== undefined) {
    const model = last(scored.models, models, notebook);
    return {
      model,
      name: namedIn(scored.text, models[model]) ?? bestName(notebook, models, model, scored.statement),
      reason: `scored last, in cell ${cell(scored.statement)}`,
    };
  }
  const fits = models.flatMap(({ fits: all }, index) => all.map((fit) => ({ fit, index })));
  const at = fits.sort((a, b) => a.fit.statement - b.fit.statement).at(-1)?.fit.statement;
  const together = fits.filter(({ fit }) => fit.statement === at);
  const whole = outermost(
    together.map(({ index }) => index),
    models,
    notebook,
  ).at(-1);
  const fitted = together.find(({ index }) => index === whole);
  if (fitted === undefined) return null;
  return {
    model: fitted.index,
    name: fitted.fit.name,
    reason: `fitted last, in cell ${cell(fitted.fit.statement)}`,
  };
}

/** The model with that name; of several the last. */
export function chooseByName(models: readonly Model[], name: string): Choice | null {
  const own = models.findLastIndex(({ names }) => names[0] === name);
  const model = own >= 0 ? own : models.findLastIndex(({ names }) => names.includes(name));
  return model < 0 ? null : { model, name, reason: 'chosen by name' };
}

/** Of several models the one that was fitted last; a network rather than its layers. */
function last(indices: ReadonlySet<number>, models: readonly Model[], notebook: NotebookFlow): number {
  const at = (index: number): number => models[index]?.fits.at(-1)?.statement ?? -1;
  return outermost([...indices], models, notebook).sort((a, b) => at(b) - at(a) || b - a)[0] ?? 0;
}

/** The model's name in the text of a score. */
function namedIn(text: string, model: Model | undefined): string | undefined {
  return text.match(/[A-Za-z_]\w*/g)?.find((name) => model?.names.includes(name));
}

/** The name under which a statement, or those that it depends on, read the model. */
function bestName(notebook: NotebookFlow, models: readonly Model[], index: number, from: number): string {
  const { flows } = notebook;
  const model = models[index];
  const pending = [from];
  const visited = new Set<number>();
  for (let id = pending.shift(); id !== undefined; id = pending.shift()) {
    const flow = flows[id];
    if (flow === undefined || visited.has(id)) continue;
    visited.add(id);
    const read = [...flow.seen]
      .filter(
        ([name, things]) =>
          [...things].some((thing) => model?.things.has(thing)) && isModelName(name, notebook),
      )
      .map(([name]) => name);
    const name = read.find((item) => flow.statement.uses.includes(item)) ?? read[0];
    if (name !== undefined) return name;
    for (const ids of flow.reads.values()) pending.push(...ids);
  }
  return model?.names[0] ?? '';
}

/** Describes the choice for the later steps. */
export function describeTarget(
  notebook: NotebookFlow,
  models: readonly Model[],
  { model: index, name, reason }: Choice,
): Target {
  const model = models[index];
  if (model === undefined) throw new RangeError(`no model ${index}`);
  const { memory } = notebook;
  const fits = model.fits.filter(({ kind }) => kind === 'fit');
  const trainings = fits.length > 0 ? fits : model.fits;
  const observed = lastFacts(notebook, name) ?? lastFacts(notebook, model.names[0] ?? '');
  const things = [...model.things].map((id) => memory.thing(id));
  const searched = things.find(({ type }) => estimatorFacts(type)?.search);
  const isBest = searched !== undefined && name !== model.fits[0]?.name;
  const inner =
    searched &&
    [...searched.holds].map((id) => memory.thing(id)).find(({ type }) => estimatorFacts(type) !== undefined);
  const made =
    (isBest || searched ? inner : undefined) ?? things.find(({ call }) => call !== undefined) ?? things[0];
  const type =
    observed?.type ??
    (isBest ? inner?.type : undefined) ??
    things.find((thing) => thing.type !== undefined)?.type ??
    null;
  // `class SimpleClassifier(nn.Module)` is a network, whatever its name says.
  const isNetwork = notebook.resolver.libraryType(type ?? undefined)?.startsWith('torch.nn.') === true;
  const known = (isNetwork ? undefined : estimatorFacts(type ?? undefined)) ?? model.fits.at(-1)?.facts;
  const use = lastUse(notebook, model);
  const others = trainedWith(index, models, notebook);
  return {
    name,
    fits: [...new Set(trainings.map(({ statement }) => statement))].sort((a, b) => a - b),
    ...(others.length === 0 ? {} : { trainedWith: others }),
    onlyValidated: model.fits.length > 0 && model.fits.every(({ kind }) => kind === 'crossvalidation'),
    constructor: made?.call
      ? { statement: made.call.statement, span: made.call.call.span, qualified: made.call.call.qualified }
      : null,
    framework: frameworkOf(known, type, observed),
    role: roleOf(observed, known, inner?.type) ?? roleByLoss(notebook) ?? 'other',
    type: type?.replace(/^(notebook|__main__)\./, '') ?? null,
    reason,
    input: use.input,
    output: use.output ?? null,
    trainingInput: trainings.find(({ input }) => input !== null)?.input ?? null,
    trainingOutput: trainings.find(({ output }) => output !== null)?.output ?? null,
  };
}

function lastFacts({ flows }: NotebookFlow, name: string): ValueFacts | undefined {
  return flows.map(({ record }) => record?.values[name]).findLast((facts) => facts !== undefined);
}

function frameworkOf(
  known: EstimatorFacts | undefined,
  type: string | null,
  observed: ValueFacts | undefined,
): Target['framework'] {
  if (observed?.kind === 'torch_module' || type?.startsWith('torch.')) return 'torch';
  const root = type?.split('.')[0] ?? '';
  if (
    root === 'xgboost' ||
    root === 'lightgbm' ||
    root === 'catboost' ||
    root === 'statsmodels' ||
    root === 'keras'
  )
    return root;
  if (root === 'tensorflow') return 'keras';
  return known?.framework ?? (root === 'sklearn' ? 'sklearn' : 'other');
}

function roleOf(
  observed: ValueFacts | undefined,
  known: EstimatorFacts | undefined,
  inner: string | undefined,
): Target['role'] | null {
  const roles = [observed?.estimator?.role, known?.role, estimatorFacts(inner)?.role];
  return roles.find((role) => role !== undefined && role !== 'other') ?? null;
}

/** A network is what its loss says. */
function roleByLoss({ flows }: NotebookFlow): Target['role'] | null {
  const calls = flows.flatMap(({ statement }) => statement.calls);
  const losses = calls.filter(({ qualified }) =>
    /^torch\.nn\.(functional\.)?\w*([Ll]oss|cross_entropy|entropy)\w*$/.test(qualified),
  );
  const names = [
    ...losses.map(({ method }) => method),
    ...calls.flatMap(({ arguments: given }) =>
      given.flatMap(({ keyword, text }) => (keyword === 'loss' ? [text] : [])),
    ),
  ];
  const last = names.at(-1);
  if (last === undefined) return null;
  if (/entropy|BCE|NLL|MultiLabel|hinge/i.test(last)) return 'classifier';
  return /MSE|L1|huber|mean_|mse|mae/i.test(last) ? 'regressor' : null;
}

/** What the model predicted from, and what that was compared with, the last time. */
function lastUse(
  { flows, functions, memory }: NotebookFlow,
  model: Model,
): { input: string | null; output: string | null } {
  let input: string | null = null;
  let output: string | null = null;
  // What stands alone is the model's input; a name in `model.predict(scaler.transform(x))` is only near it.
  let isWhole = false;
  const trained = new Set(model.fits.map((fit) => fit.input));
  const isData = (name: string): boolean =>
    memory
      .of(name)
      .every(
        ({ module, constant, code, type }) =>
          !module && !constant && code === undefined && estimatorFacts(type) === undefined,
      );
  for (const flow of flows) {
    if (flow.statement.id <= (model.fits[0]?.statement ?? 0)) continue;
    for (const { call, facts, receiver, summary } of flow.calls) {
      const isModel = [...receiver].some((id) => model.things.has(id));
      if (isModel && (facts?.role === 'predict' || facts?.role === 'score' || facts?.holds)) {
        const whole = call.arguments[0]?.name;
        const given =
          whole ?? call.arguments[0]?.names.find((item) => !trained.has(item) && isData(item)) ?? null;
        const isNearer = whole !== undefined || !isWhole;
        if (given !== null && isNearer && (!trained.has(given) || input === null)) {
          input = given;
          isWhole = whole !== undefined && !trained.has(whole);
          if (facts.role === 'score') output = call.arguments[1]?.name ?? output;
        }
      }
      const passes = call.arguments.some(
        ({ name }) =>
          name !== undefined && [...(flow.seen.get(name) ?? [])].some((id) => model.things.has(id)),
      );
      if (summary !== null && (passes || readsModel(flow.seen, model))) {
        const inside = functions.predictions(summary.statement);
        input = named(inside.input, summary.parameters, call.arguments) ?? input;
        output = named(inside.output, summary.parameters, call.arguments) ?? output;
      }
      if (
        /^sklearn\.metrics\.\w+$/.test(call.qualified) &&
        call.arguments[0]?.name !== undefined &&
        facts?.role !== 'plot'
      ) {
        output = call.arguments[0].name;
      }
    }
  }
  return { input, output };
}

function readsModel(seen: ReadonlyMap<string, ReadonlySet<number>>, model: Model): boolean {
  return [...seen.values()].some((things) => [...things].some((id) => model.things.has(id)));
}

/** The notebook's name for a name of a function: what was given for a parameter, else the global of that name. */
function named(
  name: string | null,
  parameters: readonly string[],
  given: readonly { keyword: string | null; name?: string }[],
): string | null {
  if (name === null) return null;
  const index = parameters.indexOf(name);
  if (index < 0) return name;
  return (
    given.find(({ keyword }, at) => keyword === name || (keyword === null && at === index))?.name ?? null
  );
}
