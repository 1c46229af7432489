import { findDrift } from '../knowledge/find-drift.ts';
import type { Source } from '../lib/source.ts';
import type { Observation, RunError, StatementRecord } from '../notebook/observation.ts';
import type { AnalysedStatement, Extraction } from '../steps/1-extract/extraction.ts';
import type { PackagePlan } from '../steps/2-structure/plan.ts';
import { adviceFor, MAKE_IT_RUN } from './advice.ts';
import { failureText } from './notebook-run.ts';
import type { NotRun } from './verdict.ts';

/** Why the notebook's run is no basis for a proof; undefined if it is one. */
export function whyNoProof(
  observation: Observation,
  plan: PackagePlan,
  extraction: Extraction,
  source: Source,
): NotRun | undefined {
  const broken = extraction.diagnostics.find(({ code }) => code === 'not_python');
  if (broken !== undefined) {
    const where = `cell ${broken.cell ?? '?'}${broken.line === undefined ? '' : `, line ${broken.line}`}`;
    return { layer: 'syntax', message: `In ${where} ${broken.message}.`, help: broken.help };
  }
  const stopped = firstUnrun(observation, extraction);
  if (stopped !== undefined) {
    const failed = causeOf(stopped, observation);
    if (failed?.error === undefined) {
      return {
        layer: 'other',
        message: `The notebook's run did not reach cell ${stopped.cell}, line ${stopped.line}.`,
        help: MAKE_IT_RUN,
      };
    }
    return whyFailed(failed.error, failed, observation, extraction, source);
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

/** The first kept statement that did not run. */
function firstUnrun(observation: Observation, extraction: Extraction): AnalysedStatement | undefined {
  // A file that cannot be written where the notebook wrote it changes no value: `/content/drive/model.pkl` is not here.
  const writes = new Set(extraction.outputs.map(({ statement }) => statement));
  const kept = extraction.statements.filter(({ kept, id }) => kept && !writes.has(id));
  const records = new Map(observation.statements.map((record) => [record.id, record]));
  return kept.find((statement) => records.get(statement.id)?.outcome !== 'ran');
}

/** Of a statement that was skipped or never reached, what failed before it is the cause. */
function causeOf({ id }: AnalysedStatement, { statements }: Observation): StatementRecord | undefined {
  const failed = statements.filter((record) => record.outcome === 'failed' && record.id <= id);
  return failed.find((record) => record.id === id) ?? failed.at(-1);
}

/** What keeps the kept statements from running, if something does: the record of the statement that failed. */
export function firstStopped(observation: Observation, extraction: Extraction): StatementRecord | undefined {
  const stopped = firstUnrun(observation, extraction);
  return stopped === undefined ? undefined : causeOf(stopped, observation);
}

function whyFailed(
  error: RunError,
  failed: StatementRecord,
  { versions }: Observation,
  { statements }: Extraction,
  source: Source,
): NotRun {
  const drift = findDrift(error, versions);
  const layer = drift === undefined ? error.layer : 'removed_api';
  const place = statements.find(({ id }) => id === failed.id);
  const where = place === undefined ? 'the notebook' : `cell ${place.cell}, line ${error.line ?? place.line}`;
  const text = failureText(
    failed,
    statements.map((one) => ({ ...one, code: one.text, watch: [], mayMutate: [], expressions: [] })),
  );
  return {
    layer,
    message: `The notebook does not run: ${text}`,
    help: adviceFor(layer, { error, drift, where, source, versions }),
  };
}
