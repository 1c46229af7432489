import { describe, expect, test } from '@jest/globals';
import { last } from './read.ts';

/** `name` of `defines`, with `?` where it is conditional. */
const defines = (code: string) => {
  const { defines: names, conditional } = last(code);
  return names.map((name) => (conditional.includes(name) ? `${name}?` : name)).join(' ');
};
const uses = (code: string) => last(code).uses.join(' ');
const deferred = (code: string) => last(code).deferred.join(' ');

describe('names that a statement binds', () => {
  test.each([
    ['a = b = c', 'a b'],
    ['a, *b = (c, [d, (e, *f)]) = x', 'a b c d e f'],
    ['a.b = c[d] = e', ''],
    ['x: int = 1', 'x'],
    ['x: int', ''],
    ['x += 1', 'x'],
    ['import a.b, c.d as e', 'a e'],
    ['from . import x, y as z', 'x z'],
    ['from x import *', ''],
    ['from __future__ import annotations', ''],
    ['def f(a, b=1): c = 2', 'f'],
    ['class A(B): c = 2', 'A'],
    ['@d\nclass A: pass', 'A'],
    ['[a for a in b if (c := a)]', 'c?'],
    ['f(x := 1, y=(z := 2))', 'x z'],
    ['a and (b := 1)', 'b?'],
    ['(p := 1) if (q := 2) else (r := 3)', 'q p? r?'],
    ['del x', ''],
    ['type A[T] = list[T]', 'A'],
    ['lambda: (x := 1)', ''],
  ])('%j', (code, expected) => {
    expect(defines(code)).toBe(expected);
  });
});

describe('names that some path leaves alone', () => {
  test.each([
    ['if c:\n  x = 1\n  y = 2\nelse:\n  x = 3', 'x y?'],
    ['if c:\n  x = 1', 'x?'],
    ['if c:\n  x = 1\nelif d:\n  x = 2\nelse:\n  raise E', 'x'],
    ['for i in r:\n  x = i', 'i? x?'],
    ['for i in r:\n  x = i\nelse:\n  y = 1', 'i? x? y'],
    ['for i in r:\n  break\nelse:\n  y = 1', 'i? y?'],
    ['while c:\n  x = 1', 'x?'],
    ['while True:\n  x = 1\n  if c: break', 'x'],
    ['while True:\n  if c: break\n  x = 1', 'x?'],
    ['while (x := f()):\n  pass', 'x'],
    ['with a as b, c as (d, e):\n  f = 1', 'b d e f'],
    ['with a as b.c, d as e[f]:\n  pass', ''],
    ['with (open(a) as f, open(b) as g): h = 1', 'f g h'],
    ['try:\n  x = 1\nexcept E as e:\n  x = 2', 'x e?'],
    ['try:\n  x = 1\nexcept E:\n  pass', 'x?'],
    ['try:\n  x = 1\nexcept E:\n  raise', 'x'],
    ['try:\n  f()\nexcept E:\n  y = 1\nelse:\n  x = 1\nfinally:\n  z = 1', 'x? y? z'],
    ['try:\n  pass\nexcept* E as e:\n  pass', 'e?'],
    ['match p:\n  case 1: x = 1\n  case _: x = 2', 'x'],
    ['match p:\n  case 1: x = 1\n  case 2: x = 2', 'x?'],
    ['match p:\n  case other: x = 1', 'other x'],
    ['async with a as b: pass', 'b'],
    ['async for a in b: pass', 'a?'],
  ])('%j', (code, expected) => {
    expect(defines(code).split(' ').sort()).toEqual(expected.split(' ').sort());
  });
});

describe('patterns', () => {
  test.each([
    ['case [a, *rest]: pass', 'a? rest?', 'p'],
    ['case {"k": v, **kw}: pass', 'v? kw?', 'p'],
    ['case Point(x=0, y=yy) if yy > lim: pass', 'yy?', 'p Point lim'],
    ['case (1 | 2) as n: pass', 'n?', 'p'],
    ['case Color.RED | mod.sub.B: pass', '', 'p Color mod'],
    ['case str(s): pass', 's?', 'p str'],
    ['case -1 | "a" "b" | None: pass', '', 'p'],
    ['case a, (b, _): pass', 'a? b?', 'p'],
    ['case mod.P(x, y=Q(z)): pass', 'x? z?', 'p mod Q'],
  ])('%s', (pattern, names, reads) => {
    const code = `match p:\n  ${pattern}`;
    expect([defines(code), uses(code)]).toEqual([names, reads]);
  });
});

