import { RE2JS, RE2JSException } from 're2js';
import type { CodeRule } from './policy.ts';
import type { Violation } from './violation.ts';

/** Longer patterns than this are programs, not rules. */
const LONGEST_PATTERN = 500;
/** Each repetition is written out when a pattern is compiled. */
const MOST_REPEATS = 1000;
/** So often is one rule reported in one file. */
const MOST_IN_A_FILE = 10;
/** Rules are about code: a report or a plan may quote what is forbidden, and data is not written by hand. */
const CODE = /(\.(py|pyi|ya?ml|toml|cfg|ini|sql)|(^|\/)(Makefile|MLproject|Dockerfile|Procfile)|\.txt)$/;

/**
 * Why a pattern cannot be a rule, or undefined. Patterns come from a repository, so an engine that cannot backtrack searches
 * them: its time grows with the line and the pattern, whatever they are.
 */
export function patternProblem(pattern: string): string | undefined {
  if (pattern.length > LONGEST_PATTERN)
    return `the pattern has more than ${String(LONGEST_PATTERN)} characters`;
  const repeats = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].map(([, least, most]) =>
    Number(most || least),
  );
  if (repeats.reduce((sum, times) => sum + times, 0) > MOST_REPEATS)
    return `the pattern asks for more than ${String(MOST_REPEATS)} repetitions`;
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    const reason = error instanceof RE2JSException ? error.message : 'it cannot be read';
    return `not a regular expression in RE2 syntax, which has no lookaround and no back references (${reason})`;
  }
}

/** Makes the search for what a team's rules name in a file: line by line. */
export function codeRuleCheck(rules: readonly CodeRule[]): (place: string, text: string) => Violation[] {
  const compiled = rules.map((rule) => ({ ...rule, search: RE2JS.compile(rule.pattern) }));
  return (place, text) => {
    if (!CODE.test(place)) return [];
    const lines = text.split(/\r?\n/);
    return compiled.flatMap((rule) => {
      const at = lines.flatMap((line, index) => (rule.search.test(line) ? [index + 1] : []));
      const more = at.length - MOST_IN_A_FILE;
      return at.slice(0, MOST_IN_A_FILE).map((line, index): Violation => {
        const rest =
          more > 0 && index === MOST_IN_A_FILE - 1 ? ` (and ${String(more)} more lines of this file)` : '';
        return {
          rule: 'code_rule',
          severity: rule.severity,
          path: place,
          line,
          message: `${rule.message}${rest}`,
          help: `The rule \`${rule.pattern}\` stands under guardrails.code_rules in .architect.yaml: change the notebook, or the rule.`,
        };
      });
    });
  };
}
