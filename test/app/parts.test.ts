import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { blobDigest, plainPath, planCommits } from '../../src/app/commits.ts';
import { readMarker, writeMarker } from '../../src/app/marker.ts';
import { readManifest } from '../../src/app/package-manifest.ts';
import { withManifest } from '../../src/runs/package-folder.ts';
import { choosePlace } from '../../src/app/place.ts';
import { chooseNotebooks } from '../../src/app/resolve.ts';
import { replacePart } from '../../src/app/thread-comment.ts';
import { progressText, refusedText } from '../../src/app/words.ts';
import { createSecrets } from '../../src/lib/secrets.ts';
import { cellLines } from '../../src/notebook/cell-lines.ts';
import { openQueue, type Queue } from '../../src/runs/queue.ts';
import { startWorker } from '../../src/runs/worker.ts';
import { notebookOf } from './app.ts';

describe('the place of a package', () => {
  const nobody = (): undefined => undefined;
  test('is the root where nothing of the package is taken', () => {
    const files = ['README.md', 'notebooks/src/a.py', 'data/tests/x.csv'];
    expect(choosePlace(files, 'nb/A b.ipynb', nobody, null)).toEqual({ folder: '.', root: '.' });
  });
  test.each(['src/x.py', 'tests/x.py', 'configs/x', 'Makefile', 'pyproject.toml', 'src'])(
    'is not where %s lies',
    (file) => {
      expect(choosePlace([file], 'nb/A b.ipynb', nobody, null)).toEqual({
        folder: 'productionized/nb-a-b',
        root: '../..',
      });
    },
  );
  test('stays where this notebook has it, and is another where another notebook has it', () => {
    const root = (folder: string): string | undefined => (folder === '.' ? 'a.ipynb' : undefined);
    expect(choosePlace(['src/x.py'], 'a.ipynb', root, null).folder).toBe('.');
    expect(choosePlace(['src/x.py'], 'b.ipynb', root, null).folder).toBe('productionized/b');
    const below = (folder: string): string | undefined =>
      folder === 'productionized/a' ? 'a.ipynb' : undefined;
    expect(choosePlace(['productionized/a/x'], 'a.ipynb', below, null).folder).toBe('productionized/a');
    expect(choosePlace(['src/x', 'productionized/a/x'], 'A.ipynb', below, null).folder).toMatch(
      /^productionized\/a-[0-9a-f]{6}$/,
    );
  });
  test('is below the folder of the configuration', () => {
    expect(choosePlace([], 'a.ipynb', nobody, 'ml/packages')).toEqual({
      folder: 'ml/packages/a',
      root: '../../..',
    });
  });
});

describe('commits', () => {
  test('hold what changed, by step, and remove what is gone', () => {
    const before = new Map([
      ['src/a.py', blobDigest('A')],
      ['src/gone.py', blobDigest('B')],
      ['Makefile', blobDigest('M')],
    ]);
    const tree = { 'src/a.py': 'A', 'src/__init__.py': '', 'tests/t.py': 'T', Makefile: 'N' };
    expect(planCommits(tree, before, 'a.ipynb').map(({ changes }) => changes)).toEqual([
      { 'src/__init__.py': '' },
      { 'src/gone.py': null },
      { 'tests/t.py': 'T' },
      { Makefile: 'N' },
    ]);
  });
  test('know what git calls a file', () => {
    expect(blobDigest('hello\n')).toBe('ce013625030ba8dba906f756967f9e9ca394464a');
  });
  test('mention nobody and close nothing', () => {
    expect(plainPath('@all/fixes #1 <img>`x`.ipynb')).toBe('_all/fixes _1 _img__x_.ipynb');
  });
});

describe('why no package was made', () => {
  const blocked = { code: 'x', severity: 'refused' as const, help: 'Change the rule.' };

  test('has each place once, and what all have in common once', () => {
    const text = refusedText([
      { ...blocked, file: 'src/a.py', message: 'src/a.py is protected.' },
      { ...blocked, file: 'src/b.py', line: 7, message: 'src/b.py:7: No print.' },
      { ...blocked, file: 'src/c.py', line: 9, cell: 2, message: 'src/c.py:9 (from cell 2): No print.' },
    ]);
    expect(text).toContain(
      '- `src/a.py`: is protected.\n- `src/b.py`, line 7: No print.\n- `src/c.py`, line 9, from cell 2: No print.\n\nChange the rule.\n',
    );
    expect(text.split('Change the rule.')).toHaveLength(2);
  });

  test('says what to do at each place where that differs', () => {
    const text = refusedText([
      { ...blocked, file: 'a.ipynb', cell: 1, line: 2, message: 'No Python.', help: 'Correct it.' },
      { ...blocked, file: 'a.ipynb', message: 'No model.' },
    ]);
    expect(text).toContain(
      '- `a.ipynb`, cell 1, line 2: No Python. Correct it.\n- `a.ipynb`: No model. Change the rule.',
    );
  });
});

