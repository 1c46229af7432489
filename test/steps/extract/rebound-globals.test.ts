import { expect, test } from '@jest/globals';
import { extract, MODEL, SPLIT, START } from './extract-cells.ts';

const refused = (...cells: string[]): string[] =>
  extract([START, ...cells]).diagnostics.flatMap(({ severity, code, cell, message }) =>
    severity === 'refused' ? [`${code} ${cell ?? ''} ${message.split(',')[0] ?? ''}`] : [],
  );
const COUNT = 'def clean(d):\n    global calls\n    calls = calls + 1\n    return d.dropna()';

test('a kept function that rebinds what kept code reads refuses the notebook, with its place', () => {
  expect(refused('calls = 0', COUNT, 'df = clean(df)', SPLIT, MODEL)).toEqual([
    'rebinds_global 2 `clean` gives the global `calls` another value',
  ]);
});

test.each([
  ['dropped', ['calls = 0', COUNT, SPLIT, MODEL]],
  ['read by nobody', [COUNT.replace('calls + 1', '1'), 'df = clean(df)', SPLIT, MODEL]],
])('one that is %s does not', (_, cells) => {
  expect(refused(...cells)).toEqual([]);
});
