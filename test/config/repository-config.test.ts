import { describe, expect, test } from '@jest/globals';
import { allowsNotebook, readRepositoryConfig } from '../../src/config/repository-config.ts';

const complaints = (text: string): string[] =>
  readRepositoryConfig({ '.architect.yaml': text }).diagnostics.map(
    ({ message, help }) => `${message} ${help}`,
  );

describe('.architect.yaml', () => {
  test('is all defaults where there is none', () => {
    expect(readRepositoryConfig({}).diagnostics).toEqual([]);
    expect(readRepositoryConfig({}).config).toEqual(readRepositoryConfig({ '.architect.yaml': '' }).config);
    expect(readRepositoryConfig({}).config.on).toEqual({ label: true, comment: true, push: false });
  });

  test('is read', () => {
    const text =
      'target: best\nlimits: {seconds: 60}\noutput: {folder: ./packages/}\nllm: {model: x}\non: [push]\nnotebooks: "*.ipynb"\n';
    const { config, diagnostics } = readRepositoryConfig({ '.architect.yaml': text });
    expect(diagnostics).toEqual([]);
    expect(config).toEqual({
      target: 'best',
      limits: { seconds: 60, memory: 4096 },
      output: { folder: 'packages' },
      llm: { model: 'x', api_key_env: null, base_url: null },
      guardrails: { protected_files: [], code_rules: [] },
      on: { label: true, comment: true, push: true },
      notebooks: ['*.ipynb'],
    });
  });

  test.each([
    ['push', { label: true, comment: true, push: true }],
    ['[label]', { label: true, comment: true, push: false }],
    ['{label: false, push: true}', { label: false, comment: true, push: true }],
    ['{}', { label: true, comment: true, push: false }],
  ])('on: %s', (on, expected) => {
    expect(readRepositoryConfig({ '.architect.yaml': `on: ${on}` }).config.on).toEqual(expected);
  });

  test.each([
    ['limits:\n  secnds: 3\n', '.architect.yaml:2: unknown key `limits.secnds`. Did you mean `seconds`?'],
    ['\ntargt: x\n', '.architect.yaml:2: unknown key `targt`. Did you mean `target`?'],
    ['zzzzzzzzzz: 1', 'Known here: target, limits, output'],
    ['target: a\nlimits:\n  memory: lots\n', '.architect.yaml:3: `limits.memory`'],
    ['limits: 3', '.architect.yaml:1: `limits`'],
    ['target: [', '.architect.yaml:1'],
    ['- a\n- b', '.architect.yaml:1: the file'],
    ['target: a\ntarget: b', '.architect.yaml:2'],
    [
      'guardrails:\n  protected_fils: []\n',
      ':2: unknown key `guardrails.protected_fils`. Did you mean `protected_files`?',
    ],
    [
      'guardrails:\n  code_rules:\n    - pattern: "a"\n      mesage: b\n',
      ':4: unknown key `guardrails.code_rules.0.mesage`. Did you mean `message`?',
    ],
    [
      'guardrails:\n  code_rules:\n    - message: m\n      pattern: "a(?=b)"\n',
      ':4: `guardrails.code_rules.0.pattern`: not a regular expression in RE2 syntax',
    ],
    [
      'guardrails:\n  code_rules:\n    - message: m\n      pattern: "[a"\n',
      ':4: `guardrails.code_rules.0.pattern`',
    ],
    [
      'guardrails:\n  protected_files:\n    - a\n    - "!b"\n',
      ':4: `guardrails.protected_files.1`: the pattern excludes',
    ],
    ['on: psh', ':1: `on`: Invalid option'],
    ['on:\n  psh: true', ':2: unknown key `on.psh`. Did you mean `push`?'],
    ['on:\n  push: 3', ':2: `on.push`'],
    [
      'llm:\n  model: m\n  api_key_env: sk-abc\n',
      ':3: `llm.api_key_env`: the name of an environment variable',
    ],
    ['output: {folder: ../x}', ':1: `output.folder`: a folder inside of the repository'],
    ['output: {folder: .github}', ':1: `output.folder`: a folder inside of the repository'],
    ['output: {folder: a/.git}', ':1: `output.folder`: a folder inside of the repository'],
  ])('%j is refused with the line', (text, expected) => {
    expect(complaints(text).join('\n')).toContain(expected);
  });

  test('all that is wrong is said at once', () => {
    expect(complaints('targt: x\nlimits: 3\non: psh\n')).toHaveLength(3);
  });

  test('is hostile text: nothing in it takes long, or throws', () => {
    const bomb = `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}, *a${n}]`).join('\n')}`;
    expect(complaints(bomb)).toHaveLength(1);
    expect(complaints(`${'['.repeat(50_000)}`).length).toBeGreaterThan(0);
    expect(complaints('__proto__: {target: x}\n')[0]).toContain('unknown key');
    expect(complaints('x'.repeat(300_000))[0]).toContain('too large');
  });
});

test('which notebooks may be productionized', () => {
  const { config } = readRepositoryConfig({ '.architect.yaml': 'notebooks: ["final/**", "best*.ipynb"]' });
  const allowed = ['final/a/b.ipynb', 'x/best-one.ipynb', 'a.ipynb'].map((path) =>
    allowsNotebook(config, path),
  );
  expect(allowed).toEqual([true, true, false]);
  expect(allowsNotebook(readRepositoryConfig({}).config, 'a.ipynb')).toBe(true);
});
