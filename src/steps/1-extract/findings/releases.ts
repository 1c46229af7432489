/** Releases that the notebook was written for, and that are no longer the current ones. */

import { at, list, type Rule } from './context.ts';

/** One finding for each place that fails with current releases. */
export const olderReleases: Rule = (context) => {
  const places = new Map(context.older.map((release) => [release.statement, release]));
  return [...places.values()].flatMap((release) => {
    const each = context.flow.flows[release.statement];
    if (each === undefined) return [];
    const { change, instead, line } = release;
    const pins = context.older.filter(({ statement }) => statement === release.statement);
    const names = list(pins.map(({ requirement }) => requirement));
    const forward = instead === null ? 'change what fails there' : instead;
    return [
      {
        ...at(each, context, {
          code: 'older_release',
          severity: 'medium',
          message: `the notebook and its package run with ${names}, not with current releases: ${change}`,
          advice: `Kept as it is, with that release pinned. To go on to current ones, ${forward}; then run this again.`,
        }),
        line,
      },
    ];
  });
};
