import { expect, test } from '@jest/globals';
import { formatPython, lintPython } from '../../../src/python/format.ts';
import { polish, silenceTypes } from '../../../src/steps/3-harden/silence.ts';
import { loadPython } from '../../../src/python/load-parser.ts';

await loadPython();

const problem = (line: number): { file: string; line: number; rule: string } => ({
  file: 'a.py',
  line,
  rule: 'reportCallIssue',
});

test('a line is marked where it stands', () => {
  expect(silenceTypes('x = f(1)\n', [problem(1)])).toBe('x = f(1)  # pyright: ignore[reportCallIssue]\n');
});

test('a line that the mark would break is broken first, and marked in the second round', () => {
  const text = formatPython(
    'predictions = make_table(\n    convert(model.predict(rows)).reshape(len(rows), -1), index=getattr(rows, "index", 0)\n)\n',
  );
  expect(text.split('\n')).toHaveLength(4);
  const broken = silenceTypes(text, [problem(2)]);
  expect(broken).not.toContain('pyright');
  expect(broken.split('\n')).toHaveLength(5);
  const marked = silenceTypes(broken, [problem(2)]);
  expect(marked).toContain('-1),  # pyright: ignore[reportCallIssue]\n    index=');
  expect(formatPython(marked)).toBe(marked);
});

test('a line that the layout breaks in any case has the mark on each of its parts', () => {
  const text = [
    'class A:',
    '    def f(self, X):',
    '        self.upper = {',
    '            c: np.percentile(X[c], self.q * 100, interpolation="lower") for c in self.cols',
    '        }',
    '',
  ].join('\n');
  const silenced = silenceTypes(text, [{ file: 'a.py', line: 4, rule: 'reportCallIssue' }]);
  expect(silenced.match(/# pyright: ignore\[reportCallIssue\]/g)).toHaveLength(2);
  expect(formatPython(silenced)).toBe(silenced);
});

test('a mark that no longer breaks a rule goes away', () => {
  const text = `"""Module."""

from typing import Any


def train_accuracies(classifier: int, X_train: int, y_train: Any, folds_of_it: int) -> tuple[int, int]:
    """Train the model."""
    return 1, 1
`;
  const polished = polish(text, 'src/a.py');
  expect(polished.match(/noqa: ANN401/g)).toHaveLength(1);
  expect(polished).toMatch(/y_train: Any, {2}# noqa: ANN401$/m);
  expect(formatPython(polished)).toBe(polished);
  expect(lintPython(polished, 'src/a.py')).toEqual([]);
});
