import { describe, expect, test } from '@jest/globals';
import type { Extraction } from '../../../src/steps/1-extract/extraction.ts';
import { compileCells } from '../compile-cells.ts';
import { extract, kept, MODEL, SPLIT, START } from './extract-cells.ts';

const FIT = 'clf = LogisticRegression(C=0.5)\nclf.fit(X_train, y_train)';
const SCORERS = 'from sklearn.metrics import f1_score, mean_squared_error, mean_absolute_error';

function keys({ metrics }: Extraction): string[] {
  return metrics.map(({ key }) => key);
}

/** Keys of the metrics of a fitted classifier and these cells. */
function keysOf(...cells: string[]): string[] {
  return keys(extract([`${START}\n${SCORERS}`, SPLIT, FIT, ...cells]));
}

describe('a function that prints its own score', () => {
  const evaluate = `def evaluate(model, X, y):
    p = model.predict(X)
    print('acc', accuracy_score(y, p), 'rows', len(X))`;

  test('hands it out, and its call is kept with the metric', async () => {
    const made = await compileCells(
      [START, SPLIT, FIT, evaluate, 'evaluate(clf, X_test, y_test)'],
      ['data.csv'],
    );
    expect(made.extraction.metrics).toMatchObject([
      { key: 'accuracy', function: 'sklearn.metrics.accuracy_score', kind: 'held_out', cell: 4 },
    ]);
    expect(kept(made.extraction)).toContain('accuracy = evaluate(clf, X_test, y_test)');
    const code = made.tree['src/evaluation/evaluate.py'] ?? '';
    expect(code).toContain('accuracy = accuracy_score(y, p)');
    expect(code).toMatch(/ {4}return accuracy\n/);
    expect(code).toContain('return {"accuracy": float(accuracy)}');
  });

  test('may read the model as a global and print several scores', () => {
    const cell = `def report():
    with open('log.txt') as log:
        p = clf.predict(X_test)
        f1 = f1_score(y_test, p)
    print(f"accuracy {accuracy_score(y_test, p):.3f}, f1 {f1:.3f}")
    for row in p:
        print(row)
report()`;
    expect(keysOf(cell)).toEqual(['accuracy', 'f1']);
    expect(extract([`${START}\n${SCORERS}`, SPLIT, FIT, cell]).statements.at(-1)).toMatchObject({
      line: 8,
      endLine: 8,
    });
  });

  test('is told apart by the data that it gets', () => {
    expect(keysOf(evaluate, 'evaluate(clf, X_train, y_train)', 'evaluate(clf, X_test, y_test)')).toEqual([
      'train_accuracy',
      'test_accuracy',
    ]);
  });

  test('stays as it is where it prints no score, or only on some path', () => {
    const silent = [
      "def show(model, X, y):\n    p = model.predict(X)\n    print('first', p[0], 'rows', len(X))\nshow(clf, X_test, y_test)",
      'def show(model, X, y):\n    if len(X) > 3:\n        print(accuracy_score(y, model.predict(X)))\nshow(clf, X_test, y_test)',
      'def show(model, X, y):\n    print(accuracy_score(y, model.predict(X)))\n    yield 1\nshow(clf, X_test, y_test)',
    ];
    for (const cell of silent) {
      expect(keysOf(cell)).toEqual([]);
      expect(extract([START, SPLIT, FIT, cell]).statements.some(({ text }) => text.includes('return'))).toBe(
        false,
      );
    }
  });

  test('is scored in each epoch of the loop that calls it', () => {
    const { metrics } = extract([
      'import torch\nfrom torch import nn\nfrom torch.utils.data import DataLoader',
      'train_loader = DataLoader(torch.load("a.pt"))\ntest_loader = DataLoader(torch.load("b.pt"))\nmodel = nn.Linear(4, 2)\nloss_fn = nn.CrossEntropyLoss()\noptimizer = torch.optim.SGD(model.parameters(), lr=0.1)',
      `def test(loader, model):
    model.eval()
    loss, correct = 0, 0
    with torch.no_grad():
        for X, y in loader:
            pred = model(X)
            loss += loss_fn(pred, y).item()
            correct += (pred.argmax(1) == y).sum().item()
    loss /= len(loader)
    correct /= len(loader.dataset)
    print(f"Test Error: \\n Accuracy: {(100*correct):>0.1f}%, Avg loss: {loss:>8f} \\n")`,
      `for epoch in range(3):
    for X, y in train_loader:
        loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    test(test_loader, model)`,
    ]);
    expect(metrics.map(({ key }) => key)).toEqual(['accuracy', 'loss']);
  });
});

