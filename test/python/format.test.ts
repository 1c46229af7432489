import { describe, expect, test } from '@jest/globals';
import {
  SAFE_FIXES,
  fixPython,
  formatPython,
  lintPython,
  PythonSyntaxError,
} from '../../src/python/format.ts';
import './read.ts';

const DIRTY = [
  '"""Doc."""',
  'import os, sys',
  'from typing import List, Optional',
  'import numpy as np',
  'from src import a',
  '',
  'def f(x : List[int], y: Optional[int]=None)->None:',
  '    """Do it."""',
  '    s = "%s" % x',
  '    assert x  # noqa: S101',
  '    assert y   ',
  '    return np.foo( a)',
].join('\n');

const CLEAN = `"""Doc."""

import numpy as np

from src import a


def f(x: list[int], y: int | None = None) -> None:
    """Do it."""
    s = "%s" % x
    assert x  # noqa: S101
    assert y
    return np.foo(a)
`;

describe('formatPython', () => {
  test('lays out at 100 columns and is idempotent', () => {
    const call = `x = f(${Array.from({ length: 10 }, (_, i) => `name_${i}`).join(', ')})`;
    expect(formatPython(call)).toBe(`${call}\n`);
    const wide = formatPython(call.replaceAll('name', 'longer'));
    expect(wide.split('\n').length).toBeGreaterThan(3);
    expect(formatPython(wide)).toBe(wide);
    expect(formatPython(call, { lineLength: 40 }).split('\n').length).toBeGreaterThan(2);
  });

  test('says where it is no Python', () => {
    expect(() => formatPython('x = 1\ny = = 2')).toThrow(PythonSyntaxError);
    try {
      formatPython('x = 1\ny = = 2');
    } catch (error) {
      expect(error).toMatchObject({ line: 2, column: 5, message: 'Expected an expression' });
    }
  });

  test.each([
    `x = ${'('.repeat(3000)}${')'.repeat(3000)}`,
    `x = ${'-'.repeat(5000)}1`,
    `x = a${'.b()'.repeat(5000)}`,
  ])('survives nesting: %.20j', (deep) => {
    expect(() => formatPython(deep)).toThrow(PythonSyntaxError);
    expect(formatPython('x=1')).toBe('x = 1\n');
  });
});

describe('lintPython', () => {
  const codes = (code: string, settings?: Parameters<typeof lintPython>[1]) =>
    lintPython(code, settings).map((finding) => finding.code);

  test('with the settings of the generated packages', () => {
    const expected = 'E401 F401 F401 F841 I001 S101 UP006 UP031 UP035 UP045 W291 W292';
    expect(codes(DIRTY).sort().join(' ')).toBe(expected);
    expect(codes(CLEAN)).toEqual(['F841', 'UP031', 'S101']);
  });

  test('tests may assert, names of matrices may be upper case, a docstring is wanted', () => {
    const code =
      '"""Doc."""\n\n\ndef f(X: int) -> None:\n    """Do."""\n    X_train = X\n    assert X_train\n';
    expect(codes(code)).toEqual(['S101']);
    expect(codes(code, 'tests/test_data.py')).toEqual([]);
    expect(codes(code, { path: 'productionized/x/tests/test_data.py' })).toEqual([]);
    expect(codes('def f(a):\n    return a\n')).toEqual(
      expect.arrayContaining(['D100', 'D103', 'ANN001', 'ANN201']),
    );
    expect(codes('import numpy as np\n\nnp.random.seed(1)\n', { select: ['NPY'] })).toEqual(['NPY002']);
  });

  test('places, and what is no Python', () => {
    expect(lintPython('x = = 1\n')[0]).toEqual({
      code: 'invalid-syntax',
      message: 'Expected an expression',
      line: 1,
      column: 5,
      endLine: 1,
      endColumn: 6,
    });
    expect(lintPython('s = "😀"; import os\n', { select: ['F401'] })[0]).toMatchObject({
      line: 1,
      column: 18,
    });
  });
});

describe('fixPython', () => {
  test('applies what is safe, up to the fixpoint, and nothing else', () => {
    const fixed = formatPython(fixPython(DIRTY));
    expect(fixed).toBe(CLEAN);
    expect(fixPython(fixed)).toBe(fixed);
  });

  test('only the codes that are named', () => {
    const code = 'import os, sys\nfrom typing import List\nx: List[int] = []\nprint(sys)\n';
    expect(fixPython(code, ['UP006'])).toBe(code.replace('List[int]', 'list[int]'));
    expect(fixPython(code, ['UP*', 'F401', 'I001'])).toBe('import sys\n\nx: list[int] = []\nprint(sys)\n');
  });

  test.each([
    ['s = "%s" % x\n', 'UP031 changes what is formatted'],
    ['import numpy as np\n\nnp.random.seed(0)\n', 'NPY002 changes the numbers'],
    ['def f(x=[]):\n    return x\n', 'B006 changes the default'],
    ['def f():\n    s = g()\n', 'F841 drops a name'],
    ['assert x\n', 'S101'],
  ])('leaves %j alone: %s', (code) => {
    expect(fixPython(code)).toBe(code);
  });

  test('text that is no Python comes back', () => {
    expect(fixPython('import os\nx = = 1')).toBe('import os\nx = = 1');
  });

  test('every safe code exists', () => {
    for (const name of SAFE_FIXES) expect(() => fixPython('x = 1\n', [name])).not.toThrow();
  });

  test.each(['\n', '\r\n', '\r'])('lines may end with %j', (end) => {
    const fixed = fixPython(['import os', 'import sys', 'x: int = sys.y   ', ''].join(end), ['F401', 'W291']);
    expect(fixed).toBe(['import sys', 'x: int = sys.y', ''].join(end));
  });

  test('edits count UTF-16 units', () => {
    expect(fixPython('s = "😀"; import os; t = "😀"   \n', ['F401', 'W291'])).toBe('s = "😀"; t = "😀"\n');
  });
});
