/** What an agent is asked where the pipeline file has no words for the step. */
const TASKS: Readonly<Record<string, string>> = {
  extract:
    'Add to EXTRACTION_PLAN.md, at its end, a short section for readers who do not know the notebook: what it is for, what it predicts ' +
    'from what, and how its model is judged. Only what the notebook shows.',
  structure:
    'Read the modules. Rename local variables whose names say nothing, and add a comment where a reader would ask why. Nothing else.',
  harden:
    'Improve docstrings that only repeat the name of their function: say what goes in, what comes out, and why it is done, from what the ' +
    'notebook says and does. Make error messages name what is wrong and what to do next. Make annotations with Any precise where you are ' +
    'sure. Add checks where bad input would give a wrong result instead of an error.',
  test:
    'Add tests for what the present ones do not catch: edges of the data (an empty table, one row, missing values, an unknown category), ' +
    'errors that must name the column or file, results that must not depend on the order of columns. Each test must be able to fail.',
  'pipeline-config':
    'Write RUNNING.md: how to install, train, evaluate and override a parameter, from the Makefile, MLproject and configs, in less than a ' +
    'page. Only what stands there.',
};

/** The built-in task of a step. */
export function builtInTask(step: string): string {
  return Object.hasOwn(TASKS, step)
    ? (TASKS[step] ?? '')
    : `Look at the package with the eyes of the step "${step}" and improve what belongs to it.`;
}
