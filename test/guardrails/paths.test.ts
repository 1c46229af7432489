import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkTree, type GuardContext } from '../../src/guardrails/check-tree.ts';
import { DEFAULT_POLICY } from '../../src/guardrails/policy.ts';

const context = (changes: Partial<GuardContext> = {}): GuardContext => ({
  policy: DEFAULT_POLICY,
  folder: '.',
  entries: {},
  ours: [],
  ...changes,
});

const verdicts = (paths: string[], changes: Partial<GuardContext> = {}): string[] =>
  checkTree(Object.fromEntries(paths.map((name) => [name, 'x = 1\n'])), context(changes)).map(
    ({ rule, severity, path: place }) => `${severity} ${rule} ${place}`,
  );

const PACKAGE = [
  'src/data/loader.py',
  'src/data/__init__.py',
  'configs/default.yaml',
  'tests/reference.json',
  'EXTRACTION_PLAN.md',
  'MLproject',
  'Makefile',
  'pyproject.toml',
  'requirements-dev.txt',
];

/** Names that must not be written, wherever they stand in a path. */
const HOSTILE = [
  ...[
    '..',
    '.',
    '',
    '.git',
    '.GIT',
    '.Git',
    '.github',
    '.gitattributes',
    '.gitignore',
    '.gitmodules',
    'git~1',
    'GIT~2',
  ],
  ...[
    '.g\u200cit',
    '.gi\u200dt',
    '.git\u0301',
    '\uff0egit',
    '.ｇｉｔ',
    '.git ',
    '.git.',
    '.git::$INDEX_ALLOCATION',
  ],
  ...['con', 'CON.py', 'Aux.yaml', 'nul', 'prn.txt', 'com1.py', 'LPT9', 'COM¹.py', 'conin$', 'CLOCK$.py'],
  ...[
    'a\0b.py',
    'a\nb.py',
    'a\u202eb.py',
    'a\u{e0041}b.py',
    'a\\b.py',
    'c:x.py',
    'a:b.py',
    'a*.py',
    'a?.py',
    'a|b.py',
    'a"b.py',
  ],
  ...[
    'a.py ',
    ' a.py',
    'a.py.',
    `${'a'.repeat(253)}.py`,
    `${'é'.repeat(127)}.py`,
    '.circleci',
    '.vscode',
    '.env',
    '.pre-commit-config.yaml',
  ],
];
/** Names that must not be the last of a path. */
const HOSTILE_FILES = [
  ...[
    'Jenkinsfile',
    'azure-pipelines.yml',
    'cloudbuild.yaml',
    'CODEOWNERS',
    'setup.py',
    'sitecustomize.py',
    'AGENTS.md',
    'CLAUDE.md',
  ],
  ...[
    'run.sh',
    'a.exe',
    'x.pth',
    'a.ipynb',
    'model.pkl',
    'a',
    'a.PY',
    'a.so',
    '.architect.yaml',
    '.architect.md',
    'ml-productionize.yaml',
  ],
];

