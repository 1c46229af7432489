import { type Change, type Release, RELEASES } from './drift.ts';
import { isBefore } from './releases.ts';

/** What is known of an error, as the observer noted it. */
export interface ErrorFacts {
  type: string;
  message: string;
  subject?: string;
  library?: string;
  frames?: readonly string[];
}

/** What has changed, since when, and the requirement that goes back before it. */
export interface Drift
  extends Pick<Release, 'distribution' | 'since' | 'evidence'>, Omit<Change, 'error' | 'at'> {
  /** `pandas<2`; null where no release before the change has a wheel for the sandbox's Python. */
  pin: string | null;
}

/** The oldest releases with a wheel for Python 3.11, which the sandbox has; others are pure Python, or never lost what is listed here. */
const OLDEST: Readonly<Record<string, string>> = {
  matplotlib: '3.6',
  numpy: '1.23',
  pandas: '1.5',
  'scikit-learn': '1.1',
  scipy: '1.9',
  tensorflow: '2.12',
  torch: '2.0',
  pillow: '9.3',
  gensim: '4.3',
  statsmodels: '0.13',
};

/**
 * The change of a library that an error tells of; undefined if none is known.
 * @param versions - what is installed, by distribution: a change of a later release cannot be the cause
 */
export function findDrift(error: ErrorFacts, versions: Readonly<Record<string, string>>): Drift | undefined {
  const text = `${error.type}: ${error.message}`;
  const places = [error.subject ?? '', error.library ?? '', ...(error.frames ?? [])];
  for (const { changes, distribution, since, evidence } of RELEASES) {
    const installed = versions[distribution];
    if (installed !== undefined && isBefore(installed, since)) continue;
    const found = changes.find(
      ({ error: pattern, at }) =>
        pattern.test(text) && (at === undefined || places.some((place) => at.test(place))),
    );
    if (found === undefined) continue;
    const { change, instead } = found;
    return { distribution, since, evidence, change, instead, pin: pinBefore(distribution, since) };
  }
  return undefined;
}

function pinBefore(distribution: string, since: string): string | null {
  const oldest = OLDEST[distribution];
  if (since === '0.0' || (oldest !== undefined && !isBefore(oldest, since))) return null;
  return `${distribution}<${since.replace(/\.0$/, '')}`;
}
