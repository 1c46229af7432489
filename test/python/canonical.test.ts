import { beforeAll, describe, expect, test } from '@jest/globals';
import { type CanonicalModule, readCanonical } from '../../src/python/canonical.ts';
import { loadPython } from '../../src/python/load-parser.ts';

beforeAll(loadPython);

const LAZY = 'from __future__ import annotations\n\n\n';
const forms = (module: CanonicalModule): string => module.statements.map(({ form }) => form).join('\n');
const does = (body: string, before = LAZY): string => forms(readCanonical(before + body));

describe('what a module does is the same', () => {
  test.each([
    ['without its docstring', 'def f(a):\n    """Words."""\n    return a\n', 'def f(a):\n    return a\n'],
    ['without comments', 'def f(a):\n    # why\n    return a  # what\n', 'def f(a):\n    return a\n'],
    [
      'without annotations of a function',
      'def f(a: int, *b: str, c: int = 3) -> int:\n    d: int = a\n    return d\n',
      'def f(a, *b, c=3):\n    d = a\n    return d\n',
    ],
    [
      'with other names of locals',
      'def f(a):\n    b = a\n    return [c for c in b]\n',
      'def f(a):\n    x = a\n    return [y for y in x]\n',
    ],
    [
      'with another message',
      'def f(a):\n    raise ValueError(f"no {a}")\n',
      'def f(a):\n    raise ValueError("bad: " "worse")\n',
    ],
    [
      'with another event',
      'def f(a):\n    logger.info("a", rows=a)\n',
      'def f(a):\n    logger.info("b", rows=a)\n',
    ],
    ['with another layout', 'x = [\n    1,\n    2,\n]\n', 'x = [1, 2]\n'],
    [
      'where only a docstring stands',
      'class E(Exception):\n    """One."""\n',
      'class E(Exception):\n    """Two."""\n',
    ],
  ])('%s', (_, one, two) => expect(does(one)).toBe(does(two)));
});

describe('what a module does differs', () => {
  test.each([
    ['by a number', 'def f(a):\n    return a * 2\n', 'def f(a):\n    return a * 3\n'],
    ['by the name of a parameter', 'def f(a):\n    return a\n', 'def f(b):\n    return b\n'],
    [
      'where a local takes the name of a builtin that is used',
      'def f(a):\n    n = len(a)\n    return n, len(a)\n',
      'def f(a):\n    len = len(a)\n    return len, len(a)\n',
    ],
    [
      'where two locals become one',
      'def f(a):\n    b = a\n    c = b\n    return b, c\n',
      'def f(a):\n    b = a\n    b = b\n    return b, b\n',
    ],
    [
      'where a local becomes a parameter',
      'def f(a):\n    b = 1\n    return a\n',
      'def f(a):\n    a = 1\n    return a\n',
    ],
    [
      'by what a function imports under one name',
      'def f():\n    import math as m\n    return m.pi\n',
      'def f():\n    import os as m\n    return m.pi\n',
    ],
    [
      'by a name that is shown',
      'def f(a):\n    b = a\n    return f"{b=}"\n',
      'def f(a):\n    c = a\n    return f"{c=}"\n',
    ],
    [
      'by a local that a text names',
      'def f(t):\n    low = 1\n    return t.query("a > @low")\n',
      'def f(t):\n    least = 1\n    return t.query("a > @low")\n',
    ],
    ['by a string that is no message', 'def f(t):\n    return t["a"]\n', 'def f(t):\n    return t["b"]\n'],
    [
      'by the text between the values of a string',
      'def f(a):\n    return f"{a:.2f} x"\n',
      'def f(a):\n    return f"{a:.3f} x"\n',
    ],
    [
      'by a field of a class',
      'class C:\n    a: int\n    b: float = 1.0\n',
      'class C:\n    a: float\n    b: float = 1.0\n',
    ],
    ['by a string that only looks like a docstring', 'def f(a):\n    f"{a()}"\n', 'def f(a):\n    "x"\n'],
    [
      'by what a condition holds',
      'def f(a):\n    if a:\n        a = 1\n    return a\n',
      'def f(a):\n    if a:\n        a = 1\n        return a\n',
    ],
    ['by a decorator', '@cache\ndef f(a):\n    return a\n', 'def f(a):\n    return a\n'],
    ['by a default', 'def f(a=1):\n    return a\n', 'def f(a=2):\n    return a\n'],
  ])('%s', (_, one, two) => expect(does(one)).not.toBe(does(two)));

  test('by an annotation that is evaluated', () => {
    expect(does('def f(a: int):\n    return a\n', '')).not.toBe(does('def f(a: g()):\n    return a\n', ''));
  });
});

test('a placeholder that an author writes hides nothing', () => {
  const honest = 'def f(a):\n    b = a\n    return b\n';
  const forged = 'local_1_0__ = 9\n\n\ndef f(a):\n    b = a\n    return local_1_0__\n';
  expect(readCanonical(LAZY + forged).statements.at(-1)?.form).not.toBe(
    readCanonical(LAZY + honest).statements.at(-1)?.form,
  );
});

test('statements keep their lines, messages and kinds', () => {
  const text = `${LAZY}LIMIT = 3\n\n\ndef f(a):\n    """Words."""\n    if a is None:\n        raise ValueError(f"no {a.b} {len(a)}")\n    logger.info("x")\n    assert a\n    return a\n`;
  const [, constant, f] = readCanonical(text).statements;
  expect(constant).toMatchObject({ kind: 'constant', line: 4 });
  expect(f?.definition).toMatchObject({ name: 'f', parameters: ['a'], header: 'def f(a):' });
  expect(f?.definition?.body.map(({ kind, line }) => [kind, line])).toEqual([
    ['guard', 9],
    ['log', 11],
    ['assert', 12],
    ['other', 13],
  ]);
  expect(f?.definition?.body[0]?.messages).toEqual([
    {
      text: 'f"no {a.b} {len(a)}"',
      values: [
        { text: 'a.b', plain: true },
        { text: 'len(a)', plain: false },
      ],
    },
  ]);
});
