import { artifactsOf } from '../configuration/artifacts.ts';
import { isServable } from '../configuration/serving.ts';
import { configuration } from '../configuration/table.ts';
import { floatText, quoted, yamlString } from '../configuration/yaml-text.ts';
import type { ArtifactPlan, PackagePlan } from '../2-structure/plan.ts';
import { parametersFor, parametersOf, type RunParameter } from './parameters.ts';

/** Writes what MLflow reads: `MLproject` and `configs/mlflow_pipeline.yaml`. */

const MODULES = { train: 'src.training.train', evaluate: 'src.evaluation.evaluate' } as const;

const defaultText = ({ bare, text }: RunParameter): string => (bare ? text : quoted(text));

function entryPoint(plan: PackagePlan, entry: 'train' | 'evaluate'): string[] {
  const parameters = parametersFor(plan, entry);
  const number = (type: string): string => (type === 'int' || type === 'float' ? 'float' : 'string');
  return [
    `  ${entry === 'train' ? 'main' : entry}:`,
    '    parameters:',
    ...parameters.map((parameter) => {
      const type = parameter.bare ? number(parameter.type) : 'string';
      return `      ${parameter.name}: {type: ${type}, default: ${defaultText(parameter)}}`;
    }),
    '    command: >-',
    `      python -m ${MODULES[entry]}`,
    // MLflow puts the values in shell quotes itself.
    ...parameters.map(({ key, name }) => `      ${key}={${name}}`),
  ];
}

function entries(plan: PackagePlan): ('train' | 'evaluate')[] {
  const evaluates = plan.entryPoints.some(({ name }) => name === 'evaluate');
  return evaluates ? ['train', 'evaluate'] : ['train'];
}

/** Text of `MLproject`. */
export function renderMlproject(plan: PackagePlan): string {
  const lines = entries(plan).flatMap((entry) => entryPoint(plan, entry));
  return `name: ${yamlString(plan.name)}\n\npython_env: python_env.yaml\n\nentry_points:\n${lines.join('\n')}\n`;
}

function sourceOf(artifact: ArtifactPlan): string {
  if (artifact.cell !== null) return `cell ${artifact.cell}`;
  return artifact.kind === 'evaluation' ? 'evaluation run' : 'training run';
}

function artifactLines(plan: PackagePlan): string[] {
  const { byKey } = configuration(plan);
  const servable = isServable(plan);
  const taken = new Set(servable ? ['model'] : []);
  const lines = artifactsOf(plan).map((artifact) => {
    const leaf = byKey.get(artifact.key);
    const path = leaf?.literal.kind === 'string' ? leaf.literal.value : artifact.path;
    const file = path.split('/').at(-1) ?? path;
    const stem = file.replace(/(?<=.)\.[^.]*$/, '');
    const key = leaf?.key.split('.').at(-1) ?? artifact.key;
    const name = taken.has(stem) ? key : stem;
    taken.add(name);
    return `  ${yamlString(name)}: {path: ${yamlString(path)}, source: ${sourceOf(artifact)}}`;
  });
  const input = plan.serving.kind === 'raw_rows' ? 'raw rows' : "the model's own input";
  const model = `  model: {path: model, source: "MLflow model, ${input} in, prediction out"}`;
  return servable ? [...lines, model] : lines;
}

/** Text of `configs/mlflow_pipeline.yaml`. */
export function renderPipelineYaml(plan: PackagePlan): string {
  const points = entries(plan).flatMap((entry) => [
    `  ${entry}:`,
    `    module: ${MODULES[entry]}`,
    `    command: python -m ${MODULES[entry]}`,
  ]);
  const parameters = parametersOf(plan).map(
    (parameter) => `  ${parameter.key}: {type: ${parameter.type}, default: ${defaultText(parameter)}}`,
  );
  const metrics = plan.metrics.map(({ key, cell, value }) => {
    const observed = value === undefined ? '' : `observed: ${floatText(value)}, `;
    return `  ${yamlString(key)}: {${observed}source: cell ${cell}}`;
  });
  const section = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? `${title}: {}` : [`${title}:`, ...lines].join('\n');
  return `${[
    section('entry_points', points),
    section('parameters', parameters),
    section('metrics', metrics),
    section('artifacts', artifactLines(plan)),
  ].join('\n\n')}\n`;
}