/** Numbers from 0 to 1 that are the same at every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('paths of a package', () => {
  test('the usual ones pass, at the root and in a folder', () => {
    expect(verdicts([...PACKAGE, '.architect.json'])).toEqual([]);
    expect(verdicts(PACKAGE, { folder: 'productionized/churn-é' })).toEqual([]);
  });

  test.each(HOSTILE)('%j is refused at every place of a path', (name) => {
    for (const place of [name, `${name}/a.py`, `src/${name}`, `src/${name}/a.py`])
      expect(verdicts([place])).toEqual([expect.stringMatching(/^block path /)]);
  });

  test.each(HOSTILE_FILES)('a file %j is refused', (name) => {
    for (const place of [name, `src/${name}`]) expect(verdicts([place])).toEqual([`block path ${place}`]);
  });

  test.each(['/etc/x.py', '//host/x.py', 'C:/x.py', '\\\\host\\x.py', `${'a/'.repeat(600)}b.py`])(
    '%j is refused',
    (name) => expect(verdicts([name])).toEqual([expect.stringMatching(/^block path /)]),
  );

  test.each(['..', '../x', '.github', '/tmp', 'a/../..', '.git/hooks'])(
    'a folder %j is refused',
    (folder) => {
      expect(verdicts(['src/a.py'], { folder })).toEqual([expect.stringMatching(/^block path /)]);
    },
  );

  test('whatever is put together of good and bad names: what passes stays in its folder on every system', () => {
    const next = numbers(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
    const good = ['src', 'data', 'a.py', 'b.yaml', 'tests', 'modèle.py', 'loader.py', 'x'];
    let passed = 0;
    for (let round = 0; round < 5000; round += 1) {
      const names = Array.from({ length: 1 + Math.floor(next() * 4) }, () =>
        next() < 0.8 ? pick(good) : pick([...HOSTILE, ...HOSTILE_FILES]),
      );
      const place = names.join('/');
      if (verdicts([place]).length > 0) continue;
      passed += 1;
      expect(path.posix.resolve('/r/package', place)).toBe(`/r/package/${place}`);
      expect(path.win32.resolve('C:\\package', place)).toBe(`C:\\package\\${names.join('\\')}`);
      expect(place.normalize('NFKC').toLowerCase()).not.toMatch(/(^|\/)(\.git|git~|con(\.|\/|$))/);
      expect(place).toMatch(/^[\p{L}\p{M}\p{N} ._/-]+$/u);
      expect(names.every((name) => !HOSTILE.includes(name))).toBe(true);
      expect(HOSTILE_FILES).not.toContain(names.at(-1));
    }
    expect(passed).toBeGreaterThan(500);
  });
});

describe('what lies in the repository', () => {
  test.each([
    [{ src: '120000' }, 'block link src/a.py'],
    [{ src: '160000' }, 'block link src/a.py'],
    [{ SRC: '120000' }, 'block link src/a.py'],
    [{ src: '100644' }, 'block path src/a.py'],
    [{ 'src/a.py': '120000' }, 'block link src/a.py'],
    [{ 'src/a.py': '040000' }, 'block path src/a.py'],
    [{ 'src/a.py': '100644' }, 'block path src/a.py'],
    [{ 'src/A.py': '100644' }, 'block path src/a.py'],
    [{ 'src/a.py': '777' }, 'block mode src/a.py'],
  ])('%j', (entries, expected) => expect(verdicts(['src/a.py'], { entries })).toEqual([expected]));

  test('a folder, other files and our own file may be there', () => {
    const entries = new Map([
      ['src', '040000'],
      ['src/b.py', '100644'],
      ['src/a.py', '100644'],
      ['link', '120000'],
    ]);
    expect(verdicts(['src/a.py'], { entries, ours: ['src/a.py'] })).toEqual([]);
  });

  test('our own file is no licence for a link in its place, and loses its executable bit with a warning', () => {
    const at = (mode: string): string[] =>
      verdicts(['a.py'], { folder: 'p', entries: { 'p/a.py': mode }, ours: ['p/a.py'] });
    expect(at('120000')).toEqual(['block link p/a.py']);
    expect(at('100755')).toEqual(['warn mode p/a.py']);
  });

  test('two paths that are one file on many disks', () => {
    expect(verdicts(['src/a.py', 'src/A.py'])).toEqual(['block path src/A.py']);
    expect(verdicts(['a.py', 'a.py/b.py'])).toEqual(['block path a.py/b.py']);
  });

  test('whatever lies there: nothing that passes goes through a link or over a file that is not ours', () => {
    const next = numbers(11);
    const names = ['a', 'b', 'A', 'c.py', 'C.py'];
    const name = (): string => names[Math.floor(next() * names.length)] as string;
    const modes = ['100644', '100755', '120000', '160000', '040000'];
    let passed = 0;
    for (let round = 0; round < 3000; round += 1) {
      const entries = Object.fromEntries(
        Array.from({ length: 4 }, () => [
          Array.from({ length: 1 + Math.floor(next() * 2) }, name).join('/'),
          modes[Math.floor(next() * modes.length)] as string,
        ]),
      );
      const place = `${name()}/${next() < 0.5 ? 'c.py' : `${name()}/c.py`}`;
      if (verdicts([place], { entries }).some((verdict) => verdict.startsWith('block'))) continue;
      passed += 1;
      for (const [there, mode] of Object.entries(entries)) {
        const same = place.toLowerCase() === there.toLowerCase();
        const above = place.toLowerCase().startsWith(`${there.toLowerCase()}/`);
        expect(same).toBe(false);
        if (above) expect(mode).toBe('040000');
      }
    }
    expect(passed).toBeGreaterThan(300);
  });
});

describe('protected files', () => {
  const policy = (...protectedFiles: string[]): Partial<GuardContext> => ({
    policy: { ...DEFAULT_POLICY, protectedFiles },
    folder: 'p',
  });

  test.each([
    '*.py',
    'loader.py',
    'p/**',
    'p',
    'p/src/',
    '/p/src',
    'P/SRC/**',
    '**/data/*',
    'p/src/data/loader.{py,txt}',
    '*',
  ])('%s protects p/src/data/loader.py', (pattern) =>
    expect(verdicts(['src/data/loader.py'], policy(pattern))).toEqual([
      'block protected_file p/src/data/loader.py',
    ]),
  );

  test.each(['data/**', '/loader.py', '*.csv', 'src/data/loader.py', '#p', 'p/*.py'])(
    '%s does not',
    (pattern) => expect(verdicts(['src/data/loader.py'], policy(pattern))).toEqual([]),
  );

  test('the message names the pattern', () => {
    const [found] = checkTree({ Makefile: '' }, context({ ...policy('Make*') }));
    expect(found?.message).toBe('p/Makefile is protected by the pattern `Make*`.');
  });
});

test('sizes', () => {
  const policy = { ...DEFAULT_POLICY, sizes: { files: 2, fileBytes: 10, totalBytes: 15 } };
  const tree = { 'a.py': 'éééééé', 'b.py': 'x'.repeat(9), 'c.py': '' };
  const found = checkTree(tree, context({ policy })).map(({ path: place, message }) => `${place} ${message}`);
  expect(found).toEqual([
    '. The package has 3 files; it may have 2.',
    '. The package has 1 kB; it may have 1 kB.',
    'a.py a.py has 1 kB; a file may have 1 kB.',
  ]);
});
