import type { FittedPlan, PackagePlan } from '../2-structure/plan.ts';

/** The fitted object that predictions come from, if it is among those that are saved. */
export function servedModel(plan: PackagePlan): FittedPlan | undefined {
  return plan.fitted.find(({ name }) => name === plan.target?.name);
}

/** `DBSCAN` and the like can only label the rows that they were fitted on. */
export function isServable(plan: PackagePlan): boolean {
  if (plan.serving.kind === 'raw_rows') return plan.fitted.length > 0;
  const served = servedModel(plan);
  if (served === undefined) return false;
  const estimator = served.facts?.estimator;
  return estimator === undefined || estimator.predicts || estimator.role === 'transformer';
}
