import type { FunctionPlan } from './2-structure/plan.ts';

/** Modules by stage. */
export const MODULES: Record<FunctionPlan['stage'], string> = {
  data: 'src/data/loader.py',
  model: 'src/models/model.py',
  evaluation: 'src/evaluation/evaluate.py',
  training: 'src/training/train.py',
};

/** Second module of a stage, for what the first has no room for. */
export const OVERFLOW: Record<FunctionPlan['stage'], string> = {
  data: 'src/data/preprocessing.py',
  model: 'src/models/components.py',
  evaluation: 'src/evaluation/scoring.py',
  training: 'src/training/fitting.py',
};
