import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { root } from './run-tool.ts';
import { engineTest, leftovers } from './sandbox/engine.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'architect-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

interface Settings {
  variables?: Record<string, string>;
  /** Called with the process and what it wrote to standard error so far. */
  watch?: (stderr: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** Runs `src/cli.ts` in a folder of its own. */
async function architect(args: string[], { variables = {}, watch }: Settings = {}): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, 'src/cli.ts'), ...args], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    watch?.(stderr, (signal) => child.kill(signal));
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}

const notebook = (cells: string[], extra: object = {}): string =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: cells.map((source) => ({
      cell_type: 'code',
      source,
      metadata: {},
      outputs: [],
      execution_count: null,
    })),
    ...extra,
  });

const MODEL = [
  'import numpy as np\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.model_selection import train_test_split',
  'rng = np.random.RandomState(0)\nX = rng.normal(size=(120, 3))\ny = (X[:, 0] > 0).astype(int)',
  'X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)',
  'model = LogisticRegression(C=0.5)\nmodel.fit(X_train, y_train)',
  'accuracy = model.score(X_test, y_test)\nprint(accuracy)',
];

test('config check says all that is wrong with its line, and ends with the status of bad usage', async () => {
  expect((await architect(['config', 'check'])).stdout).toContain('the defaults hold');
  writeFileSync(join(folder, '.architect.yaml'), 'targt: x\non: psh\n');
  const { code, stdout } = await architect(['config', 'check']);
  expect(code).toBe(2);
  expect(stdout).toContain('.architect.yaml:1: unknown key `targt`.\n  Did you mean `target`?');
  expect(stdout).toContain('.architect.yaml:2: `on`');
  expect((await architect(['config', 'check', 'none.yaml'])).stderr).toContain('cannot be read');
});

describe('architect pipeline', () => {
  const file = (more: string): string =>
    `name: p\nsteps:\n${[
      'extract',
      'structure',
      'harden',
      'test',
      'pipeline-config',
      ...(more === '' ? [] : [more]),
    ]
      .map((name) => `  - {name: ${name}, agent: build, task: t}\n`)
      .join('')}`;

  test('check says what is wrong as editors read it, and ends with 0 or 2', async () => {
    writeFileSync(join(folder, 'good.yaml'), file(''));
    const good = await architect(['pipeline', 'check', 'good.yaml']);
    expect([good.code, good.stdout]).toEqual([0, 'Valid: good.yaml.\n']);
    writeFileSync(join(folder, 'bad.yaml'), file('').replace('harden, agent: build', 'harden, agnt: build'));
    const bad = await architect(['pipeline', 'check', 'bad.yaml']);
    expect(bad.code).toBe(2);
    expect(bad.stdout).toMatch(
      /^bad\.yaml:5:\d+: error: .*unknown key `steps\.2\.agnt`.*Did you mean `agent`\?$/m,
    );
    writeFileSync(join(folder, 'twice.yaml'), file('test'));
    const twice = await architect(['pipeline', 'check', 'twice.yaml']);
    expect([twice.code, twice.stdout]).toEqual([
      2,
      expect.stringMatching(/^twice\.yaml:8:5: error: two steps/),
    ]);
    writeFileSync(join(folder, 'docs.yaml'), file('docs'));
    const docs = await architect(['pipeline', 'check', 'docs.yaml', '--json']);
    expect([docs.code, JSON.parse(docs.stdout)]).toEqual([
      0,
      expect.objectContaining({
        valid: true,
        diagnostics: [expect.objectContaining({ line: 8, column: 5 })],
      }),
    ]);
    expect((await architect(['pipeline', 'check', 'none.yaml'])).stderr).toContain('cannot be read');
  });

  test('run makes the package by this file, and refuses steps that nobody would do', async () => {
    writeFileSync(join(folder, 'n.ipynb'), notebook(MODEL));
    writeFileSync(join(folder, 'good.yaml'), file(''));
    // The repository's own is not read then.
    writeFileSync(join(folder, 'ml-productionize.yaml'), 'nothing: valid\n');
    const good = await architect(['pipeline', 'run', 'good.yaml', 'n.ipynb', '--static', '--out', 'made']);
    expect(good.code).toBe(3);
    expect(existsSync(join(folder, 'made/src/training/train.py'))).toBe(true);
    writeFileSync(join(folder, 'docs.yaml'), file('docs'));
    const docs = await architect(['pipeline', 'run', 'docs.yaml', 'n.ipynb', '--static', '--out', 'other']);
    expect([docs.code, docs.stderr]).toEqual([2, expect.stringContaining('docs (line 8)')]);
    expect(existsSync(join(folder, 'other'))).toBe(false);
  });
});

