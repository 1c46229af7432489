import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Source } from '../../src/lib/source.ts';
import { whyPointer } from '../../src/verify/lfs-pointers.ts';

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 150828752\n`;
let root: string;
let source: Source;

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'architect-lfs-'));
  writeFileSync(path.join(root, 'creditcard.csv'), POINTER);
  writeFileSync(path.join(root, 'small.csv'), 'a,b\n1,2\n'.repeat(20));
  const files = ['creditcard.csv', 'small.csv'].map((name) => {
    const { size, mtimeMs } = statSync(path.join(root, name));
    return { path: name, bytes: size, modified: mtimeMs };
  });
  source = { root, path: 'n.ipynb', text: '', files, notes: [] };
});
afterAll(() => rmSync(root, { recursive: true }));

const why = (code: string) =>
  whyPointer(source, [{ id: 0, cell: 5, line: 2, code, watch: [], mayMutate: [], expressions: [] }]);

test.each(['df = pd.read_csv("creditcard.csv")', "df = pd.read_csv('data/creditcard.csv')"])(
  'a pointer in the place of data stops the run: %s',
  (code) => {
    expect(why(code)).toEqual({
      layer: 'missing_data',
      message:
        'Cell 5, line 2 names `creditcard.csv`, which is a pointer of Git LFS: the data itself is not in the working tree.',
      help: 'Fetch it with `git lfs pull`, then run this again.',
    });
  },
);

test.each(['df = pd.read_csv("small.csv")', 'creditcard = 1', 'x = "my-creditcard.csv"'])(
  'nothing is said of %s',
  (code) => expect(why(code)).toBeUndefined(),
);
