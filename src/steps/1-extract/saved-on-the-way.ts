/** Files that are written by the statement that trains the model. */

import type { Diagnostic } from '../../lib/diagnostic.ts';
import type { AnalysedStatement, OutputFile, Target } from './extraction.ts';

/**
 * Refuses a training that writes files on the way, such as a loop with `if loss < best: torch.save(model, path)`: what is in the file
 * of a model is then neither the model before nor behind it, and of a statement that writes the package has the file alone.
 */
export function refuseSavedOnTheWay(
  target: Target | null,
  outputs: readonly OutputFile[],
  statements: readonly AnalysedStatement[],
  file: string,
): Diagnostic[] {
  const saved = outputs.find(({ statement }) => target?.fits.includes(statement) === true);
  const place = statements.find(({ id }) => id === saved?.statement);
  if (target === null || saved === undefined || place === undefined) return [];
  // The span of a path that a constant holds lies in the constant's statement.
  const above =
    saved.constant === undefined ? place.text.slice(0, saved.span.start).split('\n').length - 1 : 0;
  return [
    {
      code: 'saved_in_training',
      severity: 'refused',
      file,
      cell: place.cell,
      line: place.line + above,
      message: `the statement that trains \`${target.name}\` writes \`${saved.written}\`: a package would lose the one or the other`,
      help: adviceFor(saved, target),
    },
  ];
}

function adviceFor({ kind, object }: OutputFile, { framework, name }: Target): string {
  if (kind === 'figure')
    return 'Draw and save the figure behind the training, from lists that it fills; then run this again.';
  if (kind !== 'model' && object !== name)
    return 'Keep what is written in a variable, and write it behind the training; then run this again.';
  const [keep, take] =
    framework === 'torch'
      ? ['best = copy.deepcopy(model.state_dict())', 'model.load_state_dict(best)']
      : ['best = copy.deepcopy(model)', 'model = best'];
  return `Keep the best state in a variable (\`${keep}\`), take it back behind the loop (\`${take}\`) and save the model there; then run this again.`;
}
