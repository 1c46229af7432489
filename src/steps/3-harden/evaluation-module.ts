import type { PackagePlan } from '../2-structure/plan.ts';
import { annotationOf } from './annotations.ts';
import { asNumber, factsAt, metricsOf, type CodeContext } from './code-context.ts';
import { renderDocstring } from './docstrings.ts';
import { callSegment, configHolder, dataHolder, localNames } from './orchestrate.ts';
import { indentCode, type FunctionCode, type SegmentSignature } from './segment-code.ts';

/** Names that the trailing evaluation reads and that are not prepared data, in order. */
export function evaluationInputs(context: CodeContext): string[] {
  const { segments, prepared, evaluation, refit, data } = context.layout;
  const between = new Set(segments.slice(prepared, evaluation).flatMap((segment) => segment.outputs));
  const own = new Set<string>();
  const inputs: string[] = [];
  for (const segment of segments.slice(evaluation, refit)) {
    for (const name of segment.inputs) {
      if (!own.has(name) && (between.has(name) || !data.includes(name)) && !inputs.includes(name))
        inputs.push(name);
    }
    for (const name of segment.outputs) own.add(name);
  }
  return inputs;
}

/** `evaluate_model`: the trailing evaluation on the prepared data. */
export function evaluateModelCode(signatures: SegmentSignature[], context: CodeContext): FunctionCode {
  const { layout } = context;
  const config = configHolder(context);
  const holder = dataHolder(context);
  const inputs = evaluationInputs(context).map((name) => ({
    name,
    annotation: annotationOf(factsAt(context, name, firstEvaluated(context)), context.classes),
  }));
  const names = localNames(holder, layout.data);
  inputs.forEach(({ name }) => names.bindName(name));
  const body: string[] = [];
  for (const signature of signatures.slice(layout.evaluation, layout.refit)) {
    body.push(...callSegment(signature, names.lookup, config));
    names.bind(signature.segment);
  }
  const metrics = metricsOf(context, layout.evaluation, layout.refit);
  const pairs = metrics.map(
    ({ key, variable, graph }) => `${JSON.stringify(key)}: ${asNumber(names.lookup(variable), graph)}`,
  );
  const extra = layout.evaluated.map((name) => ({
    name,
    annotation: annotationOf(factsAt(context, name, Number.MAX_SAFE_INTEGER), context.classes),
  }));
  body.push(`return ${[`{${pairs.join(', ')}}`, ...extra.map(({ name }) => name)].join(', ')}`);
  const parameters = [
    ...inputs.map(({ name, annotation }) => `${name}: ${annotation.text}`),
    `${holder}: PreparedData`,
    `${config}: Config`,
  ];
  const returns = ['dict[str, float]', ...extra.map(({ annotation }) => annotation.text)];
  const docstring = renderDocstring(
    {
      summary: evaluationSummary(metrics.length, context),
      args: [
        ...inputs.map(({ name }) => ({ name, text: `\`\`${name}\`\` of the training run` })),
        { name: holder, text: 'Output of the data stage' },
        { name: config, text: 'Whole configuration' },
      ],
      returns:
        metrics.length > 0 ? `Metrics ${list(metrics.map(({ key }) => `\`\`${key}\`\``))}` : 'No metric',
    },
    4,
  );
  const annotation = returns.length > 1 ? `tuple[${returns.join(', ')}]` : (returns[0] ?? '');
  return {
    text: `def evaluate_model(${parameters.join(', ')}) -> ${annotation}:\n${docstring}\n${body.map(indentCode).join('\n')}\n`,
    imports: [...inputs, ...extra].flatMap((item) => item.annotation.imports),
  };
}

function evaluationSummary(metrics: number, { extraction }: CodeContext): string {
  if (metrics > 0) return 'Compute the metrics on the held-out data';
  return extraction.metrics.length > 0
    ? 'Every metric of the notebook is computed while it trains'
    : 'The notebook computes no metric of the saved model';
}

function firstEvaluated(context: CodeContext): number {
  return context.layout.segments[context.layout.evaluation]?.statements[0] ?? Number.MAX_SAFE_INTEGER;
}

function list(items: string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** Whether the saved model was fitted again behind the score. */
function isRefit({ layout }: CodeContext): boolean {
  return layout.refit < layout.segments.length;
}

/** `run` of the evaluation: the trailing evaluation on the saved objects. */
export function evaluationRunCode(
  signatures: SegmentSignature[],
  plan: PackagePlan,
  context: CodeContext,
): FunctionCode {
  const { layout } = context;
  const config = configHolder(context);
  const holder = dataHolder(context);
  const names = localNames(holder, layout.data);
  const body = [
    `set_seed(${config}.seed)`,
    `refuse_other_split(${config})`,
    `${holder} = prepare_data(${config})`,
  ];
  const call = (index: number): void => {
    const signature = signatures[index];
    if (!signature) return;
    body.push(...callSegment(signature, names.lookup, config));
    names.bind(signature.segment);
  };
  const before = new Set(plan.fitted.some(({ framework }) => framework === 'torch') ? layout.builders : []);
  [...before].sort((a, b) => a - b).forEach(call);
  body.push(...loadLines(context, plan, config));
  if (!isRefit(context)) layout.fitted.forEach(names.bindName);
  layout.repeated.filter((index) => !before.has(index)).forEach(call);
  const evaluation = `evaluate_model(${[...evaluationInputs(context).map(names.lookup), holder, config].join(', ')})`;
  if (layout.evaluated.length > 0) body.push(`metrics, *_ = ${evaluation}`, 'return metrics');
  else body.push(`return ${evaluation}`);
  const docstring = renderDocstring(
    {
      summary: isRefit(context)
        ? 'Train the scored model again and evaluate it, as the saved one is a refit'
        : 'Evaluate the saved model on the held-out data of its training run',
      args: [{ name: config, text: 'Whole configuration' }],
      returns: 'Metrics by name',
      raises: [
        { name: 'ConfigError', text: 'If the split is not that of the training run' },
        { name: 'ModelError', text: 'If the saved model is missing or unreadable' },
      ],
    },
    4,
  );
  return {
    text: `def run(${config}: Config) -> dict[str, float]:\n${docstring}\n${body.map(indentCode).join('\n')}\n`,
    imports: [],
  };
}

/** The lines that load what training saved, under the notebook's names. */
function loadLines(context: CodeContext, plan: PackagePlan, config: string): string[] {
  const networks = plan.fitted.filter(({ framework }) => framework === 'torch').map(({ name }) => name);
  const call = `load_model(${[`${config}.artifacts.model_path`, ...networks].join(', ')})`;
  const [first, ...others] = plan.fitted;
  if (!first) return [];
  // Nothing is computed from it, but an evaluation of a model that is not there must not succeed.
  if (context.layout.evaluation >= context.layout.segments.length || isRefit(context)) return [call];
  if (others.length === 0) return [`${first.name} = ${call}`];
  return [`trained = ${call}`, ...plan.fitted.map(({ name }) => `${name} = trained.${name}`)];
}