test('a guardrail of the working tree ends a run with status 4, and nothing is written', async () => {
  writeFileSync(join(folder, '.architect.yaml'), 'guardrails: {protected_files: [Makefile]}\n');
  writeFileSync(join(folder, 'n.ipynb'), notebook(MODEL));
  const { code, stdout } = await architect(['productionize', 'n.ipynb', '--static']);
  expect(code).toBe(4);
  expect(stdout).toContain('productionized/n/Makefile is protected by the pattern `Makefile`.');
  expect(readdirSync(folder).sort()).toEqual(['.architect.yaml', 'n.ipynb']);
});

describe('what cannot be a notebook is refused with words, and nothing is written', () => {
  test.each([
    ['not JSON', 'print("hello")', 'not JSON'],
    ['an empty file', '', 'empty'],
    ['nbformat 2', '{"nbformat": 2, "worksheets": []}', 'nbformat 2'],
    ['no code cells', notebook([]), 'no code cells'],
    [
      'an R kernel',
      notebook(['x <- 1'], { metadata: { kernelspec: { name: 'ir', language: 'R' } } }),
      'in R',
    ],
    ['too much code', notebook([`x = "${'a'.repeat(210_000)}"`]), '200 kB'],
    ['no model', notebook(['x = 1\nprint(x)']), 'model'],
  ])('%s', async (_name, text, words) => {
    writeFileSync(join(folder, 'n.ipynb'), text);
    const plain = await architect(['productionize', 'n.ipynb', '--static']);
    expect(plain.code).toBe(4);
    expect(plain.stdout).toContain('Refused');
    expect(plain.stdout).toContain(words);
    const { code, stdout } = await architect(['productionize', 'n.ipynb', '--static', '--json']);
    const result = JSON.parse(stdout) as {
      status: string;
      diagnostics: { message: string; help: string }[];
      out: null;
    };
    expect([code, result.status, result.out]).toEqual([4, 'refused', null]);
    expect(result.diagnostics.some(({ message, help }) => message.includes(words) && help !== '')).toBe(true);
    expect(readdirSync(folder)).toEqual(['n.ipynb']);
  });

  test.each([
    ['a folder', () => mkdirSync(join(folder, 'n.ipynb')), 'is a folder'],
    ['no file', () => undefined, 'does not exist'],
    ['binary', () => writeFileSync(join(folder, 'n.ipynb'), Buffer.from([0, 0xff, 0xfe, 0x80])), 'not UTF-8'],
    [
      'more than 50 MB',
      () => writeFileSync(join(folder, 'n.ipynb'), Buffer.alloc(53_000_000, 32)),
      'at most',
    ],
  ])('%s', async (_name, prepare, words) => {
    prepare();
    const { code, stdout } = await architect(['productionize', 'n.ipynb', '--static']);
    expect([code, stdout.includes(words)]).toEqual([4, true]);
  });

  test('a file that may not be read', async () => {
    writeFileSync(join(folder, 'n.ipynb'), notebook(MODEL));
    chmodSync(join(folder, 'n.ipynb'), 0);
    if (process.getuid?.() === 0) return; // root reads everything
    const { code, stdout } = await architect(['productionize', 'n.ipynb', '--static']);
    expect([code, stdout.includes('cannot be read')]).toEqual([4, true]);
  });
});

