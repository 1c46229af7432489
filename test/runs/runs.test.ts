import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RefusedError } from '../../src/lib/errors.ts';
import { defaultOut, openLocalRepo } from '../../src/runs/local-repo.ts';
import { MANIFEST, writePackage } from '../../src/runs/package-folder.ts';
import { openRunFolder } from '../../src/runs/run-folder.ts';
import { directStep, type StepEvent, tracedStep } from '../../src/runs/step.ts';
import { checkoutWorkingTree, TREE_CAPS } from '../../src/runs/working-tree.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'architect-runs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof RefusedError) return error.code;
    throw error;
  }
  return 'nothing was refused';
};

const put = (path: string, text = ''): void => {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
};

describe('a durable step', () => {
  test('is not done again after a crash, and is forgotten when the run ends', async () => {
    let done = 0;
    const work = async (): Promise<{ n: number }> => ({ n: (done += 1) });
    const first = openRunFolder({ a: 1 }, folder);
    expect(await first.step('one', work)).toEqual({ n: 1 });
    const second = openRunFolder({ a: 1 }, folder);
    expect(await second.step('one', work)).toEqual({ n: 1 });
    expect(await openRunFolder({ a: 2 }, folder).step('one', work)).toEqual({ n: 2 });
    second.remove();
    expect(await openRunFolder({ a: 1 }, folder).step('one', work)).toEqual({ n: 3 });
  });

  test('whose file is damaged is done again', async () => {
    const run = openRunFolder('x', folder);
    await run.step('one', () => 'kept');
    const file = join(run.path, 'one.json');
    for (const damage of ['', '{', readFileSync(file, 'utf8').replace('kept', 'forged'), '[]', 'null']) {
      writeFileSync(file, damage);
      expect(await run.step('one', () => 'again')).toBe('again');
    }
  });

  test('that failed is not kept', async () => {
    const run = openRunFolder('x', folder);
    await expect(run.step('one', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await run.step('one', () => 1)).toBe(1);
  });

  test('of a run that nobody came back to is swept', async () => {
    const run = openRunFolder('old', folder);
    await run.step('one', () => 1);
    utimesSync(run.path, 0, 0);
    openRunFolder('new', folder);
    expect(existsSync(run.path)).toBe(false);
  });

  test('leaves what was said in it when the run ends', async () => {
    const runs = join(folder, 'runs');
    const run = openRunFolder('x', runs);
    await run.step('ask-test#2', () => 1);
    run.keepTranscript('ask-test#2', [{ kind: 'answer' }]);
    run.remove();
    expect(existsSync(run.path)).toBe(false);
    const file = join(run.transcripts, 'ask-test_2.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([{ kind: 'answer' }]);
    expect(statSync(file).mode & 0o077).toBe(0);
    utimesSync(run.transcripts, 0, 0);
    openRunFolder('new', runs);
    expect(existsSync(run.transcripts)).toBe(false);
  });

  test('is told of', async () => {
    const events: StepEvent[] = [];
    const run = openRunFolder('x', folder);
    for (const step of [run.step, run.step, directStep])
      await tracedStep(step, (event) => events.push(event))('s', () => 1);
    const finished = events.filter((event) => event.kind === 'finished');
    expect(finished.map(({ resumed }) => resumed)).toEqual([false, true, false]);
  });

  test('says of its value why nothing was done, also where the value is an old one', async () => {
    const events: StepEvent[] = [];
    const run = openRunFolder('x', folder);
    const traced = tracedStep(run.step, (event) => events.push(event));
    const why = (value: number): string | undefined => (value === 0 ? 'nothing to do' : undefined);
    for (const name of ['zero', 'zero', 'one']) await traced(name, () => (name === 'zero' ? 0 : 1), why);
    const finished = events.filter((event) => event.kind === 'finished');
    expect(finished.map(({ resumed, leftOut }) => [resumed, leftOut])).toEqual([
      [false, 'nothing to do'],
      [true, 'nothing to do'],
      [false, undefined],
    ]);
  });
});

describe('a working tree', () => {
  test('is the git root around the notebook, else its folder', () => {
    put('deep/nb/one.ipynb', '{}');
    put('deep/data.csv', 'a');
    expect(checkoutWorkingTree(join(folder, 'deep/nb/one.ipynb')).path).toBe('one.ipynb');
    mkdirSync(join(folder, 'deep/.git'));
    const source = checkoutWorkingTree(join(folder, 'deep/nb/one.ipynb'));
    expect(source.path).toBe('nb/one.ipynb');
    expect(source.files.map(({ path }) => path)).toEqual(['data.csv', 'nb/one.ipynb']);
  });

  test('leaves out environments, caches and links', () => {
    put('n.ipynb', "open('mlruns/x')");
    put('myenv/pyvenv.cfg');
    put('myenv/lib/x.py');
    put('node_modules/a.js');
    put('mlruns/x', 'x');
    symlinkSync('/etc/passwd', join(folder, 'passwd'));
    const source = checkoutWorkingTree(join(folder, 'n.ipynb'));
    expect(source.files.map(({ path }) => path)).toEqual(['n.ipynb']);
    // Only what the notebook may want is worth a word.
    expect(source.notes).toEqual(['Not copied into the run: mlruns/.']);
  });

  test('that is too large keeps what the notebook names, and says what is left out', () => {
    put('n.ipynb', '"wanted.csv"');
    put('wanted.csv', 'x'.repeat(50));
    put('other.bin', 'x'.repeat(60));
    const source = checkoutWorkingTree(join(folder, 'n.ipynb'), { caps: { ...TREE_CAPS, total: 100 } });
    expect(source.files.map(({ path }) => path)).toEqual(['n.ipynb', 'wanted.csv']);
    expect(source.notes[0]).toMatch(/does not see 1 file .*other\.bin/);
  });

  test.each([
    ['a folder', 'sub', 'not_a_file'],
    ['a file that is not there', 'none.ipynb', 'no_such_file'],
    ['a binary file', 'binary.ipynb', 'not_text'],
    ['a link to nowhere', 'dangling.ipynb', 'no_such_file'],
  ])('refuses %s', (_name, path, code) => {
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'binary.ipynb'), Buffer.from([0xff, 0xfe, 0, 0x9f]));
    symlinkSync('/nowhere/at/all', join(folder, 'dangling.ipynb'));
    expect(codeOf(() => checkoutWorkingTree(join(folder, path)))).toBe(code);
  });

  test('refuses a file that is too large, before it is read', () => {
    put('n.ipynb', 'x'.repeat(20));
    const act = (): unknown =>
      checkoutWorkingTree(join(folder, 'n.ipynb'), { caps: { ...TREE_CAPS, notebook: 10 } });
    expect(codeOf(act)).toBe('notebook_too_large');
  });
});

