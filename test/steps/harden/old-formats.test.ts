import { describe, expect, test } from '@jest/globals';
import { readOldFormat } from '../../../src/steps/3-harden/old-formats.ts';

/** Values with the text in front of each, then the text behind the last. */
function read(text: string): string[] | null {
  const format = readOldFormat(text);
  if (format === null) return null;
  const fields = format.fields.map(({ before, span }) => `${before}<${text.slice(span.start, span.end)}>`);
  return [...fields, format.after];
}

describe('the values of a formatted text', () => {
  test.each([
    ["'MSE %.4f and R2 %5.2f%%' % (mse, r2)", ['MSE <mse>', ' and R2 <r2>', '%']],
    ["'n %d' % len(rows)", ['n <len(rows)>', '']],
    ["'%s: %s' % (name, f(a, b))", ['<name>', ': <f(a, b)>', '']],
    ["'%s' % (a,)", ['<a>', '']],
    ["'a {} b {:.2f} c'.format(x, y[0, 1])", ['a <x>', ' b <y[0, 1]>', ' c']],
    ["'{1} {0!r} {{x}} {k:>5}'.format(a, b, k=c == d)", ['<b>', ' <a>', ' {x} <c == d>', '']],
    ["'error: ' + str(mse)", ['error: <mse>', '']],
    ["'a ' + str(round(x, 2)) + ' of ' + name + '!'", ['a <round(x, 2)>', ' of <name>', '!']],
    ["'it\\'s %d' % n", ['it s <n>', '']],
  ])('%s', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test.each([
    ['a dictionary', "'%(a)s' % {'a': 1}"],
    ['a width that comes with the values', "'%*d' % (3, n)"],
    ['too few values', "'%s %s' % pair"],
    ['too many', "'{}'.format(a, b)"],
    ['starred values', "'{} {}'.format(*pair)"],
    ['an attribute in the text', "'{0.x}'.format(a)"],
    ['a field in a specification', "'{:{}}'.format(a, b)"],
    ['a sum behind a format', "'%s' % a + b"],
    ['no text', 'a + b'],
    ['a line', "'=' * 40"],
    ['a line in a sum', "'=' * 40 + title"],
    ['a text alone', "'done'"],
    ['an f-string', "f'{a}'"],
    ['numbers', 'a % b'],
    ['triple quotes', '"""%s""" % a'],
  ])('%s is not read', (_name, text) => {
    expect(read(text)).toBeNull();
  });
});