describe('a cell that is not Python', () => {
  const broken = 'X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1';

  test('stops the run where the model needs it', async () => {
    writeFileSync(join(folder, 'n.ipynb'), notebook([...MODEL.slice(0, 2), broken, ...MODEL.slice(3)]));
    const { code, stdout } = await architect(['productionize', 'n.ipynb', '--static']);
    expect([code, stdout]).toEqual([
      4,
      expect.stringMatching(/^ {2}cell 2, line \d+: .*`X_train`[^]*What to do: Correct the cell/m),
    ]);
    expect(readdirSync(folder)).toEqual(['n.ipynb']);
  });

  test('is named where the training may stand in it', async () => {
    const cells = [...MODEL.slice(0, 3), 'model = LogisticRegression(C=0.5\nmodel.fit(X_train, y_train)'];
    writeFileSync(join(folder, 'n.ipynb'), notebook(cells));
    const { code, stdout } = await architect(['productionize', 'n.ipynb', '--static']);
    expect([code, stdout]).toEqual([4, expect.stringContaining('Cell 3 is not valid Python 3')]);
  });

  test('is left out where the model does not need it', async () => {
    const cells = [...MODEL.slice(0, 2), 'print "rows", len(X)', ...MODEL.slice(2)];
    writeFileSync(join(folder, 'n.ipynb'), notebook(cells));
    const { code, stdout } = await architect(['productionize', 'n.ipynb', '--static', '--json']);
    expect([code, JSON.parse(stdout)]).toEqual([
      3,
      expect.objectContaining({
        status: 'unverified',
        diagnostics: [expect.objectContaining({ code: 'not_python', cell: 2, line: 1 })],
      }),
    ]);
  });
});

describe('--json prints one object with all keys', () => {
  const keys =
    'status parity boundaries metrics tests lint modules hyperparameters findings dropped diagnostics timings out';

  test.each([
    ['where a package is made', notebook(MODEL), []],
    ['where the notebook is refused', 'print("hello")', []],
    ['where the command is wrong', notebook(MODEL), ['--statik']],
  ])('%s', async (_name, text, more) => {
    writeFileSync(join(folder, 'n.ipynb'), text);
    const { stdout } = await architect(['productionize', 'n.ipynb', '--static', '--json', ...more]);
    expect(stdout.endsWith('}\n') && stdout.indexOf('\n') === stdout.length - 1).toBe(true);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(expect.arrayContaining(keys.split(' ')));
  });
});

describe('bad usage', () => {
  test.each([
    [['productionize'], 'notebook is missing'],
    [['productionize', 'n.ipynb', '--statik'], 'Did you mean'],
    [['productionize', 'n.ipynb', '--config', 'absent.yaml'], 'cannot be read'],
  ])('%j has exit code 2', async (args, words) => {
    writeFileSync(join(folder, 'n.ipynb'), notebook(MODEL));
    const plain = await architect(args);
    expect([plain.code, plain.stderr.includes(words), plain.stdout]).toEqual([2, true, '']);
    const { code, stdout } = await architect([...args, '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'refused', parity: 'not-run' });
  });

  test('a configuration file is held to its schema', async () => {
    writeFileSync(join(folder, 'n.ipynb'), notebook(MODEL));
    writeFileSync(join(folder, '.architect.yaml'), 'limits:\n  secondz: 3\n');
    const { code, stderr } = await architect(['productionize', 'n.ipynb', '--static']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/:2: unknown key `limits\.secondz`.*\n.*`seconds`/),
    ]);
  });
});

