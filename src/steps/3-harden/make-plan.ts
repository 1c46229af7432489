import { metricFacts } from '../../knowledge/lookup.ts';
import type { Metric, OutputFile } from '../1-extract/extraction.ts';
import type {
  ArtifactPlan,
  Boundary,
  ConfigEntry,
  FittedPlan,
  FunctionPlan,
  InputPlan,
  MetricPlan,
  PackagePlan,
  Value,
} from '../2-structure/plan.ts';
import { unique } from '../../lib/unique.ts';
import { decisionPlan } from './decision-code.ts';
import { localModules } from './local-modules.ts';
import { hoistedConstructor, hoistedPlan } from './hoisted-constructor.ts';
import { constantUses } from './constant-uses.ts';
import { annotationOf, describeShape, literalAnnotation } from './annotations.ts';
import { factsAt, type CodeContext } from './code-context.ts';
import { heldOutScores, lastTraining } from './held-out-scores.ts';
import { networkTraining } from './network-training.ts';
import { isBuiltFromConfig, networkBuilders } from './networks.ts';
import { validated } from './read-code.ts';
import { keepsValues, rawFacts, servingFields } from './serving-data.ts';
import { cellsText, type SegmentSignature } from './segment-code.ts';
import { estimatorCalls } from './estimator-calls.ts';
import { loggedEvery } from './logged-every.ts';

/** What the plan needs besides the layout. */
export interface PlanSource {
  context: CodeContext;
  signatures: SegmentSignature[];
  outputs: SegmentSignature[];
  /** Module of each function after long modules were divided. */
  moduleOf: (name: string, planned: string) => string;
  name: string;
  root: string;
}

/** Builds the plan that the writers of the frame, the tests and the pipeline configuration read. */
export function makePlan(source: PlanSource): PackagePlan {
  const { context } = source;
  const { extraction, layout } = context;
  const target = extraction.target;
  const finalFacts = (name: string): Value['facts'] => factsAt(context, name, Number.MAX_SAFE_INTEGER);
  const decision = decisionPlan(context);
  const siblings = localModules(extraction);
  const training = networkTraining(context);
  const trained = lastTraining(context);
  const targetFacts = target ? finalFacts(target.name) : undefined;
  const every = loggedEvery(extraction);
  return {
    name: source.name,
    notebook: {
      path: extraction.notebook.path,
      file: extraction.notebook.path.split('/').at(-1) ?? '',
      sha256: extraction.notebook.sha256,
    },
    root: source.root,
    seed: { ...extraction.seed, torch: extraction.distributions.kept.includes('torch') },
    requirements: requirements(extraction.distributions.kept),
    config: configEntries(context),
    ...(every > 1 ? { loggedEvery: every } : {}),
    functions: functionPlans(source),
    data: [
      ...layout.data.map((name) => value(name, context, lastBinding(source, name))),
      ...servingValues(source),
    ],
    result: unique([...layout.result, ...layout.evaluated]).map((name) =>
      value(name, context, Number.MAX_SAFE_INTEGER),
    ),
    fitted: layout.fitted.map((name) => fittedPlan(name, source)),
    target: target && {
      name: target.name,
      role: target.role,
      framework: target.framework,
      type: target.type ?? targetFacts?.type ?? null,
      testInput: inData(target.input, context),
      testOutput: inData(target.output, context),
      trainInput: inData(trained?.input ?? null, context),
      trainOutput: inData(trained?.output ?? null, context),
      probabilities: targetFacts?.estimator?.probabilities ?? false,
    },
    metrics: metricPlans(context),
    inputs: inputPlans(source),
    artifacts: [
      ...extraction.outputs.filter(isWritten).map((output) => artifactPlan(output, context)),
      ...fittedArtifact(context),
    ],
    boundaries: boundaries(source),
    seedBefore: seedStatements(context),
    serving: servingPlan(context),
    ...(decision === undefined ? {} : { decision }),
    estimatorCalls: estimatorCalls(context),
    heldOutScores: heldOutScores(context, (name) => lastBinding(source, name)),
    constantUses: constantUses(context),
    ...(training === null ? {} : { networkTraining: training }),
    ...(siblings.length === 0 ? {} : { localModules: siblings }),
    entryPoints: entryPoints(source),
  };
}

function servingPlan(context: CodeContext): PackagePlan['serving'] {
  const { serving } = context.layout;
  if (serving.kind === 'model_input') return serving;
  const columns = rawFacts(context)?.columns?.map((column) => column.name);
  return {
    kind: 'raw_rows',
    columns: columns?.filter((column) => !serving.path.absent.includes(column)) ?? null,
  };
}

