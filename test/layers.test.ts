import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeTree } from './golden.ts';
import { root, runTool } from './run-tool.ts';

const neighbour = 'import-x/no-restricted-paths';
const io = 'no-restricted-imports';
const typesOnly = '@typescript-eslint/no-restricted-imports';

/** One line that must not pass, where it stands, and the rule that must say so. */
const planted: [file: string, line: string, rule: string][] = [
  // upwards
  ['src/lib/up.ts', "export { face } from '../steps/face.ts';", neighbour],
  ['src/lib/up-type.ts', "export type { Face } from '../verify/face.ts';", neighbour],
  ['src/notebook/up.ts', "export { face } from '../steps/face.ts';", neighbour],
  ['src/python/up.ts', "export { face } from '../steps/face.ts';", neighbour],
  ['src/knowledge/up.ts', "export { face } from '../steps/face.ts';", neighbour],
  ['src/steps/up.ts', "export { face } from '../verify/face.ts';", neighbour],
  ['src/guardrails/up.ts', "export { face } from '../report/face.ts';", neighbour],
  ['src/report/up.ts', "export { productionize } from '../pipeline.ts';", neighbour],
  ['src/runs/up.ts', "export const up = () => import('../web/face.ts');", neighbour],
  ['src/pipeline.ts', "export { face } from './config/face.ts';", neighbour],
  ['src/web/up.ts', "export { face } from '../cli.ts';", neighbour],
  // sideways
  ['src/verify/side.ts', "export { face } from '../agents/face.ts';", neighbour],
  ['src/verify/side-2.ts', "export { face } from '../guardrails/face.ts';", neighbour],
  ['src/agents/side.ts', "export { face } from '../guardrails/face.ts';", neighbour],
  ['src/guardrails/side.ts', "export type { Face } from '../verify/face.ts';", neighbour],
  ['src/gate/up.ts', "export { face } from '../refine/face.ts';", neighbour],
  ['src/refine/side.ts', "export { face } from '../report/face.ts';", neighbour],
  ['src/sandbox/side.ts', "export { face } from '../notebook/face.ts';", neighbour],
  ['src/runs/side.ts', "export { face } from '../github/face.ts';", neighbour],
  // what is not shipped
  ['src/app/local.ts', "export { face } from '../../local-github/face.ts';", neighbour],
  ['local-github/back.ts', "export { face } from '../src/lib/face.ts';", neighbour],
  // between the steps
  ['src/steps/1-extract/later.ts', "export type { Face } from '../2-structure/face.ts';", neighbour],
  ['src/steps/3-harden/earlier.ts', "export { face } from '../1-extract/face.ts';", typesOnly],
  // in circles
  [
    'src/lib/circle.ts',
    "import { circle } from './circle-2.ts';\nexport const half = () => circle;",
    'import-x/no-cycle',
  ],
  // the world outside, in the folders that only decide
  ['src/lib/disk.ts', "export { readFileSync } from 'node:fs';", io],
  ['src/notebook/disk.ts', "export { readFileSync } from 'fs';", io],
  ['src/python/disk.ts', "export { readFile } from 'node:fs/promises';", io],
  ['src/knowledge/host.ts', "export { cpus } from 'node:os';", io],
  ['src/steps/1-extract/hash.ts', "export { createHash } from 'node:crypto';", io],
  ['src/steps/2-structure/clock.ts', 'export const now = () => Date.now();', 'no-restricted-globals'],
  ['src/steps/3-harden/chance.ts', 'export const chance = () => Math.random();', 'no-restricted-properties'],
  ['src/steps/4-test/environment.ts', 'export const home = () => process.cwd();', 'no-restricted-globals'],
  ['src/steps/5-pipeline-config/place.ts', 'export const here = import.meta.url;', 'no-restricted-syntax'],
  ['src/gate/disk.ts', "export { readFileSync } from 'node:fs';", io],
  [
    'src/guardrails/network.ts',
    "export const ask = () => fetch('https://example.org');",
    'no-restricted-globals',
  ],
  ['src/report/late.ts', "export const late = () => import('node:fs');", 'no-restricted-syntax'],
  ['src/python/load-parser.ts', "export { get } from 'node:https';", io],
  // what one folder alone may know
  ['src/steps/parser.ts', "export { Parser } from 'web-tree-sitter';", io],
  ['src/verify/engine.ts', "export { default as Docker } from 'dockerode';", io],
  ['src/report/octokit.ts', "export { Octokit } from '@octokit/rest';", io],
  ['src/pipeline.ts', "export { OpenAI } from 'openai';", io],
  ['src/verify/process.ts', "export { spawn } from 'node:child_process';", io],
  ['src/web/store.ts', "export { DBOS } from '@dbos-inc/dbos-sdk';", io],
  // habits
  [
    'src/lib/habit-any.ts',
    'export const habit = (value: any): number => value;',
    '@typescript-eslint/no-explicit-any',
  ],
  ['src/lib/habit-default.ts', 'export default 1;', 'import-x/no-default-export'],
  [
    'src/verify/habit-promise.ts',
    'export const go = () => {\n  Promise.resolve(1);\n};',
    '@typescript-eslint/no-floating-promises',
  ],
  ['src/github/habit-console.ts', "export const talk = () => console.log('x');", 'no-console'],
  ['src/report/habit-long.ts', '// a line\n'.repeat(400) + 'export const long = 1;', 'max-lines'],
];