describe('names that a statement reads when it runs', () => {
  test.each([
    ['a.b.c(d=e, *f, **g)[h:i, ...]', 'a f g e h i'],
    ['a = b = c', 'c'],
    ['a.b = c[d] = e', 'e a c d'],
    ['x += y', 'y x'],
    ['x[i] += y', 'y x i'],
    ['del x, y[z], w.v', 'x y z w'],
    ['for i in r:\n  t += i\n  u = t', 'r t'],
    ['for i in r: pass\nelse: print(i)', 'r print i'],
    ['if c:\n  x = 1\n  print(x)\nelse: print(x)', 'c print x'],
    ['with open(p) as f: d = f.read()', 'open p'],
    ['try:\n  x = f()\nexcept E as e:\n  print(x, e)', 'f E print x'],
    ['[a + k for a in b for c in a if c in d]', 'b d k'],
    ['[x for x in x]', 'x'],
    ['[y for x in z for y in y]', 'z'],
    ['{k: v for k, v in d.items() if (w := v)}', 'd'],
    ['sum(x for x in y)', 'sum y'],
    ['f"{x!r:>{width}} {y=} {f\'{z:{q}}\'} {{no}} {d["k"]}"', 'x width y z q d'],
    ['f"{x:%Y-%m-%d}" "no" rf"{u}\\d"', 'x u'],
    ['f"""\n{\nx\n}"""', 'x'],
    ['df.apply(lambda r, s=t: r.a * k + s)', 'df t k'],
    ['x = await f(y)', 'f y'],
    ['x: List[int] = y', 'y List int'],
    ['def f(a: A = b, *c: C, d=e, **g: G) -> R: return h', 'b A C e G R'],
    ['@dec(a)\n@b.c\ndef f(): pass', 'dec a b'],
    ['class A(B, metaclass=M):\n  x = y\n  z = x\n  w: T = 1', 'B M y T'],
    ['class A:\n  y = y', 'y'],
    ['class A:\n  l = [x for x in seq]\n  m = [l for q in l]', 'seq l'],
    ['class A:\n  n = 3\n  m = [n for _ in range(n)]', 'range n'],
    ['def f[T: Base](x: T) -> T: pass', 'Base'],
    ['class A[T](B[T]): x: T', 'B'],
    ['type X[*Ts, **P] = Y[Ts, P, Z]', 'Y Z'],
    ['print(x), y', 'print x y'],
    ['a if b else c', 'b a c'],
    ['x = yield_ or not_', 'yield_ not_'],
    ['assert a, b', 'a b'],
    ['raise A from b', 'A b'],
    ['a < b <= c is not d', 'a b c d'],
    ['{**a, "k": b}', 'a b'],
    ['match_ = match[case]', 'match case'],
  ])('%j', (code, expected) => {
    expect(uses(code).split(' ').sort()).toEqual(expected.split(' ').sort());
  });
});

describe('names that bodies read later', () => {
  test.each([
    ['def f(x, *a, k=1, **kw): return x + y + k + len(a) + kw', 'y len'],
    ['def f():\n  x = x0\n  def g():\n    return x, y\n  return g', 'x0 y'],
    ['def f():\n  print(x)\n  x = 1', 'print'],
    ['def f():\n  for i in r: pass\n  return i', 'r'],
    ['def f():\n  with a as b, c as (d, e): pass\n  return b, d, e', 'a c'],
    ['def f():\n  try: pass\n  except E as e: print(e)', 'E print'],
    ['def f():\n  import numpy as np\n  from a import b as c\n  return np, c, b', 'b'],
    ['def f():\n  x = 1\n  def g():\n    nonlocal x\n    x = 2\n  return x', ''],
    ['def f():\n  x: int\n  return x', 'int'],
    ['def f():\n  if (n := g()): return n', 'g'],
    ['def f():\n  return [n for x in y if (n := x)], n', 'y'],
    ['def f():\n  del x\n  return x', ''],
    ['def f(x):\n  match x:\n    case [a, *b]: return a, b, c', 'c'],
    ['def f(n): return f(n - 1)', 'f'],
    ['def f():\n  class A:\n    z = 1\n    def m(self): return z, A', 'z'],
    ['class A:\n  z = 1\n  def m(self, y=z): return z, A, super().m', 'z A super'],
    ['class A:\n  def m(self):\n    return __class__', '__class__'],
    ['f = lambda x: x + k', 'k'],
    ['class A:\n  f = lambda self: k', 'k'],
    ['if c:\n  def f(): return k', 'k'],
    ['async def f():\n  async for x in y:\n    yield x', 'y'],
  ])('%j', (code, expected) => {
    expect(deferred(code)).toBe(expected);
  });

  test('global', () => {
    const {
      globals,
      deferred: reads,
      defines: names,
    } = last('def f():\n  global a, b, c\n  a = b\n  c += 1\n  d = 1');
    expect({ globals, reads, names }).toEqual({ globals: ['a', 'c'], reads: ['b', 'c'], names: ['f'] });
  });

  test('global of an outer function does not reach an inner one', () => {
    const { globals, deferred: reads } = last('def f():\n  global a\n  def g():\n    a = 1\n    return a');
    expect({ globals, reads }).toEqual({ globals: [], reads: [] });
  });
});

describe('occurrences', () => {
  const occurrences = (code: string) => {
    const statement = last(code);
    for (const { name, span } of statement.occurrences) {
      expect(statement.text.slice(span.start, span.end)).toBe(name);
    }
    return statement.occurrences
      .map(({ name, context, within }) => `${name}:${context}${within === null ? '' : `@${within}`}`)
      .join(' ');
  };

  test.each([
    ['x.y = f(x=x).x', 'x:load f:load x:load'],
    ['x += x', 'x:store x:load'],
    ['del x', 'x:delete'],
    ['import a.b as c, d', 'c:store d:store'],
    ['from a import b, c as d', 'b:store d:store'],
    ['def f(x, y=x):\n  return x, f, z', 'f:store x:load f:load@f z:load@f'],
    ['def f():\n  global x\n  x = 1', 'f:store x:store@f x:store@f'],
    ['class A:\n  b = c\n  def d(self): return b', 'A:store c:load b:load@A'],
    ['[x for x in x if y]', 'x:load y:load'],
    ['é = f"{é} ß {x}"', 'é:store é:load x:load'],
    ['g = lambda v: v * k', 'g:store k:load@g'],
  ])('%j', (code, expected) => {
    expect(occurrences(code)).toBe(expected);
  });

  test('offsets count UTF-16 units, as JavaScript does', () => {
    const { text, occurrences: found } = last('s = "😀😀"; t = f("😀", x)');
    expect(found.map(({ span }) => text.slice(span.start, span.end))).toEqual(['t', 'f', 'x']);
  });
});
