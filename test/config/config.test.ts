import { describe, expect, test } from '@jest/globals';
import { parseCommand } from '../../src/config/options.ts';
import { createProgress } from '../../src/config/progress.ts';
import { UsageError } from '../../src/lib/errors.ts';
import { listed, nearest, packageName, printable, slugOf } from '../../src/lib/text.ts';

const complaint = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof UsageError) return `${error.message} ${error.help}`;
    throw error;
  }
  return 'nothing was wrong';
};

describe('the command line', () => {
  const check = (...args: string[]): string => complaint(() => parseCommand(args));

  test('is read', () => {
    expect(
      parseCommand(['productionize', 'a.ipynb', '--out', 'o', '--static', '--json', '--target', 'm']),
    ).toEqual({
      kind: 'productionize',
      notebook: 'a.ipynb',
      out: 'o',
      static: true,
      json: true,
      target: 'm',
      config: null,
      pipeline: null,
    });
    expect(parseCommand(['--help']).kind).toBe('help');
    expect(parseCommand(['productionize', '-h']).kind).toBe('help');
    expect(parseCommand(['sandbox', 'up'])).toMatchObject({ action: 'up' });
    expect(parseCommand(['serve', '--port', '0'])).toMatchObject({ kind: 'serve', port: 0, host: null });
  });

  test.each([
    [[], 'No command'],
    [['productionise', 'a.ipynb'], 'Did you mean `productionize`?'],
    [['a.ipynb'], 'Try: architect productionize a.ipynb'],
    [['productionize'], 'The notebook is missing'],
    [['productionize', 'a', 'b'], '`b` is too much'],
    [['productionize', 'a', '--jsn'], 'Did you mean `--json`?'],
    [['productionize', 'a', '--out'], '--out needs a value'],
    [['productionize', 'a', '--out='], '--out is empty'],
    [['productionize', 'a', '--static', '--static'], 'given twice'],
    [['sandbox'], '`up` or `status`'],
    [['sandbox', 'up', '--json'], 'does not take'],
    [['serve', '--json'], 'does not take'],
    [['serve', '--port', 'x'], '--port needs a number'],
    [['productionize', 'a.ipynb', '--port', '1'], 'belong to `architect serve`'],
  ])('%j is refused in words', (args, expected) => {
    expect(check(...args)).toContain(expected);
  });
});

describe('words', () => {
  test('a slug is short, lower case and safe', () => {
    expect(slugOf('Notebooks/My Model (v2).ipynb')).toBe('notebooks-my-model-v2');
    expect(slugOf('日本.ipynb')).toBe('notebook');
    expect(slugOf(`${'a'.repeat(80)}.ipynb`)).toHaveLength(60);
    expect(slugOf('a.ipynb', () => true)).toMatch(/^a-[0-9a-f]{6}$/);
  });

  test('a package is never called `notebook`', () => {
    expect(packageName('churn/notebook.ipynb', 'repo')).toBe('churn');
    expect(packageName('notebook.ipynb', 'churn')).toBe('churn');
    expect(packageName('Titanic survival.ipynb', 'x')).toBe('titanic-survival');
    expect(packageName('notebook.ipynb', 'notebook')).toBe('package');
  });

  test('foreign text cannot move the cursor or turn the writing round', () => {
    expect(printable('a\u001b[2Jb\u202ec\rd\ttab\n')).toBe('a\\u001b[2Jb\\u202ec\\u000dd\ttab\n');
  });

  test('lists and near names', () => {
    expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
    expect(listed(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
    expect(nearest('tarjet', ['target', 'limits'])).toBe('target');
    expect(nearest('rnu', ['run', 'status'])).toBe('run');
    expect(nearest('banana', ['target', 'limits'])).toBeUndefined();
  });
});

test('progress is plain lines where there is no terminal, and one line that moves on one', () => {
  const plain: string[] = [];
  const progress = createProgress({ write: (text) => plain.push(text) });
  progress.step({ kind: 'started', name: 'observe' });
  progress.say('installing 3 libraries');
  progress.step({ kind: 'finished', name: 'observe', milliseconds: 61_000, resumed: false });
  expect(plain.join('')).toBe(
    'Run the notebook, watched ...\n  installing 3 libraries\n  done: Run the notebook, watched (1 min 1 s)\n',
  );
  const live: string[] = [];
  const moving = createProgress({ isTTY: true, columns: 40, write: (text) => live.push(text) });
  moving.step({ kind: 'started', name: 'verify' });
  moving.say('x'.repeat(100));
  moving.step({ kind: 'finished', name: 'verify', milliseconds: 500, resumed: true });
  moving.stop();
  expect(live.filter((text) => !text.startsWith('\r')).every((text) => text.length <= 40)).toBe(true);
  expect(live.at(-2)).toBe('✓ Prove it (done before)\n');
});

test('progress does not call done what was left out', () => {
  const leftOut = 'nothing was run, as asked';
  for (const [isTTY, words] of [
    [false, '  left out: Prove it (nothing was run, as asked)\n'],
    [true, '– left out: Prove it (nothing was run, as asked)\n'],
  ] as const) {
    const written: string[] = [];
    const progress = createProgress({ isTTY, write: (text) => written.push(text) });
    progress.step({ kind: 'started', name: 'verify' });
    progress.step({ kind: 'finished', name: 'verify', milliseconds: 1, resumed: false, leftOut });
    expect(written.at(-1)).toBe(words);
    progress.stop();
  }
});
