/** Calls whose literal arguments are hyperparameters. */

import { estimatorFacts } from '../../knowledge/lookup.ts';
import { POSITIONAL } from '../../knowledge/sklearn.ts';
import type { Argument, Call, Literal } from '../../python/statement.ts';
import type { ResolvedCall } from './calls.ts';
import type { Flow, NotebookFlow } from './flow.ts';

/** One call with what moves to the configuration. */
export interface LiftableCall {
  call: Call;
  section: string;
  /** Variable or column that gets the result: tells two calls of one function apart. */
  owner: string | null;
  /** `models.lasso` for a constructor in a dict of models. */
  group: string | null;
  lifted: { argument: Argument; parameter: string }[];
  /** Arguments that are grids of hyperparameters. */
  grids: Argument[];
  /** `**config`: dicts whose entries are arguments. */
  unpacked: Argument[];
  /** True for an argument whose literal is a hyperparameter of this call. */
  takes: (parameter: string, literal: Literal) => boolean;
  all: Argument[];
}

const GRIDS = /^(param_grid|param_distributions|params|search_spaces|param_space)$/;
/** Arguments that say how to run, not what to compute, or that are seeds (those have rules of their own). */
const NEVER =
  /^(verbose|random_state|seed|random_seed|callbacks|eval_set|eval_metric_|copy|inplace|memory|cat_features|silent|handle_unknown|sparse|sparse_output|drop|dtype|remainder|validate|categories|feature_names|target_names|columns|cols|name|error_score|refit|return_train_score|weights_only|pin_memory|collate_fn|drop_last|input_shape|enable_categorical|eval_metric|verbose_eval|validation_data|verbosity)$/;

/** Seeds: of a dict of arguments they move with the other entries. */
const SEEDS = /^(random_state|seed|random_seed)$/;

/** Calls of a statement, those in the bodies of its functions too, whose literals are lifted. */
export function liftableArguments(flow: Flow, notebook: NotebookFlow, anyArgument = false): LiftableCall[] {
  const found: LiftableCall[] = [];
  const { statement } = flow;
  for (const call of statement.calls) {
    const resolved = flow.calls.find((each) => each.call === call) ?? inBody(call, notebook);
    const section = resolved && sectionFor(resolved, notebook);
    if (!section || !resolved || notebook.functions.isOutOfReach(statement.id, call.span)) continue;
    const lifted: LiftableCall['lifted'] = [];
    const grids: Argument[] = [];
    const names = parametersOf(resolved);
    const takes = (parameter: string, literal: Literal): boolean =>
      (names.keywords === true || names.keywords.includes(parameter)) &&
      isLiftable(literal) &&
      (!trainsItself(resolved) || literal.kind === 'int' || literal.kind === 'float') &&
      (parameter === 'labels' || !isNames(literal));
    call.arguments.forEach((argument, index) => {
      const parameter = argument.keyword ?? names.positional[index] ?? null;
      const isGrid = isSearch(resolved) && index === 1 && argument.keyword === null;
      if (isGrid || (parameter !== null && GRIDS.test(parameter))) grids.push(argument);
      const { literal } = argument;
      if (isGrid || parameter === null || /^\*/.test(parameter) || literal === undefined) return;
      if (!NEVER.test(parameter) && takes(parameter, literal)) lifted.push({ argument, parameter });
    });
    const unpacked = call.arguments.filter(({ keyword }) => keyword === '**');
    // A list that belongs to a lifted list, such as the labels of bins, moves with it.
    const tied = tiedToLift(call);
    if (lifted.length > 0 || grids.length > 0 || anyArgument) {
      found.push({
        call,
        section,
        owner: ownerOf(flow, call),
        group: groupOf(flow, call),
        lifted: tied ? lifted : lifted.filter(({ parameter }) => parameter !== 'labels'),
        grids,
        unpacked,
        takes: (parameter, literal) =>
          takes(parameter, literal) && (SEEDS.test(parameter) || !NEVER.test(parameter)),
        all: call.arguments,
      });
    }
  }
  return found;
}

/** `pd.cut(bins=…, labels=…)`: both are lists of the notebook's choice. */
function tiedToLift({ arguments: given }: Call): boolean {
  return (
    given.some(
      ({ keyword, literal, name }) =>
        (keyword === 'bins' || keyword === 'q') && (literal !== undefined || name !== undefined),
    ) || given[1]?.keyword === null
  );
}

