import { expect, test } from '@jest/globals';
import { readJoinedStrings } from '../../../src/steps/3-harden/format-strings.ts';
import { compileCells } from '../compile-cells.ts';

function read(text: string): string[] | null {
  const format = readJoinedStrings(text);
  if (format === null) return null;
  const fields = format.fields.map(({ before, span }) => `${before}<${text.slice(span.start, span.end)}>`);
  return [...fields, format.after];
}

test.each([
  ['f"Epoch {epoch}, loss {loss:.4f}," f" val {val}"', ['Epoch <epoch>', ', loss <loss>', ', val <val>', '']],
  ['"loss "\n      f"{loss:.2f}"\n  " end"', ['loss <loss>', ' end']],
])('literals side by side are one text: %j', (text, expected) => {
  expect(read(text)).toEqual(expected);
});

test.each(['"a" "b"', 'f"{a}" + b', 'f"{a}", b', 'name', 'f"""{a}"""'])('%j is something else', (text) => {
  expect(read(text)).toBeNull();
});

test('a print of them is an event with a key for each value', async () => {
  const { tree } = await compileCells(
    [
      "import pandas as pd\nfrom sklearn.linear_model import Ridge\ndf = pd.read_csv('d.csv')\nX = df[['a']]\ny = df['b']",
      'model = Ridge()\nmodel.fit(X, y)\nscore = model.score(X, y)\nprint(f"score {score:.3f},"\n      f" rows {len(X)}")',
    ],
    ['d.csv'],
  );
  expect(Object.values(tree).join('\n')).toMatch(/logger\.info\([^)]*score=score,\s+rows=len\(X\)/);
});
