import { describe, expect, test } from '@jest/globals';
import { readStatements } from '../../src/python/read-statements.ts';
import { calls, last, read } from './read.ts';

describe('statements', () => {
  test('one record for each, with cell and lines', () => {
    const found = read('a = 1; b = (\n  2\n)\n\nif a:\n  c', '\n\nd\n');
    expect(found.map(({ id, cell, line, endLine, text }) => [id, cell, line, endLine, text])).toEqual([
      [0, 0, 1, 1, 'a = 1'],
      [1, 0, 1, 3, 'b = (\n  2\n)'],
      [2, 0, 5, 6, 'if a:\n  c'],
      [3, 1, 3, 3, 'd'],
    ]);
  });

  test.each([
    ['import a', 'import'],
    ['from __future__ import annotations', 'import'],
    ['a = 1', 'assignment'],
    ['a: int = 1', 'assignment'],
    ['a += 1', 'augmented'],
    ['a', 'expression'],
    ['await a', 'expression'],
    ['@a\ndef f(): pass', 'function'],
    ['async def f(): pass', 'function'],
    ['@a\nclass A: pass', 'class'],
    ['for a in b: pass', 'for'],
    ['async for a in b: pass', 'for'],
    ['while a: pass', 'while'],
    ['with a: pass', 'with'],
    ['async with a: pass', 'with'],
    ['if a: pass', 'if'],
    ['try: pass\nfinally: pass', 'try'],
    ['del a', 'delete'],
    ['assert a', 'other'],
    ['match a:\n  case 1: pass', 'other'],
    ['pass', 'other'],
  ])('%j is %s', (code, kind) => {
    expect(last(code).kind).toBe(kind);
  });

  test('comments above and behind', () => {
    const [first, second, third] = read(
      '# far\n\n# one\n## two\n#\nx = """\n# no\n"""  # behind\n# next\ny = 1; z = 2 # tail',
    );
    expect(first).toMatchObject({ comments: ['one', 'two', ''], trailing: 'behind' });
    expect(second?.comments).toEqual(['next']);
    expect(second).not.toHaveProperty('trailing');
    expect(third).toMatchObject({ text: 'z = 2', trailing: 'tail', comments: [] });
  });

  test('comments of a block stay in its text', () => {
    const [block, after] = read('def f():\n    # in\n    return 1  # tail\n# after\ny');
    expect(block?.text).toBe('def f():\n    # in\n    return 1  # tail');
    expect(after?.comments).toEqual(['after']);
  });

  test('displayed: a bare expression at the end of its cell, without a semicolon', () => {
    const found = read('a\nb', 'c;', 'd = 1', 'e # x', 'print(1) ;  ', 'f, g');
    expect(found.filter(({ displayed }) => displayed).map(({ text }) => text)).toEqual(['b', 'e', 'f, g']);
  });

  test.each([
    ['x = f(y)', 'f(y)'],
    ['x = y = 1', '1'],
    ['a, (b, *c) = z', 'z'],
    ['x: int = 3', '3'],
    ['f(x)', 'f(x)'],
    ['print(x), y', 'print(x), y'],
    ['x.a = 1', undefined],
    ['x, y[0] = z', undefined],
    ['x += 1', undefined],
    ['import a', undefined],
    ['x: int', undefined],
  ])('value of %j', (code, expected) => {
    const { text, value } = last(code);
    expect(value && text.slice(value.span.start, value.span.end)).toBe(expected);
  });

  test('imports, also those inside functions', () => {
    expect(last('import a.b as c, d.e').imports).toEqual([
      { name: 'c', module: 'a.b', member: null },
      { name: 'd', module: 'd.e', member: null },
    ]);
    expect(last('from ..p.q import r as s, t').imports).toEqual([
      { name: 's', module: '..p.q', member: 'r' },
      { name: 't', module: '..p.q', member: 't' },
    ]);
    expect(last('from . import *').imports).toEqual([{ name: '*', module: '.', member: '*' }]);
    const inner = last('def f():\n  import a.b\n  from c import d');
    expect(inner.imports).toEqual([]);
    expect(inner.innerImports?.map(({ module }) => module)).toEqual(['a.b', 'c']);
  });

  test('plain JSON', () => {
    const found = read('@d\ndef f(x=1): return x\ny = f(2) # c');
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });
});