/** What looks alike and is right. */
const allowed: [file: string, line: string][] = [
  ['src/index.ts', "export { face } from './config/face.ts';\nexport { Probot } from 'probot';"],
  ['src/cli.ts', "export const talk = () => console.log('x');"],
  ['src/report/down.ts', "export type { Face } from '../verify/face.ts';"],
  [
    'src/agents/down.ts',
    "export { face } from '../steps/1-extract/face.ts';\nexport { OpenAI } from 'openai';",
  ],
  ['src/steps/2-structure/types.ts', "export type { Face } from '../1-extract/face.ts';"],
  [
    'src/python/island.ts',
    "export type { Face } from '../notebook/face.ts';\nexport { Parser } from 'web-tree-sitter';",
  ],
  ['src/notebook/hash.ts', "export { createHash } from 'node:crypto';"],
  ['src/lib/logger.ts', 'export const now = () => Date.now();'],
  ['src/python/load-door.ts', "export { join } from 'node:path';"],
  [
    'src/sandbox/process.ts',
    "export { spawn } from 'node:child_process';\nexport { default as Docker } from 'dockerode';",
  ],
  ['src/knowledge/table.ts', '// a line\n'.repeat(500) + 'export const table = 1;'],
];

const folders =
  'lib notebook python knowledge sandbox github runs steps agents guardrails verify gate report refine config web';
const stepFolders = '1-extract 2-structure 3-harden 4-test 5-pipeline-config';

interface Report {
  filePath: string;
  messages: { ruleId: string | null; message: string; line: number }[];
}

function lint(folder: string): Report[] {
  const { stdout, output } = runTool('eslint/bin/eslint.js', ['.', '--format', 'json'], folder);
  if (!stdout.startsWith('[')) throw new Error(output);
  return JSON.parse(stdout) as Report[];
}

describe('in a house with wrong imports, lint', () => {
  let copy: string;
  let found: Map<string, string[]>;

  beforeAll(() => {
    copy = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'architect-layers-')));
    writeTree(copy, house());
    for (const file of ['eslint.config.js', 'tsconfig.json', 'package.json']) {
      fs.copyFileSync(path.join(root, file), path.join(copy, file));
    }
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 'junction');
    found = new Map(
      lint(copy).map(({ filePath, messages }) => [
        path.relative(copy, filePath).split(path.sep).join('/'),
        messages.map(({ ruleId, message }) => ruleId ?? message),
      ]),
    );
  });
  afterAll(() => fs.rmSync(copy, { recursive: true, force: true }));

  /** A face in every folder, the planted lines and the allowed ones; lines of one file come together. */
  function house(): Record<string, string> {
    const face = 'export const face = 1;\nexport type Face = typeof face;\n';
    const homes = [...folders.split(' '), ...stepFolders.split(' ').map((step) => `steps/${step}`)];
    const tree: Record<string, string> = Object.fromEntries(
      homes.map((home) => [`src/${home}/face.ts`, face]),
    );
    tree['local-github/face.ts'] = face;
    tree['src/lib/circle-2.ts'] = "import { half } from './circle.ts';\nexport const circle = () => half;\n";
    for (const [file, line] of [...planted, ...allowed]) tree[file] = `${tree[file] ?? ''}${line}\n`;
    tree['src/cli.ts'] += 'export const face = 1;\n';
    tree['src/pipeline.ts'] += 'export const productionize = 1;\n';
    return tree;
  }

  test.each(planted)('reports %s: %s', (file, _, rule) => {
    expect(found.get(file)).toContain(rule);
  });

  test.each(allowed)('is silent about %s', (file) => {
    expect(found.get(file)).toEqual([]);
  });
});

describe('the real tree', () => {
  test('is clean (eslint)', () => {
    const problems = lint(root).flatMap(({ filePath, messages }) =>
      messages.map(
        ({ line, ruleId, message }) => `${path.relative(root, filePath)}:${line} ${ruleId}: ${message}`,
      ),
    );
    expect(problems).toEqual([]);
  });

  test('has a layer for everything in src/', async () => {
    const { layers } = (await import(path.join(root, 'eslint.config.js'))) as { layers: string[][][] };
    const known = layers.flat(2);
    const unknown = fs.readdirSync(path.join(root, 'src')).filter((name) => !known.includes(name));
    expect(unknown).toEqual([]);
  });
});
