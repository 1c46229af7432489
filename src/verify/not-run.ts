import type { Observation } from '../notebook/observation.ts';
import type { Extraction } from '../steps/1-extract/extraction.ts';
import type { PackagePlan } from '../steps/2-structure/plan.ts';
import { failureText } from './notebook-run.ts';
import type { NotRun } from './verdict.ts';

/** What to do about what was missing, by layer of the error. */
const HELP: Record<string, string> = {
  missing_module:
    'If the module is a file of yours, put it into the working tree beside the notebook. If not, no package with its name could be installed: correct the import, or leave out what needs it; then run this again.',
  local_module: 'Put the module beside the notebook, in the same working tree.',
  missing_data: 'Put the file where the notebook reads it, inside the working tree; then run this again.',
  removed_api:
    'Change the call to what current releases offer, or pin the release that the notebook was written for.',
  hidden_state:
    'The cell that defined the name is gone: define it in the notebook, and check with "Restart and run all".',
  network:
    'Notebooks run without network: download the data once, commit or place it in the working tree, and read it from there.',
  system_binary: 'The program is not in the sandbox: do its work in Python, or leave the cell out.',
  input: 'Nobody is there to type: put the answer in the place of the `input()` call; then run this again.',
  out_of_memory:
    'Give the run more memory (`limits: {memory: 8192}` in `.architect.yaml`, in MiB), or sample the data.',
  time_out:
    'Give the run more time (`limits: {seconds: 1800}` in `.architect.yaml`), or make the cell end sooner.',
  other: 'Make the notebook run from top to bottom ("Restart and run all"), then run this again.',
};

/** Why the notebook's run is no basis for a proof; undefined if it is one. */
export function whyNoProof(
  observation: Observation,
  plan: PackagePlan,
  extraction: Extraction,
): NotRun | undefined {
  const broken = extraction.diagnostics.find(({ code }) => code === 'not_python');
  if (broken !== undefined) {
    const where = `cell ${broken.cell ?? '?'}${broken.line === undefined ? '' : `, line ${broken.line}`}`;
    return { layer: 'syntax', message: `In ${where} ${broken.message}.`, help: broken.help };
  }
  // A file that cannot be written where the notebook wrote it changes no value: `/content/drive/model.pkl` is not here.
  const writes = new Set(extraction.outputs.map(({ statement }) => statement));
  const kept = extraction.statements.filter(({ kept, id }) => kept && !writes.has(id));
  const records = new Map(observation.statements.map((record) => [record.id, record]));
  const stopped = kept.find((statement) => records.get(statement.id)?.outcome !== 'ran');
  if (stopped !== undefined) {
    // A statement that was skipped or never reached: what failed before it is the cause.
    const failed = observation.statements
      .filter((record) => record.outcome === 'failed' && record.id <= stopped.id)
      .sort((a, b) => b.id - a.id)
      .sort((a, b) => Number(b.id === stopped.id) - Number(a.id === stopped.id))[0];
    const layer = failed?.error?.layer ?? 'other';
    const message =
      failed === undefined
        ? `The notebook's run did not reach cell ${stopped.cell}, line ${stopped.line}.`
        : `The notebook does not run: ${failureText(
            failed,
            extraction.statements.map((one) => ({
              ...one,
              code: one.text,
              watch: [],
              mayMutate: [],
              expressions: [],
            })),
          )}`;
    return { layer, message, help: HELP[layer] ?? HELP['other'] ?? '' };
  }
  if (plan.boundaries.length === 0) {
    return {
      layer: 'nothing_to_compare',
      message: 'No kept statement gives a value that could be compared.',
      help: 'Name the model that the package is about: --target NAME.',
    };
  }
  return undefined;
}
