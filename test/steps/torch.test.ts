import { beforeAll, describe, expect, test } from '@jest/globals';
import { readNotebook } from '../../src/notebook/read-notebook.ts';
import { loadPython } from '../../src/python/load-parser.ts';
import { analyse } from '../../src/steps/1-extract/extract.ts';
import type { Extraction } from '../../src/steps/1-extract/extraction.ts';
import { compileCells } from './compile-cells.ts';

beforeAll(loadPython);

function extract(...cells: string[]): Extraction {
  const text = JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map((source) => ({
      cell_type: 'code',
      source,
      metadata: {},
      outputs: [],
      execution_count: null,
    })),
  });
  const reading = readNotebook(text, 'n.ipynb', '0');
  if ('refused' in reading) throw new Error(reading.refused.message);
  const observation = { state: 'none' as const, versions: {}, statements: [], seconds: 0 };
  return analyse(reading.notebook, [], observation, {});
}

const stageOf = ({ statements }: Extraction, text: string): string | undefined =>
  statements.find((statement) => statement.text.startsWith(text))?.stage;

const START =
  'import torch\nfrom torch import nn\nX = torch.arange(20.0).reshape(10, 2)\ny = X.sum(dim=1, keepdim=True)';
const NET = 'model = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))';
const OPTIMIZER = 'loss_fn = nn.MSELoss()\noptimizer = torch.optim.SGD(model.parameters(), lr=0.01)';
const STEP = `prediction = net(X)
    loss = loss_fn(prediction, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()`;
const LOOP = `for epoch in range(epochs):\n    ${STEP.replace('net(X)', 'model(X)')}`;

describe('the training of a network', () => {
  test('is found in a function that steps an optimizer of the notebook', () => {
    const { target } = extract(
      START,
      NET,
      OPTIMIZER,
      `def train(net, steps):\n  for step in range(steps):\n    ${STEP}\n  return net`,
      'trained = train(model, 5)',
    );
    expect(target?.name).toBe('model');
  });

  test('fits no loss', () => {
    const extraction = extract(START, NET, OPTIMIZER, `epochs = 3\n${LOOP}`);
    expect([extraction.target?.name, extraction.candidates]).toEqual(['model', []]);
  });

  test('begins where its lists and states begin', () => {
    const extraction = extract(
      START,
      NET,
      OPTIMIZER,
      `epochs = 3\nlosses = []\nhistory = [0] * epochs\nhidden = None\nweights = [0.5, 0.5]`,
      `${LOOP}\n    losses.append(loss.item())\n    history[epoch] = loss.item() * weights[0]\n    hidden = prediction`,
      'print(losses[-1], history[-1], hidden)',
    );
    expect(stageOf(extraction, 'history')).toBe('training');
    expect(extraction.hyperparameters.map(({ key }) => key)).toContain('training.epochs');
    expect(stageOf(extraction, 'X =')).toBe('data');
  });

  test('does not begin with its data', () => {
    const extraction = extract(START, NET, OPTIMIZER, `epochs = 3\n${LOOP}`);
    expect([stageOf(extraction, 'X ='), stageOf(extraction, 'y =')]).toEqual(['data', 'data']);
  });
});

