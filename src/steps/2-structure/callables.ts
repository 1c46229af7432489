import type { AnalysedStatement, Extraction } from '../1-extract/extraction.ts';
import { MODULES } from '../package-modules.ts';
import { givenDefaults, parametersOf } from './given-defaults.ts';
import type { Callable, CodeStage } from './layout.ts';
import { unique } from '../../lib/unique.ts';

const ORDER: CodeStage[] = ['data', 'model', 'evaluation', 'training'];

/** Names that the frame of the package gives to its own functions and classes. */
export const FRAME_NAMES = [
  'run',
  'train',
  'main',
  'evaluate_model',
  'evaluate_saved_model',
  'write_metrics',
  'refuse_other_split',
  'write_outputs',
  'prepare_data',
  'prepare_rows',
  'predict_rows',
  'validate_schema',
  'save_model',
  'load_model',
  'load_fitted',
  'logger',
  'PreparedData',
  'TrainingResult',
  'TrainedModels',
  'ServingModel',
  'FittedValues',
  'Config',
  'flatten',
  'resolve_path',
  'resolve_input',
  'set_seed',
  'start_run',
  'TURNS',
  'run_command',
  'load_config',
  'write_config',
  'require_file',
  'reading',
  'SchemaError',
  'ModelError',
  'ConfigError',
  'UserError',
  'PROJECT_ROOT',
  'RAW_SCHEMA',
  'Column',
  'mlflow',
  'structlog',
  'infer_signature',
  'log_model',
  'from_pandas',
  'from_numpy',
  'dataclass',
  'Path',
  'Any',
  'Final',
  'Sequence',
  'sys',
  'json',
];

/**
 * Collects the functions and classes of the notebook that kept code calls, with what they read from the
 * global namespace: late binding makes that a property of the call, so it becomes a parameter.
 *
 * @param extraction - Output of step 1.
 * @param constants - Lifted constants: name → key.
 * @param stageOf - Stage of a flow statement.
 */
export function collectCallables(
  extraction: Extraction,
  constants: Record<string, string>,
  stageOf: (statement: AnalysedStatement) => CodeStage,
): Callable[] {
  const definitions = lastDefinitions(extraction);
  const imported = new Set(
    extraction.statements.flatMap((statement) => statement.imports.map((item) => item.name)),
  );
  const bound = new Set(extraction.statements.flatMap((statement) => statement.defines));
  const isValue = (name: string): boolean =>
    bound.has(name) && !imported.has(name) && !definitions.has(name) && constants[name] === undefined;

  const given = new Map(
    [...definitions].map(([name, statement]) => {
      const lifted = Object.values(liftedDefaults(extraction, statement.id));
      const reads = (other: string): boolean => isValue(other) || constants[other] !== undefined;
      return [name, givenDefaults(statement, reads, lifted)];
    }),
  );
  const givenReads = (name: string): string[] =>
    (given.get(name) ?? []).flatMap(({ reads }) => reads.map((read) => read.name));

  const needs = (name: string, path: string[]): { values: string[]; keys: string[] } => {
    const statement = definitions.get(name);
    if (!statement || path.includes(name)) return { values: [], keys: [] };
    const called = statement.deferred.filter((other) => definitions.has(other));
    const own = [...statement.deferred, ...called.flatMap(givenReads)];
    const inner = called.map((other) => needs(other, [...path, name]));
    const values = [...own.filter(isValue), ...inner.flatMap((need) => need.values)];
    const keys = [
      ...own.flatMap((other) => constants[other] ?? []),
      ...keysIn(extraction, statement.id),
      ...inner.flatMap((need) => need.keys),
    ];
    return { values: unique(values), keys: unique(keys) };
  };

  return [...definitions].map(([name, statement]) => {
    const stage = lowestStage(name, statement, extraction, definitions, stageOf);
    const newName = FRAME_NAMES.includes(name) ? `notebook_${name}` : name;
    const kind = statement.kind === 'class' ? 'class' : 'function';
    return {
      name,
      newName,
      kind,
      module: MODULES[stage],
      stage,
      statement: statement.id,
      parameters: parametersOf(statement).map((parameter) => parameter.name),
      ...needs(name, []),
      defaults: liftedDefaults(extraction, statement.id),
      given: given.get(name) ?? [],
    };
  });
}

/** Parameters of a definition whose default moved to the configuration. */
function liftedDefaults(extraction: Extraction, statement: number): Record<string, string> {
  const places = extraction.hyperparameters
    .filter(({ source }) => source === 'default')
    .flatMap(({ key, places }) => places.map((place) => ({ key, place })));
  return Object.fromEntries(
    places.flatMap(({ key, place }) =>
      place.statement === statement && place.argument !== undefined ? [[key, place.argument]] : [],
    ),
  );
}

/** Configuration keys of the literals and files that stand in a statement itself. */
export function keysIn(extraction: Extraction, statement: number): string[] {
  const literals = extraction.hyperparameters.flatMap(({ key, places }) =>
    places
      .filter((place) => place.statement === statement && place.constant === undefined)
      .map((place) => ({ key, at: place.span.start })),
  );
  const files = [...extraction.inputs, ...extraction.outputs].filter((file) => file.statement === statement);
  const keys = [...literals, ...files.map((file) => ({ key: file.key, at: file.span.start }))]
    .sort((a, b) => a.at - b.at)
    .map(({ key }) => key);
  const reads = extraction.inputs.some((file) => file.statement === statement && file.path !== null);
  return unique(reads ? [...keys, 'paths.root'] : keys);
}

function lastDefinitions(extraction: Extraction): Map<string, AnalysedStatement> {
  const found = new Map<string, AnalysedStatement>();
  for (const statement of extraction.statements) {
    if (!statement.kept || (statement.kind !== 'function' && statement.kind !== 'class')) continue;
    const name = statement.defines[0];
    if (name !== undefined) found.set(name, statement);
  }
  return found;
}

/** The lowest module among the users of a definition and its own stage, so that imports never go upwards. */
function lowestStage(
  name: string,
  statement: AnalysedStatement,
  extraction: Extraction,
  definitions: Map<string, AnalysedStatement>,
  stageOf: (statement: AnalysedStatement) => CodeStage,
  path: string[] = [],
): CodeStage {
  const users = extraction.statements.filter(
    (other) => other.kept && other.id !== statement.id && mentions(other, name),
  );
  const stages = users.map((user) => {
    const owner = user.defines[0];
    const isDefinition = owner !== undefined && definitions.get(owner) === user;
    return isDefinition && !path.includes(owner)
      ? lowestStage(owner, user, extraction, definitions, stageOf, [...path, name])
      : stageOf(user);
  });
  return [stageOf(statement), ...stages].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))[0] ?? 'data';
}

function mentions(statement: AnalysedStatement, name: string): boolean {
  return statement.uses.includes(name) || statement.deferred.includes(name);
}
