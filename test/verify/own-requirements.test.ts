import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkoutWorkingTree } from '../../src/runs/working-tree.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { FRAME, prepareEnvironment } from '../../src/verify/environment.ts';
import { environmentNotes } from '../../src/verify/observe.ts';
import { readOwnRequirements, requirementLines } from '../../src/verify/own-requirements.ts';

const silent = (): void => undefined;

test('only names with versions are taken from a requirements file', () => {
  const text = `
    # what we need
    pandas == 1.5.3   # the last of its line
    scikit-learn[alldeps]>=1.0, <1.3
    numpy==1.23.5; python_version >= "3.6" and python_version < "4.0"
    scipy==1.2; python_version < "3.7"
    torch @ https://example.org/torch.whl
    -r more.txt
    --extra-index-url https://example.org
    git+https://example.org/x.git
    ./local
    seaborn==0.11.2 \\
        --hash=sha256:abc \\
        --hash=sha256:def
  `;
  expect(requirementLines(text)).toEqual([
    'pandas==1.5.3',
    'scikit-learn[alldeps]>=1.0,<1.3',
    'numpy==1.23.5',
    'seaborn==0.11.2',
  ]);
});

describe('the requirements of a repository', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'architect-requirements-'));
    mkdirSync(join(folder, '.git'));
    mkdirSync(join(folder, 'nb'));
    writeFileSync(join(folder, 'nb/n.ipynb'), '{"nbformat": 4, "cells": []}');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('are those nearest to the notebook, in whatever encoding', () => {
    writeFileSync(join(folder, 'requirements.txt'), 'pandas==1.0.0\nscipy==1.9.0\n');
    writeFileSync(join(folder, 'nb/requirements.txt'), Buffer.from('\ufeffPandas==1.5.3\r\n', 'utf16le'));
    expect(readOwnRequirements(checkoutWorkingTree(join(folder, 'nb/n.ipynb')))).toEqual({
      lines: ['Pandas==1.5.3', 'scipy==1.9.0'],
      files: ['nb/requirements.txt', 'requirements.txt'],
    });
  });

  test('may be none', () => {
    expect(readOwnRequirements(checkoutWorkingTree(join(folder, 'nb/n.ipynb')))).toEqual({
      lines: [],
      files: [],
    });
  });
});

describe('the environment of a repository with requirements', () => {
  /** Refuses what `refuses` gives a log for; the lock says what was asked for. */
  function sandboxThat(refuses: (lines: string[]) => string | undefined): {
    sandbox: Sandbox;
    asked: string[][];
  } {
    const asked: string[][] = [];
    const sandbox: Sandbox = {
      status: async () => ({ kind: 'ready', engine: 'fake', image: 'fake' }),
      install: async ({ requirements }) => {
        asked.push(requirements.filter((line) => !FRAME.includes(line)));
        const log = refuses(requirements);
        if (log !== undefined) return { kind: 'failed', reason: 'The reason.', log };
        const lock = requirements.map((line) => (line.includes('==') ? line : `${line}==9.9`));
        return {
          kind: 'installed',
          environment: 'e',
          python: '3.11.2',
          lock,
          durationMs: 1,
          cached: false,
        };
      },
      run: async () => Promise.reject(new Error('nothing is run')),
      close: async () => undefined,
    };
    return { sandbox, asked };
  }

  async function prepare(sandbox: Sandbox, wanted: string[], own: string[]) {
    const prepared = await prepareEnvironment(sandbox, wanted, undefined, silent, own);
    if (prepared.kind === 'failed') throw new Error(prepared.reason);
    return prepared.environment;
  }

  test('has its versions of what the notebook needs, and of nothing else', async () => {
    const { sandbox, asked } = sandboxThat(() => undefined);
    const own = ['Scikit_Learn==1.1.3', 'pandas<2', 'flask==1.0', 'mlflow==1.2', 'seaborn'];
    const environment = await prepare(sandbox, ['scikit-learn', 'seaborn'], own);
    expect(asked).toEqual([['Scikit_Learn==1.1.3', 'pandas<2', 'seaborn']]);
    expect(environment).toMatchObject({
      pinned: ['Scikit_Learn==1.1.3', 'pandas<2'],
      released: [],
      missing: [],
    });
    expect(environmentNotes(environment, ['requirements.txt'])).toEqual([
      'Versions as `requirements.txt` asks: `Scikit_Learn==1.1.3` and `pandas<2`.',
    ]);
  });

  test('gives up a version that has no wheel, and says so', async () => {
    const { sandbox, asked } = sandboxThat((lines) =>
      lines.includes('scikit-learn==0.20')
        ? 'error: x\n  ╰─▶ Because scikit-learn==0.20 has no wheels with a matching Python ABI tag and you require scikit-learn==0.20, we can conclude'
        : undefined,
    );
    const environment = await prepare(
      sandbox,
      ['scikit-learn', 'scipy'],
      ['scikit-learn==0.20', 'scipy==1.9'],
    );
    expect(asked).toEqual([
      ['scikit-learn==0.20', 'scipy==1.9'],
      ['scikit-learn', 'scipy==1.9'],
    ]);
    expect(environmentNotes(environment, ['requirements.txt'])).toEqual([
      'Versions as `requirements.txt` asks: `scipy==1.9`.',
      'Not the versions that `requirements.txt` asks for: `scikit-learn==0.20`. The reason. Taken instead: `scikit-learn==9.9`.',
    ]);
  });

  test('gives up the version and not the library that needs another', async () => {
    const { sandbox } = sandboxThat((lines) =>
      lines.includes('numpy==1.16')
        ? 'x\n  ╰─▶ Because seaborn>=0.13 depends on numpy>=1.20 and you require numpy==1.16, we can conclude'
        : undefined,
    );
    const environment = await prepare(sandbox, ['seaborn'], ['numpy==1.16']);
    expect(environment).toMatchObject({ missing: [], released: [{ requirement: 'numpy==1.16' }] });
    expect(environment.requirements).toContain('seaborn');
  });

  test('installs the lines that no import accounts for when a module has no distribution of its name', async () => {
    const { sandbox, asked } = sandboxThat((lines) =>
      lines.includes('odd') ? 'x\n  ╰─▶ Because odd was not found in the package registry' : undefined,
    );
    const environment = await prepare(sandbox, ['odd', 'scipy'], ['odd-tools==2.0', 'scipy==1.9']);
    expect(asked.at(-1)).toEqual(['odd-tools==2.0', 'scipy==1.9']);
    expect(environment).toMatchObject({ missing: [{ requirement: 'odd' }], pinned: ['scipy==1.9'] });
  });
});
