import { describe, expect, test } from '@jest/globals';
import { extract, SPLIT, START } from './extract-cells.ts';

const KERAS = `from tensorflow import keras
import matplotlib.pyplot as plt
model = keras.Sequential([keras.layers.Dense(1)])
model.compile(loss='mse')
history = model.fit(X_train, y_train, epochs=5, validation_split=0.2)`;
const TORCH = `import torch
import matplotlib.pyplot as plt
model = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
crit = torch.nn.MSELoss()
losses = []`;
const loop = (append: string): string =>
  `for epoch in range(10):\n    loss = crit(model(X_train), y_train)\n    loss.backward()\n    opt.step()\n    ${append}`;
const finals = (...cells: string[]) =>
  extract([START, SPLIT, ...cells]).metrics.map(({ key, kind }) => `${key} ${kind}`);

describe('curves that are only looked at give their last values', () => {
  test.each([
    "plt.plot(history.history['loss'])\nplt.plot(history.history['val_loss'])\nplt.show()",
    "plt.plot(history.history['loss']); plt.plot(history.history['val_loss']); plt.show()",
    "def curves(h):\n    plt.plot(h.history['loss'])\n    plt.plot(h.history['val_loss'])\ncurves(history)",
  ])('of keras: %j', (cell) => {
    expect(finals(KERAS, cell)).toEqual(['final_loss training', 'final_val_loss held_out']);
  });

  test.each(['losses.append(loss.item())', 'losses.append(loss)'])('of a loop: %j', (append) => {
    expect(finals(TORCH, loop(append), 'plt.plot(losses)')).toEqual(['final_loss training']);
  });

  test('they belong to the training, and the model is saved', () => {
    const result = extract([START, SPLIT, TORCH, loop('losses.append(loss.item())'), 'plt.plot(losses)']);
    const last = result.statements.find(({ defines }) => defines.includes('final_loss'));
    expect(last).toMatchObject({
      text: 'final_loss = float(losses[-1])',
      stage: 'training',
      kept: true,
      line: 1,
    });
    expect(result.target?.name).toBe('model');
  });

  test.each([
    [KERAS, "if 'val_loss' in history.history:\n    plt.plot(history.history['val_loss'])"],
    [KERAS, "# plt.plot(history.history['val_loss'])\nplt.show()"],
    [KERAS, "plt.plot(history.history['lr'])"],
    [`${TORCH}\n${loop('losses.append(loss.item())')}`, 'plt.show()'],
    [`${TORCH}\n${loop('losses.append((loss.item(), epoch))')}`, 'plt.plot(losses)'],
    [`${TORCH}\n${loop('if epoch % 5 == 4:\n        losses.append(loss.item())')}`, 'plt.plot(losses)'],
    [`${TORCH}\nfor i in range(3):\n    losses.append(i / 2)`, 'plt.plot(losses)'],
  ])('none: %j %j', (training, cell) => {
    expect(finals(training, cell)).toEqual([]);
  });

  test('none where the notebook reports a score', () => {
    const plot = "plt.plot(history.history['val_loss'])";
    const score = 'print(accuracy_score(y_test, model.predict(X_test) > 0.5))';
    expect(finals(KERAS, plot, score)).toEqual(['accuracy held_out']);
  });
});