describe('without running anything', () => {
  test('--static writes a package and says that nothing is proved', async () => {
    writeFileSync(join(folder, 'n.ipynb'), notebook(MODEL));
    const { code, stdout, stderr } = await architect([
      'productionize',
      'n.ipynb',
      '--static',
      '--json',
      '--out',
      'made',
    ]);
    const result = JSON.parse(stdout) as { notRun: { layer: string }; timings: Record<string, number> };
    expect(code).toBe(3);
    expect(result).toMatchObject({
      status: 'unverified',
      parity: 'not-run',
      notRun: { layer: 'static' },
      lint: { ruff: null },
    });
    expect(Object.keys(result.timings)).toContain('publish');
    expect(stderr).toContain('  left out: Run the notebook, watched (nothing was run, as asked)\n');
    expect(stderr).toContain('  left out: Prove it (nothing was run, as asked)\n');
    expect(stderr).toMatch(/ {2}done: Write the report \(/);
    expect(existsSync(join(folder, 'made/src/training/train.py'))).toBe(true);
    expect(readFileSync(join(folder, 'made/REPORT.md'), 'utf8')).toContain('Not verified');
  });

  test('what is not done of the configuration is said at the start, not in the report alone', async () => {
    writeFileSync(join(folder, 'n.ipynb'), notebook(MODEL));
    writeFileSync(join(folder, '.architect.yaml'), 'llm: {model: openai/gpt-4.1}\n');
    const { code, stdout, stderr } = await architect(['productionize', 'n.ipynb', '--static', '--json'], {
      variables: { ARCHITECT_MODELS: '' },
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^Note: The model `openai\/gpt-4\.1` of \.architect\.yaml is not asked: none is allowed/,
    );
    expect(JSON.parse(stdout)).toMatchObject({ status: 'unverified' });
  });

  test('no engine gives the same, with the reason', async () => {
    writeFileSync(join(folder, 'n.ipynb'), notebook(MODEL));
    const variables = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    const { code, stdout } = await architect(['productionize', 'n.ipynb', '--json'], { variables });
    expect([code, JSON.parse(stdout)]).toEqual([
      3,
      expect.objectContaining({ notRun: expect.objectContaining({ layer: 'no_engine' }) }),
    ]);
    expect((await architect(['sandbox', 'status'], { variables })).code).toBe(1);
  });

  test('what is not ours is not overwritten', async () => {
    writeFileSync(join(folder, 'n.ipynb'), notebook(MODEL));
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine/notes.txt'), 'mine');
    const { code, stdout } = await architect(['productionize', 'n.ipynb', '--static', '--out', 'mine']);
    expect([code, stdout.includes('did not write')]).toEqual([4, true]);
    expect(readdirSync(join(folder, 'mine'))).toEqual(['notes.txt']);
  });

  test('the same input gives the same bytes', async () => {
    writeFileSync(join(folder, 'n.ipynb'), notebook(MODEL));
    const read = (): Record<string, string> =>
      Object.fromEntries(
        readdirSync(join(folder, 'made'), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .map((path) => [path, readFileSync(path, 'utf8')]),
      );
    await architect(['productionize', 'n.ipynb', '--static', '--out', 'made']);
    const first = read();
    await architect(['productionize', 'n.ipynb', '--static', '--out', 'made']);
    expect(read()).toEqual(first);
  });

  test('a module of the working tree is never asked of a package index', async () => {
    writeFileSync(join(folder, 'helpers.py'), 'def scale(x):\n    return x\n');
    writeFileSync(
      join(folder, 'n.ipynb'),
      notebook(['import helpers', ...MODEL.slice(0, 2), 'X = helpers.scale(X)', ...MODEL.slice(2)]),
    );
    await architect(['productionize', 'n.ipynb', '--static', '--out', 'made']);
    expect(readFileSync(join(folder, 'made/requirements.txt'), 'utf8')).not.toContain('helpers');
  });

  test('an unknown target is refused with the names', async () => {
    writeFileSync(join(folder, 'n.ipynb'), notebook(MODEL));
    const { code, stdout } = await architect(['productionize', 'n.ipynb', '--static', '--target', 'forest']);
    expect([code, stdout.includes('model')]).toEqual([4, true]);
  });

  test('help and version', async () => {
    expect((await architect(['--help'])).stdout).toContain('Exit codes');
    expect((await architect(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('with an engine', () => {
  const short = { seconds: 20, memory: 1024 };
  const prepare = (cells: string[], limits = short): string[] => {
    writeFileSync(join(folder, 'n.ipynb'), notebook(cells));
    writeFileSync(
      join(folder, '.architect.yaml'),
      `limits: {seconds: ${limits.seconds}, memory: ${limits.memory}}\n`,
    );
    return ['productionize', 'n.ipynb', '--json', '--out', 'made'];
  };
  const reasonOf = (stdout: string): unknown =>
    (JSON.parse(stdout) as { notRun: { layer: string } }).notRun.layer;
  /** The engine is shared with other tests: what was there before does not count. */
  const nothingNew = async (before: string[]): Promise<void> => {
    for (let wait = 0; wait < 100; wait += 1) {
      if ((await leftovers()).every((one) => before.includes(one))) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };

  engineTest('a small notebook is verified', async () => {
    const { code, stdout } = await architect(prepare(MODEL, { seconds: 120, memory: 2048 }));
    const result = JSON.parse(stdout) as Record<string, unknown>;
    expect(result).toMatchObject({ status: 'verified', parity: 'same', lint: { ruff: 0, types: 0 } });
    expect(code).toBe(0);
    expect(existsSync(join(folder, 'made/tests/reference.json'))).toBe(true);
  });

  engineTest.each([
    ['an endless loop', [...MODEL.slice(0, 2), 'while True:\n    pass', ...MODEL.slice(2)], 'time_out'],
    [
      '10 GB of memory',
      [...MODEL.slice(0, 2), 'hoard = np.ones((10, 134_217_728))', ...MODEL.slice(2)],
      'out_of_memory',
    ],
    [
      'a file that is not there',
      [
        "import numpy as np\nX = np.load('absent.npy')",
        MODEL[0] ?? '',
        'y = (X[:, 0] > 0).astype(int)',
        ...MODEL.slice(2),
      ],
      'missing_data',
    ],
    [
      'a module that no index has',
      [
        'import surely_no_such_module_xyz',
        ...MODEL.slice(0, 1),
        'X, y = surely_no_such_module_xyz.load()',
        ...MODEL.slice(2),
      ],
      'missing_module',
    ],
    [
      'a question to the user',
      [
        ...MODEL.slice(0, 1),
        "n = int(input('rows? '))",
        ...MODEL.slice(1, 2),
        'X, y = X[:n], y[:n]',
        ...MODEL.slice(2),
      ],
      'input',
    ],
  ])('%s gives a static package and the reason', async (_name, cells, layer) => {
    const before = await leftovers();
    // An endless loop uses all of its time; the others must not run out of it on a busy machine.
    const { code, stdout } = await architect(
      prepare(cells, { ...short, seconds: layer === 'time_out' ? 20 : 300 }),
    );
    expect([code, reasonOf(stdout)]).toEqual([3, layer]);
    expect(existsSync(join(folder, 'made/src/training/train.py'))).toBe(true);
    await nothingNew(before);
  });

  engineTest.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s leaves no container and no file behind', async (signal, expected) => {
    const cache = join(folder, 'cache');
    const before = await leftovers();
    let sent = false;
    const { code, stdout } = await architect(
      prepare([...MODEL, 'while True:\n    pass'], { seconds: 300, memory: 1024 }),
      {
        variables: {
          XDG_CACHE_HOME: cache,
          ARCHITECT_CACHE: join(
            process.env['XDG_CACHE_HOME'] ?? join(process.env['HOME'] ?? '', '.cache'),
            'architect',
          ),
        },
        watch: (stderr, kill) => {
          if (sent || !stderr.includes('running ')) return;
          sent = true;
          setTimeout(() => kill(signal), 2_000);
        },
      },
    );
    expect([code, stdout]).toEqual([expected, '']);
    expect(existsSync(join(folder, 'made'))).toBe(false);
    // Ctrl-C forgets the run; a run that the system stopped can go on.
    expect(
      existsSync(join(cache, 'architect/runs')) ? readdirSync(join(cache, 'architect/runs')).length : 0,
    ).toBe(signal === 'SIGINT' ? 0 : 1);
    await nothingNew(before);
    expect((await leftovers()).filter((one) => !before.includes(one))).toEqual([]);
  });

  engineTest('SIGINT during the proof leaves no container and no file behind', async () => {
    const before = await leftovers();
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    let sent = false;
    const { code, stdout } = await architect(prepare(MODEL, { seconds: 120, memory: 2048 }), {
      variables: { TMPDIR: temporary },
      watch: (stderr, kill) => {
        if (sent || !stderr.includes('running the kept statements alone')) return;
        sent = true;
        setTimeout(() => {
          // One Ctrl-C that comes twice: to the whole group, and from the process in front.
          kill('SIGINT');
          setTimeout(() => kill('SIGINT'), 50);
        }, 500);
      },
    });
    expect([sent, code, stdout]).toEqual([true, 130, '']);
    expect(existsSync(join(folder, 'made'))).toBe(false);
    expect(readdirSync(temporary)).toEqual([]);
    await nothingNew(before);
  });

  engineTest('a run that was killed goes on where it stopped', async () => {
    const args = prepare(MODEL, { seconds: 120, memory: 2048 });
    // Outside the working tree: a file that is new there makes it another run.
    const cache = mkdtempSync(join(tmpdir(), 'architect-cache-'));
    const variables = { XDG_CACHE_HOME: cache, ARCHITECT_CACHE: join(homedir(), '.cache/architect') };
    const killed = await architect(args, {
      variables,
      watch: (stderr, kill) => stderr.includes('Prove it') && kill('SIGKILL'),
    });
    expect(killed.code).toBeNull();
    const { code, stderr } = await architect(args, { variables });
    expect(code).toBe(0);
    expect(stderr).toContain('Run the notebook, watched (done before)');
    expect(readdirSync(join(cache, 'architect/runs'))).toEqual([]);
    rmSync(cache, { recursive: true });
  });
});
