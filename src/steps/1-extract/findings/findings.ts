/** All rules, and the order in which a reviewer reads what they found. */

import type { Finding } from '../extraction.ts';
import { belowBaseline } from './baseline.ts';
import type { FindingContext, Rule } from './context.ts';
import {
  neverFitted,
  noHeldOutData,
  oneTestSetForAll,
  otherModelBetter,
  refitAfterScore,
  shuffledTimeSeries,
  testDataInTraining,
} from './evaluation.ts';
import { credentials, foreignPaths, relocatedInputs } from './files.ts';
import { fitBeforeFolds, fitBeforeSplit, targetInFeatures } from './leakage.ts';
import { olderReleases } from './releases.ts';
import { missingExecutions, sharedObjects, staleOutputs } from './outputs.ts';
import { functionsReadGlobals, hiddenState, notIdempotent, notSaved, outOfOrder, unseeded } from './state.ts';

/** In order of how much they are known to distort results. */
const RULES: readonly Rule[] = [
  credentials,
  // Which releases a package rests on is decided before anything in it is read.
  olderReleases,
  targetInFeatures,
  fitBeforeSplit,
  fitBeforeFolds,
  testDataInTraining,
  belowBaseline,
  otherModelBetter,
  neverFitted,
  noHeldOutData,
  hiddenState,
  unseeded,
  oneTestSetForAll,
  shuffledTimeSeries,
  refitAfterScore,
  staleOutputs,
  notSaved,
  foreignPaths,
  relocatedInputs,
  functionsReadGlobals,
  notIdempotent,
  sharedObjects,
  outOfOrder,
  missingExecutions,
];

const SEVERITIES = ['high', 'medium', 'low'];

/** Findings: the severe first, then those in kept code, then by rule and place. */
export function findFindings(context: FindingContext): Finding[] {
  const ranked = RULES.flatMap((rule, rank) => rule(context).map((finding) => ({ finding, rank })));
  const severity = ({ severity: name }: Finding): number => SEVERITIES.indexOf(name);
  ranked.sort(
    (a, b) =>
      severity(a.finding) - severity(b.finding) ||
      Number(b.finding.kept) - Number(a.finding.kept) ||
      a.rank - b.rank ||
      a.finding.cell - b.finding.cell ||
      a.finding.line - b.finding.line,
  );
  return ranked.map(({ finding }) => finding);
}
