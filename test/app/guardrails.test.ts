import { afterEach, describe, expect, test } from '@jest/globals';
import { productionize } from '../../src/pipeline.ts';
import {
  answersOf,
  checksOf,
  commitLinks,
  notebookOf,
  pullsOf,
  REPOSITORY,
  startWorld,
  type World,
} from './app.ts';
import { stubPipeline } from './stub-pipeline.ts';

let world: World;
afterEach(() => world.close());

const NOTEBOOK = notebookOf('import pandas as pd\n', 'print(1)\n');

interface Blocked {
  answer: string;
  check: { status: string; conclusion: string | null } | undefined;
  branches: string[];
}

/** Asks for a package and gives what came of it. */
async function ask(): Promise<Blocked> {
  const issue = await world.github.openIssue(REPOSITORY, { title: 'Ship it' });
  await world.github.label(REPOSITORY, issue, 'productionize', 'writer');
  await world.settle();
  const branches = await world.github.branches(REPOSITORY);
  const [check] = await checksOf(world, branches['main'] ?? '');
  const [answer = ''] = await answersOf(world, issue);
  expect(await pullsOf(world)).toEqual([]);
  return { answer, check, branches: Object.keys(branches) };
}

const STOPPED = { status: 'completed', conclusion: 'failure' };
const rules = (yaml: string): Record<string, string> => ({ '.architect.yaml': `guardrails:\n${yaml}` });
// Not written as one word: whoever searches this repository for secrets shall find none.
const TOKEN = ['gh', 'p_', 'A7b9C2d4E6f8G1h3J5k7L9m2N4p6Q8r1S3t5'].join('');

describe('a guardrail ends a run before anything is pushed', () => {
  test.each([
    [
      'a code rule that blocks',
      rules("  code_rules:\n    - { pattern: 'SOURCE =', message: No sources, severity: block }\n"),
      {},
      'No sources',
    ],
    ['a protected file', rules('  protected_files: ["src/**"]\n'), {}, 'is protected by the pattern'],
    ['a protected file at any depth', rules('  protected_files: ["*.yaml"]\n'), {}, 'configs/default.yaml'],
    ['a workflow', {}, { '.github/workflows/own.yml': 'on: push\n' }, '.github/workflows/own.yml'],
    ['a git file', {}, { 'src/.gitattributes': '* filter=x\n' }, 'src/.gitattributes'],
    ['a path upwards', {}, { '../outside.py': 'x = 1\n' }, 'outside.py'],
    ['a secret', {}, { 'src/key.py': `TOKEN = "${TOKEN}"\n` }, 'src/key.py'],
    ['a file that is too large', {}, { 'src/big.py': '# x\n'.repeat(80_000) }, 'src/big.py'],
    [
      'a tree that is too large',
      {},
      Object.fromEntries([...Array(12).keys()].map((n) => [`src/f${n}.py`, '# x\n'.repeat(50_000)])),
      'The package has 2402 kB; it may have 2000 kB',
    ],
    [
      'too many files',
      {},
      Object.fromEntries([...Array(80).keys()].map((n) => [`src/f${n}.py`, 'x = 1\n'])),
      'files',
    ],
  ])('%s', async (_, repository, files, words) => {
    world = await startWorld(
      { 'a.ipynb': NOTEBOOK, ...repository },
      { pipeline: stubPipeline({ files: files as Record<string, string> }) },
    );
    const { answer, check, branches } = await ask();
    expect(answer).toContain(words);
    expect(answer).not.toContain(TOKEN);
    expect(world.log.join('\n')).not.toContain(TOKEN);
    expect(check).toMatchObject(STOPPED);
    expect(branches).toEqual(['main']);
  });

  test('a link in the way of the package', async () => {
    world = await startWorld({ 'a.ipynb': NOTEBOOK, 'src/own.py': 'X = 1\n' });
    await commitLinks(world, { productionized: '/tmp' });
    const { answer, check, branches } = await ask();
    expect(answer).toContain('productionized');
    expect(answer).toContain('link');
    expect(check).toMatchObject(STOPPED);
    expect(branches).toEqual(['main']);
  });

  test('what the real pipeline writes against a rule of the team, with file, line and what to do', async () => {
    const cells = [
      'from sklearn.datasets import load_iris\nfrom sklearn.linear_model import LogisticRegression\n',
      'X, y = load_iris(return_X_y=True)\nclf = LogisticRegression(max_iter=500)\nclf.fit(X, y)\nprint(clf.score(X, y))\n',
    ];
    const block =
      "  code_rules:\n    - { pattern: 'LogisticRegression', message: No linear models, severity: block }\n";
    world = await startWorld(
      { 'a.ipynb': notebookOf(...cells), ...rules(block) },
      { pipeline: productionize },
    );
    const { answer, check, branches } = await ask();
    expect(answer).toMatch(/No linear models/);
    expect(answer).toMatch(/src\/models\/model\.py/);
    expect(check).toMatchObject(STOPPED);
    expect(branches).toEqual(['main']);
  });
});
