import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Literal } from '../../src/python/statement.ts';
import { configAnnotation } from '../../src/steps/configuration/annotation.ts';
import { pascalCase, safeName } from '../../src/steps/configuration/names.ts';
import { configuration } from '../../src/steps/configuration/table.ts';
import { escapeReferences, floatText, yamlText } from '../../src/steps/configuration/yaml-text.ts';
import type { ConfigEntry, PackagePlan } from '../../src/steps/2-structure/plan.ts';
import { renderDefaultYaml } from '../../src/steps/3-harden/frame/default-yaml.ts';
import { writePipelineConfig } from '../../src/steps/5-pipeline-config/index.ts';
import { readPlan } from './frame-package.ts';

interface Project {
  entry_points: Record<
    string,
    { parameters: Record<string, { type: string; default: string | number | boolean }>; command: string }
  >;
}
interface Pipeline {
  parameters: Record<string, { type: string; default: string | number | boolean }>;
  metrics: Record<string, { observed?: number }>;
  artifacts: Record<string, { path: string }>;
  entry_points: Record<string, { module: string }>;
}

const cases = ['churn', 'digits', 'minimal', 'mixed', 'odd'];

/** What OmegaConf makes of a text: escaped references are texts again. */
const read = (value: unknown): unknown =>
  typeof value === 'string'
    ? value.replace(/(\\*)\\\$\{/g, (_, all: string) => `${all.slice(0, all.length / 2)}\${`)
    : Array.isArray(value)
      ? value.map(read)
      : value;

function valueOf(literal: Literal): unknown {
  switch (literal.kind) {
    case 'none':
      return null;
    case 'list':
    case 'tuple':
    case 'set':
      return literal.items.map(valueOf);
    case 'dict':
      return new Map(literal.entries.map(({ key, value }) => [valueOf(key), valueOf(value)]));
    default:
      return literal.value;
  }
}

function flat(tree: unknown, keys: readonly string[]): unknown[] {
  return keys.map((key) =>
    key.split('.').reduce<unknown>((node, part) => (node instanceof Map ? node.get(part) : undefined), tree),
  );
}

const asMap = (text: string, version: '1.1' | '1.2' = '1.2'): unknown =>
  parse(text, { version, mapAsMap: true });

describe.each(cases)('%s', (name) => {
  const plan = readPlan(name);
  const tree = writePipelineConfig(plan, {}, '3.11.7');
  const project = parse(tree['MLproject'] ?? '') as Project;
  const pipeline = parse(tree['configs/mlflow_pipeline.yaml'] ?? '') as Pipeline;
  const table = configuration(plan);
  const keys = table.leaves.map(({ key }) => key);
  const values = table.leaves.map(({ literal }) => valueOf(literal));

  test.each(['1.1', '1.2'] as const)('default.yaml holds every value, as YAML %s', (version) => {
    const found = flat(asMap(renderDefaultYaml(plan), version), keys).map(read);
    expect(found).toEqual(values.map((value) => (Object.is(value, -0) ? 0 : value)));
  });

  test('the pipeline names the same parameters with the same values', () => {
    expect(Object.keys(pipeline.parameters)).toEqual(keys);
    const found = Object.values(pipeline.parameters).map((parameter) =>
      typeof parameter.default === 'string' ? read(asMap(parameter.default, '1.1')) : parameter.default,
    );
    expect(found).toEqual(values);
    expect(Object.keys(pipeline.metrics)).toEqual(plan.metrics.map(({ key }) => key));
    const modules = Object.values(pipeline.entry_points).map(({ module }) => module);
    expect(modules).toEqual(plan.entryPoints.map(({ module }) => module));
  });

  test('MLproject gives every value to the command line, through the shell', () => {
    for (const [entry, { parameters, command }] of Object.entries(project.entry_points)) {
      const argv = argumentsOf(command, parameters);
      const given = argv
        .slice(3)
        .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
      const found = new Map(given.map(([key, text]) => [key, read(asMap(text ?? '', '1.1'))]));
      const wanted = keys.filter((key) => (entry === 'main' ? !key.startsWith('tracking.') : found.has(key)));
      expect([...found.keys()]).toEqual(wanted);
      expect([...found.values()]).toEqual(wanted.map((key) => values[keys.indexOf(key)]));
    }
  });

  test('evaluation takes what decides the split, the saved model and its own keys', () => {
    const command = project.entry_points['evaluate']?.command ?? '';
    for (const key of keys.filter((part) => part === 'seed' || part.startsWith('data.')))
      expect(command).toContain(` ${key}={`);
    expect(command).toContain(' artifacts.model_path={');
    expect(command).not.toContain('artifacts.metrics_path');
  });
});

/** What MLflow does: the default as text, in shell quotes, into the template; then what the shell makes of it. */
function argumentsOf(command: string, parameters: Project['entry_points'][string]['parameters']): string[] {
  const script = `
import json, shlex, subprocess, sys
command, parameters = json.loads(sys.stdin.read())
text = command.format(**{name: shlex.quote(str(value["default"])) for name, value in parameters.items()})
words = shlex.split(text)
shell = subprocess.run(["sh", "-c", 'for word in ' + text + '; do printf "%s\\\\0" "$word"; done'], capture_output=True)
assert shell.stdout.decode().split("\\0")[:-1] == words, "the shell and shlex differ"
print(json.dumps(words))`;
  const { stdout, stderr, status } = spawnSync('python3', ['-c', script], {
    input: JSON.stringify([command, parameters]),
    encoding: 'utf8',
    env: { ...process.env, PYTHONIOENCODING: 'utf-8', PYTHONUTF8: '1' },
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as string[];
}

/** A plan with one value. */
function planWith(literal: Literal, key = 'data.value'): PackagePlan {
  const entry: ConfigEntry = {
    key,
    literal,
    places: [],
    source: 'constant',
    description: 'VALUE',
    annotation: 'Any',
    comment: '',
  };
  return { ...readPlan('minimal'), config: [entry] };
}

/** Small numbers that look random and are the same in every run. */
function draw(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('values', () => {
  const alphabet = [
    ...'abnyoeET01.5-+:#,[]{}&*!|>%@`\'"\\$=~?_ \t\n/é☃😀\u0085\u2028\u00a0\u200b\ufeff\u007f',
  ];

  test('3000 odd texts come back from YAML 1.1 and 1.2, alone and in a list', () => {
    const next = draw(1);
    for (let index = 0; index < 3000; index += 1) {
      const value = Array.from({ length: next(6) }, () => alphabet[next(alphabet.length)] ?? '').join('');
      const text = yamlText({ kind: 'string', value });
      expect(text).not.toContain('\n');
      for (const version of ['1.1', '1.2'] as const) {
        expect(read((parse(`a: ${text}  # comment`, { version }) as { a: unknown }).a)).toEqual(value);
        expect(read((parse(`a: [${text}, ${text}]`, { version }) as { a: unknown }).a)).toEqual([
          value,
          value,
        ]);
      }
    }
  });

  test('2000 floats come back, and are floats for every reader', () => {
    const next = draw(2);
    for (let index = 0; index < 2000; index += 1) {
      const digits = Number(`${next(10)}.${next(1000000)}${next(1000000)}`);
      const value = digits * 10 ** (next(600) - 300) * (next(2) === 0 ? 1 : -1);
      const text = floatText(value);
      expect(Number(text)).toBe(value);
      expect(text).toMatch(/^-?\d+\.\d+(?:e[-+]\d+)?$/);
    }
    expect([1e-5, 1, 0.1, 1e22, -0, Infinity, -Infinity, NaN, 5e-324].map(floatText)).toEqual([
      '0.00001',
      '1.0',
      '0.1',
      '1.0e+22',
      '-0.0',
      '.inf',
      '-.inf',
      '.nan',
      '5.0e-324',
    ]);
  });

  test('a reference of OmegaConf is escaped, with the backslashes before it', () => {
    expect(escapeReferences('a$b {c} ${d} \\${e}')).toBe('a$b {c} \\${d} \\\\\\${e}');
  });

  test.each([
    ['int', { kind: 'none' }, 'int | None'],
    ['None', { kind: 'none' }, 'Any'],
    ['tuple[int, int]', { kind: 'tuple', items: [{ kind: 'int', value: 1 }] }, 'list[int]'],
    ['Sequence[float]', { kind: 'list', items: [{ kind: 'int', value: 1 }] }, 'list[float]'],
    ['Optional[str]', { kind: 'string', value: 'a' }, 'str | None'],
    ['Literal["a"]', { kind: 'string', value: 'a' }, 'Any'],
    ['list[int]', { kind: 'list', items: [{ kind: 'string', value: 'a' }] }, 'Any'],
    ['int', { kind: 'string', value: 'a' }, 'int | str'],
    ['dict[str, Any]', { kind: 'dict', entries: [] }, 'dict[str, Any]'],
    ['dict', { kind: 'dict', entries: [] }, 'dict[Any, Any]'],
    ['list[list[int | None]]', { kind: 'list', items: [] }, 'list[list[int | None]]'],
    ['int | list[int]', { kind: 'int', value: 1 }, 'Any'],
  ] as [string, Literal, string][])(
    '%s becomes an annotation that OmegaConf checks',
    (wanted, literal, found) => {
      expect(configAnnotation(wanted, literal)).toBe(found);
    },
  );
});

describe('names', () => {
  test.each([
    ['lambda', 'lambda_'],
    ['None', 'None_'],
    ['min child-weight', 'min_child_weight'],
    ['2d', 'key_2d'],
    ['__x', 'x'],
    ['', 'key'],
    ['---', 'key'],
    ['ﬁt', 'fit'],
    ['été', 'été'],
    ['C', 'C'],
  ])('%s', (name, safe) => {
    expect(safeName(name)).toBe(safe);
  });

  test('keys that become equal stay two keys', () => {
    const one: Literal = { kind: 'int', value: 1 };
    const plan = planWith(one, 'data.a b');
    const again = { ...planWith(one, 'data.a_b').config[0] } as ConfigEntry;
    const table = configuration({ ...plan, config: [...plan.config, again] });
    expect(table.leaves.map(({ key }) => key).filter((key) => key.startsWith('data.'))).toEqual([
      'data.a_b',
      'data.a_b_2',
    ]);
  });

  test('classes', () => {
    expect(['param_grid', 'x', 'été_2'].map(pascalCase)).toEqual(['ParamGrid', 'X', 'Été2']);
  });
});

describe('requirements', () => {
  const plan = readPlan('churn');
  const files = writePipelineConfig(plan, { Scikit_Learn: '1.9.1', torch: '2.13.0+cpu' }, '3.9.1', [
    'torch==2.13.0+cpu \\',
    '    --hash=sha256:0',
    '-e .',
    'Zope.x==1.0 ; python_version < "3.12"',
    'torch==2.13.0+cpu',
  ]);
  test('what has a version is pinned, the rest is said to have none', () => {
    expect(files['requirements.txt']?.split('\n')).toEqual(
      expect.arrayContaining([
        '# No version: the notebook was not seen to run with one.',
        'scikit-learn==1.9.1',
        'mlflow',
      ]),
    );
  });
  test('constraints are the lock without builds, hashes and folders', () => {
    expect(files['constraints.txt']).toBe('torch==2.13.0\nZope.x==1.0 ; python_version < "3.12"\n');
  });
  test('the oldest Python is one that the code runs on', () => {
    expect(files['pyproject.toml']).toContain('requires-python = ">=3.10"');
    expect(writePipelineConfig(plan, {}, '3.13.1')['pyproject.toml']).toContain('target-version = "py311"');
    expect(writePipelineConfig(plan, {}, 'no version')['python_env.yaml']).toContain('python: "3.11"');
  });
});
