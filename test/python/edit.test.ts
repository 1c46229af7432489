import { describe, expect, test } from '@jest/globals';
import {
  applyEdits,
  boundNames,
  dedent,
  freeNames,
  functionSignature,
  indent,
  literalToPython,
  parseLiteral,
  renameOccurrences,
  splitStatements,
} from '../../src/python/edit.ts';
import { InvariantError } from '../../src/python/invariant-error.ts';
import { last } from './read.ts';

describe('applyEdits', () => {
  const edit = (start: number, end: number, replacement: string) => ({ span: { start, end }, replacement });

  test('replaces, deletes and inserts, in any order', () => {
    expect(applyEdits('abcdef', [edit(4, 6, ''), edit(0, 1, 'AA'), edit(2, 2, '-')])).toBe('AAb-cd');
  });

  test('insertions beside a replacement keep their side', () => {
    expect(applyEdits('abcdef', [edit(1, 3, 'X'), edit(1, 1, '<'), edit(3, 3, '>'), edit(3, 3, '!')])).toBe(
      'a<X>!def',
    );
  });

  test.each([
    [[edit(0, 2, ''), edit(1, 3, '')]],
    [[edit(0, 3, ''), edit(1, 1, '')]],
    [[edit(0, 9, '')]],
    [[edit(2, 1, '')]],
  ])('refuses %j', (edits) => {
    expect(() => applyEdits('abcdef', edits)).toThrow(InvariantError);
  });
});

describe('renameOccurrences', () => {
  test.each([
    ['x.x = f(x=x, y="x")  # x', 'z.x = f(x=z, y="x")'],
    ['f"{x!r} {x.x:{x}} x"', 'f"{z!r} {z.x:{z}} x"'],
    ['def f(a=x):\n  x = 1\n  return x', 'def f(a=z):\n  x = 1\n  return x'],
    ['def f():\n  global x\n  x += 1', 'def f():\n  global z\n  z += 1'],
    ['[x for x in x]', '[x for x in z]'],
    ['import x', 'import x as z'],
    ['import y, x', 'import y, x as z'],
    ['import y.x as x', 'import y.x as z'],
    ['from x import (\n  x,\n  y)', 'from x import (\n  x as z,\n  y)'],
    ['from y import x as x', 'from y import x as z'],
    ['try:\n  import x\nexcept E:\n  x = None', 'try:\n  import x as z\nexcept E:\n  z = None'],
    ['class x(x):\n  x = x', 'class z(z):\n  x = z'],
  ])('%j', (code, expected) => {
    expect(renameOccurrences(last(code), 'x', 'z')).toBe(expected);
  });

  test('a dotted import has no other name to give', () => {
    expect(() => renameOccurrences(last('import x.y'), 'x', 'z')).toThrow(InvariantError);
  });

  test('to an expression', () => {
    expect(renameOccurrences(last('model = SVC(C=c)'), 'c', 'config.model.c')).toBe(
      'model = SVC(C=config.model.c)',
    );
  });
});

describe('indentation leaves strings alone', () => {
  test('indent', () => {
    expect(indent('x = """a\n  b\n"""\n\nif y:\n  z = (1,\n2)')).toBe(
      '    x = """a\n  b\n"""\n\n    if y:\n      z = (1,\n    2)',
    );
    expect(indent('x', 2)).toBe('  x');
    expect(indent("s = 'a\\\nb'\nf'''{\nx}\n'''")).toBe("    s = 'a\\\nb'\n    f'''{\nx}\n'''");
  });

  test('dedent', () => {
    expect(dedent('    x = """a\n  b\n    """\n\n    if y:\n        z\n')).toBe(
      'x = """a\n  b\n    """\n\nif y:\n    z\n',
    );
    expect(dedent('  a\n  b')).toBe('a\nb');
    expect(dedent('a\n  b')).toBe('a\n  b');
    expect(dedent('\ta\n\t\tb')).toBe('a\n\tb');
    expect(dedent('  # c\n  a')).toBe('# c\na');
    expect(dedent('')).toBe('');
  });

  test('they are each other’s inverse', () => {
    const code = 'def f():\n    """Doc\n\n    more"""\n    return (\n        1\n    )\n';
    expect(dedent(indent(indent(code)))).toBe(code);
  });
});

describe('literals', () => {
  test.each([
    ['-1', '-1'],
    ['+1', '1'],
    ['0x1F', '31'],
    ['1_000', '1000'],
    ['-2.50e3', '-2.50e3'],
    ['None', 'None'],
    ['(True)', 'True'],
    ["'it''s'", '"its"'],
    ['\'say "hi"\'', '\'say "hi"\''],
    ['"a\\x41\\n\\u00e9\\t\\\\"', '"aA\\né\\t\\\\"'],
    ['r"\\d"', '"\\\\d"'],
    ['"\\d"', '"\\\\d"'],
    ['"""a\nb"""', '"a\\nb"'],
    ['"a" "b"', '"ab"'],
    ['"\\0\\x7f\\u200b"', '"\\x00\\x7f\\u200b"'],
    ['()', '()'],
    ['(2,)', '(2,)'],
    ['[1, (2, 3), {4}]', '[1, (2, 3), {4}]'],
    ['{"a": {1: [None]}, }', '{"a": {1: [None]}}'],
    ['{}', '{}'],
  ])('%s', (text, expected) => {
    const literal = parseLiteral(text);
    expect(literal && literalToPython(literal)).toBe(expected);
  });

  test.each([
    'x',
    'f()',
    '1j',
    'b"x"',
    'f"x"',
    '1e400',
    '9007199254740993',
    '"\\N{DASH}"',
    '[*a]',
    '{**a}',
    '1 + 1',
    '[1',
    'not 1',
    '-"a"',
    '',
    'x = 1',
    '1\n2',
  ])('%j is none', (text) => {
    expect(parseLiteral(text)).toBeUndefined();
  });
});