describe('what we remember in our own texts', () => {
  test('survives any path, and nothing else is taken for it', () => {
    const marker = { notebook: 'a --> <!-- "b".ipynb', head: 'abc' };
    expect(readMarker(`x\n${writeMarker(marker)}\ny`)).toEqual(marker);
    expect(writeMarker(marker).indexOf('-->')).toBe(writeMarker(marker).length - 3);
    expect(readMarker('<!-- architect:pull e30= -->')).toBeUndefined();
    expect(readMarker('nothing')).toBeUndefined();
  });
  test('a list of files that others wrote is not ours', () => {
    expect(readManifest('{"made_by": "me", "notebook": "a", "files": {}}')).toBeUndefined();
    expect(readManifest('[')).toBeUndefined();
    const tree = withManifest({ 'a.py': 'A' }, 'n.ipynb');
    expect(readManifest(tree['.architect.json'])?.notebook).toBe('n.ipynb');
  });
  test('a part of a comment is replaced where it is', () => {
    const one = replacePart('', 'a', 'first');
    const two = replacePart(one, 'b', 'second');
    const three = replacePart(two, 'a', 'third $& $1');
    expect(three).toContain('third $& $1');
    expect(three).not.toContain('first');
    expect(three.indexOf('third')).toBeLessThan(three.indexOf('second'));
  });
});

describe('the notebook that is meant', () => {
  const entry = (path: string, mode = '100644') => ({ path, mode, sha: '', bytes: 1 });
  const files = [entry('a.ipynb'), entry('x/a.ipynb'), entry('x/b.ipynb'), entry('link.ipynb', '120000')];
  test.each([
    ['a.ipynb', {}, ['a.ipynb']],
    ['b.ipynb', {}, ['x/b.ipynb']],
    [null, { text: 'see https://github.com/acme/m/blob/main/x/a.ipynb.' }, ['x/a.ipynb']],
    [null, { text: 'a.ipynb' }, ['a.ipynb']],
    [null, { changed: ['x/b.ipynb', 'gone.ipynb'] }, ['x/b.ipynb']],
  ])('%s %j', (named, scene, notebooks) => {
    expect(chooseNotebooks(files, named, scene)).toEqual({ notebooks });
  });
  test.each([
    ['link.ipynb', {}, 'There is no notebook `link.ipynb`'],
    ['x/bb.ipynb', {}, 'Did you mean `x/b.ipynb`?'],
    ['../../etc/passwd.ipynb', {}, 'There is no notebook'],
    [null, {}, 'Which notebook is meant?'],
    [null, { text: 'data.ipynb' }, 'Which notebook is meant?'],
  ])('is not clear: %s %j', (named, scene, words) => {
    expect(chooseNotebooks(files, named, scene)).toEqual({ refused: expect.stringContaining(words) });
  });
  test('is named where there is no other', () => {
    expect(chooseNotebooks([entry('my a.ipynb')], 'q.ipynb', {})).toEqual({
      refused: expect.stringContaining(
        'The only notebook here is:\n\n- `my a.ipynb`\n\nName it: `/architect run "my a.ipynb"`.',
      ),
    });
  });
});

describe('lines of cells', () => {
  test('are found in the text of the file, however it was saved', () => {
    const text = notebookOf('a = 1\nb = 2\n', 'c = "\\"{["\n', 'd = 4');
    const lines = text.split('\n');
    const lineOf = cellLines(text);
    for (const [cell, line, content] of [
      [0, 1, 'a = 1'],
      [0, 2, 'b = 2'],
      [1, 1, 'c = '],
      [2, 1, 'd = 4'],
    ] as const) {
      expect(lines[(lineOf(cell, line) ?? 0) - 1]).toContain(content);
    }
    expect(lineOf(2, 9)).toBe(lineOf(2, 1));
    expect(lineOf(3, 1)).toBeUndefined();
    const one = cellLines(JSON.stringify(JSON.parse(text)));
    expect([one(0, 2), one(2, 1)]).toEqual([1, 1]);
  });
  test('of the old format and of one string', () => {
    const old =
      '{"worksheets": [{"cells": [\n{"cell_type": "code", "input": [\n"a\\n",\n"b"]},\n{"input": "c\\nd"}]}]}';
    const lineOf = cellLines(old);
    expect([lineOf(0, 1), lineOf(0, 2), lineOf(1, 1), lineOf(1, 2)]).toEqual([3, 4, 5, 5]);
    expect(cellLines('{"cells": [')(0, 1)).toBeUndefined();
  });
});

