/** What an agent is asked where the pipeline file has no words for the step. */
const TASKS: Readonly<Record<string, string>> = {
  extract:
    'Improve EXTRACTION_PLAN.md alone: words that a reader who does not know the notebook would stumble over. Keep each fact and number.',
  structure:
    'Read the modules. Improve names of local variables that say nothing, and split what a reader cannot follow, inside of functions alone.',
  harden:
    'Improve docstrings that only repeat the name of their function: say what goes in, what comes out, and why it is done, from what the ' +
    'notebook says and does. Make error messages name what is wrong and what to do next. Make annotations with Any precise where you are sure.',
  test:
    'Add tests for what the present ones do not catch: edges of the data (an empty table, one row, missing values, an unknown category), ' +
    'errors that must name the column or file, results that must not depend on the order of columns. Each test must be able to fail.',
  'pipeline-config':
    'Read the Makefile, MLproject and configs. Improve comments and descriptions of parameters; change no key and no value.',
};

/** The built-in task of a step. */
export function builtInTask(step: string): string {
  return Object.hasOwn(TASKS, step)
    ? (TASKS[step] ?? '')
    : `Look at the package with the eyes of the step "${step}" and improve what belongs to it.`;
}
