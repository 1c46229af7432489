import { describe, expect, test } from '@jest/globals';
import { extract } from './extract-cells.ts';

const START = 'import pandas as pd\nfrom sklearn.svm import SVC\nX = pd.DataFrame({"a": [1, 2]})\ny = [0, 1]';
const RUN = 'def run(C):\n    svc = SVC(C=C)\n    svc.fit(X, y)';
const TORCH = `import torch
def fit_and_plot(X, y, epochs=10):
    net = torch.nn.Linear(1, 1)
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for e in range(epochs):
        loss = ((net(X) - y) ** 2).mean()
        loss.backward()
        opt.step()`;
const texts = (cells: readonly string[]): string[] =>
  extract([START, ...cells]).statements.map(({ text }) => text);

describe('a model that no function gives away is handed out', () => {
  test.each([
    [RUN, 'run(1.0)', '    return svc', 'svc = run(1.0)'],
    [
      `${RUN}\n    return svc.score(X, y)`,
      'acc = run(1.0)',
      'return svc.score(X, y), svc',
      'acc, svc = run(1.0)',
    ],
    [`${RUN}\n    print(svc.score(X, y))`, 'run(1.0)', 'return score_2, svc', 'score, svc = run(1.0)'],
    [TORCH, 'fit_and_plot(X, y)', '\n    return net', 'net = fit_and_plot(X, y)'],
  ])('%j, called as %j', (definition, call, returned, called) => {
    const found = texts([definition, call]);
    expect(found.at(-2)).toContain(returned);
    expect(found.at(-1)).toBe(called);
    expect(extract([START, definition, call]).target?.name).toMatch(/^(svc|net)$/);
  });

  test('each call has its own', () => {
    const result = extract([START, RUN, 'run(1.0)', 'run(2.0)']);
    expect([result.target?.name, result.candidates]).toEqual(['svc_2', ['svc']]);
  });
});

describe('a function stays as it is', () => {
  test.each([
    ['where the notebook has a model anyway', [RUN, 'run(1.0)', 'best = SVC()\nbest.fit(X, y)']],
    ['where a call stands in an expression', [RUN, 'print(run(1.0))']],
    ['where it is handed on', [RUN, 'list(map(run, [1.0]))']],
    [
      'where it may end early',
      [RUN.replace('svc.fit', 'if C < 0:\n        return None\n    svc.fit'), 'run(1.0)'],
    ],
    ['where the model may not be there', [RUN.replace('svc.fit', 'if C > 0:\n        svc.fit'), 'run(1.0)']],
    [
      'where it says what it returns',
      [`${RUN.replace('(C)', '(C) -> float')}\n    return 1.0`, 'a = run(1.0)'],
    ],
    ['where it is defined twice', [RUN, RUN, 'run(1.0)']],
    ['where it gives the model', [`${RUN}\n    return svc`, 'a = run(1.0)']],
    ['where the model is handed in', ['def run(svc):\n    svc.fit(X, y)', 'run(SVC())']],
  ])('%s', (_, cells) => {
    expect(texts(cells).join('\n').endsWith(cells.join('\n'))).toBe(true);
  });
});
