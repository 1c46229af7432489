import { expect, test } from '@jest/globals';
import { chooseProvider } from '../../src/agents/providers.ts';

const providers = [
  { name: 'openai', baseUrl: 'https://api.openai.com/v1' },
  { name: 'router', baseUrl: 'https://router.example/v1' },
];

test.each([
  ['openai/gpt-4.1', 'https://api.openai.com/v1', 'gpt-4.1'],
  ['router/meta-llama/llama-4:free', 'https://router.example/v1', 'meta-llama/llama-4:free'],
])('%s is a model of the provider before its first slash', (name, baseUrl, model) => {
  expect(chooseProvider(name, providers)).toEqual({ provider: expect.objectContaining({ baseUrl }), model });
});

test.each([
  ['gpt-4.1', 'write `provider/model`'],
  ['/gpt-4.1', 'write `provider/model`'],
  ['openai/', 'write `provider/model`'],
  ['opnai/gpt-4.1', 'no model provider `opnai`. Did you mean `openai`?'],
  ['https://evil.example/v1', 'no model provider `https:`'],
  ['OPENAI/gpt-4.1', 'Did you mean `openai`?'],
])('%s is none', (name, words) => {
  expect(chooseProvider(name, providers)).toEqual({ problem: expect.stringContaining(words) });
});

test('without an entry of the operator nothing is allowed', () => {
  expect(chooseProvider('openai/gpt-4.1', [])).toHaveProperty('problem');
});
