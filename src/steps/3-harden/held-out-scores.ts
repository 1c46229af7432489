import type { HeldOutScore } from '../2-structure/plan.ts';
import { factsAt, type CodeContext } from './code-context.ts';

/** What the target was fitted on in the end: a second `fit` starts over, maybe with other columns. */
export function lastTraining({
  extraction,
  statement,
}: CodeContext): { input: string | null; output: string | null } | null {
  const { target } = extraction;
  if (target === null) return null;
  const { trainingInput: input, trainingOutput: output, fits } = target;
  const last = fits.length > 1 ? fits.at(-1) : undefined;
  const call =
    last === undefined ? undefined : statement(last).calls.findLast(({ method }) => method === 'fit');
  const [rows, labels] = call?.arguments ?? [];
  if (rows?.name === undefined || rows.name === input) return { input, output };
  return { input: rows.name, output: labels?.name ?? null };
}

/** Metrics of predictions on the held-out rows as the data stage leaves them: a test finds those rows again. */
export function heldOutScores(context: CodeContext, bound: (name: string) => number): HeldOutScore[] {
  const { target, metrics } = context.extraction;
  const names = [target?.input ?? null, target?.output ?? null].map((name) =>
    name !== null && context.layout.data.includes(name) ? name : null,
  );
  return context.layout.heldOutScores.filter(({ key }) => {
    const statement = metrics.find((metric) => metric.key === key)?.statement ?? -1;
    return names.every((name) => {
      const digest = name === null ? undefined : factsAt(context, name, bound(name))?.digest;
      return digest !== undefined && digest === factsAt(context, name ?? '', statement)?.digest;
    });
  });
}