describe('the folder of a package', () => {
  const tree = { 'src/a.py': 'a = 1\n', 'README.md': 'x' };
  const out = (): string => join(folder, 'out/pkg');

  test('is written whole, replaced when it is ours, and keeps what a run left there', () => {
    writePackage(out(), 'n.ipynb', tree);
    put('out/pkg/artifacts/model.joblib', 'trained');
    put('out/pkg/src/__pycache__/a.pyc', 'x');
    put('out/pkg/src/mine.py', 'mine');
    writePackage(out(), 'n.ipynb', { 'src/b.py': 'b' });
    const files = readdirSync(out(), { recursive: true, encoding: 'utf8' }).sort();
    expect(files).toEqual([
      MANIFEST,
      'artifacts',
      'artifacts/model.joblib',
      'src',
      'src/b.py',
      'src/mine.py',
    ]);
    expect(readdirSync(join(folder, 'out'))).toEqual(['pkg']);
  });

  test.each([
    ['is somebody else’s', () => put('out/pkg/notes.txt', 'mine'), 'out_not_ours'],
    ['is a file', () => put('out/pkg', 'x'), 'out_is_not_a_folder'],
    ['lies below a file', () => put('out', 'x'), 'out_is_not_a_folder'],
    ['is of another notebook', () => writePackage(out(), 'other.ipynb', tree), 'out_of_another_notebook'],
    [
      'was edited by hand',
      () => {
        writePackage(out(), 'n.ipynb', tree);
        put('out/pkg/src/a.py', 'a = 2\n');
      },
      'out_was_edited',
    ],
  ])('that %s is refused and stays as it is', (_name, prepare, code) => {
    prepare();
    const before = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    expect(codeOf(() => writePackage(out(), 'n.ipynb', tree))).toBe(code);
    expect(() =>
      openLocalRepo({ root: folder, path: 'n.ipynb', text: '', files: [], notes: [] }, out()),
    ).toThrow(RefusedError);
    expect(readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()).toEqual(before);
  });

  test('never lets a path out of it', () => {
    for (const path of ['../x', '/etc/x', 'a/../../x']) {
      expect(() => writePackage(out(), 'n.ipynb', { [path]: 'x' })).toThrow('leaves the package');
    }
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  test('knows the way to the working tree', () => {
    const source = { root: folder, path: 'n.ipynb', text: '', files: [], notes: [] };
    expect(openLocalRepo(source, join(folder, 'productionized/n')).root).toBe('../..');
    expect(openLocalRepo(source, join(folder, 'productionized/n')).folder).toBe('productionized/n');
    const sibling = openLocalRepo(source, join(folder, '../elsewhere-x'));
    expect(sibling.root).toBe(`../${folder.split('/').at(-1) ?? ''}`);
  });

  test('has another name where another notebook’s package lies', () => {
    expect(defaultOut(folder, 'A b/My Model.ipynb')).toBe(join(folder, 'a-b-my-model'));
    writePackage(join(folder, 'a-b-my-model'), 'a/b-my-model.ipynb', tree);
    expect(defaultOut(folder, 'A b/My Model.ipynb')).toMatch(/a-b-my-model-[0-9a-f]{6}$/);
  });
});
