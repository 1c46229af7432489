/** What a statement is for (rule R3, first match). */

import { estimatorFacts, metricFacts } from '../../knowledge/lookup.ts';
import { dictsAt } from '../../python/dict-entries.ts';
import type { Stage } from './extraction.ts';
import type { Flow, NotebookFlow } from './flow.ts';
import type { Fit } from './models.ts';

/** Stages of all statements in document order. */
export function stagesOf(
  notebook: NotebookFlow,
  fits: readonly Fit[],
  kept: ReadonlySet<number>,
  /** Statements that the target's training depends on: what they compute is no evaluation of it. */
  upstream: ReadonlySet<number>,
): Stage[] {
  const stages: Stage[] = [];
  for (const flow of notebook.flows) {
    const { id, kind } = flow.statement;
    const stage = stageOf(flow, notebook, { fits, stages, kept: kept.has(id) });
    const isEarly = stage === 'evaluation' && kind !== 'function' && kept.has(id) && upstream.has(id);
    stages.push(isEarly ? (usesFitted(flow, notebook) ? 'training' : 'data') : stage);
  }
  return withStarts(stages, notebook, kept);
}

/**
 * Where a training begins to count is part of it: `losses = []`, `history = [0] * epochs`, `hidden = None` in front of
 * the loop that fills or replaces them. So is a dict that nobody but the training reads, such as a grid of candidates.
 */
function withStarts(stages: readonly Stage[], { flows }: NotebookFlow, kept: ReadonlySet<number>): Stage[] {
  const readers = new Map<number, Flow[]>();
  for (const [id, stage] of stages.entries()) {
    const flow = flows[id];
    if (stage !== 'data' || flow?.statement.kind !== 'assignment' || !kept.has(id)) continue;
    const fromConstants = [...flow.reads.values()].flat().every((from) => stages[from] === 'config');
    if (fromConstants && flow.calls.every(({ facts }) => facts?.role === undefined)) readers.set(id, []);
  }
  for (const flow of flows) {
    if (readers.size === 0 || !kept.has(flow.statement.id)) continue;
    for (const id of new Set([...flow.reads.values()].flat()))
      if (id !== flow.statement.id) readers.get(id)?.push(flow);
  }
  return stages.map((stage, id) => {
    const own = readers.get(id) ?? [];
    const defines = flows[id]?.statement.defines ?? [];
    const isOwn = isDict(flows[id]) && own.every(({ statement }) => stages[statement.id] === 'training');
    const isStart =
      own.length > 0 &&
      // A score that is taken from what the training left says nothing about where it began.
      own.every(({ statement }) => /^(training|evaluation)$/.test(stages[statement.id] ?? '')) &&
      own.some(
        ({ statement, mutates }) =>
          stages[statement.id] === 'training' &&
          defines.some((name) => mutates.includes(name) || statement.defines.includes(name)),
      );
    return isStart || (isOwn && own.length > 0) ? 'training' : stage;
  });
}

function isDict(flow: Flow | undefined): boolean {
  const { value, text = '' } = flow?.statement ?? {};
  return value !== undefined && dictsAt(text, value.span).length > 0;
}

/** Reads a model that was fitted before: the features of a stacked model. */
function usesFitted({ calls }: Flow, { memory }: NotebookFlow): boolean {
  return calls.some(
    ({ facts, receiver }) =>
      facts?.role === 'predict' &&
      [...receiver].some((id) => estimatorFacts(memory.thing(id).type)?.predicts === true),
  );
}

interface Known {
  fits: readonly Fit[];
  /** Stages of the statements before. */
  stages: readonly Stage[];
  kept: boolean;
}

function stageOf(flow: Flow, notebook: NotebookFlow, known: Known): Stage {
  const { statement } = flow;
  if (statement.kind === 'import') return 'imports';
  if (statement.kind === 'function' || statement.kind === 'class') return definitionStage(flow, notebook);
  const roles = rolesOf(flow);
  if (roles.has('settings') || roles.has('seed')) return 'config';
  if (
    statement.value?.literal !== undefined &&
    statement.kind === 'assignment' &&
    isScalarLiteral(statement.value.literal.kind)
  )
    return 'config';
  if (isTraining(flow, known.fits, roles)) return 'training';
  if (roles.has('save') || roles.has('load') || roles.has('folder')) return 'persistence';
  if (isModel(flow, notebook)) return 'model';
  if (roles.has('predict') || roles.has('score') || measures(flow))
    return known.kept || !roles.has('plot') ? 'evaluation' : 'visualization';
  const before = latest(flow, known.stages);
  if (before === 'model' && changesNetwork(flow, notebook)) return 'model';
  if (isPlot(roles)) return known.kept ? (before ?? 'evaluation') : 'visualization';
  if (!known.kept && statement.kind === 'expression') return 'exploration';
  if (before === 'training') return readsFittedPart(flow) ? 'training' : 'evaluation';
  return before === 'evaluation' || before === 'model' ? before : 'data';
}

