import { RE2JS } from 're2js';
import { OWN_SECRET_RULES, type SecretAllowance, type SecretRule } from './own-secret-rules.ts';
import rulesOfGitleaks from './secret-rules.json' with { type: 'json' };
import type { Violation } from './violation.ts';

const RULES: readonly SecretRule[] = [...OWN_SECRET_RULES, ...rulesOfGitleaks.rules];
const EVERYWHERE: SecretAllowance = rulesOfGitleaks.allow;
/** Knows no provider: any random text that is assigned to a name such as `token` or `key`. */
const GENERIC = 'generic-api-key';
/** So many are reported in one file; the run ends anyhow. */
const MOST_IN_A_FILE = 20;

const HELP =
  'Treat it as known to everybody and replace it. In the notebook, read it from the environment (os.environ) instead of writing it down.';

/** Looks for passwords, tokens and keys in generated text. What is found is never repeated. */
export function checkSecrets(place: string, text: string): Violation[] {
  const lower = text.toLowerCase();
  const byLine = new Map<number, Violation>();
  for (const rule of RULES) {
    if (!rule.keywords.some((keyword) => lower.includes(keyword))) continue;
    for (const { line, certain } of findSecrets(rule, text, place)) {
      if (byLine.size >= MOST_IN_A_FILE) break;
      const known = byLine.get(line);
      if (known === undefined || (known.severity === 'warn' && certain))
        byLine.set(line, violation(rule, place, line, certain));
    }
  }
  return [...byLine.values()];
}

function violation({ id }: SecretRule, path: string, line: number, certain: boolean): Violation {
  const kind = id === GENERIC ? 'a secret' : `a secret (${id})`;
  return {
    rule: 'secret',
    severity: certain ? 'block' : 'warn',
    path,
    line,
    message: certain ? `this line holds ${kind}.` : `this line may hold ${kind}.`,
    help: HELP,
  };
}

function findSecrets(rule: SecretRule, text: string, place: string): { line: number; certain: boolean }[] {
  const found: { line: number; certain: boolean }[] = [];
  const matcher = compiled(rule.pattern).matcher(text);
  while (found.length < MOST_IN_A_FILE && matcher.find()) {
    const group = groupOf(rule, matcher);
    const secret = matcher.group(group) ?? '';
    const match = matcher.group() ?? '';
    if (rule.entropy !== undefined && entropy(secret) <= rule.entropy) continue;
    const start = matcher.start(group);
    const line = lineAt(text, start);
    const allowed = [EVERYWHERE, ...rule.allow].some((one) =>
      isAllowed(one, { secret, match, line: line.text }),
    );
    if (allowed) continue;
    if (rule.id !== GENERIC) found.push({ line: line.number, certain: true });
    // In a program only what is quoted is a value; the rest is code.
    else if (!/\.pyi?$/.test(place) || /["']/.test(text[start - 1] ?? ''))
      found.push({
        line: line.number,
        certain: /passw|secret|token|cred|api/i.test(match.replace(secret, '')),
      });
  }
  return found;
}

/** The first group that holds something, as gitleaks chooses it. */
function groupOf(
  rule: SecretRule,
  matcher: { groupCount(): number; group(index: number): string | null },
): number {
  if (rule.group !== undefined) return rule.group;
  for (let index = 1; index <= matcher.groupCount(); index += 1)
    if ((matcher.group(index) ?? '') !== '') return index;
  return 0;
}

function isAllowed(
  { target, patterns, words }: SecretAllowance,
  found: { secret: string; match: string; line: string },
): boolean {
  const text = target === 'match' ? found.match : target === 'line' ? found.line : found.secret;
  const lower = found.secret.toLowerCase();
  return (
    patterns.some((pattern) => compiled(pattern).test(text)) || words.some((word) => lower.includes(word))
  );
}

const cache = new Map<string, RE2JS>();

function compiled(pattern: string): RE2JS {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  const made = RE2JS.compile(pattern);
  cache.set(pattern, made);
  return made;
}

function lineAt(text: string, offset: number): { number: number; text: string } {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return {
    number: text.slice(0, offset).split('\n').length,
    text: text.slice(start, end === -1 ? text.length : end),
  };
}

/** Shannon's, bits for each character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const length = [...text].length;
  return [...counts.values()].reduce((sum, count) => sum - (count / length) * Math.log2(count / length), 0);
}