describe('what a training changes', () => {
  const layers = `hidden = nn.Linear(2, 4)\nrelu = nn.ReLU()\nout = nn.Linear(4, 1)\nmodel = nn.Sequential(hidden, relu, out)`;
  const choice = (...cells: string[]): unknown => {
    const { target, candidates } = extract(START, ...cells);
    return [target?.name, candidates];
  };

  test('is the network and not its layers', () => {
    expect(choice(layers, OPTIMIZER, `epochs = 3\n${LOOP}`)).toEqual(['model', []]);
    const scored = `with torch.no_grad():\n    accuracy = (model(X) == y).float().mean()\n    print(accuracy.item())`;
    expect(choice(layers, OPTIMIZER, `epochs = 3\n${LOOP}`, scored)).toEqual(['model', []]);
  });

  test('is no layer that learns nothing, and two networks stay two', () => {
    const outside = `${NET}\ndropout = nn.Dropout(0.5)`;
    expect(
      choice(outside, OPTIMIZER, `epochs = 3\n${LOOP.replace('model(X)', 'model(dropout(X))')}`),
    ).toEqual(['model', []]);
    const two = `${NET}\nmodel2 = nn.Linear(1, 1)\noptimizer = torch.optim.SGD([*model.parameters(), *model2.parameters()])`;
    const both = `for i in range(3):\n    loss = ((model2(model(X)) - y) ** 2).mean()\n    loss.backward()\n    optimizer.step()`;
    expect(choice(two, both)).toEqual(['model', ['model2']]);
  });

  test.each([
    [
      'an optimizer of the function itself',
      `def train(net):\n  opt = torch.optim.SGD(net.parameters(), lr=0.1)\n  for i in range(3):\n    loss = ((net(X) - y) ** 2).mean()\n    loss.backward()\n    opt.step()`,
      'train(model)',
    ],
    [
      'a closure that the step calls',
      'opt = torch.optim.LBFGS(model.parameters())',
      `for i in range(3):\n    def closure():\n        opt.zero_grad()\n        loss = ((model(X) - y) ** 2).mean()\n        loss.backward()\n        return loss\n    opt.step(closure)`,
    ],
    [
      'a closure of the notebook',
      `opt = torch.optim.LBFGS(model.parameters())\ndef closure():\n    opt.zero_grad()\n    loss = ((model(X) - y) ** 2).mean()\n    loss.backward()\n    return loss`,
      'opt.step(closure)',
    ],
    [
      'a trainer that holds it',
      `class Trainer:\n  def __init__(self, net, opt):\n    self.net = net\n    self.opt = opt\n  def fit(self, X, y):\n    loss = ((self.net(X) - y) ** 2).mean()\n    loss.backward()\n    self.opt.step()`,
      `${OPTIMIZER}\ntrainer = Trainer(model, optimizer)\ntrainer.fit(X, y)`,
    ],
  ])('by %s', (_, definition, call) => {
    expect(choice(NET, definition, call)).toEqual(['model', []]);
  });

  test('is a network of another library, where a function calls it, goes backward and changes it', () => {
    const zoo = `from torchvision import models\nzoo = models.resnet18()\ncrit = nn.MSELoss()\nopt = torch.optim.SGD(zoo.parameters(), lr=0.1)`;
    const train = `def train(net, loss_of, opt):\n  net.train()\n  loss = loss_of(net(X), y)\n  loss.backward()\n  opt.step()\n  return net`;
    expect(choice(zoo, train, 'best = train(zoo, crit, opt)')).toEqual(['zoo', []]);
    expect(
      choice(
        zoo,
        train.replace('loss.backward()', 'print(loss)').replace('opt.step()', ''),
        'best = train(zoo, crit, opt)',
      ),
    ).toEqual([undefined, []]);
  });

  test('is nothing where a function makes an optimizer and only looks', () => {
    const show = `def sizes(net):\n  opt = torch.optim.SGD(net.parameters(), lr=0.1)\n  return len(opt.param_groups)`;
    expect(choice(NET, show, 'sizes(model)')).toEqual([undefined, []]);
  });

  test('has the name of the network where its weights are saved, and where they are looked at', () => {
    const train = [NET, OPTIMIZER, `epochs = 3\n${LOOP}`];
    const look = 'for name, p in model.named_parameters():\n    print(name, p.shape)';
    expect(choice(...train, `best = model.state_dict()\ntorch.save(best, 'best.pt')`)).toEqual(['model', []]);
    expect(choice(...train, look)).toEqual(['model', []]);
  });
});

describe('networks that learn together', () => {
  const PAIR = 'enc = nn.Linear(2, 3)\ndec = nn.Linear(3, 1)';
  const TRAIN = `def train(a, b):
  one = torch.optim.SGD(a.parameters(), lr=0.1)
  two = torch.optim.SGD(b.parameters(), lr=0.1)
  for i in range(3):
    loss = ((b(a(X)) - y) ** 2).mean()
    loss.backward()
    one.step()
    two.step()`;

  test('are saved together', async () => {
    expect(extract(START, PAIR, TRAIN, 'train(enc, dec)').target).toMatchObject({
      name: 'dec',
      trainedWith: ['enc'],
    });
    const { tree } = await compileCells([START, PAIR, TRAIN, 'train(enc, dec)']);
    expect(tree['src/training/train.py']).toContain('TrainedModels(dec=result.dec, enc=result.enc)');
  });

  test('by two losses they are two', () => {
    const apart = TRAIN.replace(
      '    one.step()',
      '    other = a(X).mean()\n    other.backward()\n    one.step()',
    );
    expect(extract(START, PAIR, apart, 'train(enc, dec)').target?.trainedWith).toBeUndefined();
  });
});

test('a network is called for its prediction, whether or not the notebook was run', async () => {
  const cells = [
    START,
    `n = X.shape[1]\n${NET.replace('Linear(2', 'Linear(n')}`,
    OPTIMIZER,
    `epochs = 3\n${LOOP}`,
  ];
  const { tree } = await compileCells(cells);
  const serving = tree['src/models/serving.py'];
  expect(serving).toContain('outputs = model(');
  expect(serving).not.toContain('model.predict(');
});

