import { expect, test } from '@jest/globals';
import { hideSecrets } from '../../src/guardrails/hide-secrets.ts';

const TOKEN = 'ghp_9fK2mQ7xWb4TzR8vLc3NpY6hJd1sGa5eUo0X';

test.each([
  ['a token', `token = "${TOKEN}"\nx = 1\n`, 'token = "[hidden]"\nx = 1\n'],
  ['two in a line', `f("${TOKEN}", "${TOKEN}")`, 'f("[hidden]", "[hidden]")'],
  ['a password', 'connect(password="hunter2secret")', 'connect(password="[hidden]")'],
  [
    'a password in an address',
    'url = "postgres://ann:s3cr3tpw@db/x"',
    'url = "postgres://ann:[hidden]@db/x"',
  ],
  [
    'no secret',
    'model = load(key="data.path", password=password)\n',
    'model = load(key="data.path", password=password)\n',
  ],
  ['nothing', '', ''],
])('%s', (_, text, expected) => expect(hideSecrets(text)).toBe(expected));

test('a secret that lies across two searched pieces of a long line is hidden whole', () => {
  for (const before of [650, 690, 700, 710, 980, 1000]) {
    const text = `${'x'.repeat(before)} "${TOKEN}" ${'y'.repeat(2_000)}`;
    expect(hideSecrets(text)).toBe(text.replace(TOKEN, '[hidden]'));
  }
});

test('of a text that was written to be slow the rest is hidden', () => {
  const text = `x = 1\n${'password = "aaaaaa" key secret token api\n'.repeat(20_000)}`;
  const clean = hideSecrets(text);
  expect(clean.startsWith('x = 1\n')).toBe(true);
  expect(clean.length).toBeLessThan(text.length);
  expect(clean.endsWith('[hidden]')).toBe(true);
});
