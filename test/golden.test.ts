import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { assertGolden, isUpdate, readCase, readTree, writeTree } from './golden.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'architect-golden-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

describe('a golden folder', () => {
  const tree = { 'a.txt': 'one\n', 'b/c.txt': 'two\n' };

  test('holds what was written into it', () => {
    writeTree(folder, tree);
    expect(readTree(folder)).toEqual(tree);
    expect(() => assertGolden(folder, tree)).not.toThrow();
  });

  test('forgets the files of before', () => {
    writeTree(folder, { 'stale.txt': '' });
    writeTree(folder, tree);
    expect(Object.keys(readTree(folder))).toEqual(['a.txt', 'b/c.txt']);
  });

  test.each([
    ['a file is missing', { 'a.txt': 'one\n' }],
    ['a file is new', { ...tree, 'd.txt': '' }],
    ['a byte differs', { ...tree, 'a.txt': 'one' }],
    ['a newline is of another kind', { ...tree, 'a.txt': 'one\r\n' }],
  ])('fails when %s', (_, actual) => {
    writeTree(folder, tree);
    expect(() => assertGolden(folder, actual)).toThrow();
  });

  test('fails when it is not there, whatever is golden', () => {
    expect(() => assertGolden(path.join(folder, 'none'), {})).toThrow(/is missing: UPDATE_GOLDEN=1/);
  });

  test('takes no file outside of itself', () => {
    expect(() => writeTree(path.join(folder, 'expected'), { '../x.txt': '' })).toThrow(/outside/);
  });
});

describe('case.yml', () => {
  const write = (text: string) => fs.writeFileSync(path.join(folder, 'case.yml'), text);

  test('gives the description and the settings', () => {
    write('description: The scaler is fitted after the split.\nsettings: { target: clf }\n');
    expect(readCase(folder)).toEqual({
      description: 'The scaler is fitted after the split.',
      settings: { target: 'clf' },
      name: path.basename(folder),
      folder,
    });
  });

  test('is mandatory', () => {
    expect(() => readCase(folder)).toThrow(/case\.yml is missing/);
  });

  test.each([
    ['no description', 'settings: {}\n'],
    ['an empty description', 'description: " "\n'],
    ['a key that nobody reads', 'description: A sentence.\ndescripton: x\n'],
    ['a skip without a reason', 'description: A sentence.\nskip: ""\n'],
  ])('is refused with %s', (_, text) => {
    write(text);
    expect(() => readCase(folder)).toThrow(/case\.yml/);
  });
});

describe('UPDATE_GOLDEN', () => {
  test('rewrites only when it is 1', () => {
    expect(isUpdate({})).toBe(false);
    expect(isUpdate({ UPDATE_GOLDEN: '0', CI: '1' })).toBe(false);
    expect(isUpdate({ UPDATE_GOLDEN: '1' })).toBe(true);
  });

  test('is refused on CI', () => {
    expect(() => isUpdate({ UPDATE_GOLDEN: '1', CI: 'true' })).toThrow(/refused on CI/);
  });
});
