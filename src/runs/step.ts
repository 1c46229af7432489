/**
 * Does one named step of a run. The value is plain JSON, so that a step can be stored and found again; a step with an
 * outside effect finds its own earlier effect first, because a crash can repeat it.
 *
 * `leftOut` says of a value, in words, why what the step is for was not done.
 */
export type Step = <T>(
  name: string,
  work: () => T | Promise<T>,
  leftOut?: (value: T) => string | undefined,
) => Promise<T>;

/** What happened to a step. */
export type StepEvent =
  | { kind: 'started'; name: string }
  | {
      kind: 'finished';
      name: string;
      milliseconds: number;
      resumed: boolean;
      /** Why what the step is for was not done. */
      leftOut?: string;
    }
  | { kind: 'failed'; name: string; milliseconds: number };

/** Just does the work. */
export const directStep: Step = async (_name, work) => work();

/** Tells `listen` of every step of `inner`. */
export function tracedStep(inner: Step, listen: (event: StepEvent) => void): Step {
  return async (name, work, leftOut) => {
    const start = performance.now();
    let resumed = true;
    listen({ kind: 'started', name });
    try {
      const value = await inner(name, () => {
        resumed = false;
        return work();
      });
      const milliseconds = Math.round(performance.now() - start);
      const why = leftOut?.(value);
      listen({
        kind: 'finished',
        name,
        milliseconds,
        resumed,
        ...(why === undefined ? {} : { leftOut: why }),
      });
      return value;
    } catch (error) {
      listen({ kind: 'failed', name, milliseconds: Math.round(performance.now() - start) });
      throw error;
    }
  };
}
