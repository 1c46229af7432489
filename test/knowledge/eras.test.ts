import { expect, test } from '@jest/globals';
import { ERAS, withCompanions } from '../../src/knowledge/eras.ts';

test.each([
  ['a library that was compiled against NumPy 1', ['pandas<2'], ['numpy<2', 'pandas<2']],
  ['one that knows NumPy 2', ['pandas<3'], ['pandas<3']],
  [
    'what it entails entails more',
    ['seaborn<0.12'],
    ['matplotlib<3.8', 'numpy<2', 'pandas<2', 'seaborn<0.12'],
  ],
  ['the lowest bound of each', ['numpy<1.24', 'pandas<2', 'pandas<3'], ['numpy<1.24', 'pandas<2']],
  ['releases are numbers', ['scikit-learn<1.10'], ['scikit-learn<1.10']],
  ['of an old scikit-learn', ['scikit-learn<1.2'], ['numpy<2', 'scikit-learn<1.2', 'scipy<1.12']],
  ['nothing', [], []],
])('%s', (_, requirements, expected) => {
  expect(withCompanions(requirements)).toEqual(expected);
});

test('the eras are upper bounds, the newer first', () => {
  for (const line of ERAS.flat()) expect(line).toMatch(/^[a-z-]+<\d+(\.\d+)*$/);
  const [newer = [], older = []] = ERAS;
  const both = withCompanions([...newer, ...older]);
  for (const line of older) expect(both.map((one) => one.split('<')[0])).toContain(line.split('<')[0]);
});
