import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkTree } from '../../src/guardrails/check-tree.ts';
import { patternProblem } from '../../src/guardrails/code-rules.ts';
import { type CodeRule, DEFAULT_POLICY } from '../../src/guardrails/policy.ts';
import { protectionProblem } from '../../src/guardrails/protected-files.ts';
import type { Violation } from '../../src/guardrails/violation.ts';
import { readTree } from '../golden.ts';

const check = (tree: Record<string, string>, codeRules: CodeRule[] = []): Violation[] =>
  checkTree(tree, { policy: { ...DEFAULT_POLICY, codeRules }, folder: '.', entries: {}, ours: [] });

// Put together here, so that no scanner takes this file for a leak.
const random = 'aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA2bC4';
const SECRETS: [string, string][] = [
  ['an AWS key', `key_id = "AKIA${'IOSFODNN7EXAMPLA'}"`],
  ['a GitHub token', `x = "ghp_${random.slice(0, 36)}"`],
  ['a fine-grained GitHub token', `x = "github_pat_${random}${random.slice(0, 40)}"`],
  ['a Slack token', `x = "xoxb-${'123456789012'}-1234567890123-${random.slice(0, 24)}"`],
  ['a key of a model provider', `client = Client("sk-${random}")`],
  ['another one', `client = Client("sk-ant-api03-${random}")`],
  ['a Hugging Face token', `login("hf_${'kQzWnXvBtRyPmLsDfGhJcNaEoUiTbVwYxZ'}")`],
  ['a private key', `pem = "-----BEGIN RSA ${'PRIVATE KEY'}-----\\nMIIE"`],
  ['a JWT', `jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${random}"`],
  ['a password in an address', 'engine = create_engine("postgresql://admin:hunter22@db.internal/sales")'],
  ['a password', 'password = "hunter22"'],
  ['an argument', 'connect(user="a", db_password="Tr0ub4dor&3")'],
  ['an entry', 'config["api_key"] = "k3y-of-the-team"'],
  ['an entry of a literal', 'config = {"passwd": "hunter22"}'],
  ['a random token', 'token = "9f86d081884c7d659a2feaa0c55ad015"'],
];
const INNOCENT = [
  'password = os.environ["DB_PASSWORD"]',
  'password = getpass.getpass()',
  'api_key: str = "OPENAI_API_KEY"',
  'engine = create_engine("postgresql://user:password@host/x")',
  'engine = create_engine(f"postgresql://{user}:{password}@host/x")',
  'tokens = tokenizer.encode_plus(text, max_length=128)',
  'pad_token = "[PAD]"',
  'primary_key = "customer_id"',
  'frame = frame.merge(other, on="access_key_2024_id")',
  'def connect(password: str = "password") -> None:',
  'digest = "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"',
  'secret = config.database.secret',
];

describe('secrets', () => {
  test.each(SECRETS)('%s is found, and not repeated', (_name, line) => {
    const found = check({ 'src/a.py': `"""Module."""\n\n${line}\n` });
    expect(found).toMatchObject([{ rule: 'secret', severity: 'block', path: 'src/a.py', line: 3 }]);
    const literals = [...line.matchAll(/"([^"]{8,})"/g)].map((match) => match[1] ?? '');
    for (const literal of literals) expect(JSON.stringify(found)).not.toContain(literal);
  });

  test('a value in a configuration file needs no quotes', () => {
    expect(check({ 'configs/default.yaml': 'db:\n  password: hunter22\n' })).toMatchObject([
      { rule: 'secret', line: 2 },
    ]);
    expect(
      check({ 'configs/default.yaml': 'db:\n  password: ${oc.env:DB_PASSWORD}\n  password_column: null\n' }),
    ).toEqual([]);
  });

  test.each(INNOCENT)('%s is none', (line) => expect(check({ 'src/a.py': `${line}\n` })).toEqual([]));

  test('in a very long line is found too, wherever it stands', () => {
    for (const before of [0, 690, 995, 5000])
      expect(
        check({ 'a.py': `${'x = 1; '.repeat(before / 5)}y = "ghp_${random.slice(0, 36)}"\n` }),
      ).toMatchObject([{ line: 1 }]);
  });

  test('text that was written to be slow to search ends the run instead', () => {
    const [found] = check({ 'a.py': `${'api_key token secret passwd sk- :// '.repeat(6)}\n`.repeat(1000) });
    expect(found).toMatchObject({ rule: 'secret', severity: 'block', line: null });
    expect(found?.message).toContain('cannot be searched for secrets');
  });

  test('what may be one is a warning', () => {
    const found = check({ 'src/a.py': `key = "${random.slice(0, 24)}"\n` });
    expect(found).toMatchObject([
      { rule: 'secret', severity: 'warn', message: 'this line may hold a secret.' },
    ]);
  });
});

