import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { root, runTool } from './run-tool.ts';

test('the types hold (tsc)', () => {
  const { code, output } = runTool('typescript/bin/tsc', ['--noEmit', '--pretty', 'false']);
  expect(output).toBe('');
  expect(code).toBe(0);
});

test('the files are formatted (npm run format)', () => {
  const { code, output } = runTool('prettier/bin/prettier.cjs', ['--list-different', '.']);
  expect(output).toBe('');
  expect(code).toBe(0);
});

test('a rule is disabled only with a reason: eslint-disable-next-line rule -- reason', () => {
  const isSource = (name: string) => /\.(ts|m?js)$/.test(name);
  const files = ['bin', 'local-github', 'scripts', 'src', 'test'].flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => path.join(folder, name)),
  );
  const silent = files.filter(isSource).flatMap((file) =>
    fs
      .readFileSync(path.join(root, file), 'utf8')
      .split('\n')
      .map((line, index) => ({ line, at: `${file}:${index + 1}` }))
      .filter(({ line }) => /\/[/*] *eslint-disable/.test(line) && !/ -- \S/.test(line))
      .map(({ at }) => at),
  );
  expect(silent).toEqual([]);
});

// npm writes a lock file without the packages of other platforms when the registry at hand lacks them, and `npm ci`
// refuses such a file everywhere.
test('package-lock.json is complete for every platform', () => {
  const lock = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.entries(lock.packages).flatMap(([at, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) =>
        !(`node_modules/${name}` in lock.packages) && !(`${at}/node_modules/${name}` in lock.packages),
    ),
  );
  expect(missing).toEqual([]);
});
