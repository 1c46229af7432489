import { expect, test } from '@jest/globals';
import { compileCells } from '../compile-cells.ts';

const notebook = (device: string): string[] => [
  "import pandas as pd\nimport torch\nfrom torch import nn\ntable = pd.read_csv('table.csv')",
  "X = torch.tensor(table[['a', 'b']].values).float()\ny = torch.tensor(table[['c']].values).float()\nX = X / 10",
  device,
  'torch.manual_seed(3)\nmodel = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1)).to(device)',
  'loss_fn = nn.MSELoss()\noptimizer = torch.optim.SGD(model.parameters(), lr=0.01)',
  'epochs = 3\nfor epoch in range(epochs):\n    loss = loss_fn(model(X.to(device)), y.to(device))\n    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\nprint(f"loss: {loss:.4f}")',
];

test.each([
  ["device = 'cuda' if torch.cuda.is_available() else 'cpu'", 'get_device()'],
  ["device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')", 'get_device()'],
])('a network is saved by its weights where only the device comes before it: %s', async (device, call) => {
  const { tree } = await compileCells(notebook(device));
  expect(tree['src/models/model.py']).toContain('torch.save(model.state_dict()');
  const serving = tree['src/models/serving.py'] ?? '';
  expect(serving).toContain(`build_model(${call}`);
  expect(serving).not.toContain('.predict(rows)');
});

test('the seed that lines of cells set is said with its cells', async () => {
  const { tree } = await compileCells(notebook("device = 'cpu'"));
  expect(tree['configs/default.yaml']).toMatch(/^seed: 3 {2}# cell 3/m);
});

test('a tuple that stands bare in an f-string is one value of the log', async () => {
  const cells = notebook("device = 'cpu'\nprint(f'shapes: {X.shape, y.shape} {max(1, 2)}')");
  const { tree } = await compileCells(cells);
  expect(tree['src/data/loader.py']).toContain('=(X.shape, y.shape)');
});

test('a class that reads constants of the notebook stays a class where only its type is asked for', async () => {
  const { tree } = await compileCells([
    'import torch\nfrom torch import nn\nX = torch.arange(20.0).reshape(10, 2)\ny = X.sum(dim=1, keepdim=True)',
    'HIDDEN = 4',
    'class Net(nn.Module):\n    def __init__(self):\n        super(Net, self).__init__()\n' +
      '        self.out = nn.Sequential(nn.Linear(2, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))\n\n' +
      '    def forward(self, x):\n        return self.out(x)',
    'net = Net()\nassert isinstance(net, Net)\noptimizer = torch.optim.SGD(net.parameters(), lr=0.01)\nloss_fn = nn.MSELoss()',
    'for epoch in range(3):\n    loss = loss_fn(net(X), y)\n    optimizer.zero_grad()\n    loss.backward()\n    optimizer.step()\nprint(loss.item())',
  ]);
  const model = tree['src/models/model.py'] ?? '';
  expect(model).toMatch(/super\((Net, self)?\)\.__init__\(\)/);
  expect(model).toMatch(/net = Net\(hidden=hidden\)/);
  expect(Object.values(tree).join('\n')).not.toContain('functools.partial(Net');
});
