import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ReportFacts } from '../src/report/facts.ts';
import { code, prose, python, ranges, table } from '../src/report/markdown.ts';
import { writeSummary } from '../src/report/summary.ts';
import { renderUnverified } from '../src/report/unverified.ts';
import { writeReport } from '../src/report/write-report.ts';
import { suite } from './golden.ts';

const FIXTURES = path.join(import.meta.dirname, '../fixtures/report');

const readJson = (file: string): unknown => JSON.parse(fs.readFileSync(path.join(FIXTURES, file), 'utf8'));

/** JSON merge patch: null removes, lists are replaced. */
function merged(base: unknown, changes: unknown): unknown {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) return changes;
  const result: Record<string, unknown> = { ...(base as Record<string, unknown>) };
  for (const [key, value] of Object.entries(changes)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

const factsOf = (name: string): ReportFacts =>
  merged(readJson('base.json'), readJson(`${name}/changes.json`)) as ReportFacts;

suite(FIXTURES, ({ name }) => ({
  'REPORT.md': writeReport(factsOf(name)),
  'summary.txt': writeSummary(factsOf(name)),
}));

/** Lines before the folded parts. */
const unfolded = (report: string): string[] =>
  report.slice(0, report.indexOf('<details>')).trimEnd().split('\n');

describe('a report', () => {
  test.each(['verified', 'seeded', 'hostile', 'different', 'not-run', 'tests-failed'])(
    '%s has at most 70 lines unfolded',
    (name) => {
      expect(unfolded(writeReport(factsOf(name))).length).toBeLessThanOrEqual(70);
    },
  );

  test('of hundreds of cells fits into a pull request, and says what is left out', () => {
    const facts = factsOf('verified');
    const text = 'x'.repeat(300);
    facts.extraction.findings = Array.from({ length: 400 }, (_, cell) => ({
      code: 'magic_number',
      severity: 'low',
      cell,
      line: 1,
      message: `a number ${text}`,
      advice: text,
      kept: false,
      statement: null,
    }));
    facts.origins = Array.from({ length: 200 }, (_, cell) => ({
      cell,
      file: 'src/data/loader.py',
      firstLine: cell + 1,
      lastLine: cell + 5,
      name: `prepare_${cell}`,
    }));
    const report = writeReport(facts);
    expect(report.length).toBeLessThanOrEqual(60_000);
    expect(unfolded(report).length).toBeLessThanOrEqual(70);
    expect(report).toMatch(/\d+ more lines are left out here/);
    expect(report).toContain('Hyperparameters moved to');
  });

  test('says what a model changed in few lines, and neutralises its words', () => {
    const facts = factsOf('verified');
    const evil =
      '@owner [click](https://evil.example) <img src=x> ![a](http://b) #12 | cell | \u202e\u{e0041}';
    facts.model = {
      ...{ model: `openai/${evil}`, proofs: 2, notAsked: null },
      usage: {
        ...{ requests: 12, promptTokens: 30_000, completionTokens: 4_000, estimated: true, cost: 0.1234 },
        seconds: 42,
      },
      steps: [
        {
          ...{ step: 'harden', role: 'build', asked: 2, end: 'finished', reason: null, summary: evil },
          notices: [`cell 3: ${evil}`],
          files: Array.from({ length: 60 }, (_, index) => ({
            path: `src/${index} ${evil}.py`,
            kept: index === 50,
            because: [evil],
          })),
        },
        {
          ...{ step: 'docs', role: 'build', asked: 1, end: 'refused', reason: `The model refused: ${evil}` },
          ...{ summary: '', notices: [], files: [] },
        },
      ],
    };
    const report = writeReport(facts);
    expect(unfolded(report).length).toBeLessThanOrEqual(70);
    expect(report).toContain(
      '12 requests, 34,000 tokens (partly estimated), 0.1234 at the prices of the operator, 42 s.',
    );
    expect(report).toContain('1 kept, 59 dropped');
    expect(report).toContain('The proof was run 2 times more for it.');
    expect(report).toMatch(/\d+ more lines stand under "The model, continued"/);
    // What was kept first, then what ended otherwise.
    expect(report.indexOf('src/50')).toBeLessThan(report.indexOf('refused by the model'));
    expect(report.indexOf('refused by the model')).toBeLessThan(report.indexOf('src/0'));
    expect(writeSummary(facts).replace(/\n/g, ' ')).toContain('1 file kept, 59 dropped, 34000 tokens.');
    const outside = report.replace(/(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, '');
    expect(outside).not.toMatch(/@\w|https?:|#\d|\]\(|<img|[\u202e\u{e0041}]/u);
    const rows = report.split('\n').filter((row) => row.startsWith('| `harden`'));
    expect(rows).toHaveLength(60);
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(5);
  });

  test('neutralises all text of the notebook', () => {
    const outside = writeReport(factsOf('hostile')).replace(/(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, '');
    expect(outside).not.toMatch(/@\w|https?:|#\d|\$x|\]\(|<img|[\u202e\u200b\u{e0041}]/u);
    const rows = writeReport(factsOf('hostile'))
      .split('\n')
      .filter((row) => row.startsWith('| high'));
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(6);
  });

  test('is the same every time', () => {
    expect(writeReport(factsOf('seeded'))).toBe(writeReport(factsOf('seeded')));
  });
});

test('a summary is plain text of 80 columns', () => {
  for (const name of ['verified', 'seeded', 'different', 'not-run']) {
    for (const row of writeSummary(factsOf(name)).split('\n')) expect(row.length).toBeLessThanOrEqual(80);
  }
});

test('every reason for no proof has words of its own, and says what to do next', () => {
  const layers = (
    'missing_module local_module missing_data removed_api hidden_state network system_binary input ' +
    'out_of_memory time_out crash output no_engine install static syntax nothing_to_compare not_comparable other'
  ).split(' ');
  const texts = layers.map((layer) => renderUnverified({ layer, message: 'cell 3, line 1', help: '' }));
  expect(new Set(texts.map(({ what }) => what)).size).toBe(layers.length);
  for (const { details, next } of texts) {
    expect(details).toBe('cell 3, line 1');
    expect(next).toMatch(/^[A-Z"].+\.$/);
  }
  expect(renderUnverified({ layer: 'static', message: '', help: 'Do that.' }).next).toBe('Do that.');
});

describe('Markdown', () => {
  test.each([
    ['a `b|c` d', 'a `b|c` d'],
    ['one ` mark', "one ' mark"],
    ['*x* _y_ a_b <i> &amp;', '\\*x\\* \\_y\\_ a_b &lt;i\\> &amp;amp;'],
    ['see @me, #12 and www.a.b', 'see `@me,` `#12` and `www.a.b`'],
    ['# no heading', '\\# no heading'],
    ['1. no list', '1\\. no list'],
    ['a\r\nb\u2028c', 'a b c'],
  ])('%j as prose', (text, expected) => expect(prose(text)).toBe(expected));

  test.each([
    ['x', '`x`'],
    ['', '` `'],
    ['`', '`` ` ``'],
    ['a``b', '```a``b```'],
  ])('%j as code', (text, expected) => expect(code(text)).toBe(expected));

  test('a bar ends no cell, also behind a backslash', () => {
    expect(table(['a'], [['`x|y`'], ['x\\|y'], ['']])).toEqual([
      '| a |',
      '|---|',
      '| `x\\|y` |',
      '| x\\ \\|y |',
      '| - |',
    ]);
  });

  test.each([
    [1, '1.0'],
    [0.1, '0.1'],
    [1e-7, '1e-07'],
    [NaN, '-'],
    [null, '-'],
  ])('%p as Python prints it', (value, expected) => expect(python(value)).toBe(expected));

  test('cells in ranges', () => expect(ranges([5, 3, 4, 9, 10, 9])).toBe('3-5, 9, 10'));
});
