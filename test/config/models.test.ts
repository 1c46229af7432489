import { describe, expect, test } from '@jest/globals';
import { chooseModel, type RepositoryModel } from '../../src/config/choose-model.ts';
import { assertKeys, type ModelSettings, readModelSettings } from '../../src/config/model-settings.ts';
import { readRepositoryConfig } from '../../src/config/repository-config.ts';
import { UsageError } from '../../src/lib/errors.ts';

const KEY = 'sk-of-the-operator';

function settingsOf(variables: Record<string, string>): ModelSettings {
  const settings = readModelSettings({ OPENAI_API_KEY: KEY, ...variables });
  if (settings === null) throw new Error('no model is allowed');
  return settings;
}

describe('what whoever runs Architect says about models', () => {
  test('is nothing where nothing is set: a key alone allows no model', () => {
    const environment = { OPENAI_API_KEY: KEY };
    expect(readModelSettings(environment)).toBeNull();
    expect(environment.OPENAI_API_KEY).toBe(KEY);
  });

  test('is read, and the keys leave the environment', () => {
    const environment = {
      ...{ OPENAI_API_KEY: KEY, OTHER_KEY: 'k2' },
      ARCHITECT_MODELS: 'openai/gpt-4.1=2/8.5, local/qwen/3',
      ARCHITECT_MODEL_PROVIDERS:
        'openai=https://api.openai.com/v1/#OPENAI_API_KEY local=http://127.0.0.1:11434/v1',
      ARCHITECT_MODEL_TOKENS: '5000',
    };
    expect(readModelSettings(environment)).toEqual({
      models: [
        { name: 'openai/gpt-4.1', prices: { prompt: 2, completion: 8.5 } },
        { name: 'local/qwen/3', prices: null },
      ],
      providers: [
        { name: 'openai', baseUrl: 'https://api.openai.com/v1', variable: 'OPENAI_API_KEY', key: KEY },
        { name: 'local', baseUrl: 'http://127.0.0.1:11434/v1', variable: null, key: null },
      ],
      budget: { requests: 60, tokens: 5000, cost: null, seconds: 1800 },
    });
    expect(Object.keys(environment)).not.toContain('OPENAI_API_KEY');
    expect(environment.OTHER_KEY).toBe('k2');
  });

  test('needs only the name of a model of OpenAI', () => {
    expect(settingsOf({ ARCHITECT_MODELS: 'openai/gpt-4.1' }).providers).toEqual([
      { name: 'openai', baseUrl: 'https://api.openai.com/v1', variable: 'OPENAI_API_KEY', key: KEY },
    ]);
  });

  test.each([
    [{ ARCHITECT_MODELS: 'gpt-4.1' }, 'ARCHITECT_MODELS is not understood at `gpt-4.1`'],
    [{ ARCHITECT_MODELS: 'openai/gpt=2' }, 'ARCHITECT_MODELS is not understood'],
    [{ ARCHITECT_MODELS: 'mistral/large' }, 'names the provider mistral, which is none of openai'],
    [{ ARCHITECT_MODEL_PROVIDERS: 'openai' }, 'ARCHITECT_MODEL_PROVIDERS is not understood'],
    [{ ARCHITECT_MODEL_PROVIDERS: 'openai=https://user:pass@host/v1' }, 'holds a key in an address'],
    [{ ARCHITECT_MODEL_PROVIDERS: 'openai=http://host/v1#K' }, 'would send the key of openai unencrypted'],
    [{ ARCHITECT_MODEL_TOKENS: '0' }, 'ARCHITECT_MODEL_TOKENS is no whole number above 0'],
    [{ ARCHITECT_MODEL_COST: 'much' }, 'ARCHITECT_MODEL_COST is no amount'],
    [{ ARCHITECT_MODEL_COST: '0.5' }, 'the prices of openai/gpt-4.1 are not known'],
  ])('%j is refused', (variables, words) => {
    const read = (): unknown => settingsOf({ ARCHITECT_MODELS: 'openai/gpt-4.1', ...variables });
    expect(read).toThrow(words);
    expect(read).toThrow(UsageError);
  });

  test('a server does not start without the key of a model that it allows', () => {
    expect(() => assertKeys(settingsOf({ ARCHITECT_MODELS: 'openai/x', OPENAI_API_KEY: '' }))).toThrow(
      'OPENAI_API_KEY is empty',
    );
    assertKeys(settingsOf({ ARCHITECT_MODELS: 'openai/x' }));
    assertKeys(null);
  });
});

