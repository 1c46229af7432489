import { describe, expect, test } from '@jest/globals';
import { findDrift } from '../../src/knowledge/find-drift.ts';
import type { RunError } from '../../src/notebook/observation.ts';
import { adviceFor } from '../../src/verify/advice.ts';
import { tellingMessage } from '../../src/verify/telling-message.ts';

function advice(error: Partial<RunError> & Pick<RunError, 'layer'>, files: string[] = []): string {
  const whole = { type: 'Error', message: '', ...error };
  const source = {
    root: '/r',
    path: 'nb/train.ipynb',
    text: '',
    files: files.map((path) => ({ path, bytes: 1, modified: 0 })),
    notes: [],
  };
  const versions = { pandas: '3.1.1', 'scikit-learn': '1.9.1' };
  const drift = findDrift(whole, versions);
  return adviceFor(whole.layer, { error: whole, drift, where: 'cell 3, line 2', source, versions });
}

describe('advice', () => {
  test('says where a file of that name lies, as the notebook would read it', () => {
    const text = advice({ layer: 'missing_data', subject: '../input/Data.csv' }, ['data/data.csv', 'x.csv']);
    expect(text).toContain('read `../data/data.csv` in cell 3, line 2');
  });

  test('asks for a file that the repository does not have by a path that can be had', () => {
    expect(advice({ layer: 'missing_data', subject: '/content/drive/x.csv' })).toContain('(`x.csv`)');
    expect(advice({ layer: 'missing_data', subject: 'data/x.csv' })).toContain('(`data/x.csv`)');
  });

  test('gives the import that a name usually comes from, and asks for a definition of any other', () => {
    const named = (name: string): string =>
      advice({ layer: 'hidden_state', type: 'NameError', message: `name '${name}' is not defined` });
    expect(named('np')).toBe('Write `import numpy as np` into the first cell; then run this again.');
    expect(named('scaled')).toContain('define it in the notebook');
  });

  test('names the distribution of a module, and the file to write it into', () => {
    const text = advice({ layer: 'missing_module', subject: 'sklearn.svm' }, ['requirements.txt']);
    expect(text).toContain('brings `sklearn` into `requirements.txt` (`scikit-learn`');
    expect(advice({ layer: 'missing_module', subject: 'odd' })).toContain('`nb/requirements.txt` (`odd`');
  });

  test('gives the form of today and the release to go back to', () => {
    const error = {
      layer: 'other' as const,
      type: 'TypeError',
      message: "Cannot perform reduction 'mean' with string dtype",
    };
    expect(advice(error)).toBe(
      'Since pandas 3.0 columns of text are no longer left out of `mean`, `std` and the like. In cell 3, line 2 give `numeric_only=True` to the call, or select the columns of numbers first; then run this again. Or keep the code and write `pandas<3` into `nb/requirements.txt`.',
    );
  });

  test('names the release that ran where the change is not known', () => {
    expect(advice({ layer: 'removed_api', library: 'sklearn', subject: 'sklearn.x.y' })).toContain(
      'ran with scikit-learn 1.9.1',
    );
  });
});

describe('of a message', () => {
  test('colours are left out, and the first line with words tells', () => {
    expect(tellingMessage('\n****\n  Resource \u001b[93mpunkt\u001b[0m not found.\n  Please')).toBe(
      'Resource punkt not found.',
    );
  });
  test('a headline is followed by what it announces', () => {
    expect(tellingMessage('Error(s) in loading state_dict for Net:\n\tMissing key(s): "a"')).toBe(
      'Error(s) in loading state_dict for Net: Missing key(s): "a"',
    );
  });
  test('the last line of a traceback tells', () => {
    const text = 'All the 5 fits failed.\nTraceback (most recent call last):\n  File "x"\nValueError: bad';
    expect(tellingMessage(text)).toBe('All the 5 fits failed. ValueError: bad');
  });
  test('a printed array is cut, and what stands behind it is kept', () => {
    const rows = Array.from({ length: 40 }, () => '0 1 0 0 1').join('\n ');
    expect(tellingMessage(`Invalid value '[${rows}]' for dtype 'str'`)).toBe(
      "Invalid value '[0 1 0 0 1 …]' for dtype 'str'",
    );
  });
  test('the middle of what is too long is left out', () => {
    const text = tellingMessage(`begin ${'x'.repeat(900)} end`);
    expect(text).toMatch(/^begin x+ … x+ end$/);
    expect(text.length).toBeLessThanOrEqual(320);
  });
});
