import { expect, test } from '@jest/globals';
import { judge } from '../../src/verify/judge.ts';
import type { Subject } from '../../src/verify/subjects.ts';
import type { Comparison } from '../../src/verify/verdict.ts';

const boundary: Subject = { kind: 'boundary', key: 'load.x', statement: 0, name: 'x', span: null };
const model: Subject = { kind: 'boundary', key: 'fit.model', statement: 1, name: 'model', span: null };
const metric: Subject = { kind: 'metric', key: 'score', statement: 2, name: 'score', span: null };
const other: Subject = { ...metric, key: 'rows' };

function verdict(
  found: [Subject, Comparison][],
  moving: { unstable?: Subject[]; restless?: Subject[] } = {},
): string {
  const ids = (some: Subject[] = []): Set<string> => new Set(some.map(({ kind, key }) => `${kind}:${key}`));
  const { parity, notRun } = judge(
    found.map(([subject]) => subject),
    {
      findings: Object.fromEntries(found.map(([{ kind, key }, one]) => [`${kind}:${key}`, { verdict: one }])),
      unstable: ids([...(moving.unstable ?? []), ...(moving.restless ?? [])]),
      restless: ids(moving.restless),
      target: 'model',
    },
  );
  return notRun === undefined ? parity : `${parity}: ${notRun.message}`;
}

test('one difference decides, whatever could not be compared', () => {
  expect(
    verdict([
      [boundary, 'different'],
      [metric, 'not-run'],
    ]),
  ).toBe('different');
});

test('close is not same', () => {
  expect(
    verdict([
      [boundary, 'same'],
      [metric, 'close'],
    ]),
  ).toBe('close');
  expect(
    verdict([
      [boundary, 'same'],
      [metric, 'same'],
    ]),
  ).toBe('same');
});

test('a metric that could not be compared proves nothing, and is named', () => {
  expect(
    verdict([
      [boundary, 'same'],
      [metric, 'not-run'],
      [other, 'same'],
    ]),
  ).toMatch(/^not-run: The metric `score` could not be compared/);
});

test('a value between the stages may be left out, all of them may not', () => {
  expect(
    verdict([
      [boundary, 'not-run'],
      [model, 'same'],
      [metric, 'same'],
    ]),
  ).toBe('same');
  expect(
    verdict([
      [boundary, 'not-run'],
      [model, 'not-run'],
      [metric, 'same'],
    ]),
  ).toMatch(/^not-run: No value/);
});

test('a model without content is left out, one that is another in each run is not', () => {
  expect(
    verdict([
      [boundary, 'same'],
      [model, 'not-run'],
      [metric, 'same'],
    ]),
  ).toBe('same');
  const moving = { unstable: [model] };
  expect(
    verdict(
      [
        [boundary, 'same'],
        [model, 'not-run'],
        [metric, 'same'],
      ],
      moving,
    ),
  ).toMatch(/^not-run: The model `model`/);
});

test('a package that changes from run to run is never right', () => {
  const moving = { restless: [boundary] };
  expect(
    verdict(
      [
        [boundary, 'not-run'],
        [model, 'same'],
        [metric, 'same'],
      ],
      moving,
    ),
  ).toMatch(/^not-run: The package gives another `load\.x`/);
});
