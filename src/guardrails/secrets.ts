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

/** Longer lines are searched in pieces that overlap: no secret is longer than the overlap. */
const PIECE = 1000;
const OVERLAP = 300;
/**
 * So many characters are searched in one file, each counted for each rule that looks at it. Text that was written to be slow
 * ends the run instead of holding it up.
 */
const BUDGET = 500_000;

/** Looks for passwords, tokens and keys in generated text, line by line. What is found is never repeated. */
export function checkSecrets(place: string, text: string): Violation[] {
  const byLine = new Map<number, Violation>();
  let searched = 0;
  for (const { number, piece } of pieces(text)) {
    const lower = piece.toLowerCase();
    for (const rule of RULES) {
      if (!rule.keywords.some((keyword) => lower.includes(keyword))) continue;
      searched += piece.length;
      if (searched > BUDGET) return [...byLine.values(), tooMuch(place)];
      const certain = findSecret(rule, piece, place);
      if (certain === undefined || byLine.get(number)?.severity === 'block') continue;
      byLine.set(number, violation(rule, place, number, certain));
    }
    if (byLine.size >= MOST_IN_A_FILE) break;
  }
  return [...byLine.values()];
}

/** Where secrets stand in a text, in no order, and how much of it could be searched. */
export interface FoundSecrets {
  spans: { start: number; end: number }[];
  /** Characters from the start; fewer than the text has where too much of it looks like a secret. */
  searched: number;
}

/** Finds every secret of a text, the doubtful ones too: code and words alike, of which only what is quoted counts as random. */
export function findSecrets(text: string): FoundSecrets {
  const spans: FoundSecrets['spans'] = [];
  let searched = 0;
  for (const { piece, at } of pieces(text)) {
    const lower = piece.toLowerCase();
    for (const rule of RULES) {
      if (!rule.keywords.some((keyword) => lower.includes(keyword))) continue;
      searched += piece.length;
      if (searched > BUDGET) return { spans, searched: at };
      for (const { start, end } of secretsIn(rule, piece, '.py'))
        spans.push({ start: at + start, end: at + end });
    }
  }
  return { spans, searched: text.length };
}

function* pieces(text: string): Generator<{ number: number; piece: string; at: number }> {
  let number = 0;
  let start = 0;
  for (const line of text.split('\n')) {
    number += 1;
    for (let from = 0; from === 0 || from + OVERLAP < line.length; from += PIECE - OVERLAP)
      yield { number, piece: line.slice(from, from + PIECE), at: start + from };
    start += line.length + 1;
  }
}

function tooMuch(path: string): Violation {
  return {
    rule: 'secret',
    severity: 'block',
    path,
    line: null,
    message: `${path} cannot be searched for secrets: too much of it looks like one.`,
    help: 'Keep long texts and tables out of the notebook and load them from files.',
  };
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

/** Whether a piece of a line holds a secret of this kind: surely, perhaps (false), or not at all. */
function findSecret(rule: SecretRule, piece: string, place: string): boolean | undefined {
  let perhaps: boolean | undefined;
  for (const { certain } of secretsIn(rule, piece, place)) {
    if (certain) return true;
    perhaps = false;
  }
  return perhaps;
}

/** The secrets of this kind in a piece of a line. */
function* secretsIn(
  rule: SecretRule,
  piece: string,
  place: string,
): Generator<{ start: number; end: number; certain: boolean }> {
  const pattern = compiled(rule.pattern);
  // This is much quicker than the search that tells groups, and most text holds nothing.
  if (!pattern.test(piece)) return;
  const matcher = pattern.matcher(piece);
  while (matcher.find()) {
    const group = groupOf(rule, matcher);
    const secret = matcher.group(group) ?? '';
    const match = matcher.group() ?? '';
    const span = { start: matcher.start(group), end: matcher.end(group) };
    if (rule.entropy !== undefined && entropy(secret) <= rule.entropy) continue;
    if ([EVERYWHERE, ...rule.allow].some((one) => isAllowed(one, { secret, match, line: piece }))) continue;
    if (rule.id !== GENERIC) {
      yield { ...span, certain: true };
      continue;
    }
    // In a program only what is quoted is a value; the rest is code.
    if (/\.pyi?$/.test(place) && !/["']/.test(piece[span.start - 1] ?? '')) continue;
    yield { ...span, certain: /passw|secret|token|cred|api/i.test(match.replace(secret, '')) };
  }
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

/** Shannon's, bits for each character. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const length = [...text].length;
  return [...counts.values()].reduce((sum, count) => sum - (count / length) * Math.log2(count / length), 0);
}
