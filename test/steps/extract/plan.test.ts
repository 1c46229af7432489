import { expect, test } from '@jest/globals';
import { renderExtractionPlan, watchPlan } from '../../../src/steps/1-extract/extract.ts';
import { extract, MODEL, notebookOf, SPLIT, START } from './extract-cells.ts';

test('the plan has the destinations that it is given', () => {
  const plan = renderExtractionPlan(
    extract([START, SPLIT, MODEL]),
    new Map([[1, ['`src/data/loader.py: split_data`']]]),
  );
  expect(plan).toContain('| Cell | In | Stage | Verdict | Why | Destination |');
  expect(plan).toMatch(/^\| 1 \| 2 \| data \| kept \|.*\| `src\/data\/loader.py: split_data` \|$/m);
});

test('foreign text cannot leave its cell of a table', () => {
  const hostile =
    "s = LogisticRegression(solver='a|b`c\\n@everyone <img src=x>\u202e')\ns.fit(X_train, y_train)";
  const plan = renderExtractionPlan(
    extract(['# md\n# T | <b>x</b> `y` @z', START.replace('data.csv', 'a|`b`.csv'), SPLIT, hostile]),
  );
  for (const line of plan.split('\n').filter((each) => each.startsWith('|'))) {
    const bars = line.replace(/\\\|/g, '').match(/\|/g)?.length ?? 0;
    expect([4, 5, 6, 7]).toContain(bars);
    expect((line.match(/`/g)?.length ?? 0) % 2).toBe(0);
  }
  expect(plan).not.toContain('\u202e');
});

test('what is watched can be found again by the analysis', () => {
  const cells = [
    `${'#\n \n'.repeat(3_000)}!ls`,
    `${'# '.repeat(500)}\n`.repeat(40) + 'not python here',
    START,
    SPLIT,
    MODEL.replace(
      /print.*/,
      "\nfor i in range(2):\n    print(f'acc {accuracy_score(y_test, clf.predict(X_test)):.2f}')",
    ),
  ];
  const watched = watchPlan(notebookOf(cells));
  const loop = watched.at(-1);
  expect(loop?.expressions.map(({ line, column }) => [line, column])).toContainEqual([5, 17]);
  const [expression] = loop?.expressions ?? [];
  const value = { type: 'float', kind: 'float' as const, value: 0.5 };
  const result = extract(cells, {
    records: { [loop?.id ?? -1]: { expressions: { [expression?.key ?? '']: value } } },
  });
  expect(result.metrics).toMatchObject([{ key: 'accuracy', value: 0.5 }]);
});

test('names that may change are watched', () => {
  const plan = watchPlan(
    notebookOf([
      START,
      'import helpers\nhelpers.clean(df)\nn = len(df)\nclf = LogisticRegression().fit(df, n)',
    ]),
  );
  expect(plan.map(({ watch, mayMutate }) => [watch, mayMutate]).slice(-3)).toEqual([
    [['df'], ['df']],
    [['n'], []],
    [['clf'], []],
  ]);
});

test('hostile text is read in time that grows with its length', () => {
  const words = 'a '.repeat(20_000);
  const cells = [
    `x = "${words}"`,
    `# ${words}`,
    `for ${'a, '.repeat(2_000)}b in c: pass`,
    `y = f(${'(('.repeat(200)}1${'))'.repeat(200)})`,
    `z = ${'a.b'.repeat(5_000)}`,
    `print("${'%s '.repeat(3_000)}" % x)`,
    `f"${'{a}'.repeat(3_000)}"`,
  ];
  const start = performance.now();
  extract([START, SPLIT, MODEL, ...cells]);
  expect(performance.now() - start).toBeLessThan(20_000);
});

test('the same notebook gives the same extraction', () => {
  expect(JSON.stringify(extract([START, SPLIT, MODEL]))).toBe(JSON.stringify(extract([START, SPLIT, MODEL])));
});
