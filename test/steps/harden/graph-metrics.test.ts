import { expect, test } from '@jest/globals';
import { asNumber, hasGraph } from '../../../src/steps/3-harden/code-context.ts';

type Given = Parameters<typeof hasGraph>;

const graph = (kind: string, root = 'loss', variable: string | null = 'loss'): boolean => {
  const statement = { calls: [{ method: 'backward', root }], values: { loss: { kind } } };
  return hasGraph(
    { statement: 0, variable } as Given[0],
    { statement: () => statement } as unknown as Given[1],
  );
};

test('the loss that goes backward leaves its graph where it becomes a number, if it was seen to be a tensor', () => {
  expect(graph('tensor')).toBe(true);
  expect([graph('float'), graph('tensor', 'other'), graph('tensor', 'loss', null)]).toEqual([
    false,
    false,
    false,
  ]);
  expect([asNumber('loss', true), asNumber('loss', false)]).toEqual(['float(loss.detach())', 'float(loss)']);
});