/** A call inside a function: what it constructs is known by its import path alone. */
function inBody(call: Call, { resolver }: NotebookFlow): ResolvedCall | null {
  return call.within === null || call.local === true || call.qualified.startsWith('<')
    ? null
    : resolver.byName(call);
}

function isSearch({ constructs }: ResolvedCall): boolean {
  return estimatorFacts(constructs)?.search === true;
}

function isLiftable({ kind }: Literal): boolean {
  return kind !== 'dict' && kind !== 'set';
}

/** Lists of text are names of columns or classes. */
function isNames(literal: Literal): boolean {
  if (literal.kind !== 'list' && literal.kind !== 'tuple') return false;
  return literal.items.some(
    (item) => item.kind === 'string' || item.kind === 'list' || item.kind === 'tuple' || item.kind === 'dict',
  );
}

/** Section of the configuration, or null if its literals stay in the code. */
function sectionFor(resolved: ResolvedCall, { resolver }: NotebookFlow): string | null {
  const { facts, constructs, call } = resolved;
  if (trainsItself(resolved)) return 'training';
  if (facts?.hyperparameters === undefined) return null;
  if (facts.stage !== undefined) return facts.stage;
  const library = resolver.libraryType(constructs);
  const estimator = estimatorFacts(library);
  if (estimator?.search) return 'training';
  if (library?.startsWith('torch.nn.') || library === 'keras.Model' || library === 'statsmodels.Model')
    return 'model';
  if (estimator !== undefined) return estimator.role === 'transformer' ? 'data' : 'model';
  return call.qualified.startsWith('pandas.') || constructs?.startsWith('notebook.') ? 'data' : null;
}

/** A call of a function of the notebook that trains: its numbers say for how long and how fast. */
function trainsItself({ summary, constructs }: ResolvedCall): boolean {
  return (
    summary !== null &&
    constructs === undefined &&
    (summary.roles.has('backward') || summary.roles.has('train'))
  );
}

function parametersOf(resolved: ResolvedCall): {
  keywords: true | readonly string[];
  positional: readonly (string | null)[];
} {
  const { facts, constructs, call, summary } = resolved;
  if (trainsItself(resolved)) return { keywords: true, positional: summary?.parameters ?? [] };
  if (constructs?.startsWith('notebook.')) return { keywords: true, positional: summary?.parameters ?? [] };
  const name = call.qualified.split('.').at(-1) ?? '';
  const positional =
    facts?.positional ??
    POSITIONAL[name] ??
    (call.qualified === 'pandas.cut' ? [null, 'bins'] : call.qualified === 'pandas.qcut' ? [null, 'q'] : []);
  const given = facts?.hyperparameters;
  return {
    keywords: given === true ? true : given === undefined || given === false ? [] : given,
    positional,
  };
}

/** `train_loader` of `train_loader = DataLoader(…)`, `tenure_group` of `d['tenure_group'] = pd.cut(…)`. */
function ownerOf({ statement }: Flow, call: Call): string | null {
  const before = statement.text.slice(Math.max(0, call.span.start - 200), call.span.start);
  const column = /\[\s*["']([^"'\]]+)["']\s*\]\s*=\s*$/.exec(before)?.[1];
  if (column !== undefined) return column;
  const variable = /(?:^|[\n;:])\s*(\w+)\s*=\s*(?:\w+\()*$/.exec(before)?.[1];
  if (variable !== undefined) return variable;
  const step = /["'](\w+)["']\s*[,:]\s*$/.exec(before)?.[1];
  return step ?? null;
}

/** `models.lasso` of `models = {'lasso': Lasso(…)}`. */
function groupOf({ statement }: Flow, call: Call): string | null {
  const [name] = statement.defines;
  if (
    statement.value === undefined ||
    name === undefined ||
    statement.text[statement.value.span.start] !== '{'
  )
    return null;
  const key = /["']([^"']+)["']\s*:\s*$/.exec(
    statement.text.slice(Math.max(0, call.span.start - 200), call.span.start),
  )?.[1];
  return key === undefined
    ? null
    : `${name.toLowerCase()}.${key
        .toLowerCase()
        .replace(/\W+/g, '_')
        .replace(/^_+|_+$/g, '')}`;
}