describe('cells that are no Python', () => {
  test.each([
    ['print "x"', 1],
    ['x = 1\nw = \nc = 3', 2],
    ['x = 1\n  y = 2', 2],
    ['f(', 1],
    ['1 = x', 1],
    ['def f(a, a): pass', 1],
    ['x = 0777', 1],
    ['a <> b', 1],
    ['return 1', 1],
    ['if x:\n  yield 1', 2],
    ['break', 1],
    ['continue', 1],
    ['try: pass\nexcept A, B: pass', 2],
    ['"abc', 1],
    ['x = $HOME', 1],
    [`x = ${'('.repeat(3000)}`, 1],
    [`x = ${'-'.repeat(5000)}1`, 1],
    [`x = ${'-'.repeat(5000)}`, 1],
    [`x = ${'not '.repeat(5000)}`, 1],
    [`x = ${'('.repeat(300)}${')'.repeat(300)}${'['.repeat(500)}`, 1],
  ])('%.40j', (code, line) => {
    const { statements, problems } = readStatements([
      { index: 3, code },
      { index: 5, code: 'ok = 1' },
    ]);
    expect(problems).toMatchObject([{ cell: 3, line }]);
    expect(problems[0]?.message).not.toBe('');
    expect(statements.map(({ cell }) => cell)).toEqual([5]);
  });

  test.each([
    'await f()',
    'async with a: pass',
    '[x async for x in y]',
    'async for x in y: pass',
    '',
    '# only a comment',
    '\n\n',
    'x = 1;',
  ])('%j is fine in a notebook', (code) => {
    expect(readStatements([{ index: 0, code }]).problems).toEqual([]);
  });
});

describe('calls', () => {
  const imports = [
    'import pandas as pd, torch.nn as nn, os.path',
    'from sklearn import metrics, svm as machines',
    'from torch import nn as layers\nfrom .util import helper\nfrom x import *',
  ];
  test.each([
    ['pd.read_csv("a", index_col=0)', ['pandas.read_csv("a", index_col=0)']],
    ['metrics.f1_score(a)', ['sklearn.metrics.f1_score(a)']],
    ['machines.SVC()', ['sklearn.svm.SVC()']],
    ['nn.Linear(1)', ['torch.nn.Linear(1)']],
    ['layers.Linear(1)', ['torch.nn.Linear(1)']],
    ['os.path.join(a)', ['os.path.join(a)']],
    ['helper(a)', ['.util.helper(a)']],
    ['starred(a)', ['starred(a)']],
    ['df.dropna()', ['<df>.dropna()']],
    ["df['a'].str.strip()", ['<df>[].str.strip()']],
    ['A().fit(x)', ['A()', '<call>.fit(x)']],
    ['make()()', ['make()', '<call>()']],
    ['", ".join(x)', ['<str>.join(x)']],
    ['[1].append(x)', ['<list>.append(x)']],
    ['(a + b).mean()', ['<expression>.mean()']],
    ['(df).mean()', ['<df>.mean()']],
    ['len(x)', ['len(x)']],
    ['f(*a, **k)', ['f(*=a, **=k)']],
    ['f(x for x in y)', ['f((x for x in y))']],
    ['(await f(x)).g()', ['f(x)', '<expression>.g()']],
    ['def g(pd): return pd.f()', ['<pd>.f()']],
    ['def g():\n  import numpy as np\n  return np.zeros(3)', ['numpy.zeros(3)']],
    ['def g(): return pd.f()', ['pandas.f()']],
    ['[pd.f() for pd in q]', ['<pd>.f()']],
  ])('%s', (code, expected) => {
    expect(calls(...imports, code).sort()).toEqual([...expected].sort());
  });

  test('imports hold in the order of cells', () => {
    const [, , first, , second] = read(
      'from m import model',
      'import a as x',
      'model.f()',
      'model = x.Model()',
      'model.f()',
    );
    expect(first?.calls[0]?.qualified).toBe('m.model.f');
    expect(second?.calls[0]?.qualified).toBe('<model>.f');
  });

  test('a cell may use what a later cell imports', () => {
    expect(read('np.zeros(1)', 'import numpy as np')[0]?.calls[0]?.qualified).toBe('numpy.zeros');
  });

  test('another name for something imported', () => {
    expect(calls('import tensorflow as tf', 'layers = tf.keras.layers', 'layers.Dense(1)')).toEqual([
      'tensorflow.keras.layers.Dense(1)',
    ]);
  });

  test('of a guarded import, the wanted one counts', () => {
    expect(calls('try:\n  import a as x\nexcept ImportError:\n  import b as x', 'x.f()')).toEqual(['a.f()']);
  });

  test('callee is compact', () => {
    expect(
      last('(df\n  .dropna()  # why\n  ["a b"]\n  .mean (axis = 1))').calls.map(({ callee }) => callee),
    ).toEqual(['df.dropna', 'df.dropna()["a b"].mean']);
    expect(last('(a if b else c).f()').calls[0]?.callee).toBe('(a if b else c).f');
  });

  test('where it stands', () => {
    const code = 'for i in f():\n  g(h(i))\nelse:\n  k()\nwhile w(): pass';
    const found = read(code).flatMap((statement) => statement.calls);
    expect(found.map((call) => [call.callee, call.loop])).toEqual([
      ['f', false],
      ['g', true],
      ['h', true],
      ['k', false],
      ['w', true],
    ]);
    expect(found[2]?.parent).toEqual(found[1]?.span);
    const methods = last(
      'class A:\n  x = f()\n  def m(self):\n    for i in r: self.g(i)\n    def n(): h()',
    ).calls;
    expect(methods.map(({ callee, within, loop, local }) => [callee, within, loop, local ?? false])).toEqual([
      ['f', 'A', false, false],
      ['self.g', 'A', true, true],
      ['h', 'A', false, false],
    ]);
  });

  test('arguments', () => {
    const statement = last(
      'k = 1',
      'def f(p):\n  return g(p, k + len(p), *q, w=-1.5, v=[1, "a"], u=lambda r: r + p, **o)',
    );
    const [call] = statement.calls;
    expect(
      call?.arguments.map(({ keyword, text, names, literal, name }) => [
        keyword,
        text,
        names.join(' '),
        literal?.kind,
        name,
      ]),
    ).toEqual([
      [null, 'p', 'p', undefined, 'p'],
      [null, 'k + len(p)', 'k p', undefined, undefined],
      ['*', 'q', 'q', undefined, 'q'],
      ['w', '-1.5', '', 'float', undefined],
      ['v', '[1, "a"]', '', 'list', undefined],
      ['u', 'lambda r: r + p', 'p', undefined, undefined],
      ['**', 'o', 'o', undefined, 'o'],
    ]);
    for (const argument of call?.arguments ?? []) {
      expect(statement.text.slice(argument.span.start, argument.span.end)).toBe(argument.text);
    }
  });

  test('the range of a bare generator is inside the parentheses', () => {
    const { text, calls: found } = last('sum(x for x in y)');
    const span = found[0]?.arguments[0]?.span;
    expect(text.slice(span?.start, span?.end)).toBe('x for x in y');
  });
});

