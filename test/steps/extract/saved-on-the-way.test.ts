import { expect, test } from '@jest/globals';
import { extract, MODEL, SPLIT, START } from './extract-cells.ts';

const TORCH = `import torch
from torch import nn
X = torch.arange(20.0).reshape(10, 2)
y = X.sum(dim=1, keepdim=True)
model = nn.Sequential(nn.Linear(2, 1))
loss_fn = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)`;
const LOOP = `for epoch in range(3):
    loss = loss_fn(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()`;

const refused = (...cells: string[]) =>
  extract(cells).diagnostics.filter(({ code }) => code === 'saved_in_training');

test('a training loop that saves the best state on the way is refused, with what to do', () => {
  const loop = `${LOOP}\n    if loss < 1:\n        torch.save(model, 'best.pt')`;
  expect(refused(TORCH, loop, "model = torch.load('best.pt')\nprint(loss_fn(model(X), y))")).toMatchObject([
    {
      severity: 'refused',
      cell: 1,
      line: 7,
      message: expect.stringContaining('the statement that trains `model` writes `best.pt`'),
      help: expect.stringContaining('`model.load_state_dict(best)`'),
    },
  ]);
});

test('of another model the whole of it is kept', () => {
  const cell =
    "for c in [0.1, 1]:\n    clf = LogisticRegression(C=c).fit(X_train, y_train)\n    joblib.dump(clf, 'clf.pkl')\nprint(clf.score(X_test, y_test))";
  expect(refused(START, SPLIT, cell)).toMatchObject([
    { line: 3, help: expect.stringContaining('`best = copy.deepcopy(model)`') },
  ]);
});

test('so is one that writes anything else', () => {
  const loop = `${LOOP}\n    plt.plot([epoch])\n    plt.savefig('loss.png')`;
  expect(refused('import matplotlib.pyplot as plt', TORCH, loop)).toMatchObject([
    { help: expect.stringContaining('Draw and save the figure behind the training') },
  ]);
});

test.each([
  ['behind the loop', [TORCH, LOOP, "torch.save(model.state_dict(), 'model.pt')"]],
  ['behind the fit, in the same cell', [START, SPLIT, `${MODEL}\njoblib.dump(clf, 'clf.pkl')`]],
  ['in a loop that trains nothing', [TORCH, LOOP, "for n in [1, 2]:\n    torch.save(model, 'model.pt')"]],
])('saved %s it is not refused', (_, cells) => {
  expect(refused(...cells)).toEqual([]);
});
