import { describe, expect, test } from '@jest/globals';
import {
  isBuiltin,
  isIdentifier,
  isKeyword,
  isNotebookBuiltin,
  toSnakeCase,
  uniqueName,
} from '../../src/python/names.ts';

test.each([
  ['RandomForestClassifier', 'random_forest_classifier'],
  ['XGBClassifier', 'xgb_classifier'],
  ['X_train', 'x_train'],
  ['SVC', 'svc'],
  ['getHTTPResponse2', 'get_http_response2'],
  ['Train the model (v2)!', 'train_the_model_v2'],
  ['2nd try', 'n_2nd_try'],
  ['Größe (m²)', 'gro_e_m2'],
  ['class', 'class_'],
  ['—', 'value'],
  ['', 'value'],
  ['a__b--c', 'a_b_c'],
])('toSnakeCase(%j) is %s', (text, expected) => {
  expect(toSnakeCase(text)).toBe(expected);
  expect(isIdentifier(toSnakeCase(text))).toBe(true);
});

test('uniqueName counts from 2', () => {
  expect(uniqueName('x', new Set())).toBe('x');
  expect(uniqueName('x', new Set(['x', 'x_2']))).toBe('x_3');
});

describe('what Python has already', () => {
  test('builtins', () => {
    expect(['len', 'print', '__name__', 'ExceptionGroup', 'display', 'constructor'].map(isBuiltin)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(['len', 'display', 'get_ipython', '_', '_i3', '_12', 'df'].map(isNotebookBuiltin)).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  test('keywords', () => {
    expect(['lambda', 'None', 'match', 'type', 'x'].map(isKeyword)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('identifiers', () => {
    expect(['x', '_1', 'é', 'x-y', '1x', '', 'if', 'a b'].map(isIdentifier)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
