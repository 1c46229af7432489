import { distributionOf as distributionOfModule } from '../knowledge/distributions.ts';
import { ERAS, withCompanions } from '../knowledge/eras.ts';
import { findDrift } from '../knowledge/find-drift.ts';
import { listed } from '../lib/text.ts';
import type { StatementRecord } from '../notebook/observation.ts';
import type { Extraction } from '../steps/1-extract/extraction.ts';
import type { OlderRelease } from '../steps/1-extract/older-release.ts';
import { distributionOf } from './environment.ts';
import { firstStopped } from './not-run.ts';
import type { ObservedRun } from './observe.ts';

/** A run of the notebook, and what was read off it. */
export interface Looked {
  observed: ObservedRun;
  extraction: Extraction;
}

/** Runs the notebook with older releases of some libraries, and extracts again; `round` names the step. */
export type Look = (round: string, older: readonly OlderRelease[]) => Promise<Looked>;

/** Errors whose cause may be a release: the notebook's data, names and surroundings are no library's matter. */
const OF_LIBRARIES = new Set(['removed_api', 'other', 'missing_module']);
const MOST_ROUNDS = 4;

/**
 * Finds the releases of libraries that a notebook was written for. Current ones are tried first; where a kept statement fails
 * with a change that is known, the release before it is taken, and then, or where an error comes through a library and no more
 * is known, sets of older releases that went together. Stops with the first set with which every kept statement runs; where
 * none does, current releases stand, whose error is the one to mend.
 *
 * @param seconds - no further run is begun once the runs took that long together
 */
export async function findReleases(
  look: Look,
  canRetry: (looked: Looked) => boolean,
  seconds: number,
): Promise<Looked> {
  const first = await look('', []);
  let spent = first.observed.observation.seconds;
  let older: OlderRelease[] = [];
  let last = first;
  const tried: string[] = [];
  for (let round = 2; round <= MOST_ROUNDS && spent < seconds && canRetry(last); round += 1) {
    const stopped = firstStopped(last.observed.observation, last.extraction);
    if (stopped === undefined) return last;
    const next = olderFor(stopped, last, older);
    if (next === undefined) break;
    older = next;
    const looked = await look(`#${round}`, older);
    spent += looked.observed.observation.seconds;
    tried.push(triedNote(older, looked));
    if (isFurther(looked, last)) last = looked;
  }
  if (firstStopped(last.observed.observation, last.extraction) === undefined) return last;
  const notes = tried.length === 0 ? [] : [`Older releases were tried too: ${tried.join('; ')}.`];
  return { ...first, observed: { ...first.observed, notes: [...first.observed.notes, ...notes] } };
}

/** It came past the statement at which the other one stopped, or all the way. */
function isFurther(looked: Looked, other: Looked): boolean {
  const at = (one: Looked): number =>
    firstStopped(one.observed.observation, one.extraction)?.id ?? Number.MAX_SAFE_INTEGER;
  return looked.observed.notRun === undefined && at(looked) > at(other);
}

/**
 * The releases to go back to next; undefined where no older ones would help. One change is undone by itself. Behind it may lie
 * another: then the notebook is of an age, and the newest set of releases that went together and undoes all that is known is
 * taken, because releases of different years do not always fit.
 */
function olderFor(
  record: StatementRecord,
  { observed, extraction }: Looked,
  older: readonly OlderRelease[],
): OlderRelease[] | undefined {
  const { error } = record;
  if (error === undefined) return undefined;
  const place = extraction.statements.find(({ id }) => id === record.id);
  const where = {
    statement: record.id,
    cell: place?.cell ?? 0,
    line: error.line ?? place?.line ?? 1,
  };
  const drift = findDrift(error, observed.observation.versions);
  if (drift?.pin === null) return undefined;
  const name = error.library === undefined ? undefined : distributionOfModule(error.library);
  const change =
    drift === undefined
      ? `with current releases it fails in ${name ?? ''}`
      : `since ${drift.distribution} ${drift.since} ${drift.change}`;
  const asked =
    drift === undefined ? [] : [{ ...where, requirement: drift.pin, change, instead: drift.instead }];
  if (older.length === 0 && drift !== undefined) return asked;
  if (drift === undefined && (name === undefined || !OF_LIBRARIES.has(error.layer))) return undefined;
  const isNew = asked.every(({ requirement }) => older.every((one) => one.requirement !== requirement));
  const known = isNew ? [...older, ...asked] : older;
  const era = eraFor(known, Object.keys(observed.observation.versions));
  if (era === undefined) return undefined;
  const fresh = era.filter((line) => !known.some(({ requirement }) => requirement === line));
  return [
    ...known,
    ...fresh.map((requirement) => ({ ...where, requirement, change, instead: drift?.instead ?? null })),
  ];
}

/** The newest set that goes back at least as far as what is known, and further than what was tried. */
function eraFor(known: readonly OlderRelease[], installed: readonly string[]): string[] | undefined {
  const requirements = known.map(({ requirement }) => requirement);
  for (const era of ERAS) {
    const bounds = era.filter((line) => installed.includes(distributionOf(line)));
    const named = new Set(bounds.map(distributionOf));
    const isBack = withCompanions([...requirements, ...bounds]).every(
      (line) => !named.has(distributionOf(line)) || bounds.includes(line),
    );
    if (isBack && bounds.some((line) => !requirements.includes(line))) return bounds;
  }
  return undefined;
}

function triedNote(older: readonly OlderRelease[], { observed, extraction }: Looked): string {
  const names = listed(older.map(({ requirement }) => `\`${requirement}\``));
  const stopped = firstStopped(observed.observation, extraction);
  if (observed.notRun !== undefined) return `${names} (${observed.notRun.message})`;
  const place = extraction.statements.find(({ id }) => id === stopped?.id);
  return `${names} (cell ${place?.cell ?? '?'}: ${stopped?.error?.type ?? 'nothing told why'})`;
}
