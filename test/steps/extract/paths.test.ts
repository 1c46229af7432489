import { expect, jest, test } from '@jest/globals';
import { extract, MODEL, SPLIT, START } from './extract-cells.ts';

/** How many texts are trimmed while a path is read that each line of the notebook makes `width` times as long. */
function trims(lines: number, width: number): number {
  const sums = Array.from({ length: lines }, (_, line) => {
    const parts = Array.from({ length: width }, () => `p${line}`);
    return `p${line + 1} = ${parts.join(' + ')}`;
  });
  const cells = [START, `p0 = 'x'\n${sums.join('\n')}\ndf = pd.read_csv(p${lines})`, SPLIT, MODEL];
  const original = String.prototype.trim;
  let count = 0;
  const spy = jest.spyOn(String.prototype, 'trim').mockImplementation(function (this: string) {
    count += 1;
    if (count > 50_000) throw new Error('more than 50000 texts');
    return original.call(this);
  });
  try {
    extract(cells);
  } finally {
    spy.mockRestore();
  }
  return count;
}

test('a path that is put together of itself costs as much as there is text', () => {
  expect(trims(5, 20) / trims(5, 10)).toBeLessThan(2.5);
});

test('a path that is put together of constants is read', () => {
  const cells = [START, "ROOT = 'data'\nNAME = ROOT + '/x'\ndf = pd.read_csv(NAME + '.csv')", SPLIT, MODEL];
  expect(extract(cells).inputs.map(({ written }) => written)).toEqual(['data/x.csv']);
});
