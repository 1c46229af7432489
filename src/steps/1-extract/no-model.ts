/** Why a notebook in which something is trained has no model that a package could be built around. */

import type { Diagnostic } from '../../lib/diagnostic.ts';
import type { NotebookFlow } from './flow.ts';

/** What is wrong, at its place; the general reason where nothing is trained at all. `hint`: said before what to do. */
export function noModel(file: string, flow: NotebookFlow, hint: string): Diagnostic {
  const base = { code: 'no_model', severity: 'refused' as const, file };
  const inside = trainedInside(flow);
  if (inside !== undefined) {
    return {
      ...base,
      cell: inside.cell,
      line: inside.line,
      message: `\`${inside.name}\` trains a model that nothing outside of the function can reach`,
      help: `${hint}Let \`${inside.name}\` return the model and bind the result, as in \`model = ${inside.name}(…)\`; then run this again.`,
    };
  }
  const bare = flow.flows.find(({ calls }) => calls.some(({ call }) => call.method === 'backward'));
  if (bare !== undefined) {
    return {
      ...base,
      cell: bare.statement.cell,
      line: bare.statement.line,
      message: 'the training changes single tensors: there is no model object to build, save and serve',
      help: `${hint}Put the parameters into a \`torch.nn.Module\`, and train that; then run this again.`,
    };
  }
  return {
    ...base,
    message: 'no statement of the notebook fits a model',
    help: `${hint}A package is built around a model that the notebook trains: a call of fit(), a torch training loop, xgboost.train() and the like. Train one in the notebook itself, not only in an imported module.`,
  };
}

/** The last call of a notebook function that trains what it made itself. */
function trainedInside({ flows }: NotebookFlow): { name: string; cell: number; line: number } | undefined {
  const found = flows.flatMap(({ statement, calls }) =>
    calls.flatMap(({ summary }) =>
      summary !== null && (summary.roles.has('backward') || summary.roles.has('train'))
        ? [{ name: summary.name, cell: statement.cell, line: statement.line }]
        : [],
    ),
  );
  return found.at(-1);
}