/** `raw` and `fitted`, which the serving of raw rows takes from the data stage. */
function servingValues({ context, signatures }: PlanSource): Value[] {
  const { serving } = context.layout;
  const raw = rawFacts(context);
  return servingFields(signatures, context).fields.map(({ name, annotation, text }) => ({
    name,
    annotation: annotation.text,
    description: text,
    ...(name === 'raw' && raw
      ? { facts: withoutColumns(raw, serving.kind === 'raw_rows' ? serving.path.absent : []) }
      : {}),
  }));
}

/** Facts of a table without some of its columns; sums are those of the whole table and no longer hold. */
function withoutColumns(facts: NonNullable<Value['facts']>, absent: string[]): NonNullable<Value['facts']> {
  const { summary: _, digest: __, ...rest } = facts;
  const [rows, width] = facts.shape ?? [];
  const columns = facts.columns?.filter((column) => !absent.includes(column.name));
  return {
    ...rest,
    ...(rows !== undefined && width !== undefined ? { shape: [rows, width - absent.length] } : {}),
    ...(columns ? { columns } : {}),
  };
}

function fittedArtifact(context: CodeContext): ArtifactPlan[] {
  if (!keepsValues(context)) return [];
  return [
    {
      key: 'artifacts.fitted_path',
      path: 'artifacts/fitted.pkl',
      was: null,
      cell: null,
      kind: 'fitted',
      description: 'Values that new rows need, kept by training',
    },
  ];
}

function requirements(kept: string[]): string[] {
  return unique([...kept, 'joblib', 'mlflow', 'numpy', 'omegaconf', 'pandas', 'structlog']).sort();
}

function configEntries(context: CodeContext): ConfigEntry[] {
  const { hyperparameters, outputs } = context.extraction;
  const unwritten = new Set(outputs.filter((output) => !isWritten(output)).map(({ key }) => key));
  const entries = hyperparameters.filter(({ key }) => !unwritten.has(key));
  return entries.map((item) => {
    const cells =
      item.source === 'seed' && item.places.length === 0
        ? context.extraction.seed.cells
        : unique(item.places.map((place) => place.cell));
    const where = cells.length > 0 ? cellsText(cells) : 'not in the notebook';
    const call = item.places
      .find((place) => place.callee !== undefined)
      ?.callee?.split('.')
      .at(-1);
    const holder = item.places.find((place) => place.constant !== undefined)?.constant ?? call;
    return {
      ...item,
      annotation: literalAnnotation(item.literal),
      comment: holder === undefined || holder === '' ? where : `${where}, ${holder}`,
    };
  });
}

function functionPlans({ context, signatures, outputs, moduleOf }: PlanSource): FunctionPlan[] {
  const segments = [...signatures, ...outputs].map(({ segment, parameters, returns }) => ({
    name: segment.name,
    module: moduleOf(segment.name, segment.module),
    stage: segment.stage,
    kind: 'segment' as const,
    statements: segment.statements,
    cells: segment.cells,
    parameters: parameters.map(({ imports: _, ...parameter }) => parameter),
    returns: returns.map(({ imports: _, ...item }) => item),
  }));
  const callables = context.layout.callables.map((callable) => ({
    name: callable.newName,
    module: moduleOf(callable.newName, callable.module),
    stage: callable.stage,
    kind: callable.kind,
    statements: [callable.statement],
    cells: [context.statement(callable.statement).cell],
    parameters: [],
    returns: [],
  }));
  const hoisted = hoistedConstructor(context);
  return [...callables, ...(hoisted === null ? [] : [hoistedPlan(hoisted, context)]), ...segments];
}

function value(name: string, context: CodeContext, statement: number): Value {
  const facts = factsAt(context, name, statement);
  const shape = describeShape(facts);
  return {
    name,
    annotation: annotationOf(facts, context.classes).text,
    description: shape || 'Value of the notebook',
    ...(facts ? { facts } : {}),
  };
}

/** Last statement of the data stage that binds a name: its facts there are those of the field of `PreparedData`. */
function lastBinding({ signatures, context }: PlanSource, name: string): number {
  const writers = signatures
    .slice(0, context.layout.prepared)
    .filter(({ segment }) => segment.outputs.includes(name));
  return writers.at(-1)?.segment.statements.at(-1) ?? -1;
}

/** Networks whose construction needs no data are saved by their weights, everything else as a whole. */
function fittedPlan(name: string, { context, signatures }: PlanSource): FittedPlan {
  const { extraction } = context;
  const own = value(name, context, Number.MAX_SAFE_INTEGER);
  const torch =
    own.facts?.kind === 'torch_module' || (!own.facts && extraction.target?.framework === 'torch');
  const builders = networkBuilders(signatures, context);
  const framework =
    own.facts && own.facts.kind !== 'estimator' ? 'other' : (extraction.target?.framework ?? 'other');
  return { ...own, framework: torch ? (isBuiltFromConfig(name, builders) ? 'torch' : 'other') : framework };
}

function inData(name: string | null, context: CodeContext): string | null {
  return name !== null && context.layout.data.includes(name) ? name : null;
}

