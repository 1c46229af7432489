import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect } from '@jest/globals';
import { indexAccess } from '../../src/sandbox/index-access.ts';
import type { Bench } from '../../src/verify/bench.ts';
import { judge } from '../../src/verify/judge.ts';
import { runNotebook } from '../../src/verify/notebook-run.ts';
import { compareRuns, type Parity } from '../../src/verify/parity.ts';
import { subjectId } from '../../src/verify/subjects.ts';
import { root } from '../run-tool.ts';
import { engineTest, testSandbox } from '../sandbox/engine.ts';
import { handMade } from './case.ts';
import { batch, type Pair, type PairedNotebook, readPairs } from './pairs.ts';

const notebooks = readPairs(join(root, 'fixtures/parity'));
const has = (pattern: RegExp) => (one: PairedNotebook) =>
  one.cells.some(({ text, marks }) => pattern.test(text) || marks.some((mark) => pattern.test(mark)));
const torch = notebooks.filter(has(/^import torch/));
const drawing = notebooks.filter((one) => has(/^draws$/)(one) && !torch.includes(one));
const plain = notebooks.filter((one) => !torch.includes(one) && !drawing.includes(one));

/** torch is hundreds of megabytes: only where its wheel lies on this machine. */
const hasTorch = indexAccess(false).wheelFolders.some(
  (folder) => existsSync(folder) && readdirSync(folder).some((file) => /^torch-\d/.test(file)),
);

describe('a notebook beside a package that is known to be right or wrong', () => {
  const { sandbox } = testSandbox();

  function table(title: string, some: PairedNotebook[], requirements: string[], libraries: string[]): void {
    describe(title, () => {
      const { made, pairs } = batch(some);
      let parity: Parity;

      beforeAll(async () => {
        if ((await sandbox.status()).kind === 'absent') return;
        const installed = await sandbox.install({ requirements });
        if (installed.kind === 'failed') throw new Error(installed.reason);
        const given = await handMade(made);
        try {
          const bench: Bench = {
            sandbox,
            environment: installed.environment,
            source: given.source,
            limits: { seconds: 300, memory: 1536 },
            say: () => undefined,
          };
          const statements = given.watched;
          const { observation } = await runNotebook(bench, { name: 'observe', statements, libraries });
          const { plan, extraction, tree } = given;
          parity = await compareRuns(bench, { plan, extraction, tree, observation });
        } finally {
          given.remove();
        }
      }, 600_000);

      for (const { name, description, packages } of some) {
        for (const one of packages) {
          const pair = pairs.find(({ id }) => id === `${name}/${one.name}`);
          if (pair === undefined) throw new Error('no such pair');
          engineTest(`${pair.id}: ${description}`, () => {
            const found = verdictOf(pair, parity);
            // Digits that hang on the processor are left open.
            const [start, open] = 'at' in pair.expected ? pair.expected.at.split('…') : [];
            if (open !== undefined)
              expect(found).toHaveProperty('at', expect.stringMatching(`^${start ?? ''}`));
            else expect(found).toEqual(pair.expected);
            if ('first' in pair.expected) expect(found).toHaveProperty('first', pair.expected.first);
          });
        }
      }
    });
  }

  table('without randomness', plain, ['numpy', 'pandas', 'scipy', 'scikit-learn'], ['random', 'numpy']);
  table('with drawn numbers', drawing, ['numpy'], ['random', 'numpy']);
  if (hasTorch) table('of torch', torch, ['numpy', 'torch'], ['random', 'numpy', 'torch']);
  else
    process.stderr.write('the networks of the truth table are skipped: no wheel of torch on this machine\n');
});

/** The verdict on the values of one pair of the batch. */
function verdictOf(pair: Pair, parity: Parity): object {
  const subjects = parity.subjects.filter(({ key }) => key.startsWith(`${pair.id}:`));
  const { findings, unstable, restless } = parity;
  const { parity: verdict } = judge(subjects, { findings, unstable, restless, target: pair.target ?? null });
  if (verdict !== 'different') return { verdict };
  const first = subjects.find((subject) => findings[subjectId(subject)]?.verdict === 'different');
  const { path, reference, candidate, dropped } = (first && findings[subjectId(first)]) ?? {};
  return {
    first: first?.key.slice(pair.id.length + 1),
    at: `${path ?? ''} ${reference ?? ''} -> ${candidate ?? ''}${dropped === true ? ' (dropped)' : ''}`.trim(),
  };
}
