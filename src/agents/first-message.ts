import type { AgentTask } from './agent.ts';
import type { Fence, Json } from './fence.ts';
import type { Screen } from './screen.ts';

/** Everything that an agent is shown of its task, as data between fences. */
export function firstMessage(task: AgentTask, fence: Fence, screen: Screen, most: number): string {
  const part = (key: string, value: Json): string => fence.wrap({ [key]: value });
  const clean = (text: string, place: string): string => cut(screen.clean(text, place), place, screen, most);
  const files = Object.entries(task.tree).map(([path, text]) => ({
    path: screen.clean(path, 'names of files'),
    lines: text.split('\n').length,
  }));
  const team = {
    ...(task.task === null ? {} : { task: clean(task.task, 'the task of the step') }),
    ...(task.conventions === null ? {} : { conventions: clean(task.conventions, '.architect.md') }),
  };
  return [
    ...(Object.keys(team).length === 0 ? [] : [part('team', team)]),
    part('notebook', notebookPart(task.notebook, screen, most)),
    part('plan', clean(task.plan, 'EXTRACTION_PLAN.md')),
    part(
      'findings',
      task.diagnostics.map((text) => clean(text, 'findings')),
    ),
    part('files', files),
    ...(task.failures.length === 0
      ? []
      : [
          'Your last proposal was not taken, for these reasons. The files are as you left them: repair it.',
          part(
            'failures',
            task.failures.map((text) => clean(text, 'results of the checks')),
          ),
        ]),
  ].join('\n\n');
}

/** Cells in their order, as far as they fit; of the others only that they are there. */
function notebookPart(notebook: AgentTask['notebook'], screen: Screen, most: number): Json {
  let left = most;
  let missing = 0;
  const cells = notebook.cells.map(({ index, kind, code }): Json => {
    const shown = screen.clean(code, `cell ${index}`);
    if (shown.length > left) {
      missing += 1;
      return { index, kind, code: null };
    }
    left -= shown.length;
    return { index, kind, code: shown };
  });
  if (missing > 0)
    screen.note(
      `${missing} of ${cells.length} cells of the notebook were not shown to the model: it is too long.`,
    );
  return { path: screen.clean(notebook.path, 'names of files'), cells };
}

function cut(text: string, place: string, screen: Screen, most: number): string {
  if (text.length <= most) return text;
  screen.note(`${place}: the model was shown only the first ${most} characters.`);
  return text.slice(0, most);
}
