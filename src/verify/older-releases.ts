import { distributionOf as distributionOfModule } from '../knowledge/distributions.ts';
import { ERAS } from '../knowledge/eras.ts';
import { findDrift } from '../knowledge/find-drift.ts';
import { listed } from '../lib/text.ts';
import type { StatementRecord } from '../notebook/observation.ts';
import type { Extraction } from '../steps/1-extract/extraction.ts';
import type { OlderRelease } from '../steps/1-extract/older-release.ts';
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
const MOST_ROUNDS = 5;

/**
 * Finds the releases of libraries that a notebook was written for. Current ones are tried first; where a kept statement fails
 * with a change that is known, the release before it is taken, and where an error comes through a library and no more is
 * known, sets of older releases that went together. Stops with the first set with which every kept statement runs; where
 * none does, current releases stand, whose error is the one to mend.
 */
export async function findReleases(look: Look, canRetry: (looked: Looked) => boolean): Promise<Looked> {
  const first = await look('', []);
  let older: OlderRelease[] = [];
  let last = first;
  const tried: string[] = [];
  for (let round = 2; round <= MOST_ROUNDS && canRetry(last); round += 1) {
    const stopped = firstStopped(last.observed.observation, last.extraction);
    if (stopped === undefined) return last;
    const next = olderFor(stopped, last, older);
    if (next === undefined) break;
    older = next;
    const looked = await look(`#${round}`, older);
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

/** The releases to go back to next; undefined where no older one would help. */
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
    error: `${error.type}: ${error.message.split('\n')[0] ?? ''}`.slice(0, 160),
  };
  const drift = findDrift(error, observed.observation.versions);
  if (drift !== undefined) {
    const known = older.some(({ requirement }) => requirement === drift.pin);
    if (drift.pin === null || known) return undefined;
    const change = `since ${drift.distribution} ${drift.since} ${drift.change}`;
    return [...older, { ...where, requirement: drift.pin, change, instead: drift.instead }];
  }
  if (error.library === undefined || !OF_LIBRARIES.has(error.layer)) return undefined;
  const name = distributionOfModule(error.library) ?? error.library;
  const change = `with current releases it fails in ${name}`;
  const installed = Object.keys(observed.observation.versions);
  for (const era of ERAS) {
    const bounds = era.filter((line) => installed.includes(line.split('<')[0] ?? ''));
    const fresh = bounds.filter((line) => !older.some(({ requirement }) => requirement === line));
    if (!bounds.some((line) => line.startsWith(`${name}<`)) || fresh.length < bounds.length) continue;
    return [...older, ...fresh.map((requirement) => ({ ...where, requirement, change, instead: null }))];
  }
  return undefined;
}

function triedNote(older: readonly OlderRelease[], { observed, extraction }: Looked): string {
  const names = listed(older.map(({ requirement }) => `\`${requirement}\``));
  const stopped = firstStopped(observed.observation, extraction);
  if (observed.notRun !== undefined) return `${names} (${observed.notRun.message})`;
  const place = extraction.statements.find(({ id }) => id === stopped?.id);
  const error =
    stopped?.error === undefined
      ? 'nothing told why'
      : `${stopped.error.type}: ${(stopped.error.message.split('\n')[0] ?? '').slice(0, 120)}`;
  return `${names} (cell ${place?.cell ?? '?'}: ${error})`;
}