function metricPlans(context: CodeContext): MetricPlan[] {
  const { layout, extraction } = context;
  const held = new Set(
    layout.segments.slice(layout.evaluation, layout.refit).flatMap((segment) => segment.statements),
  );
  const planned = new Set(layout.segments.flatMap((segment) => segment.statements));
  return extraction.metrics
    .filter((metric) => planned.has(metric.statement))
    .map((metric) => metricPlan(metric, held.has(metric.statement) ? 'evaluation' : 'training', context));
}

function metricPlan(metric: Metric, stage: MetricPlan['stage'], context: CodeContext): MetricPlan {
  const facts = metric.function === null ? undefined : metricFacts(metric.function);
  return {
    key: metric.key,
    cell: metric.cell,
    stage,
    statement: metric.statement,
    variable: metric.variable,
    ...(metric.value === undefined ? {} : { value: metric.value }),
    unitInterval: facts?.unitInterval === true && staysInRange(metric, context),
    better: facts?.better ?? 'unknown',
  };
}

/** It is the result of the metric function itself, or was seen to be like one: `round(accuracy_score(…), 4) * 100` is neither. */
function staysInRange({ statement, span, function: name, value }: Metric, context: CodeContext): boolean {
  const { calls, value: whole } = context.statement(statement);
  const place = span ?? whole?.span;
  const isDirect = calls.some(
    (call) =>
      (call.qualified === name || call.method === name) &&
      call.span.start === place?.start &&
      call.span.end === place.end,
  );
  return isDirect || (value !== undefined && value >= 0 && value <= 1);
}

function inputPlans({ context, moduleOf }: PlanSource): InputPlan[] {
  return context.extraction.inputs.flatMap((input) => {
    const segment = context.layout.segments.find((item) => item.statements.includes(input.statement));
    if (!segment) return [];
    const module = moduleOf(segment.name, segment.module).replace(/\.py$/, '').replaceAll('/', '.');
    const facts =
      input.variable !== null && validated(input, context)
        ? factsAt(context, input.variable, input.statement)
        : undefined;
    return [
      {
        key: input.key,
        path: input.path,
        cell: context.statement(input.statement).cell,
        function: `${module}:${segment.name}`,
        variable: input.variable,
        ...(facts ? { facts } : {}),
      },
    ];
  });
}

/** The package saves its model once, however often the notebook does. */
function isWritten({ kind, key }: OutputFile): boolean {
  return kind !== 'model' || key === 'artifacts.model_path';
}

function artifactPlan(output: OutputFile, context: CodeContext): ArtifactPlan {
  const cell = context.statement(output.statement).cell;
  const what = output.kind === 'figure' ? 'Figure' : output.kind === 'model' ? 'Model' : 'File';
  return {
    key: output.key,
    path: output.path,
    was: output.written,
    cell,
    kind: output.kind,
    description: `${what} of cell ${cell}`,
  };
}

/** Every value that leaves a function is compared with the notebook's at the same statement. */
function boundaries({ context, signatures, moduleOf }: PlanSource): Boundary[] {
  return signatures.flatMap(({ segment, returns }) => {
    const module = moduleOf(segment.name, segment.module).replace(/\.py$/, '').replaceAll('/', '.');
    const hoisted = new Set(
      context.extraction.metrics
        // Its name is the package's own: the notebook has none, or gives it to another value later.
        .filter((metric) => metric.variable !== context.layout.metrics[metric.key])
        .map((metric) => context.layout.metrics[metric.key]),
    );
    return returns.flatMap((item, index) =>
      hoisted.has(item.name)
        ? []
        : [
            {
              key: `${segment.name}.${item.name}`,
              statement: segment.statements.at(-1) ?? -1,
              name: item.name,
              function: `${module}:${segment.name}`,
              occurrence: 0,
              result: returns.length === 1 ? null : index,
            },
          ],
    );
  });
}

/** First statement of each seeded function: the package calls `set_seed` before the function. */
function seedStatements(context: CodeContext): number[] {
  return context.layout.segments.flatMap((segment) => {
    const first = segment.statements.find((id) => context.statement(id).random.length > 0);
    return segment.seeded && first !== undefined ? [first] : [];
  });
}

function entryPoints({ context }: PlanSource): PackagePlan['entryPoints'] {
  const { segments, prepared, evaluation, refit, repeated, builders } = context.layout;
  const evaluated = [
    ...segments.slice(0, prepared),
    ...segments.slice(evaluation, refit),
    ...[...repeated, ...builders].flatMap((index) => segments[index] ?? []),
  ];
  const keys = (used: typeof segments): string[] =>
    unique(['seed', ...used.flatMap((segment) => segment.keys)]);
  return [
    { name: 'train', module: 'src.training.train', keys: keys([...segments, ...context.layout.outputs]) },
    { name: 'evaluate', module: 'src.evaluation.evaluate', keys: keys(evaluated) },
  ];
}
