import { annotationOf, describeShape, type Annotation } from './annotations.ts';
import { asNumber, factsAt, metricsOf, type CodeContext } from './code-context.ts';
import { renderDocstring } from './docstrings.ts';
import {
  callSegment,
  configHolder,
  dataHolder,
  freeName,
  localNames,
  passing,
  type Lookup,
} from './orchestrate.ts';
import { evaluationInputs } from './evaluation-module.ts';
import { indentCode, type FunctionCode, type SegmentSignature } from './segment-code.ts';
import { resultField } from '../result-fields.ts';

/** A name with its annotation, for dataclass fields. */
export interface FieldCode {
  name: string;
  annotation: Annotation;
  text: string;
}

/** Fields of `TrainingResult` that come from the notebook: what is saved, and what the written files need. */
export function resultFields(context: CodeContext): FieldCode[] {
  const { fitted, result, evaluated } = context.layout;
  return [...new Set([...fitted, ...result, ...evaluated])].map((name) => {
    const facts = factsAt(context, name, Number.MAX_SAFE_INTEGER);
    const shape = describeShape(facts);
    const what = fitted.includes(name) ? 'Trained object of the notebook' : 'Value of the notebook';
    return {
      name,
      annotation: annotationOf(facts, context.classes),
      text: shape ? `${what}, ${shape}` : what,
    };
  });
}

/** `TrainingResult` and `run`. */
export function trainingRunCode(signatures: SegmentSignature[], context: CodeContext): FunctionCode {
  const fields = resultFields(context);
  return {
    text: `${resultClass(fields)}\n\n\n${runFunction(signatures, fields, context)}`,
    imports: [
      ...fields.flatMap(({ annotation }) => annotation.imports),
      { module: 'dataclasses', member: 'dataclass', name: 'dataclass' },
      { module: 'src.config', member: 'Config', name: 'Config' },
    ],
  };
}

function resultClass(fields: FieldCode[]): string {
  const attributes = [
    ...fields.map(({ name, text }) => ({ name: resultField(name), text })),
    { name: 'metrics', text: 'Metrics by name' },
    { name: 'data', text: 'Output of the data stage' },
  ];
  return [
    '@dataclass(frozen=True)',
    'class TrainingResult:',
    renderDocstring({ summary: 'Output of a training run', attributes }, 4),
    '',
    ...fields.map(({ name, annotation }) => `    ${resultField(name)}: ${annotation.text}`),
    '    metrics: dict[str, float]',
    '    data: PreparedData',
  ].join('\n');
}

function runFunction(signatures: SegmentSignature[], fields: FieldCode[], context: CodeContext): string {
  const { layout } = context;
  const config = configHolder(context);
  const holder = dataHolder(context);
  const own = [
    ...layout.segments.slice(layout.prepared, layout.evaluation),
    ...layout.segments.slice(layout.refit),
  ];
  const taken = [...passing(own), ...layout.evaluated];
  const metrics = freeName(['metrics', 'metric_values'], taken);
  const names = localNames(holder, layout.data);
  const body = [`set_seed(${config}.seed)`, `${holder} = prepare_data(${config})`];
  for (const signature of signatures.slice(layout.prepared, layout.evaluation)) {
    body.push(...callSegment(signature, names.lookup, config));
    names.bind(signature.segment);
  }
  const trained = metricsOf(context, 0, layout.evaluation).map(
    ({ key, variable, graph }) => `${JSON.stringify(key)}: ${asNumber(names.lookup(variable), graph)},`,
  );
  const evaluation = `evaluate_model(${[...evaluationInputs(context).map(names.lookup), holder, config].join(', ')})`;
  const extra = layout.evaluated;
  const heldOut = freeName(['held_out', 'held_out_metrics'], taken);
  if (extra.length > 0) body.push(`${heldOut}, ${extra.join(', ')} = ${evaluation}`);
  const held = extra.length > 0 ? heldOut : evaluation;
  extra.forEach(names.bindName);
  body.push(
    trained.length > 0
      ? `${metrics} = {\n${trained.map((line) => `    ${line}`).join('\n')}\n    **${held},\n}`
      : `${metrics} = ${held}`,
  );
  body.push(...finalFit(names.lookup, config, context));
  for (const signature of signatures.slice(layout.refit)) {
    body.push(...callSegment(signature, names.lookup, config));
    names.bind(signature.segment);
  }
  const results = fields.map(({ name }) => `${resultField(name)}=${names.lookup(name)}, `).join('');
  body.push(`return TrainingResult(${results}metrics=${metrics}, data=${holder})`);
  const docstring = renderDocstring(
    {
      summary: "Run the data, training and evaluation stages in the notebook's order",
      args: [{ name: config, text: 'Whole configuration' }],
      returns: 'Trained objects, metrics and data',
    },
    4,
  );
  return `def run(${config}: Config) -> TrainingResult:\n${docstring}\n${body.map(indentCode).join('\n')}\n`;
}

/**
 * A model that the notebook only cross-validates is fitted on all of its rows once the scores are known: `cross_val_score` fits copies,
 * and what is saved must be able to predict.
 */
function finalFit(lookup: Lookup, config: string, { layout, extraction }: CodeContext): string[] {
  const { target } = extraction;
  if (target?.onlyValidated !== true || target.trainingInput === null) return [];
  const data = [target.trainingInput, target.trainingOutput].filter((name) => name !== null);
  const known = new Set([
    ...layout.data,
    ...layout.segments.slice(layout.prepared, layout.evaluation).flatMap(({ outputs }) => outputs),
  ]);
  if (![target.name, ...data].every((name) => known.has(name))) return [];
  return [
    '# The notebook only cross-validates, which fits copies: fit what is saved.',
    `set_seed(${config}.seed)`,
    `${lookup(target.name)}.fit(${data.map(lookup).join(', ')})`,
  ];
}
