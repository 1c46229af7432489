import { expect, test } from '@jest/globals';
import type { RunError, StatementRecord } from '../../src/notebook/observation.ts';
import { loadPython } from '../../src/python/load-parser.ts';
import type { OlderRelease } from '../../src/steps/1-extract/older-release.ts';
import { findReleases, type Look, type Looked } from '../../src/verify/older-releases.ts';
import { olderLines } from '../../src/verify/older-lines.ts';
import { extract, MODEL, SPLIT, START } from '../steps/extract/extract-cells.ts';

await loadPython();

const CELLS = [START, SPLIT, MODEL, 'df.plot()'];
const plain = extract(CELLS);
const FIT = plain.target?.fits[0] ?? -1;
const PLOT = plain.statements.length - 1;

const APPEND = error("'DataFrame' object has no attribute 'append'", {
  type: 'AttributeError',
  library: 'pandas',
});
const NORMALIZE = error("LinearRegression.__init__() got an unexpected keyword argument 'normalize'", {
  type: 'TypeError',
  library: 'sklearn',
});

function error(message: string, more: Partial<RunError>): RunError {
  return { type: 'ValueError', layer: 'removed_api', message, ...more };
}

/** A notebook of which `failing` says what fails, by the releases that it is run with. */
function notebook(failing: (older: readonly string[]) => [number, RunError] | null): {
  look: Look;
  asked: string[][];
} {
  const asked: string[][] = [];
  const look: Look = async (_, older): Promise<Looked> => {
    const requirements = older.map(({ requirement }) => requirement);
    asked.push(requirements);
    const failed = failing(requirements);
    const statements = plain.statements.map(({ id }): StatementRecord => ({
      ...{ id, outcome: 'ran', seconds: 0, values: {}, mutated: [], random: [], expressions: {} },
      ...{ reads: [], writes: [], stdout: '' },
      ...(failed?.[0] === id ? { outcome: 'failed', error: failed[1] } : {}),
    }));
    const versions = { pandas: '3.1.0', 'scikit-learn': '1.9.0', numpy: '2.4.0', matplotlib: '3.11.0' };
    const observation = { state: 'partial' as const, versions, statements, seconds: 1 };
    return { observed: { observation, environment: null, notes: [] }, extraction: plain };
  };
  return { look, asked };
}

const always = (): boolean => true;

test('current releases are kept where every kept statement runs', async () => {
  const { look, asked } = notebook(() => [PLOT, APPEND]);
  const { observed } = await findReleases(look, always, 600);
  expect(asked).toEqual([[]]);
  expect(observed.notes).toEqual([]);
});

test('the release before a known change is taken', async () => {
  const { look, asked } = notebook((older) => (older.includes('pandas<2') ? null : [FIT, APPEND]));
  await findReleases(look, always, 600);
  expect(asked).toEqual([[], ['pandas<2']]);
});

test('behind one change another shows: releases that went together are taken, as far back as both', async () => {
  const { look, asked } = notebook((older) =>
    !older.includes('pandas<2')
      ? [FIT - 1, APPEND]
      : !older.some((line) => line.startsWith('scikit-learn'))
        ? [FIT, NORMALIZE]
        : null,
  );
  await findReleases(look, always, 600);
  expect(asked).toEqual([[], ['pandas<2'], ['pandas<2', 'scikit-learn<1.2', 'numpy<1.24', 'matplotlib<3.7']]);
});

test('where no more is known of an error of a library, sets of older releases are tried', async () => {
  const odd = error('something odd', { layer: 'other', library: 'sklearn' });
  const { look, asked } = notebook((older) => (older.includes('scikit-learn<1.2') ? null : [FIT, odd]));
  const { observed } = await findReleases(look, always, 600);
  expect(asked.map((lines) => lines.filter((line) => line.startsWith('scikit-learn')))).toEqual([
    [],
    ['scikit-learn<1.6'],
    ['scikit-learn<1.6', 'scikit-learn<1.2'],
  ]);
  expect(observed.notes).toEqual([]);
});

test("the notebook's own mistakes are nobody's release", async () => {
  const own = error("name 'z' is not defined", { type: 'NameError', layer: 'hidden_state' });
  const { look, asked } = notebook(() => [FIT, own]);
  await findReleases(look, always, 600);
  expect(asked).toEqual([[]]);
});

test('where no release helps, current ones stand, and what was tried is told', async () => {
  const { look, asked } = notebook(() => [FIT, NORMALIZE]);
  const { observed } = await findReleases(look, always, 600);
  const set = ['scikit-learn<1.2', 'pandas<2', 'numpy<1.24', 'matplotlib<3.7'];
  expect(asked).toEqual([[], ['scikit-learn<1.2'], set]);
  expect(observed.notes).toEqual([
    `Older releases were tried too: \`scikit-learn<1.2\` (cell 2: TypeError); ${set
      .slice(0, 3)
      .map((line) => `\`${line}\``)
      .join(', ')} and \`matplotlib<3.7\` (cell 2: TypeError).`,
  ]);
});

test('a notebook that is refused is not run again', async () => {
  const { look, asked } = notebook(() => [FIT, NORMALIZE]);
  await findReleases(look, () => false, 600);
  expect(asked).toEqual([[]]);
});

test('no further run is begun once the time is used up', async () => {
  const { look, asked } = notebook(() => [FIT, NORMALIZE]);
  await findReleases(look, always, 2);
  expect(asked).toHaveLength(2);
});

const release = (requirement: string): OlderRelease => ({
  ...{ requirement, statement: FIT, cell: 2, line: 1 },
  ...{ change: 'since scikit-learn 1.2 `normalize` is gone', instead: 'put a StandardScaler before it' },
});

test("bounds take the place of the repository's own lines for the same libraries", () => {
  expect(olderLines(['Pandas==2.2.3', 'seaborn==0.13'], [release('pandas<2')])).toEqual([
    'seaborn==0.13',
    'numpy<2',
    'pandas<2',
  ]);
});

test('the release that was gone back to is a finding at the place that needs it', () => {
  const { findings } = extract(CELLS, { older: [release('scikit-learn<1.2')] });
  expect(findings.filter(({ code }) => code === 'older_release')).toMatchObject([
    {
      cell: 2,
      kept: true,
      severity: 'medium',
      message:
        'the notebook and its package run with `scikit-learn<1.2`, not with current releases: since scikit-learn 1.2 `normalize` is gone',
      advice:
        'Kept as it is, with that release pinned. To go on to current ones, put a StandardScaler before it; then run this again.',
    },
  ]);
});