describe('rules of a team', () => {
  const rules: CodeRule[] = [
    { pattern: 'from .* import \\*', message: 'No wildcard imports', severity: 'block' },
    { pattern: 'print\\(', message: 'Use structlog', severity: 'warn' },
  ];

  test('are searched in every line of code, and not in prose', () => {
    const tree = { 'a.py': 'x = 1\nfrom os import *\nprint(x)\n', 'REPORT.md': 'from os import *\n' };
    expect(
      check(tree, rules).map(({ severity, path, line, message }) => [severity, path, line, message]),
    ).toEqual([
      ['block', 'a.py', 2, 'No wildcard imports'],
      ['warn', 'a.py', 3, 'Use structlog'],
    ]);
  });

  test('are not reported without end', () => {
    const found = check({ 'a.py': 'print(1)\n'.repeat(50) }, rules);
    expect(found).toHaveLength(10);
    expect(found.at(-1)?.message).toBe('Use structlog (and 40 more lines of this file)');
  });

  test('are hostile patterns: those that others backtrack on for ages are searched at once', () => {
    const hostile = ['(x+x+)+y', '(a|a)*b', '(.*)*=', '([a-z]+)*[0-9]$', '(a?){30}a{30}'];
    const tree = { 'a.py': `${'x'.repeat(50_000)}\n${'a'.repeat(50_000)}\n` };
    expect(
      check(
        tree,
        hostile.map((pattern) => ({ pattern, message: 'm', severity: 'warn' })),
      ),
    ).toBeDefined();
  });

  test.each([
    ['(?=a)', /lookaround/],
    ['(a)\\1', /back references/],
    ['[a', /RE2/],
    ['a{0,1000}'.repeat(3), /repetitions/],
    ['(((a{100}){100}){100})', /RE2/],
    ['a'.repeat(501), /characters/],
  ])('%s is no rule', (pattern, reason) => expect(patternProblem(pattern)).toMatch(reason));

  test.each([
    ['{a,b}'.repeat(10), /100 others/],
    ['{1..100000}', /100 others/],
    ['a\\b', /backslash/],
    ['!a', /excludes/],
    ['a'.repeat(201), /characters/],
  ])('%s protects no files', (pattern, reason) => expect(protectionProblem(pattern)).toMatch(reason));
});

describe('characters that cannot be seen', () => {
  test.each([
    '\u200b',
    '\u202e',
    '\u2066',
    '\u{e0041}',
    '\ufe0f',
    '\u00ad',
    '\ufeff',
    '\u0008',
    '\ud800',
    '\u3164',
  ])('%j', (character) => {
    const [found] = check({ 'src/a.py': `x = 1\ny = "a${character}b"\n` });
    expect(found).toMatchObject({
      rule: 'invisible_character',
      severity: 'block',
      path: 'src/a.py',
      line: 2,
    });
    expect(found?.message).not.toContain(character);
  });

  test('what can be seen passes', () => expect(check({ 'a.py': 'x = "日本 é 😀 →"\t# ok\r\n' })).toEqual([]));
});

describe('packages as the compiler makes them', () => {
  const fixtures = join(import.meta.dirname, '../../fixtures');
  const packages = ['compile', 'frame', 'write-tests'].flatMap((suite) =>
    readdirSync(join(fixtures, suite)).map((name) => join(fixtures, suite, name, 'expected')),
  );
  const rules: CodeRule[] = [{ pattern: 'from .* import \\*', message: 'm', severity: 'block' }];

  test('hold nothing that a guardrail objects to', () => {
    expect(packages.length).toBeGreaterThan(15);
    for (const folder of packages) {
      const { 'diagnostics.json': _, ...tree } = readTree(folder);
      expect({ folder, found: check(tree, rules) }).toEqual({ folder, found: [] });
    }
  });
});
