import { describe, expect, jest, test } from '@jest/globals';
import { Locals } from '../../../src/steps/1-extract/locals.ts';
import { extract, kept, MODEL, SPLIT, START } from './extract-cells.ts';

/** How often sets are asked while `work` runs; more than `most` is an error, so that a loop without end is one too. */
function lookups(most: number, work: () => void): number {
  const original = Set.prototype.has;
  let count = 0;
  const spy = jest.spyOn(Set.prototype, 'has').mockImplementation(function (this: Set<unknown>, value) {
    count += 1;
    if (count > most) throw new Error(`more than ${most} look-ups`);
    return original.call(this, value);
  });
  try {
    work();
  } finally {
    spy.mockRestore();
  }
  return count;
}

/** A function that gives a name a new object and then goes on with parts of it: each line leads back to the name. */
function narrowing(lines: number): string {
  const parts = Array.from({ length: lines }, (_, line) => `    X = X[X[:, 0] > ${line}]`);
  return ['def load(N):', '    X = np.zeros((N, 2))', ...parts, '    X[:, 0] *= 2', '    return X'].join(
    '\n',
  );
}

describe('names of a function that lead back to themselves', () => {
  test('a question about one costs as much as there are lines', () => {
    const cost = (lines: number): number => {
      const text = narrowing(lines);
      const locals = new Locals(text, { start: 0, end: text.length });
      return lookups(50 * lines, () => {
        expect(locals.sources('X', text.length)).toEqual([]);
      });
    };
    expect(cost(200) / cost(100)).toBeLessThan(2.5);
  });

  test('the notebook is analysed to its end', () => {
    const cells = [START, narrowing(20), 'extra = load(3)', SPLIT, MODEL];
    lookups(200_000, () => {
      expect(kept(extract(cells))).toContain('clf.fit(X_train, y_train)');
    });
  });
});

describe('what a local name may share an object with', () => {
  const sources = (body: string, name: string): string[] => {
    const text = `def f(a, b):\n${body}\n    end(a)`;
    return new Locals(text, { start: 0, end: text.length }).sources(name, text.indexOf('end(a)')).sort();
  };

  test.each([
    ['    t = a', ['a', 't']],
    ['    t = a[0]', ['a', 't']],
    ['    for t in a:\n        pass', ['a', 't']],
    ['    for i, t in zip(a, b):\n        pass', ['a', 'b', 't', 'zip']],
    ['    x = [t for r in a for t in b]', ['b', 't']],
    ['    if b:\n        t = a.copy()\n    t = a', ['a', 't']],
  ])('%j', (body, expected) => {
    expect(sources(body, 't')).toEqual(expected);
  });

  test.each(['    t = a.copy()', '    t = np.array(a)', '    t = a == b'])('%j is a new object', (body) => {
    expect(sources(body, 't')).toEqual([]);
  });

  test('a name is what the caller gave until it is bound anew', () => {
    const text = 'def f(a):\n    a = clean(a)\n    end(a)';
    const locals = new Locals(text, { start: 0, end: text.length });
    expect(locals.sources('a', text.indexOf('clean'))).toEqual(['a']);
    expect(locals.sources('a', text.indexOf('end'))).toEqual([]);
  });
});
