import { expect, test } from '@jest/globals';
import { costCaps } from '../../../src/steps/4-test/fast-run.ts';
import { compileCells } from '../compile-cells.ts';

const caps = async (condition: string, epochs = 1000): Promise<string | undefined> => {
  const { plan } = await compileCells([
    'import torch\nfrom torch import nn\nX = torch.arange(20.0).reshape(10, 2)\ny = X.sum(dim=1, keepdim=True)\nEVERY = 50',
    'net = nn.Linear(2, 1)\noptimizer = torch.optim.SGD(net.parameters(), lr=0.01)\nloss_fn = nn.MSELoss()',
    `epochs = ${epochs}\nfor i in range(epochs):\n    loss = loss_fn(net(X), y)\n    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\n` +
      `    if ${condition}:\n        mae = (net(X) - y).abs().mean().item()\n        print('%d %.3f' % (i, mae))`,
    'print(mae)',
  ]);
  return costCaps(plan).find(({ key }) => key.endsWith('epochs'))?.value;
};

test.each([
  ['(i + 1) % 100 == 0', '100'],
  ['not i % 7', '2'],
  ['i % EVERY == 0', '50'],
  ['i > 5', '2'],
])('the short run is long enough for %s', async (condition, expected) => {
  expect(await caps(condition)).toBe(expected);
});

test('a run that is shorter than that stays whole', async () => {
  expect(await caps('(i + 1) % 100 == 0', 80)).toBeUndefined();
});
