/** Step 1: what matters in a notebook, and why. Pure: the same notebook and run give the same extraction. */

import { distributionOf } from '../../knowledge/distributions.ts';
import { optionalDistributions } from '../../knowledge/optional-distributions.ts';
import type { Notebook } from '../../notebook/notebook.ts';
import type { Observation } from '../../notebook/observation.ts';
import { judgeCells } from './cells.ts';
import { diagnose } from './diagnose.ts';
import type { AnalysedStatement, Extraction } from './extraction.ts';
import { findFiles } from './files.ts';
import { findFindings } from './findings/findings.ts';
import { followData, type Flow, type NotebookFlow } from './flow.ts';
import { liftHyperparameters } from './hyperparameters.ts';
import { decide, type Keeping } from './keep.ts';
import { inferTypes } from './infer-types.ts';
import { findLocalModules, refuseClashes } from './local-modules.ts';
import { nameMetrics } from './metrics.ts';
import { isPart } from './model-names.ts';
import { findFits, findModels, type Model } from './models.ts';
import { refuseSavedOnTheWay } from './saved-on-the-way.ts';
import { ScoreFinder, type Score } from './scores.ts';
import type { OlderRelease } from './older-release.ts';
import type { Relocation } from './relocate.ts';
import { refuseReboundGlobals } from './rebound-globals.ts';
import { readCode } from './read-code.ts';
import { chooseSeed } from './seeds.ts';
import { backwardSlice } from './slice.ts';
import { stagesOf } from './stages.ts';
import { chooseByName, chooseTarget, describeTarget, findSaves, type Choice } from './target.ts';

export { watchPlan, type WatchedExpression, type WatchedStatement } from './watch.ts';

export { relocateInputs } from './relocate.ts';
export { renderExtractionPlan } from './render-plan.ts';

/** What the caller may choose. */
export interface ExtractOptions {
  /** Name of the model that the package shall be about. */
  target?: string;
  /** What was changed in the notebook before, so that it finds its data. */
  relocations?: readonly Relocation[];
  /** Older releases of libraries that it is run with. */
  older?: readonly OlderRelease[];
}

/**
 * Analyses a notebook. `sources`: the files of the working tree, for local modules and inputs.
 * `loadPython()` must have been awaited.
 */
export function analyse(
  notebook: Notebook,
  sources: readonly { path: string }[],
  observation: Observation,
  options: ExtractOptions,
): Extraction {
  const { statements, problems } = readCode(notebook);
  const flow = followData(statements, observation.state === 'none' ? null : observation);
  const fits = findFits(flow);
  const models = findModels(fits, flow);
  const scores = new ScoreFinder(flow, models).find();
  const saves = findSaves(flow, models);
  const choice =
    options.target === undefined
      ? chooseTarget(flow, models, scores, saves)
      : chooseByName(models, options.target);
  const target = choice === null ? null : describeTarget(flow, models, choice);
  const own = choice === null ? [] : scores.filter((score) => score.models.has(choice.model));
  const keeping = decide(
    flow,
    choice === null || target === null
      ? null
      : { models, target: choice.model, fits: target.fits, metrics: own, saves },
  );
  const stages = stagesOf(flow, fits, keeping.kept, backwardSlice(flow.flows, target?.fits ?? []));
  const inferred = inferTypes(flow);
  const analysed = flow.flows.map((each, id) =>
    analysedStatement(each, { keeping, stage: stages[id] ?? 'data', inferred: inferred[id] ?? {} }),
  );
  const metrics = nameMetrics(reported(scores, own, flow, keeping.kept), flow);
  const files = findFiles(flow, keeping.kept, {
    notebook: notebook.path,
    sources,
    saves: new Set(saves.map(({ statement }) => statement)),
  });
  const seed = chooseSeed(flow, keeping.kept);
  const hyperparameters = liftHyperparameters({ notebook: flow, statements: analysed, files, seed });
  const missing = flow.flows.flatMap((each, id) => (keeping.kept.has(id) ? each.missing : []));
  const localModules = findLocalModules(analysed, notebook.path, sources);
  const extraction: Extraction = {
    notebook: { path: notebook.path, sha256: notebook.sha256, title: titleOf(notebook) },
    observed: observation.state,
    statements: analysed,
    cells: judgeCells(notebook, analysed),
    target,
    candidates: candidatesOf(models, choice, flow),
    metrics,
    inputs: files.inputs,
    outputs: files.outputs,
    hyperparameters,
    findings: [],
    diagnostics: [
      ...diagnose({ notebook, flow, problems, models, target, wanted: options.target, missing }),
      ...refuseClashes(analysed, notebook.path, localModules),
      ...refuseSavedOnTheWay(target, files.outputs, analysed, notebook.path),
      ...refuseReboundGlobals(analysed, notebook.path),
    ],
    seed: { value: seed.value, cells: seed.cells, added: seed.added },
    distributions: distributions(analysed, ownModules(analysed, notebook.path, sources)),
    localModules,
  };
  const { relocations = [], older = [] } = options;
  extraction.findings = findFindings({
    notebook,
    flow,
    models,
    scores,
    choice,
    extraction,
    sources,
    relocations,
    older,
  });
  return extraction;
}

