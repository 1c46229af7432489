import { beforeAll, expect, test } from '@jest/globals';
import { loadPython } from '../../src/python/load-parser.ts';
import { readNamed } from '../../src/python/named.ts';

beforeAll(loadPython);

test.each([
  ['import os.path as p, sys', ['import os.path', 'import sys']],
  ['from a.b import c as d, e', ['import a.b.c', 'import a.b.e']],
  ['from os import *', ['import os.*']],
  ['import numpy as np\nx = np.linalg.norm', ['import numpy', 'path numpy.linalg.norm']],
  ['import os\nf = os', ['import os', 'module os']],
  ['import os\n(os).system("x")', ['import os', 'path os.system']],
  ['def f(x):\n    import os as q\n    return q.sep', ['import os', 'path os.sep']],
  ['def f(x):\n    return x.a.b', ['member a', 'member b']],
  ['def g():\n    return f\ndef f(x):\n    return open(x)', ['top f', 'builtin open']],
  ['ｅval("1")', ['builtin eval']],
  ['def f(os):\n    return os.ｓystem', ['member system']],
  ['import numpy as np\nnp.random.seed = 1', ['import numpy', 'path numpy.random.seed', 'write np']],
  ['def f(x: "g()") -> int:\n    return x', ['statement a quoted annotation', 'builtin int']],
  ['def f(x):\n    global y\n    yield (z := x)', ['statement global', 'statement yield', 'statement :=']],
  ['f"{__import__(1)}"', ['builtin __import__']],
  ['@os.system\ndef f(): pass', ['builtin os', 'member system']],
])('%j names %j', (text, expected) => {
  expect(readNamed(text).map(({ kind, name }) => `${kind} ${name}`)).toEqual(expected);
});

test('a call of a member says with what', () => {
  const [first, second] = readNamed('def f(t, u):\n    t.rename(columns={}, copy=False)\n    u.replace(t)');
  expect(first).toMatchObject({
    name: 'rename',
    line: 2,
    call: { positional: 0, keywords: ['columns', 'copy'] },
  });
  expect(second).toMatchObject({ name: 'replace', call: { positional: 1, keywords: [] } });
});
