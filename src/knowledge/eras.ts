/** Which releases of libraries go together, for going back to some of them: what their metadata does not say. */

import { isBefore } from './releases.ts';

/** Upper bounds that a library has in truth and does not declare, for releases before the one named. */
const COMPANIONS: readonly { distribution: string; before: string; needs: readonly string[] }[] = [
  // Compiled against NumPy 1, refuse to load with 2.
  { distribution: 'pandas', before: '2.2', needs: ['numpy<2'] },
  { distribution: 'scikit-learn', before: '1.5', needs: ['numpy<2'] },
  { distribution: 'scipy', before: '1.13', needs: ['numpy<2'] },
  { distribution: 'matplotlib', before: '3.9', needs: ['numpy<2'] },
  { distribution: 'statsmodels', before: '0.14', needs: ['numpy<2', 'scipy<1.11', 'pandas<2'] },
  { distribution: 'torch', before: '2.3', needs: ['numpy<2'] },
  { distribution: 'tensorflow', before: '2.18', needs: ['numpy<2'] },
  { distribution: 'gensim', before: '4.4', needs: ['numpy<2', 'scipy<1.13'] },
  // Import names that SciPy has taken away since.
  { distribution: 'scikit-learn', before: '1.3', needs: ['scipy<1.12'] },
  { distribution: 'seaborn', before: '0.12', needs: ['pandas<2', 'matplotlib<3.8', 'numpy<2'] },
  { distribution: 'imbalanced-learn', before: '0.12', needs: ['scikit-learn<1.4', 'numpy<2'] },
];

/**
 * Sets of releases that went together, newest first: before the last big releases, and before those of early 2023, the oldest
 * for which Python 3.11 has most wheels.
 */
export const ERAS: readonly (readonly string[])[] = [
  ['pandas<3', 'numpy<2', 'scikit-learn<1.6', 'matplotlib<3.9', 'scipy<1.13', 'statsmodels<0.15'],
  [
    'pandas<2',
    'numpy<1.24',
    'scikit-learn<1.2',
    'matplotlib<3.7',
    'scipy<1.11',
    'seaborn<0.12',
    'statsmodels<0.14',
    'xgboost<1.8',
    'imbalanced-learn<0.10',
  ],
];

/** A bound of the form `name<1.2`. */
function bound(requirement: string): { distribution: string; release: string } {
  const [distribution = '', release = ''] = requirement.split('<');
  return { distribution, release };
}

/** Upper bounds (`name<1.2`), one for each distribution and the lowest of each, with those that they entail. */
export function withCompanions(requirements: readonly string[]): string[] {
  const lowest = new Map<string, string>();
  const pending = [...requirements];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    const { distribution, release } = bound(next);
    const known = lowest.get(distribution);
    if (known !== undefined && !isBefore(release, known)) continue;
    lowest.set(distribution, release);
    for (const entry of COMPANIONS)
      if (entry.distribution === distribution && !isBefore(entry.before, release))
        pending.push(...entry.needs);
  }
  return [...lowest].map(([distribution, release]) => `${distribution}<${release}`).sort();
}