test('a network is one whatever its name says', () => {
  const net = NET.replace(
    'model = nn.Sequential(',
    'class SimpleClassifier(nn.Sequential):\n    pass\nmodel = SimpleClassifier(',
  );
  const own =
    'class SimpleClassifier(nn.Module):\n    def forward(self, x):\n        return x\nmodel = SimpleClassifier()';
  expect(extract(START, own, OPTIMIZER, `epochs = 3\n${LOOP}`).target?.framework).toBe('torch');
  expect(extract(START, net, OPTIMIZER, `epochs = 3\n${LOOP}`).target?.name).toBe('model');
});

test('and is served as one', async () => {
  const own =
    'class SimpleClassifier(nn.Module):\n    def forward(self, x):\n        return x\nmodel = SimpleClassifier()';
  const { tree } = await compileCells([START, own, OPTIMIZER, `epochs = 3\n${LOOP}`]);
  expect(tree['src/models/serving.py']).toContain('outputs = model(');
});

test('a docstring stands before the comments of a body', async () => {
  const train = `def train(net):\n  # train mode\n\n  # then a step\n  net.train()\n  ${STEP.replaceAll('\n    ', '\n  ')}`;
  const { tree } = await compileCells([START, NET, OPTIMIZER, train, 'train(model)']);
  expect(tree['src/training/train.py']).toMatch(
    /\n {4}"""\n {4}# train mode\n\n {4}# then a step\n {4}net\.train\(\)\n/,
  );
});

describe('what each turn of a loop reports', () => {
  const train = (more: string): Promise<{ tree: Record<string, string> }> =>
    compileCells([START, NET, OPTIMIZER, `epochs = 3\n${LOOP}\n    ${more}`]);

  test.each([
    ['print(loss.item())', 'step=epoch + 1)'],
    ['print(loss.item())\n    epoch += 1', 'step=epoch)'],
  ])('goes to MLflow together: %j', async (more, step) => {
    const { tree } = await train(more);
    expect(tree['src/training/train.py']).toContain(`TURNS.log({"loss": float(loss)}, ${step}`);
    expect(tree['src/training/train.py']).toContain('from src.tracking import TURNS, start_run');
    expect(tree['src/tracking.py']).toContain('TURNS.flush()');
  });

  test('is nothing where nothing is reported', async () => {
    const { tree } = await train('pass');
    expect(`${tree['src/training/train.py'] ?? ''}${tree['src/tracking.py'] ?? ''}`).not.toContain('TURNS');
  });
});

describe('what a function gets', () => {
  test('is all that the functions in its loops read', async () => {
    const closure = `for i in range(3):\n    def closure():\n        opt.zero_grad()\n        loss = ((model(X) - y) ** 2).mean()\n        loss.backward()\n        return loss\n    opt.step(closure)`;
    const { layout } = await compileCells([
      START,
      NET,
      'opt = torch.optim.LBFGS(model.parameters())',
      closure,
    ]);
    const training = layout.segments.find(({ name }) => name === 'train_model');
    expect(training?.inputs).toEqual(expect.arrayContaining(['model', 'X', 'y', 'opt']));
  });

  test('is what += reads first, and nothing that a nested loop binds before it reads it', async () => {
    const count = `correct = 0\n${NET}\n${OPTIMIZER}`;
    const cells = [
      START,
      count,
      `epochs = 3\n${LOOP}`,
      `out = model(X)\nfor i in range(2):\n    correct += 1`,
    ];
    const score = `with torch.no_grad():\n    for row in X:\n        out = model(row)\n        correct += (out > 0).sum().item()\naccuracy = correct / 2\nprint(f'accuracy {accuracy:.2f}')`;
    const { layout } = await compileCells([...cells, score]);
    const last = layout.segments.at(-1);
    expect(last?.inputs).toContain('correct');
    expect(last?.inputs).not.toContain('out');
  });

  test('is no name that ran over the columns of a table', async () => {
    const look =
      'import pandas as pd\ndf = pd.DataFrame({"a": [1.0, 2.0]})\nfor c in df.columns:\n    print(c)';
    const { extraction } = await compileCells([
      look,
      "df['b'] = df['a'] * 2",
      START,
      NET,
      OPTIMIZER,
      `epochs = 3\n${LOOP}`,
    ]);
    expect(extraction.statements.find(({ text }) => text.startsWith("df['b']"))?.mutates).toEqual(['df']);
  });
});

describe('a network on its way to its training', () => {
  test('belongs to the model where it is moved to a device', () => {
    const extraction = extract(
      START,
      NET,
      "device = torch.device('cpu')\nmodel = model.to(device)",
      OPTIMIZER,
      `epochs = 3\n${LOOP}`,
    );
    expect(stageOf(extraction, 'model = model.to')).toBe('model');
  });

  test('is not changed by a look at its parameters', () => {
    const extraction = extract(
      START,
      NET,
      'next(model.parameters()).device',
      OPTIMIZER,
      `epochs = 3\n${LOOP}`,
    );
    expect(extraction.statements.find(({ text }) => text.startsWith('next('))).toMatchObject({
      kept: false,
      mutates: [],
    });
  });

  test('an iterator that has a name moves on', () => {
    const extraction = extract(
      START,
      'rows = iter(X)\nfirst = next(rows)',
      'X2 = torch.stack(list(rows))\nz = X2.sum(dim=1, keepdim=True)',
      NET,
      OPTIMIZER,
      `epochs = 3\n${LOOP.replaceAll('X)', 'X2)').replaceAll(' y)', ' z)')}`,
    );
    expect(extraction.statements.find(({ text }) => text.startsWith('first ='))?.kept).toBe(true);
  });
});

test('a network that was given the number of classes does not hold the classes', () => {
  const extraction = extract(
    `${START}\nnames = sorted(set(y.flatten().tolist()))`,
    'class Net(nn.Module):\n  def __init__(self, out):\n    super().__init__()\n    self.layer = nn.Linear(2, out)\n  def forward(self, x):\n    return self.layer(x)[:, :1]',
    'model_0 = Net(len(names))',
    OPTIMIZER.replaceAll('model', 'model_0'),
    `epochs = 3\n${LOOP.replaceAll('model', 'model_0')}`,
    'model_1 = Net(len(names))',
    OPTIMIZER.replaceAll('model', 'model_1'),
    LOOP.replaceAll('model', 'model_1'),
  );
  expect([extraction.target?.name, extraction.candidates]).toEqual(['model_1', ['model_0']]);
  expect(extraction.statements.filter(({ text, kept }) => kept && text.includes('model_0'))).toEqual([]);
});

test.each(['plot_decision_boundary(model, X, y)', 'helpers.showLoss(model)'])(
  'a helper whose name says that it only shows changes nothing: %s',
  (call) => {
    const extraction = extract(
      `${START}\nimport helpers\nfrom helpers import plot_decision_boundary`,
      NET,
      OPTIMIZER,
      `epochs = 3\n${LOOP}`,
      call,
      'model.eval()\nprint(loss_fn(model(X), y).item())',
    );
    expect(extraction.statements.find(({ text }) => text === call)).toMatchObject({
      kept: false,
      mutates: [],
    });
  },
);

test('seed lines inside cells give the seed of the package, and its cells', () => {
  const { seed } = extract(
    START,
    `torch.manual_seed(7)\n${NET}`,
    OPTIMIZER,
    `torch.manual_seed(7)\nepochs = 3\n${LOOP}`,
  );
  expect(seed).toEqual({ value: 7, cells: [1, 3], added: false });
});

describe('a cell that is not Python', () => {
  const TRAIN = ['epochs = 3', LOOP].join('\n');
  const refused = ({ diagnostics }: Extraction): unknown[] =>
    diagnostics.filter(({ severity }) => severity === 'refused').map(({ code, cell }) => [code, cell]);

  test('is left out where nothing needs it', () => {
    const extraction = extract(START, 'print "hello"', NET, OPTIMIZER, TRAIN);
    expect(refused(extraction)).toEqual([]);
    expect(extraction.diagnostics).toMatchObject([{ code: 'not_python', cell: 1, severity: 'todo' }]);
  });

  test.each([
    ['a value', 'epochs = int(3'],
    ['one of several values', 'rate, epochs = 1, (3'],
    ['a name of an import', 'from settings import rate, epochs,'],
  ])('refuses the notebook where the model needs %s of it', (_name, broken) => {
    const extraction = extract(START, NET, broken, OPTIMIZER, LOOP);
    expect(refused(extraction)).toEqual([['broken_cell', 2]]);
    expect(extraction.diagnostics[0]?.message).toContain('`epochs`');
  });

  test('is named where no training is found', () => {
    const { diagnostics } = extract(START, NET, OPTIMIZER, `${TRAIN}\n  x = (`);
    expect(diagnostics[0]).toMatchObject({ code: 'no_model', help: expect.stringContaining('Cell 3') });
  });
});

test('the numbers that a training function of the notebook gets are hyperparameters', () => {
  const { hyperparameters } = extract(
    START,
    NET,
    OPTIMIZER,
    `def train(net, n_epochs, tag):\n  for epoch in range(n_epochs):\n    ${STEP}`,
    "train(model, n_epochs=7, tag='first')\ndef shifted(rows, by):\n    return rows + by",
    'print(loss_fn(model(shifted(X, 3)), y).item())',
  );
  const found = hyperparameters.map(({ key, literal }) => [key, 'value' in literal ? literal.value : null]);
  expect(found).toContainEqual(['training.n_epochs', 7]);
  expect(found.map(([, value]) => value)).not.toContain('first');
  expect(found.map(([, value]) => value)).not.toContain(3);
});