describe('questions to a piece of code', () => {
  test.each([
    ['import os\ndef f(x):\n  return g(x, y, os.path, h)\ndef h(): pass', 'g y'],
    ['z = z + 1\nprint(z)', 'z print'],
    ['if c:\n  x = 1\nprint(x)', 'c print x'],
    ['class A:\n  def m(self): return A, B', 'B'],
    ['[a for a in b]', 'b'],
    ['', ''],
  ])('free names of %j', (code, expected) => {
    expect(freeNames(code).join(' ')).toBe(expected);
  });

  test('bound names', () => {
    expect(boundNames('import a.b\ndef f(x): y = 1\nfor i, j in k: l = 2\nclass C: z = 1')).toEqual([
      'a',
      'f',
      'i',
      'j',
      'l',
      'C',
    ]);
  });

  test('statements', () => {
    expect(splitStatements('# c\na = 1; b\n\nif c:\n  d\n')).toEqual([
      { span: { start: 4, end: 9 }, text: 'a = 1', line: 2, endLine: 2, comments: ['c'] },
      { span: { start: 11, end: 12 }, text: 'b', line: 2, endLine: 2, comments: [] },
      { span: { start: 14, end: 23 }, text: 'if c:\n  d', line: 4, endLine: 5, comments: [] },
    ]);
  });
});

describe('functionSignature', () => {
  const text =
    '@dec(1)\n@b.c\nasync def f(a, b: int = -1, /, c=None, *args: T, d, e: "x" = k, **kw) -> tuple[int, str]:\n' +
    '    """Doc\n    x"""\n    def g():\n        return 1\n    if a:\n        return a, b\n    h = lambda: (yield)\n    return (\n        c\n    )\n';
  const signature = functionSignature(text);
  const at = (span: { start: number; end: number } | null | undefined) => text.slice(span?.start, span?.end);

  test('the head', () => {
    expect(signature).toMatchObject({
      kind: 'function',
      name: 'f',
      asynchronous: true,
      inline: false,
      generator: false,
    });
    expect(signature?.decorators.map((item) => item.text)).toEqual(['dec(1)', 'b.c']);
    expect(at(signature?.parametersSpan)).toBe('a, b: int = -1, /, c=None, *args: T, d, e: "x" = k, **kw');
    expect(signature?.returnAnnotation?.text).toBe('tuple[int, str]');
    expect(at(signature?.colon)).toBe(':');
    expect(at(signature?.nameSpan)).toBe('f');
  });

  test('parameters', () => {
    expect(
      signature?.parameters.map((item) => [
        item.name,
        item.kind,
        item.annotation?.text,
        item.default?.text,
        item.default?.literal?.kind,
      ]),
    ).toEqual([
      ['a', 'positional_only', undefined, undefined, undefined],
      ['b', 'positional_only', 'int', '-1', 'int'],
      ['c', 'positional', undefined, 'None', 'none'],
      ['args', 'var_positional', 'T', undefined, undefined],
      ['d', 'keyword_only', undefined, undefined, undefined],
      ['e', 'keyword_only', '"x"', 'k', undefined],
      ['kw', 'var_keyword', undefined, undefined, undefined],
    ]);
    expect(signature?.parameters.map((item) => at(item.span))).toEqual([
      'a',
      'b: int = -1',
      'c=None',
      '*args: T',
      'd',
      'e: "x" = k',
      '**kw',
    ]);
    expect(signature?.parameters.map((item) => at(item.nameSpan))).toEqual([
      'a',
      'b',
      'c',
      'args',
      'd',
      'e',
      'kw',
    ]);
  });

  test('the body', () => {
    expect(signature?.docstring).toMatchObject({ value: 'Doc\n    x', text: '"""Doc\n    x"""' });
    expect(at(signature?.body).startsWith('"""Doc')).toBe(true);
    expect(at(signature?.body).endsWith(')')).toBe(true);
    expect(signature?.returns.map((item) => item.text)).toEqual(['a, b', '(\n        c\n    )']);
  });

  test('a class', () => {
    const code =
      'class A(B, metaclass=M):\n    """Doc."""\n    x = 1\n    @property\n    def m(self): return self.x\n    def n(self, *, k):\n        yield k\n    class I: pass\n';
    const found = functionSignature(code);
    expect(found).toMatchObject({
      kind: 'class',
      name: 'A',
      parameters: [],
      parametersSpan: null,
      docstring: { value: 'Doc.' },
    });
    expect(found?.bases.map((item) => item.text)).toEqual(['B', 'metaclass=M']);
    expect(
      found?.methods.map((item) => [
        item.name,
        item.inline,
        item.generator,
        item.parameters.map(({ name }) => name),
      ]),
    ).toEqual([
      ['m', true, false, ['self']],
      ['n', false, true, ['self', 'k']],
    ]);
    const [method] = found?.methods ?? [];
    expect(code.slice(method?.span.start, method?.span.end)).toBe(
      '@property\n    def m(self): return self.x',
    );
  });

  test.each(['x = 1', '', 'f(x)', '# only a comment'])('%j is none', (code) => {
    expect(functionSignature(code)).toBeNull();
  });

  test('type parameters and comments in the head', () => {
    const found = functionSignature(
      'def f[T](  # why\n    a: T,  # first\n    b=(1,  # one\n       2),\n) -> T:\n    return a\n',
    );
    expect(found?.parameters.map((item) => [item.name, item.default?.text])).toEqual([
      ['a', undefined],
      ['b', '(1,  # one\n       2)'],
    ]);
  });
});