describe('stores', () => {
  test.each([
    ["df['a'] = 1", [{ root: 'df', kind: 'subscript', key: 'a', within: null }]],
    ["df.loc[m, 'a'] = 1", [{ root: 'df', kind: 'subscript', within: null }]],
    ['df[k] = 1', [{ root: 'df', kind: 'subscript', within: null }]],
    ['df["a"]["b"] = 1', [{ root: 'df', kind: 'subscript', within: null }]],
    ['a.b.c += 1', [{ root: 'a', kind: 'attribute', within: null }]],
    [
      'del d["k"], e.f',
      [
        { root: 'd', kind: 'subscript', key: 'k', within: null },
        { root: 'e', kind: 'attribute', within: null },
      ],
    ],
    [
      'x, a[0], *b.c = z',
      [
        { root: 'a', kind: 'subscript', within: null },
        { root: 'b', kind: 'attribute', within: null },
      ],
    ],
    ['for a.b in c: pass', [{ root: 'a', kind: 'attribute', within: null }]],
    ['with x as a["b"]: pass', [{ root: 'a', kind: 'subscript', key: 'b', within: null }]],
    [
      'def f(p):\n  p.x = 1\n  g.y = 2',
      [
        { root: 'p', kind: 'attribute', within: 'f', local: true },
        { root: 'g', kind: 'attribute', within: 'f' },
      ],
    ],
    ['f().x = 1', [{ root: 'f', kind: 'attribute', within: null }]],
    ['[].x = 1', []],
    ['x = a["b"]', []],
  ])('%j', (code, expected) => {
    expect(last(code).stores.map(({ span: _, ...rest }) => rest)).toEqual(expected);
  });
});

describe('aliases', () => {
  test.each([
    ['y = x', ['y=x']],
    ['y = x.T', ['y=x']],
    ['y = x[a][1:].b', ['y=x']],
    ['a = b = x', ['a=x', 'b=x']],
    ['a = b = f()', ['b=a']],
    ['a, b = x, y[0]', ['a=x', 'b=y']],
    ['a, b = x', ['a<x', 'b<x']],
    ['y = x if c else z', ['y=x', 'y=z']],
    ['y = x or z', ['y=x', 'y=z']],
    ['both = [x, z]', ['both<x', 'both<z']],
    ['d = {"k": x, **z}', ['d<x', 'd<z']],
    ['for d in (x, z): pass', ['d<x', 'd<z']],
    ['for i, (p, q) in enumerate(x): pass', ['p<x', 'q<x']],
    ['for p in x:\n  y = p', ['p<x', 'y=p']],
    ['y = np.pi', []],
    ['y = print', []],
    ['y = x + 1', []],
    ['y = f(x)', []],
    ['x = x.T', []],
    ['def f(): y = x', []],
    ['x.a = z', []],
  ])('%j', (code, expected) => {
    const found = last('import numpy as np\nx = z = 1', code).aliases;
    expect(found.map(({ name, of, element }) => `${name}${element ? '<' : '='}${of}`)).toEqual(expected);
  });
});

test('the time grows with the text, not faster', () => {
  const block =
    'def f_%(x, y=1):\n    z = [a * x for a in range(y) if a]\n    return {"k": z, "l": x.m(y)[0]}\nv_% = f_%(1, y=[2, 3]) + w\n';
  const code = Array.from({ length: 1500 }, (_, i) => block.replaceAll('%', String(i))).join('');
  const start = performance.now();
  expect(read(code)).toHaveLength(3000);
  // About a second alone on a laptop; the bound only catches quadratic work.
  expect(performance.now() - start).toBeLessThan(30_000);
});
