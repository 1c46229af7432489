import { describe, expect, test } from '@jest/globals';
import { parseCommand } from '../../src/config/options.ts';
import { agentSteps, readPipelineFile } from '../../src/config/pipeline-file.ts';

const step = (name: string, agent = 'build'): string => `  - {name: ${name}, agent: ${agent}, task: t}\n`;
const file = (...steps: string[]): string => `name: p\nsteps:\n${steps.join('')}`;
const FIVE = ['extract', 'structure', 'harden', 'test', 'pipeline-config'].map((name) => step(name));

const said = (text: string, model = false): string[] =>
  readPipelineFile(text, 'p.yaml', model).diagnostics.map(
    ({ code, severity, line, column, message }) => `${severity} ${code} ${line}:${column} ${message}`,
  );

describe('a pipeline of a team', () => {
  test('is silent where it lists the five steps', () => {
    expect(said(file(...FIVE))).toEqual([]);
    expect(said(file(...FIVE), true)).toEqual([]);
  });

  test('a step without a compiler needs a model', () => {
    const text = file(...FIVE, step('docs'), step('audit', 'review'));
    expect(said(text)).toEqual([
      'todo step_needs_model 8:5 2 steps of p.yaml are left out, because only a model can do them: docs (line 8) and audit (line 9).',
    ]);
    expect(said(text, true)).toEqual([]);
  });

  test('a step that nobody would do is refused with its place', () => {
    expect(said(file(...FIVE, step('docs', 'compiler')), true)).toEqual([
      expect.stringMatching(/^refused config_invalid 8:5 p\.yaml:8: the step `docs` has no compiler/),
    ]);
  });

  test('a name that is there twice is refused with the place of the second', () => {
    expect(said(file(...FIVE, step('test')))).toEqual([
      'refused config_invalid 8:5 p.yaml:8: two steps are called `test`.',
    ]);
  });

  test('what is left out or moved is said: the compiler does it all the same', () => {
    const [extract = '', structure = '', harden = '', tests = '', config = ''] = FIVE;
    expect(said(file(extract, structure, tests, config))[0]).toMatch(
      /^note steps_are_fixed .*it leaves out harden:/,
    );
    expect(said(file(extract, structure, tests, harden, config))[0]).toMatch(
      /^note steps_are_fixed 5:5 .*it moves test \(line 5\):/,
    );
  });

  test('a broken file is refused with line and column', () => {
    expect(said('name: p\nsteps:\n  - name: a\n    agent: robot\n    task: t\n')[0]).toMatch(
      /^refused config_invalid 4:5 p\.yaml:4: `steps\.0\.agent`/,
    );
  });
});

test('a model is asked about the steps of the file in their order, but for those of the compiler', () => {
  const text = file(step('test', 'test'), step('harden', 'compiler'), step('docs'), step('audit', 'review'));
  const { pipeline } = readPipelineFile(text, 'p.yaml', true);
  expect(agentSteps(pipeline)).toEqual([
    { name: 'test', role: 'test', task: 't' },
    { name: 'docs', role: 'build', task: 't' },
    { name: 'audit', role: 'review', task: 't' },
  ]);
  expect(agentSteps(null).map(({ name }) => name)).toEqual(['harden', 'test']);
});

describe('architect pipeline', () => {
  test('is read', () => {
    expect(parseCommand(['pipeline', 'check', 'p.yaml', '--json'])).toEqual({
      kind: 'pipeline-check',
      file: 'p.yaml',
      json: true,
    });
    expect(parseCommand(['pipeline', 'run', 'p.yaml', 'n.ipynb', '--static'])).toMatchObject({
      kind: 'productionize',
      pipeline: 'p.yaml',
      notebook: 'n.ipynb',
      static: true,
    });
    expect(parseCommand(['productionize', 'n.ipynb'])).toMatchObject({ pipeline: null });
  });

  test.each([
    [['pipeline'], '`check` or `run`'],
    [['pipeline', 'check'], 'The file of the pipeline is missing'],
    [['pipeline', 'check', 'a', 'b'], '`b` is too much'],
    [['pipeline', 'check', 'a', '--out', 'o'], 'does not take `--out`'],
    [['pipeline', 'run'], 'The file of the pipeline is missing'],
    [['pipeline', 'run', 'p.yaml'], 'The notebook is missing'],
  ])('%j is refused in words', (args, words) => {
    expect(() => parseCommand(args)).toThrow(words);
  });
});
