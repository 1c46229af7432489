import { describe, expect, test } from '@jest/globals';
import { DEFAULT_LIMITS } from '../../src/agents/limits.ts';
import { rightsOf } from '../../src/agents/rights.ts';
import { Workspace } from '../../src/agents/workspace.ts';

const GIVEN = { 'src/a.py': 'one two one\n', 'tests/test_a.py': 'x\n' };

function open(limits: Partial<typeof DEFAULT_LIMITS> = {}, repair = false): Workspace {
  const rights = rightsOf('build', 'harden');
  return new Workspace(GIVEN, {
    ...{ rights, notebook: 'nb/train.ipynb', repair, limits: { ...DEFAULT_LIMITS, ...limits } },
  });
}

describe('paths', () => {
  test.each(
    [
      ['', '/src/a.py', '../a.py', 'src/../../a.py', 'src/./a.py', 'src//a.py', 'src/', './a.py', 'a.py/'],
      [
        'C:/a.py',
        'C:a.py',
        'src\\a.py',
        '\\\\host\\a',
        'src/a.py:stream',
        'a\u0000.py',
        'a\n.py',
        'a b.py',
        'a.py ',
      ],
      [
        '.git/config',
        'src/.git/config',
        '.GIT/config',
        '.gitignore',
        '.gitattributes',
        '.github/workflows/a.yml',
      ],
      [
        'git~1/config',
        '.env',
        'src/.pth',
        '~/a.py',
        '-rf',
        'src/a.',
        'src./a.py',
        '\u202ea.py',
        'srс/a.py',
        'ａ.py',
      ],
      [
        'nb/train.ipynb',
        'NB/Train.ipynb',
        'other.ipynb',
        'tests/reference.json',
        'Tests/Test_Parity.py',
        'REPORT.md',
      ],
      [
        'SRC/A.py',
        '__proto__/a.py',
        'src',
        'Makefile',
        'configs/default.yaml',
        'requirements.txt',
        'src/a.py/b.py',
        `${'a'.repeat(201)}.py`,
      ],
    ].flat(),
  )('refuses to write %j', (path) => {
    expect(() => open().write(path, 'x\n')).toThrow(/This path cannot be written|does not fit beside/);
  });

  test.each(['src/b.py', 'src/__init__.py', 'EXTRACTION_PLAN.md', 'a/b/c/d.md'])('writes %j', (path) => {
    const workspace = open();
    workspace.write(path, 'x\n');
    expect(Object.entries(workspace.tree())).toContainEqual([path, 'x\n']);
  });

  test.each(['constructor', '__proto__', 'toString', '../src/a.py'])('finds nothing at %j', (path) => {
    expect(() => open().read(path)).toThrow('no such file');
  });
});

describe('edits', () => {
  test('replace one place, whatever its characters mean to others', () => {
    const workspace = open();
    workspace.edit('src/a.py', 'two', '$& $1 .*');
    expect(workspace.read('src/a.py')).toBe('one $& $1 .* one\n');
    expect(workspace.isChanged()).toBe(true);
  });

  test.each([
    ['three', 'four', 'does not stand in the file'],
    ['', 'four', 'does not stand in the file'],
    ['one', 'four', 'more than once'],
    ['two', 'two', 'are the same'],
  ])('of %j are refused: %s %s', (old, replacement, words) => {
    expect(() => open().edit('src/a.py', old, replacement)).toThrow(words);
  });

  test('that overlap themselves are more than one', () => {
    const workspace = open();
    workspace.write('src/b.py', 'aaa');
    expect(() => workspace.edit('src/b.py', 'aa', 'b')).toThrow('more than once');
  });
});

describe('texts', () => {
  test.each(['\u200b', '\u202e', '\u{e0041}', '\u0007', '\u{e0100}', '\u009b', '\r'])(
    'with %j are refused',
    (hidden) => {
      expect(() => open().write('src/b.py', `x = 1${hidden}y\n`)).toThrow('cannot be seen');
      expect(() => open().edit('src/a.py', 'two', hidden)).toThrow('cannot be seen');
    },
  );

  test('are bounded', () => {
    expect(() => open({ fileBytes: 10 }).write('src/b.py', 'é'.repeat(6))).toThrow('may have 10 bytes');
    expect(() => open({ treeBytes: 20 }).write('src/b.py', 'x'.repeat(7))).toThrow('may have 20 bytes');
    expect(() => open({ files: 2 }).write('src/b.py', 'x')).toThrow('may have 2 files');
    expect(() => open({ files: 2 }).write('src/a.py', 'x')).not.toThrow();
    const full = open({ treeBytes: 14 });
    full.write('src/a.py', 'x'.repeat(12));
    expect(full.read('src/a.py')).toHaveLength(12);
  });
});

test('a file that was there is not deleted; a new one is, and one of the proposal that is mended', () => {
  const workspace = open();
  expect(() => workspace.remove('tests/test_a.py')).toThrow('is not deleted');
  expect(() => open({}, true).remove('tests/test_a.py')).not.toThrow();
  workspace.write('tests/test_b.py', 'x\n');
  workspace.remove('tests/test_b.py');
  expect(workspace.isChanged()).toBe(false);
});
