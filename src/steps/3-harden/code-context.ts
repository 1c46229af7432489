import type { AnalysedStatement, Extraction, Hyperparameter, Metric } from '../1-extract/extraction.ts';
import type { Callable, Layout, Segment } from '../2-structure/layout.ts';
import type { ValueFacts } from '../../notebook/observation.ts';
import type { Literal } from '../../python/statement.ts';

/** Everything that the writers of code look things up in. */
export interface CodeContext {
  extraction: Extraction;
  layout: Layout;
  statement: (id: number) => AnalysedStatement;
  callable: (name: string) => Callable | undefined;
  hyperparameter: (key: string) => Hyperparameter | undefined;
  /** Names of the classes that the package takes over from the notebook. */
  classes: ReadonlySet<string>;
}

/** Builds the context of a layout. */
export function codeContext(extraction: Extraction, layout: Layout): CodeContext {
  const statements = new Map(extraction.statements.map((statement) => [statement.id, statement]));
  const callables = new Map(layout.callables.map((callable) => [callable.name, callable]));
  const hyperparameters = new Map(extraction.hyperparameters.map((item) => [item.key, item]));
  return {
    extraction,
    layout,
    statement: (id) => {
      const found = statements.get(id);
      if (!found) throw new Error(`statement ${id} is not in the extraction`);
      return found;
    },
    callable: (name) => callables.get(name),
    hyperparameter: (key) => hyperparameters.get(key),
    classes: new Set(
      layout.callables.filter((callable) => callable.kind === 'class').map((callable) => callable.name),
    ),
  };
}

/** Facts of a name as it stands after the given statement: those of its last write up to there, its class alone where no run showed it. */
export function factsAt(context: CodeContext, name: string, statement: number): ValueFacts | undefined {
  for (let index = context.extraction.statements.length - 1; index >= 0; index -= 1) {
    const candidate = context.extraction.statements[index];
    if (!candidate || candidate.id > statement) continue;
    const facts = candidate.values[name] ?? candidate.inferred?.[name];
    if (facts) return facts;
  }
  return undefined;
}

/** Facts of an output of a segment. */
export function outputFacts(context: CodeContext, segment: Segment, name: string): ValueFacts | undefined {
  return factsAt(context, name, segment.statements.at(-1) ?? -1);
}

/** Facts of an input of a segment. */
export function inputFacts(context: CodeContext, segment: Segment, name: string): ValueFacts | undefined {
  return factsAt(context, name, (segment.statements[0] ?? 0) - 1);
}

/** The expression that gives a configuration value the kind that the literal had: YAML knows no tuples and sets. */
export function restoreKind(literal: Literal, expression: string): string {
  if (literal.kind === 'set') return `set(${expression})`;
  if (literal.kind !== 'list' && literal.kind !== 'tuple') return expression;
  const nested = literal.items.length > 0 && literal.items.every((item) => item.kind === 'tuple');
  const items = nested ? `tuple(item) for item in ${expression}` : expression;
  if (literal.kind === 'tuple') return `tuple(${items})`;
  return nested ? `[${items}]` : expression;
}

/** Metrics that the segments of a range compute. */
export function metricsOf(
  context: CodeContext,
  from: number,
  to: number,
): { key: string; variable: string; graph: boolean }[] {
  const statements = new Set(
    context.layout.segments.slice(from, to).flatMap((segment) => segment.statements),
  );
  return context.extraction.metrics
    .filter((metric) => statements.has(metric.statement))
    .map((metric) => ({
      key: metric.key,
      variable: context.layout.metrics[metric.key] ?? metric.key,
      graph: hasGraph(metric, context),
    }));
}

/** The metric is what its statement goes backward from: torch warns where a tensor with a graph becomes a number. */
export function hasGraph({ statement, variable }: Metric, context: CodeContext): boolean {
  if (variable === null) return false;
  const { calls, values } = context.statement(statement);
  // Seen, not presumed: `loss = loss.item()` behind the step is a number already.
  const isTensor = values[variable]?.kind === 'tensor';
  return isTensor && calls.some(({ method, root }) => method === 'backward' && root === variable);
}

/** A metric as a number. */
export function asNumber(variable: string, graph: boolean): string {
  return `float(${variable}${graph ? '.detach()' : ''})`;
}

/** Phrase for the docstring of a parameter that a configuration value fills. */
export function describeKey(context: CodeContext, key: string): string {
  if (key === 'paths.root') return 'Folder of the repository, relative to the package';
  if (key === 'seed') return 'Seed';
  const item = context.hyperparameter(key);
  const places = item?.places ?? [];
  const constant = places.find((place) => place.constant !== undefined)?.constant;
  if (constant !== undefined) return `Notebook constant \`\`${constant}\`\``;
  if (item?.source === 'path') return 'File, relative to the repository or absolute';
  const call = places.find((place) => place.callee !== undefined && place.argument !== undefined);
  if (call) return `\`\`${call.argument}\`\` of \`\`${call.callee?.split('.').at(-1)}\`\``;
  return `Configuration value \`\`${key}\`\``;
}