/** Scores of the target, and of the models that it is made from, if their statements are kept anyway. */
function reported(
  scores: readonly Score[],
  own: readonly Score[],
  { flows }: NotebookFlow,
  kept: ReadonlySet<number>,
): Score[] {
  return scores.filter((score) => {
    if (!kept.has(score.statement)) return false;
    if (own.includes(score)) return true;
    if (score.facts === null && score.function === null && score.span === null) return false;
    return [...backwardSlice(flows, [score.statement])].every((id) => kept.has(id));
  });
}

/** Names of the other models, one for each; the layers of the chosen one are none. */
function candidatesOf(models: readonly Model[], choice: Choice | null, flow: NotebookFlow): string[] {
  const others = models
    .filter(
      (_, index) =>
        index !== choice?.model && (choice === null || !isPart(index, choice.model, models, flow)),
    )
    .flatMap(({ names: [name] }) => name ?? []);
  return [...new Set(others)].filter((name) => name !== choice?.name);
}

function analysedStatement(
  flow: Flow,
  {
    keeping,
    stage,
    inferred,
  }: { keeping: Keeping; stage: AnalysedStatement['stage']; inferred: AnalysedStatement['values'] },
): AnalysedStatement {
  const { statement, reads, mutates, random, record } = flow;
  const id = statement.id;
  const names = new Set([...statement.defines, ...mutates]);
  const analysed: AnalysedStatement = {
    ...statement,
    stage,
    kept: keeping.kept.has(id),
    reason: keeping.reasons[id] ?? '',
    reaches: Object.fromEntries([...reads].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))),
    mutates: [...mutates],
    random,
    values: Object.fromEntries(Object.entries(record?.values ?? {}).filter(([name]) => names.has(name))),
  };
  if (Object.keys(inferred).length > 0) analysed.inferred = inferred;
  if (keeping.auxiliary.has(id)) analysed.auxiliary = true;
  if (record !== null && record.outcome !== 'ran') {
    analysed.failed = record.error
      ? `${record.error.type}: ${record.error.message}`
      : 'an earlier statement of the cell failed';
  }
  return analysed;
}

/** First heading of the notebook. */
function titleOf({ cells }: Notebook): string | null {
  for (const { kind, source } of cells) {
    const heading = kind === 'markdown' ? /^#{1,2}\s+(.+)$/m.exec(source)?.[1] : undefined;
    if (heading !== undefined) return heading.replace(/[#*`_]+/g, '').trim();
  }
  return null;
}

/** Modules of the working tree itself: an index must never be asked for their names, anybody may have put something there. */
function ownModules(
  statements: readonly AnalysedStatement[],
  notebook: string,
  sources: readonly { path: string }[],
): Set<string> {
  const all = statements.map((statement) => ({ ...statement, kept: true }));
  const found = findLocalModules(all, notebook, sources);
  return new Set(found.map(({ module }) => module.split('.')[0] ?? module));
}

function distributions(
  statements: readonly AnalysedStatement[],
  own: ReadonlySet<string>,
): Extraction['distributions'] {
  const of = (chosen: readonly AnalysedStatement[]): string[] => {
    const found = new Set<string>();
    for (const { imports, innerImports, calls } of chosen) {
      for (const name of optionalDistributions(calls)) found.add(name);
      for (const { module } of [...imports, ...(innerImports ?? [])]) {
        const isOwn = module.startsWith('.') || own.has(module.split('.')[0] ?? module);
        const name = isOwn ? null : distributionOf(module);
        if (name !== null) found.add(name);
      }
    }
    return [...found].sort();
  };
  return { notebook: of(statements), kept: of(statements.filter(({ kept }) => kept)) };
}
