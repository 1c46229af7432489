import { describe, expect, test } from '@jest/globals';
import { heldNumber } from '../../../src/steps/1-extract/loop-scores.ts';
import { extract } from './extract-cells.ts';

const START =
  'import torch\nimport matplotlib.pyplot as plt\nX = torch.ones(8, 2)\ny = torch.ones(8, 1)\nloader = [(X, y)]\n' +
  'model = torch.nn.Linear(2, 1)\nopt = torch.optim.SGD(model.parameters(), lr=0.1)\ncrit = torch.nn.MSELoss()';
const step = (loss: string): string =>
  `${loss} = crit(model(X), y)\n    opt.zero_grad()\n    ${loss}.backward()\n    opt.step()`;
const loop = (print: string, loss = 'loss'): string =>
  `for epoch in range(10):\n    ${step(loss)}\n    ${print}`;
const epochs = (print: string): string =>
  `for epoch in range(10):\n    total = 0.0\n    for xb, yb in loader:\n        loss = crit(model(xb), yb)\n` +
  `        loss.backward()\n        opt.step()\n        total += loss.item()\n    ${print}`;
const found = (...cells: string[]): string[] =>
  extract([START, ...cells]).metrics.map(({ key, kind, variable }) => `${key} ${kind} ${variable}`);
const textOf = (cells: string[], start: string): string | undefined =>
  extract(cells).statements.find(({ text }) => text.startsWith(start))?.text;

describe('what a training loop prints of itself is reported', () => {
  test.each([
    'print(loss.item())',
    'print(epoch, float(loss))',
    "print(f'{epoch}: {loss.item():.4f}')",
    "print('Loss: {:.4f}'.format(loss.detach().cpu().item()))",
    "print('%d %.3f' % (epoch, loss.item()))",
    'if epoch % 5 == 0:\n        print(loss.item())',
  ])('its loss: %j', (print) => {
    expect(found(loop(print))).toEqual(['loss training loss']);
  });

  test.each([
    ['cost', 'cost training cost'],
    ['l', 'loss training l'],
    ['J', 'loss training J'],
  ])('what goes backward is the loss, whatever it is called: %s', (name, expected) => {
    expect(found(loop(`print(${name}.item())`, name))).toEqual([expected]);
  });

  test('the mean of an epoch, by a name of its own', () => {
    const cell = epochs("print(f'Epoch {epoch} Loss: {total / len(loader):.4f}')");
    expect(found(cell)).toEqual(['epoch_loss training epoch_loss']);
    expect(textOf([START, cell], 'for')).toContain(
      "    epoch_loss = total / len(loader)\n    print(f'Epoch {epoch} Loss: {epoch_loss:.4f}')",
    );
  });

  test('several, each in its place', () => {
    const print = "print('train loss %.2f acc %.2f' % (total / len(loader), 100 * total / 8))";
    expect(found(epochs(print))).toEqual(['train_loss training train_loss', 'acc training acc']);
  });

  test('of a function that keeps it to itself', () => {
    const train = `def train(net, n):\n  opt = torch.optim.SGD(net.parameters(), lr=0.1)\n  for epoch in range(n):\n    loss = crit(net(X), y)\n    loss.backward()\n    opt.step()\n    if epoch % 10 == 0:\n      print(f'loss {loss.item()}')`;
    expect(found(train, 'train(model, 20)')).toEqual(['loss training loss']);
    expect(textOf([START, train, 'train(model, 20)'], 'loss')).toBe('loss = train(model, 20)');
  });

  test('the training and the test loss have different names', () => {
    expect(found(loop('print(loss.item())'), 'loss = crit(model(X), y)\nprint("test", loss.item())')).toEqual(
      ['train_loss training loss', 'loss held_out null'],
    );
  });
});

describe('nothing else that a loop prints is', () => {
  test.each([
    loop('print(epoch)'),
    loop("print(f'{epoch} of {10 / 2}')"),
    loop("print('weights', model.weight.sum().item())"),
    "for i in range(3):\n    k = i / 2\n    print('error', str(k))",
    `${loop('pass')}\nfor i in range(3):\n    print(f'loss {i / 2}')`,
  ])('%j', (cell) => {
    expect(found(cell)).toEqual([]);
  });

  test.each([
    "print('loss', measure() / 2)",
    "if epoch % 2:\n        print(f'Loss: {total / len(loader)}')",
    "print('loss', (total := total / 2) / 3)",
  ])('and no expression is moved that may change something, or may not run: %j', (print) => {
    expect(textOf([START, 'def measure():\n    return 1.0', epochs(print)], 'for')).toContain(print);
  });

  test.each([
    ['loss.item()', 'loss'],
    ['loss.data.item()', 'loss'],
    ['float(loss.cpu())', 'loss'],
    ['loss', null],
    ['a.b.item()', null],
    ['loss.item() / 2', null],
    ['losses[-1].item()', null],
  ])('%s', (text, name) => {
    expect(heldNumber(text)).toBe(name);
  });
});

describe('curves', () => {
  const FUNCTION = (start: string, append: string): string =>
    `def train(net):\n  ${start}\n  for epoch in range(3):\n    loss = crit(net(X), y)\n    loss.backward()\n    opt.step()\n    ${append}\n  return curves`;

  test.each([
    ['curves = []', 'curves.append(loss.item())', 'losses = train(model)', 'plt.plot(losses)', []],
    [
      'curves = {"train_loss": [], "val_loss": []}',
      'curves["train_loss"].append(loss.item()); curves["val_loss"].append(crit(net(X), y).item())',
      'history = train(model)',
      "plt.plot(history['train_loss'])\nplt.plot(history['val_loss'])",
      ['final_train_loss training', 'final_val_loss held_out'],
    ],
  ])('that a function fills: %s', (start, append, call, plot, expected) => {
    const metrics = extract([START, FUNCTION(start, append), call, plot]).metrics;
    expect(metrics.map(({ key, kind }) => `${key} ${kind}`)).toEqual(expected);
  });

  test('of a list with the name of a score', () => {
    const train = FUNCTION('losses = []', 'losses.append(loss.item())').replace(
      'return curves',
      'return losses',
    );
    expect(found(train, 'losses = train(model)', 'plt.plot(losses)')).toEqual([
      'final_loss training final_loss',
    ]);
    expect(found(train, 'losses = train(model)')).toEqual([]);
  });

  test('whose values are printed as they are give one metric', () => {
    const print = 'print(loss.item())\n    losses.append(loss.item())';
    expect(found(`losses = []\n${loop(print)}`, 'plt.plot(losses)')).toEqual(['loss training loss']);
  });
});
