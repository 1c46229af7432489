import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import type { FileTree } from '../src/lib/file-tree.ts';

const CaseFile = z.strictObject({
  description: z.string().trim().min(1, 'a sentence: what this case shows'),
  skip: z.string().trim().min(1, 'the reason').optional(),
  settings: z.record(z.string(), z.unknown()).default({}),
});

/** One folder below a suite's folder: its input, its case.yml, and expected/ with everything that is golden. */
export type GoldenCase = z.infer<typeof CaseFile> & { name: string; folder: string };

/** One test for each folder in `folder`. `run` returns everything that is golden, keyed by its path below expected/. */
export function suite(folder: string, run: (golden: GoldenCase) => Promise<FileTree> | FileTree): void {
  const names = fs.readdirSync(folder).filter((name) => fs.statSync(path.join(folder, name)).isDirectory());
  if (names.length === 0) throw new Error(`${folder} holds no case`);
  describe(path.basename(folder), () => {
    for (const name of names.sort()) defineCase(path.join(folder, name), run);
  });
}

function defineCase(folder: string, run: (golden: GoldenCase) => Promise<FileTree> | FileTree): void {
  const golden = readCase(folder);
  const title = `${golden.name}: ${golden.description}`;
  if (golden.skip !== undefined) {
    test.skip(`${title} (skipped: ${golden.skip})`, () => undefined);
    return;
  }
  test(title, async () => {
    const actual = await run(golden);
    const expected = path.join(folder, 'expected');
    if (isUpdate(process.env)) writeTree(expected, actual);
    else assertGolden(expected, actual);
  });
}

export function readCase(folder: string): GoldenCase {
  const file = path.join(folder, 'case.yml');
  if (!fs.existsSync(file)) throw new Error(`${file} is missing: each case says in a sentence what it shows`);
  const result = CaseFile.safeParse(parse(fs.readFileSync(file, 'utf8')));
  if (!result.success) throw new Error(`${file}: ${z.prettifyError(result.error)}`);
  return { ...result.data, name: path.basename(folder), folder };
}

/** Whether expectations are to be rewritten. On CI that would make every case pass. */
export function isUpdate(environment: Record<string, string | undefined>): boolean {
  if (environment['UPDATE_GOLDEN'] !== '1') return false;
  if (environment['CI']) throw new Error('UPDATE_GOLDEN=1 is refused on CI');
  return true;
}

/** First the list of files, then their bytes: a missing or a stale file is named before any difference inside one. */
export function assertGolden(expectedFolder: string, actual: FileTree): void {
  if (!fs.existsSync(expectedFolder)) {
    throw new Error(`${expectedFolder} is missing: UPDATE_GOLDEN=1 npm test writes it`);
  }
  const expected = readTree(expectedFolder);
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected));
  expect(actual).toEqual(expected);
}

/** Reads a folder of text files. An absent folder is an empty tree. */
export function readTree(folder: string): FileTree {
  if (!fs.existsSync(folder)) return {};
  const entries = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile());
  const files = entries.map((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return [path.relative(folder, file).split(path.sep).join('/'), fs.readFileSync(file, 'utf8')] as const;
  });
  return Object.fromEntries(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Replaces a folder by a tree. */
export function writeTree(folder: string, tree: FileTree): void {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(tree)) {
    const file = path.join(folder, name);
    if (path.relative(folder, file).startsWith('..')) throw new Error(`${name} lies outside of the tree`);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
}