/** Roles of its calls, those of called functions of the notebook too. */
export function rolesOf({ calls }: Flow): Set<string> {
  const roles = new Set<string>();
  for (const { facts, summary, call } of calls) {
    if (facts?.role !== undefined) roles.add(facts.role);
    for (const role of summary?.roles ?? []) roles.add(role);
    if (call.method === 'backward') roles.add('backward');
  }
  return roles;
}

function isScalarLiteral(kind: string): boolean {
  return /^(int|float|string|bool|list|tuple|dict)$/.test(kind);
}

function isPlot(roles: ReadonlySet<string>): boolean {
  return roles.has('plot') || roles.has('figure') || roles.has('savefig') || roles.has('show');
}

function isTraining({ statement, calls }: Flow, fits: readonly Fit[], roles: ReadonlySet<string>): boolean {
  if (roles.has('backward') || roles.has('optimizer') || roles.has('scheduler') || roles.has('crossvalidate'))
    return true;
  if (fits.some((fit) => fit.statement === statement.id)) return true;
  if (calls.some(({ call, facts }) => facts?.stage === 'training' && call.qualified.startsWith('<')))
    return true;
  if (roles.has('folds')) return true;
  return calls.some(({ constructs }) => estimatorFacts(constructs)?.search === true);
}

function isModel({ calls, statement }: Flow, { resolver }: NotebookFlow): boolean {
  if (
    /^torch\.device\(|= *torch\.device\(/.test(statement.text) ||
    /\btorch\.device\(/.test(statement.text)
  ) {
    if (calls.some(({ call }) => call.qualified === 'torch.device')) return true;
  }
  return calls.some(({ constructs, facts }) => {
    if (facts?.role === 'loss' || facts?.stage === 'model') return true;
    const library = resolver.libraryType(constructs);
    if (library === undefined) return false;
    if (library.startsWith('torch.nn.') || library === 'keras.Model' || library === 'statsmodels.Model')
      return true;
    const estimator = estimatorFacts(library);
    return (
      (estimator?.predicts === true && estimator.role !== 'transformer' && !/Pipeline$/.test(library)) ||
      (/[pP]ipeline$/.test(library) && holdsPredictor(calls))
    );
  });
}

/** Changes or moves a network that is not trained yet: `model.to(device)`, `model = model.to(device)`. */
function changesNetwork({ changed, statement, things }: Flow, { memory, resolver }: NotebookFlow): boolean {
  const made = statement.defines.flatMap((name) => [...(things.get(name) ?? [])]);
  return [...changed, ...made].some((id) => {
    const library = resolver.libraryType(memory.thing(id).type);
    return library?.startsWith('torch.nn.') === true && !/Loss$/.test(library);
  });
}

function holdsPredictor(calls: Flow['calls']): boolean {
  return calls.some(({ constructs }) => {
    const facts = estimatorFacts(constructs);
    return facts?.predicts === true && facts.role !== 'transformer' && !/ipeline$/.test(constructs ?? '');
  });
}

function measures({ calls }: Flow): boolean {
  return calls.some(({ call }) => metricFacts(call.qualified) !== undefined);
}

function readsFittedPart({ statement }: Flow): boolean {
  const end = statement.text.slice(-200);
  // So is the last value of a curve that it left: only a training has it.
  return /\.\w+_\s*$|\.best_estimator_|clone\(|=\s*(float\()?\w+(\.history\[["']\w+["']\])?\[-1\]\)?$/.test(
    end,
  );
}

/** Stage of the latest definition that it reads: training and evaluation go before data. */
function latest({ reads, statement }: Flow, stages: readonly Stage[]): Stage | null {
  const found = new Set<Stage | undefined>();
  for (const from of reads.values()) for (const id of from) if (id !== statement.id) found.add(stages[id]);
  if (found.has('evaluation')) return 'evaluation';
  if (found.has('training')) return 'training';
  if (found.has('model')) return 'model';
  return found.has('data') ? 'data' : null;
}

function definitionStage({ statement }: Flow, { functions, resolver }: NotebookFlow): Stage {
  if (statement.kind === 'class') {
    const type = resolver.libraryType(`notebook.${statement.defines[0] ?? ''}`) ?? '';
    const facts = estimatorFacts(type);
    if (type === 'torch.nn.Module' || type === 'keras.Model') return 'model';
    return facts?.predicts === true && facts.role !== 'transformer' ? 'model' : 'data';
  }
  const roles = functions.summary(statement.id)?.roles ?? new Set<string>();
  const makes = statement.calls.some(
    ({ qualified }) => estimatorFacts(qualified)?.predicts === true || qualified === 'torch.nn.Sequential',
  );
  if (roles.has('seed')) return 'config';
  if (roles.has('backward') || roles.has('train') || roles.has('crossvalidate')) return 'training';
  if (
    roles.has('predict') ||
    roles.has('no_grad') ||
    roles.has('score') ||
    statement.calls.some(({ qualified }) => metricFacts(qualified) !== undefined)
  ) {
    return 'evaluation';
  }
  if (roles.has('save') || roles.has('load')) return 'persistence';
  if (makes) return 'model';
  return roles.has('plot') || roles.has('figure') ? 'visualization' : 'data';
}
