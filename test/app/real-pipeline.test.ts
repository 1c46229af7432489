import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { productionize } from '../../src/pipeline.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { root } from '../run-tool.ts';
import {
  answersOf,
  checksOf,
  commitsOf,
  notebookOf,
  pullsOf,
  REPOSITORY,
  startWorld,
  type World,
} from './app.ts';

let world: World;
afterEach(() => world.close());

const NO_ENGINE = {
  status: async () => ({
    kind: 'absent',
    reason: 'Nobody answers at docker.sock.',
    advice: 'Run `architect sandbox up`.',
  }),
} as unknown as Sandbox;

async function run(files: Record<string, string>): Promise<{ answer: string; sha: string }> {
  world = await startWorld(files, { pipeline: productionize, sandbox: NO_ENGINE });
  const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it' });
  await world.github.label(REPOSITORY, issue, 'productionize', 'writer');
  await world.settle();
  const [answer = ''] = await answersOf(world, issue);
  return { answer, sha: (await world.github.branches(REPOSITORY))['main'] ?? '' };
}

async function annotationsOf(sha: string): Promise<{ path: string; start_line: number; message: string }[]> {
  const [check] = await checksOf(world, sha);
  expect(check?.status).toBe('completed');
  const path = `/repos/${REPOSITORY}/check-runs/${check?.id}/annotations?per_page=100`;
  return (
    await world.github.request<{ path: string; start_line: number; message: string }[]>('owner', 'GET', path)
  ).data;
}

/** The files of a fixture. */
function filesOf(folder: string): Record<string, string> {
  const base = join(root, folder);
  const paths = readdirSync(base, { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => statSync(join(base, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(base, path), 'utf8')]));
}

test('without an engine the package is made all the same: a draft that says what was not proved', async () => {
  const files = filesOf('fixtures/demo');
  const { answer, sha } = await run(files);
  const [pull, ...more] = await pullsOf(world);
  expect(more).toEqual([]);
  expect(pull).toMatchObject({ draft: true, head: { ref: 'architect/rentals' } });
  expect(pull?.body).toContain('**Not verified');
  expect(answer).toContain('**Not verified');
  expect(answer).toContain(`⚠️ The package is in #${pull?.number}, a draft.\n`);
  // Words for people who cannot mend the server; what its operator can do stands in the log.
  const said = [
    answer,
    pull?.body,
    await world.github.readFile(REPOSITORY, 'architect/rentals', 'REPORT.md'),
  ].join('\n');
  expect(said).toContain('there is no container engine where Architect runs');
  expect(said).toContain('Whoever operates this App must give its server a container engine');
  expect(said).not.toMatch(/sandbox up|--static|docker\.sock/);
  expect(world.log.join('')).toContain('Nobody answers at docker.sock. Run `architect sandbox up`.');
  const shown = world.github.trace().flatMap(({ method, requestBody }) => {
    return method === 'PATCH' ? JSON.stringify(requestBody) : [];
  });
  expect(shown.filter((text) => /✓ (Run the notebook|Prove it)/.test(text))).toEqual([]);
  expect(await commitsOf(world, 'main', 'architect/rentals')).toHaveLength(5);
  for (const path of [
    'src/training/train.py',
    'MLproject',
    'tests/test_model.py',
    'REPORT.md',
    '.architect.json',
  ])
    expect(await world.github.readFile(REPOSITORY, 'architect/rentals', path)).toBeDefined();
  const annotations = await annotationsOf(sha);
  expect(annotations.length).toBeGreaterThan(0);
  const lines = (files['rentals.ipynb'] ?? '').split('\n').length;
  for (const { path, start_line: line, message } of annotations) {
    for (const words of message.split('\n')) expect(words).toMatch(/^[^a-z].*[.!?…]$/);
    expect(path).toBe('rentals.ipynb');
    expect(line).toBeLessThanOrEqual(lines);
  }
  expect(annotations.some(({ start_line: line }) => line > 1)).toBe(true);
});

test('a notebook whose code is no Python ends with a closed check that names cell and line', async () => {
  const text = notebookOf('import pandas as pd\n', 'x = 1\ny = = 2\n');
  const { answer, sha } = await run({ 'a.ipynb': text });
  expect(await pullsOf(world)).toEqual([]);
  expect(answer).toMatch(/Cell 1 is not valid Python 3 \(line 2/);
  expect(await checksOf(world, sha)).toMatchObject([{ status: 'completed', conclusion: 'failure' }]);
  const lines = (await annotationsOf(sha)).map(({ start_line: line }) => text.split('\n')[line - 1]);
  expect(lines).toContainEqual(expect.stringContaining('y = = 2'));
});

test('a file that is no notebook ends with a closed check that names the line', async () => {
  const { answer, sha } = await run({ 'a.ipynb': '{\n "cells": [\n  oops\n' });
  expect(await pullsOf(world)).toEqual([]);
  expect(answer).toContain('`a.ipynb`, line 3');
  expect(await annotationsOf(sha)).toMatchObject([{ path: 'a.ipynb', start_line: 3 }]);
});