describe('secrets', () => {
  test('are hidden in every form, and what looks like one too', () => {
    const secrets = createSecrets();
    const secret = 'p@ss/word+with spaces & more';
    secrets.add(secret);
    for (const padding of ['', 'x', 'xy', 'xyz']) {
      const text = Buffer.from(`${padding}${secret}tail`).toString('base64');
      expect(secrets.hide(text)).toContain('[hidden]');
    }
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify({ secret })]) {
      expect(secrets.hide(`before ${form} after`)).toMatch(/^before .*\[hidden\].* after$/);
    }
    expect(secrets.hide(`ghs_${'a'.repeat(36)} AKIA${'A'.repeat(16)}`)).toBe('[hidden] [hidden]');
    expect(secrets.hide('harmless text with a sha 0123456789abcdef0123456789abcdef01234567')).toContain(
      '0123456789',
    );
  });
});

test('the progress of a run keeps what was done apart from what was left out', () => {
  const why = 'there is no engine';
  const past = [{ name: 'fetch' }, { name: 'observe', leftOut: why }, { name: 'verify', leftOut: why }];
  expect(progressText([], undefined, '')).toBe('⏳ Starts …');
  expect(progressText(past, undefined, '')).toMatch(/^⏳ Goes on …/);
  // On GitHub nothing is put into a folder.
  expect(progressText(past, 'publish', '')).toMatch(/^⏳ Open the pull request …/);
  expect(progressText(past, 'report', '').split('\n\n').slice(1)).toEqual([
    expect.stringMatching(/^✓ Read/),
    '– Run the notebook, watched · – Prove it: left out, because there is no engine.',
  ]);
});

describe('the queue', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'architect-queue-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const job = (key: string, about = key, group = 'g') => ({ key, about, group, input: key });
  const open = (): Queue<string> => openQueue<string>(folder);

  test('works on a key once, on a failed one again, and joins what is the same', () => {
    const queue = open();
    expect(queue.add(job('a', 'x')).kind).toBe('added');
    expect(queue.add(job('a', 'x')).kind).toBe('known');
    expect(queue.add(job('b', 'x')).kind).toBe('joined');
    const taken = queue.take();
    queue.finish(taken?.id ?? '', 'failed', 'why');
    expect(queue.add(job('a', 'x')).kind).toBe('added');
    queue.finish(queue.take()?.id ?? '', 'done');
    expect(queue.add(job('a', 'x')).kind).toBe('known');
    expect(queue.add(job('b', 'x')).kind).toBe('added');
  });

  test('keeps a group to one job at a time, in the order of asking', () => {
    const queue = open();
    for (const key of ['a', 'b']) queue.add(job(key));
    queue.add(job('c', 'c', 'other'));
    expect([queue.take()?.key, queue.take()?.key, queue.take()?.key]).toEqual(['a', 'c', undefined]);
  });

  test('survives a crash: what ran waits again, and counts its attempts', () => {
    const queue = open();
    queue.add(job('a'));
    queue.add(job('held', 'h', 'h'), true);
    expect(queue.take()?.attempts).toBe(1);
    writeFileSync(join(folder, 'half.json.1.tmp'), '{');
    writeFileSync(join(folder, 'broken.json'), '{');
    const again = open();
    expect(again.list().map(({ key, state }) => [key, state])).toEqual([
      ['a', 'waiting'],
      ['held', 'waiting'],
    ]);
    expect(again.take()?.attempts).toBe(2);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('starts no job that is held before it is released', () => {
    const queue = open();
    const { job: held } = queue.add(job('a'), true);
    expect(queue.take()).toBeUndefined();
    queue.release(held.id);
    expect(queue.take()?.key).toBe('a');
  });

  test('is worked on by so many at a time, and what is put back keeps its attempts', async () => {
    const queue = open();
    for (const key of ['a', 'b', 'c']) queue.add(job(key, key, key));
    let running = 0;
    let most = 0;
    const worker = startWorker(queue, 2, async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 10));
      running -= 1;
      return { state: 'done', result: '' };
    });
    await worker.idle();
    expect(most).toBe(2);
    expect(queue.list().map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    await worker.stop(0);
    queue.add(job('d'));
    expect(queue.list().at(-1)?.state).toBe('waiting');
    queue.finish(queue.take()?.id ?? '', 'waiting');
    expect(queue.list().at(-1)).toMatchObject({ state: 'waiting', attempts: 0 });
  });
});
