import { RE2JS, RE2JSException } from 're2js';
import type { CodeRule } from './policy.ts';
import type { Violation } from './violation.ts';

/** Longer patterns than this are programs, not rules. */
const LONGEST_PATTERN = 500;
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
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    const reason = error instanceof RE2JSException ? error.message : 'it cannot be read';
    return `not a regular expression in RE2 syntax, which has no lookaround and no back references (${reason})`;
  }
}

/** Searches every line of generated code for what the team's rules name. */
export function checkCodeRules(
  files: readonly { place: string; text: string }[],
  rules: readonly CodeRule[],
): Violation[] {
  const compiled = rules.map((rule) => ({ ...rule, search: RE2JS.compile(rule.pattern) }));
  return files
    .filter(({ place }) => CODE.test(place))
    .flatMap(({ place, text }) => {
      const lines = text.split(/\r?\n/);
      return compiled.flatMap((rule) => {
        const at = lines.flatMap((line, index) => (rule.search.test(line) ? [index + 1] : []));
        return at.slice(0, MOST_IN_A_FILE).map((line, index): Violation => {
          const more = index === MOST_IN_A_FILE - 1 ? at.length - MOST_IN_A_FILE : 0;
          return {
            rule: 'code_rule',
            severity: rule.severity,
            path: place,
            line,
            message: `${rule.message}${more > 0 ? ` (and ${String(more)} more lines of this file)` : ''}`,
            help: `The rule \`${rule.pattern}\` stands under guardrails.code_rules in .architect.yaml: change the notebook, or the rule.`,
          };
        });
      });
    });
}
