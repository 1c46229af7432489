import { describe, expect, test } from '@jest/globals';
import { removeMagics } from '../../src/notebook/magics.ts';

/** Joins lines, so that a case shows its lines as lines. */
const lines = (...all: string[]) => all.join('\n');

function plain(source: string) {
  const { code, magics, foreign } = removeMagics(source);
  if (!foreign) expect(code.split('\n')).toHaveLength(source.split('\n').length);
  return { code, foreign, magics: magics.map(({ line, kind, name }) => `${line} ${kind} ${name}`) };
}

describe('line magics and shell lines', () => {
  test('are blanked', () => {
    expect(plain(lines('%matplotlib inline', '!pip install -q a', 'x = 1', '%  env A=1', '!!ls'))).toEqual({
      code: lines('', '', 'x = 1', '', ''),
      foreign: false,
      magics: ['1 line matplotlib', '2 shell pip', '4 line env', '5 shell ls'],
    });
  });

  test('go on after a backslash', () => {
    const { code, magics } = plain(lines('!pip install a \\', '    b \\', '  c', 'x'));
    expect(code).toBe(lines('', '', '', 'x'));
    expect(magics).toEqual(['1 shell pip']);
    expect(removeMagics('!pip install a \\\n   b').magics[0]?.text).toBe('!pip install a b');
  });

  test('may be written without %', () => {
    expect(plain(lines('pip install x', 'pip = 3')).code).toBe(lines('', 'pip = 3'));
  });
});

describe('blocks stay valid', () => {
  test.each([
    [lines('if a:', '    %x'), lines('if a:', '    pass')],
    [lines('if a:', '    !ls', '    %y', 'b'), lines('if a:', '    pass', '', 'b')],
    [lines('if a:', '    %x', '    b'), lines('if a:', '', '    b')],
    [lines('if a:', '    b', '    %x'), lines('if a:', '    b', '')],
    [
      lines('if a:', '    # why', '    %x', 'else:', '\t!ls'),
      lines('if a:', '    # why', '    pass', 'else:', '\tpass'),
    ],
    [
      lines('for i in r:', '    if i:', '        %x', '    j'),
      lines('for i in r:', '    if i:', '        pass', '    j'),
    ],
  ])('%j', (source, code) => {
    expect(plain(source).code).toBe(code);
  });
});

describe('code inside magics is kept', () => {
  test.each([
    ['%time x = f()', 'x = f()'],
    ['%timeit -n 10 -r3 g(y)', 'g(y)'],
    ['%timeit -o -q g(y)', 'g(y)'],
    ['%prun -l 5 -s cumulative run()', 'run()'],
    ['%time -x', '-x'],
    ['%time --no-raise-error x', 'x'],
    ['%time', ''],
    ['%time -1 * x', '-1 * x'],
    ['r = %time f(3)', 'r = f(3)'],
    [lines('if a:', '    %time x = 1'), lines('if a:', '    x = 1')],
    [lines('%time f(a,', '  b)', '%x'), lines('f(a,', '  b)', '')],
  ])('%j', (source, code) => {
    expect(plain(source).code).toBe(code);
  });
});

describe('cell magics', () => {
  test.each([
    [lines('%%time', 'x = 1'), lines('', 'x = 1')],
    [lines('', '%%capture out', '%%time', 'x = 1'), lines('', '', '', 'x = 1')],
    [lines('%%timeit -n3 y = 2', 'x'), lines('y = 2', 'x')],
    [lines('%%prun', 'x'), lines('', 'x')],
  ])('%j keeps its body', (source, code) => {
    expect(plain(source).code).toBe(code);
  });

  test.each(['bash', 'R', 'html', 'writefile a.py', 'sql', '!', 'python2'])('%%%%%s is left out', (name) => {
    const { code, foreign } = plain(lines(`%%${name}`, 'x = 1'));
    expect({ code, foreign }).toEqual({ code: '', foreign: true });
  });
});

describe('assignments from IPython', () => {
  test.each([
    ['files = !ls {x}', 'files = None  # !ls {x}'],
    ['t = %timeit -o f()', 't = None  # %timeit -o f()'],
    ['d["k"] = !ls', 'd["k"] = None  # !ls'],
    ['    a.b = !ls', 'a.b = None  # !ls'],
    ['a != b', 'a != b'],
    ['a == b', 'a == b'],
    ['a %= b', 'a %= b'],
    ['x = y % z', 'x = y % z'],
    ['print("loss = %.2f" % loss)', 'print("loss = %.2f" % loss)'],
  ])('%j', (source, code) => {
    expect(plain(source).code).toBe(code);
  });
});

describe('help', () => {
  test.each(['df?', '?df', 'df.head??', '??np.sum', 'np.*load*?', 'df? ', 'd["a"]?', '?%time'])(
    '%j',
    (source) => {
      expect(plain(source).code.trim()).toBe('');
      expect(removeMagics(source).magics[0]?.kind).toBe('help');
    },
  );

  test.each(['x = 1  # what?', 's = "why?"', '# why?', "s = 'a' # b?"])('%j is none', (source) => {
    expect(plain(source).code).toBe(source);
  });
});

describe('what only looks like magic stays', () => {
  test.each([
    lines('s = """', '%time no', '!no', 'really?', '"""'),
    lines("s = '''", '%no', "''' + '%'"),
    lines('z = 10 \\', '% 3'),
    lines('w = (5', '% 3,', '!x', ')'),
    lines("y = 'a\\", '%b', "c'"),
    lines('q = f"""{y', '}', '%no"""'),
    lines('q = f"""{d["""k"""]}', '%no"""'),
    lines('f"{x["a"]}" + f\'{(1', "% 2)}'"),
    lines('r"\\"', '"'),
    lines('x = [  # (', '% 2]'),
    lines('s = "it\'s"', "t = 'a\"b'"),
  ])('%j', (source) => {
    expect(plain(source)).toEqual({ code: source, foreign: false, magics: [] });
  });

  test('after all of that, a magic is one again', () => {
    const source = lines('s = """a', '"""', "t = 'it\\'s'", 'u = f"{x:{y}}" # (', 'v = rb"\\\\"', '%x');
    expect(plain(source).magics).toEqual(['6 line x']);
  });

  test('a string that is not closed ends with its line', () => {
    expect(plain(lines('s = "oops', '%x')).magics).toEqual(['2 line x']);
  });
});

describe('what IPython strips', () => {
  test('the indent of the first line', () => {
    expect(plain(lines('', '    x = 1', '    if x:', '        y', 'z')).code).toBe(
      lines('', 'x = 1', 'if x:', '    y', 'z'),
    );
  });

  test('prompts', () => {
    expect(plain(lines('>>> for x in y:', '...     x', '1')).code).toBe(lines('for x in y:', '    x', '1'));
    expect(plain(lines('In [12]: x = 1', '   ...: y')).code).toBe(lines('x = 1', 'y'));
  });
});

test('a long line of junk takes no time', () => {
  const start = performance.now();
  for (const junk of [
    'a = ' + ' '.repeat(50_000) + 'b',
    '('.repeat(50_000),
    'a.'.repeat(50_000),
    '?'.repeat(50_000),
    '%time ' + '-n '.repeat(20_000),
  ]) {
    removeMagics(junk);
  }
  expect(performance.now() - start).toBeLessThan(5_000);
});
