import type { FittedPlan, PackagePlan, Value } from '../2-structure/plan.ts';

/** The fitted object that predictions come from, if it is among those that are saved. */
export function servedModel(plan: PackagePlan): FittedPlan | undefined {
  return plan.fitted.find(({ name }) => name === plan.target?.name);
}

/** The model's own input: what it predicts in the notebook, else what it is trained on. */
export function modelInput({ data, target }: PackagePlan): Value | undefined {
  const named = (name: string | null | undefined): Value | undefined =>
    data.find((value) => value.name === name);
  return named(target?.testInput) ?? named(target?.trainInput);
}

/** `DBSCAN` and the like can only label the rows that they were fitted on. */
export function isServable(plan: PackagePlan): boolean {
  const served = servedModel(plan);
  if (served === undefined) return false;
  const estimator = served.facts?.estimator;
  return estimator === undefined || estimator.predicts || estimator.role === 'transformer';
}