describe('the model of a run', () => {
  const settings = settingsOf({ ARCHITECT_MODELS: 'openai/gpt-4.1=2/8 openai/free' });
  const wish = (more: Partial<RepositoryModel> = {}): RepositoryModel => ({
    ...{ model: 'openai/gpt-4.1', api_key_env: null, base_url: null, budget: {} },
    ...more,
  });
  const why = (wanted: RepositoryModel, given: ModelSettings | null = settings): string => {
    const choice = chooseModel(wanted, given);
    return choice !== undefined && 'problem' in choice
      ? `${choice.problem.message} ${choice.problem.help}`
      : '';
  };

  test('is the one that the repository names and the operator allows', () => {
    expect(chooseModel(wish({ api_key_env: 'OPENAI_API_KEY' }), settings)).toEqual({
      name: 'openai/gpt-4.1',
      endpoint: {
        ...{ model: 'gpt-4.1', baseUrl: 'https://api.openai.com/v1', apiKey: KEY },
        prices: { prompt: 2, completion: 8 },
      },
      budget: settings.budget,
    });
    expect(chooseModel(null, settings)).toBeUndefined();
  });

  test('keeps to the smaller of both budgets', () => {
    const budget = { tokens: 100, cost: 0.5, requests: 1_000_000 };
    const choice = chooseModel(wish({ budget }), settings);
    expect(choice).toMatchObject({ budget: { requests: 60, tokens: 100, cost: 0.5, seconds: 1800 } });
  });

  test.each<[string, RepositoryModel, ModelSettings | null, string]>([
    ['nothing is allowed', wish(), null, 'none is allowed here'],
    ['another one is allowed', wish({ model: 'openai/gpt-4.0' }), settings, 'Did you mean `openai/gpt-4.1`?'],
    ['the provider is unknown', wish({ model: 'opnai/gpt-4.1' }), settings, 'Did you mean `openai`?'],
    ['it has no provider', wish({ model: 'gpt-4.1' }), settings, 'write `provider/model`'],
    [
      'the repository names another variable',
      wish({ api_key_env: 'AWS_SECRET_ACCESS_KEY' }),
      settings,
      'its key does not come from `AWS_SECRET_ACCESS_KEY`',
    ],
    [
      'the repository names another address',
      wish({ base_url: 'https://evil.example/v1' }),
      settings,
      'its provider is not at `https://evil.example/v1`',
    ],
    [
      'the key is missing',
      wish(),
      settingsOf({ ARCHITECT_MODELS: 'openai/gpt-4.1', OPENAI_API_KEY: '' }),
      '`OPENAI_API_KEY`, which holds its key, is empty',
    ],
    [
      'money cannot be counted',
      wish({ model: 'openai/free', budget: { cost: 1 } }),
      settings,
      'its prices are not known',
    ],
  ])('is none where %s', (_, wanted, given, words) => {
    expect(why(wanted, given)).toContain(words);
    expect(why(wanted, given)).not.toContain(KEY);
  });

  test('a repository hears of it once, and only where it names a model', () => {
    const codes = (files: Record<string, string>): string[] =>
      readRepositoryConfig(files).diagnostics.map(({ code, severity }) => `${severity} ${code}`);
    expect(codes({ '.architect.yaml': 'llm: {model: openai/gpt-4.1}' })).toEqual(['note model_not_asked']);
    expect(codes({ '.architect.yaml': 'target: x' })).toEqual([]);
    const file = { '.architect.yaml': 'llm: {model: openai/gpt-4.1}' };
    expect(readRepositoryConfig(file, {}, settings).diagnostics).toEqual([]);
  });

  test('what it may ask for is in its file', () => {
    const read = (llm: string) => readRepositoryConfig({ '.architect.yaml': `llm: {model: a/b, ${llm}}` });
    expect(read('budget: {tokens: 100}').config.llm?.budget).toEqual({ tokens: 100 });
    expect(read('budget: {tokns: 100}').diagnostics[0]?.help).toBe('Did you mean `tokens`?');
    expect(read('budget: {tokens: 0}').diagnostics[0]?.message).toContain('`llm.budget.tokens`');
  });
});
