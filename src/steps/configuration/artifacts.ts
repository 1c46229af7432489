import type { ArtifactPlan, PackagePlan } from '../2-structure/plan.ts';
import { unique } from './names.ts';

/** `artifacts.model_path` of `model_path`; a dotted key stays. */
export function dottedKey(key: string, section: string): string {
  return key.includes('.') ? key : `${section}.${key}`;
}

/** One file that saves what evaluation needs: the notebook's own, if it saved one. */
function savedModel(plan: PackagePlan): ArtifactPlan {
  const torch = plan.fitted.length === 1 && plan.fitted[0]?.framework === 'torch';
  return {
    key: 'artifacts.model_path',
    path: `artifacts/model.${torch ? 'pt' : 'joblib'}`,
    was: null,
    cell: null,
    kind: 'model',
    description: 'Model of a training run',
  };
}

const RUN_FILES: readonly ArtifactPlan[] = [
  {
    key: 'artifacts.config_path',
    path: 'artifacts/config.yaml',
    was: null,
    cell: null,
    kind: 'config',
    description: 'Configuration of a training run',
  },
  {
    key: 'artifacts.metrics_path',
    path: 'artifacts/metrics.json',
    was: null,
    cell: null,
    kind: 'metrics',
    description: 'Metrics of a training run',
  },
  {
    key: 'artifacts.evaluation_path',
    path: 'artifacts/evaluation.json',
    was: null,
    cell: null,
    kind: 'evaluation',
    description: 'Metrics of an evaluation of the saved model',
  },
];

/** What the package writes: the plan's artifacts, and those of every package where the plan has none of their kind. */
export function artifactsOf(plan: PackagePlan): ArtifactPlan[] {
  const taken = new Set<string>();
  const planned = plan.artifacts.map((artifact) => ({
    ...artifact,
    key: unique(dottedKey(artifact.key, 'artifacts'), taken),
  }));
  const absent = (kind: ArtifactPlan['kind']): boolean => planned.every((artifact) => artifact.kind !== kind);
  const model = plan.fitted.length > 0 && absent('model') ? [savedModel(plan)] : [];
  return [...planned, ...model, ...RUN_FILES.filter(({ kind }) => absent(kind))];
}

/** The artifact that `save_model` writes; undefined if nothing is fitted. */
export function modelArtifact(plan: PackagePlan): ArtifactPlan | undefined {
  return plan.fitted.length === 0 ? undefined : artifactsOf(plan).find(({ kind }) => kind === 'model');
}