describe('keys', () => {
  test('are the standard names of scorers, through functions of the notebook too', () => {
    expect(keysOf('a = accuracy_score(y_test, clf.predict(X_test))\nprint(a)')).toEqual(['accuracy']);
    expect(
      keysOf(
        'def check(m):\n    return accuracy_score(y_test, m.predict(X_test))\nresult = check(clf)\nprint(result)',
      ),
    ).toEqual(['accuracy']);
    expect(
      keysOf(
        'def check(m):\n    p = m.predict(X_test)\n    a = accuracy_score(y_test, p)\n    return a, f1_score(y_test, p)\none, two = check(clf)',
      ),
    ).toEqual(['accuracy', 'f1']);
    expect(keysOf('e = mean_squared_error(y_test, clf.predict(X_test), squared=False)')).toEqual([
      'root_mean_squared_error',
    ]);
  });

  test('keep the names of the notebook where two have one scorer', () => {
    expect(
      keysOf(
        'train_acc = accuracy_score(y_train, clf.predict(X_train))\ntest_acc = accuracy_score(y_test, clf.predict(X_test))',
      ),
    ).toEqual(['train_acc', 'test_acc']);
  });

  test('are those of functions whose name is the name of a score', () => {
    expect(
      keysOf(
        'def rmse(a, b):\n    return mean_squared_error(a, b) ** 0.5\nprint(rmse(y_test, clf.predict(X_test)))',
      ),
    ).toEqual(['rmse']);
  });
});

describe('what is printed', () => {
  test.each([
    "print('intercept', clf.intercept_)",
    "print(f'{clf.coef_[0]:.2f}')",
    "predicted = clf.predict(X_test)\nprint(f'Predicted: {predicted[0]:.2f}')",
    "predicted = clf.predict(X_test)\nprint(f'score of the first: {predicted[0]:.2f}')",
    "total = np.sum(clf.predict(X_test))\nprint(f'{total:.1f}')",
    "share = (clf.predict(X_test) == 1).mean()\nprint(f'{share:.2f}')",
  ])('is no metric: %s', (cell) => {
    expect(keysOf(cell)).toEqual([]);
  });

  test.each([
    ["print(f'{np.mean(clf.predict(X_test) == y_test):.2f}')", 'accuracy'],
    ["hits = (clf.predict(X_test) == y_test).sum()\nacc = hits / len(y_test)\nprint(f'{acc:.2f}')", 'acc'],
    [
      "mse = mean_squared_error(y_test, clf.predict(X_test))\nspread = mse ** 0.5\nprint(f'{spread:.2f}')",
      'spread',
    ],
    ['print(clf.score(X_test, y_test))', 'score'],
  ])('is a metric: %s', (cell, key) => {
    expect(keysOf(cell)).toContain(key);
  });

  test('observed values follow the same rule', () => {
    const cells = [START, SPLIT, FIT, "print('first', clf.predict(X_test)[0])", MODEL];
    const at = extract(cells).statements.findIndex(({ text }) => text.startsWith("print('first'"));
    const value = { type: 'numpy.int64', kind: 'int', value: 1 } as const;
    const { metrics } = extract(cells, { records: { [at]: { expressions: { '15:38': value } } } });
    expect(metrics.map(({ key }) => key)).toEqual(['accuracy']);
  });
});
