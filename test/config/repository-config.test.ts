import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { publishedSchemas } from '../../src/config/published-schemas.ts';
import {
  allowsNotebook,
  guardrailPolicy,
  readRepositoryConfig,
  REPOSITORY_FILES,
} from '../../src/config/repository-config.ts';
import { assertGolden, isUpdate, writeTree } from '../golden.ts';

const root = join(import.meta.dirname, '../..');

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
    expect(diagnostics.map(({ code }) => code)).toEqual(['model_not_asked']);
    expect(config).toEqual({
      target: 'best',
      limits: { seconds: 60, memory: 4096 },
      output: { folder: 'packages' },
      llm: { model: 'x', api_key_env: null, base_url: null, budget: {} },
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

const conventions = (text: string) => readRepositoryConfig({ '.architect.md': text });

describe('.architect.md', () => {
  test('titles in two languages, with emphasis, in any case', () => {
    const text =
      '# Reglas\n\n## **ESTRUCTURA** del proyecto\n* `src/datos/`: carga\n\n**Obligatorio:**\n\n1. Docstrings estilo Google\n2. Nombres en inglés\n\n### _prohibido_\n- Rutas absolutas\n';
    const { honoured, forModel, folders } = conventions(text).conventions;
    expect(honoured.map(({ section, line }) => [section, line])).toEqual([
      ['required', 8],
      ['prohibited', 12],
    ]);
    expect(forModel).toEqual([{ section: 'required', line: 9, text: 'Nombres en inglés' }]);
    expect(folders.data).toBe('src/datos');
  });

  test('a folder that the compiler does not use is said with its line', () => {
    const { diagnostics, conventions: read } = conventions(
      '## Structure\n- lib/etl/ → data\n- tests/ → pytest\n',
    );
    expect(diagnostics).toMatchObject([{ code: 'folder_not_honoured', severity: 'todo', line: 2 }]);
    expect(diagnostics[0]?.message).toContain('data go to `src/data`, not to `lib/etl`');
    expect(read.honoured).toHaveLength(1);
  });

  test.each([
    'NumPy-style docstrings',
    'pytest with 90% coverage',
    'Configs with Hydra',
    'No docstrings',
    'Be fast',
  ])('%s is for a model', (text) => {
    const { diagnostics, conventions: read } = conventions(`## Required\n- ${text}\n`);
    expect(read.honoured).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: 'conventions_need_model', severity: 'note' }]);
    expect(diagnostics[0]?.message).toContain(`line 2 (${text})`);
  });

  test('any text is read', () => {
    for (const text of ['', '#', '- ', '\0', '`'.repeat(9000), '> '.repeat(3000), 'x'.repeat(200_000)])
      expect(conventions(text).conventions.folders.tests).toBe('tests');
  });
});

describe('ml-productionize.yaml', () => {
  const STEP = 'agent: build, task: t';
  const read = (text: string) => readRepositoryConfig({ 'ml-productionize.yaml': text });
  const five = ['extract', 'structure', 'harden', 'test', 'pipeline-config']
    .map((name) => `  - {name: ${name}, ${STEP}}`)
    .join('\n');

  test('a step without a compiler needs a model, and is named', () => {
    const { pipeline, diagnostics } = read(`name: p\nsteps:\n${five}\n  - {name: docs, ${STEP}}\n`);
    expect(pipeline?.steps).toHaveLength(6);
    expect(diagnostics).toMatchObject([{ code: 'step_needs_model', severity: 'todo' }]);
    expect(diagnostics[0]?.message).toContain('docs');
    expect(diagnostics[0]?.help).toContain('llm');
  });

  test('steps that are left out or moved are said', () => {
    const { diagnostics } = read(`name: p\nsteps: [{name: test, ${STEP}}]\n`);
    expect(diagnostics).toMatchObject([{ code: 'steps_are_fixed' }]);
  });

  test.each([
    [`name: p\nsteps:\n  - {name: A b, ${STEP}}\n`, ':3: `steps.0.name`'],
    ['name: p\nsteps:\n  - name: a\n    agent: robot\n    task: t\n', ':4: `steps.0.agent`'],
    [`name: p\nstps: []\n`, 'Did you mean `steps`?'],
    [`name: p\nsteps:\n  - {name: a, ${STEP}}\n  - {name: a, ${STEP}}\n`, 'two steps are called `a`'],
  ])('%j is refused', (text, expected) => {
    const { pipeline, diagnostics } = read(text);
    expect(pipeline).toBeNull();
    expect(diagnostics.map(({ message, help }) => `${message} ${help}`).join('\n')).toContain(expected);
  });
});

describe('the files of a team', () => {
  const texts = Object.fromEntries(
    REPOSITORY_FILES.map((name) => [name, readFileSync(join(root, 'fixtures/conventions', name), 'utf8')]),
  );

  test('are read as they are', () => {
    const { config, conventions: read, pipeline, diagnostics } = readRepositoryConfig(texts);
    expect(diagnostics.filter(({ severity }) => severity !== 'note')).toEqual([]);
    expect(guardrailPolicy(config)).toMatchObject({
      protectedFiles: ['experiment.ipynb', 'data/**', '*.csv', '*.parquet'],
      codeRules: [{ severity: 'block' }, { severity: 'warn' }],
    });
    expect(read.honoured).toHaveLength(16);
    expect(read.forModel.map(({ text }) => text)).toEqual(['No mutable globals']);
    expect(pipeline?.steps.map(({ name }) => name)).toEqual([
      'extract',
      'structure',
      'harden',
      'test',
      'pipeline-config',
    ]);
  });

  test('agree with the schemas that are published, and the schemas with the code (UPDATE_GOLDEN=1 rewrites them)', () => {
    const folder = join(root, 'schemas');
    if (isUpdate(process.env)) writeTree(folder, publishedSchemas());
    assertGolden(folder, publishedSchemas());
    const valid = (name: string, text: string): boolean =>
      new Ajv({ strict: false, validateFormats: false }).compile(
        JSON.parse(publishedSchemas()[name] ?? '') as object,
      )(parse(text));
    expect(valid('architect.schema.json', texts['.architect.yaml'] ?? '')).toBe(true);
    expect(valid('ml-productionize.schema.json', texts['ml-productionize.yaml'] ?? '')).toBe(true);
    expect(valid('architect.schema.json', 'targt: x')).toBe(false);
    expect(valid('architect.schema.json', 'on: {psh: true}')).toBe(false);
  });
});
