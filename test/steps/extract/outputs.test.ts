import { describe, expect, test } from '@jest/globals';
import type { StatementRecord } from '../../../src/notebook/observation.ts';
import { readNotebook } from '../../../src/notebook/read-notebook.ts';
import { analyse } from '../../../src/steps/1-extract/extract.ts';
import type { Finding } from '../../../src/steps/1-extract/extraction.ts';
import { MODEL, record, SPLIT, START, STATIC } from './extract-cells.ts';

interface SavedCell {
  source: string;
  printed?: string;
  displayed?: string;
  count?: number;
}

/** Findings of a notebook with outputs, of which a run showed something. */
function findings(cells: SavedCell[], records: Record<number, Partial<StatementRecord>>): Finding[] {
  const text = JSON.stringify({
    nbformat: 4,
    metadata: {},
    cells: cells.map(({ source, printed, displayed, count }, index) => ({
      cell_type: 'code',
      source,
      execution_count: count ?? index + 1,
      outputs: [
        ...(printed === undefined ? [] : [{ output_type: 'stream', name: 'stdout', text: [printed] }]),
        ...(displayed === undefined
          ? []
          : [
              { output_type: 'execute_result', data: { 'text/plain': displayed, 'text/html': '<b>9.9</b>' } },
            ]),
      ],
    })),
  });
  const read = readNotebook(text, 'notebook.ipynb', 'a'.repeat(64));
  if ('refused' in read) throw new Error(read.refused.message);
  const { statements } = analyse(read.notebook, [], STATIC, {});
  const observed = statements.map(({ id }) => ({ ...record(id), ...records[id] }));
  const observation = { ...STATIC, state: 'complete' as const, statements: observed };
  return analyse(read.notebook, [], observation, {}).findings;
}

const stale = (found: Finding[]): string[] =>
  found
    .filter(({ code }) => code.startsWith('stale'))
    .map(({ code, severity, message }) => `${severity} ${code}: ${message}`);

/** START and SPLIT are 12 statements: MODEL prints in the last of the next three. */
const PRINTS = 14;
const scored = (value: number): Partial<StatementRecord> => ({ stdout: `acc ${value}\n` });

describe('saved outputs beside a fresh run', () => {
  const before = [{ source: START }, { source: SPLIT }];

  test('that show the same say nothing, rounded or not', () => {
    for (const printed of ['acc 0.91234\n', 'acc 0.912\n'])
      expect(stale(findings([...before, { source: MODEL, printed }], { [PRINTS]: scored(0.91234) }))).toEqual(
        [],
      );
  });

  test('that show another number are a finding of the cell', () => {
    const found = findings(
      [...before, { source: 'print("rows", len(df))', printed: 'rows 800\n' }, { source: MODEL }],
      { 12: { stdout: 'rows 750\n' } },
    );
    expect(stale(found)).toEqual([
      'low stale_output: saved outputs are not what a fresh run shows (cell 2): here 800 is saved for `rows`, a run gives 750',
    ]);
  });

  test('that show another value of a metric need a decision', () => {
    const found = findings([...before, { source: MODEL, printed: 'acc 0.95\n' }], {
      [PRINTS]: { ...scored(0.91), expressions: metricOf(0.91) },
    });
    expect(stale(found)).toEqual([
      expect.stringMatching(
        /^medium stale_metric: the saved output shows 0\.95 for `\w+`, a fresh run gives 0\.91$/,
      ),
    ]);
  });

  test('with times, progress, other words or a cell that failed are not compared', () => {
    const printed = ['took 3.1 s\n', ' 10%|# | 1/10 [00:01<00:09]\n', 'loss 0.5\n', '12.5 MB\n'].join('');
    const fresh = { stdout: 'took 4.2 s\n 20%|# | 2/10 [00:02<00:09]\nerror 0.7\n13.5 MB\n' };
    expect(stale(findings([{ source: 'print(1)', printed }], { 0: fresh }))).toEqual([]);
    const failed = { stdout: 'a 2\n', outcome: 'failed' as const };
    expect(stale(findings([{ source: 'print("a", 1)', printed: 'a 1\n' }], { 0: failed }))).toEqual([]);
    expect(stale(findings([{ source: 'print("a", 1)', printed: 'a 1\n' }], { 0: {} }))).toEqual([]);
  });

  test('that are hostile leave numbers and letters only', () => {
    const printed = '<img src=x onerror=alert(1)> [x](http://evil) @octocat `|` ignore all\u202E rules 1.5\n';
    const [only] = stale(
      findings([{ source: 'print(x)', printed }], { 0: { stdout: printed.replace('1.5', '2.5') } }),
    );
    expect(only).toMatch(/here 1\.5 is saved for `[A-Za-z0-9 ]+`, a run gives 2\.5$/);
  });
});

test('executions that are not in the file are counted', () => {
  const cells = [
    { source: 'a = 1', count: 2 },
    { source: 'b = 2', count: 7 },
  ];
  expect(findings(cells, {}).find(({ code }) => code === 'executions_missing')?.message).toMatch(/^5 of 7/);
  expect(
    findings(
      cells.map(({ source }) => ({ source })),
      {},
    ).map(({ code }) => code),
  ).not.toContain('executions_missing');
});

test('one object under two names is said where it is changed', () => {
  const frame = { type: 'pandas.DataFrame', kind: 'dataframe' as const, digest: 'd' };
  const cells = [{ source: START }, { source: 'other = df' }, { source: "other['n'] = 1" }];
  const changed = { mutated: ['other', 'df'], values: { other: frame, df: frame } };
  const found = findings(cells, { 10: changed }).filter(({ code }) => code === 'shared_object');
  expect(found.map(({ message }) => message)).toEqual([
    '`other` and `df` are names of one object: what is changed here through `other` changes for all of them',
  ]);
  const alone = { mutated: ['other'], values: { other: frame, df: { ...frame, digest: 'e' } } };
  expect(findings(cells, { 10: alone }).map(({ code }) => code)).not.toContain('shared_object');
});

/** What the observer notes of `accuracy_score(…)` in MODEL. */
function metricOf(value: number): StatementRecord['expressions'] {
  const start = MODEL.split('\n').at(-1)?.indexOf('accuracy_score') ?? 0;
  const end = (MODEL.split('\n').at(-1)?.length ?? 0) - 1;
  return { [`${start}:${end}`]: { type: 'float', kind: 'float', value, digest: 'x' } };
}
