import { beforeAll, describe, expect } from '@jest/globals';
import type { Bench } from '../../src/verify/bench.ts';
import { runNotebook } from '../../src/verify/notebook-run.ts';
import { compareRuns, type Parity } from '../../src/verify/parity.ts';
import { engineTest, testSandbox } from '../sandbox/engine.ts';
import { type HandMade, handMade } from './case.ts';

/** Loads, scales, fits a line by least squares, and measures; with one statement that the package does not need. */
const RIGHT: HandMade = {
  statements: [
    'import numpy as np',
    'data = np.arange(40, dtype=float).reshape(10, 4) ** 1.5',
    'drop: print(data.mean())',
    'data = data - data.mean(axis=0)',
    'x, y = data[:, :3], data[:, 3]',
    'weights = np.linalg.lstsq(x, y, rcond=None)[0]',
    'error = float(np.abs(x @ weights - y).max())',
    "print(f'spread: {np.std(y):.3f}')",
  ],
  stages: `def load():
    return np.arange(40, dtype=float).reshape(10, 4) ** 1.5


def scale(data):
    return data - data.mean(axis=0)


def split(data):
    return data[:, :3], data[:, 3]


def fit(x, y):
    return np.linalg.lstsq(x, y, rcond=None)[0]`,
  run: `data = pipeline.scale(pipeline.load())
x, y = pipeline.split(data)
weights = pipeline.fit(x, y)
return Result({"error": float(abs(x @ weights - y).max()), "spread": float(y.std())})`,
  boundaries: [
    { key: 'load.data', statement: 1, name: 'data', function: 'load', result: null },
    { key: 'scale.data', statement: 3, name: 'data', function: 'scale', result: null },
    { key: 'split.x', statement: 4, name: 'x', function: 'split', result: 0 },
    { key: 'split.y', statement: 4, name: 'y', function: 'split', result: 1 },
    { key: 'fit.weights', statement: 5, name: 'weights', function: 'fit', result: null },
  ],
  metrics: [
    { key: 'error', statement: 6, variable: 'error' },
    { key: 'spread', statement: 7, expression: 'np.std(y)' },
  ],
};

/** A notebook that draws from numpy's global generator, and is seeded by the package only. */
const DRAWING: HandMade = {
  statements: [
    'import numpy as np',
    'drop: sample = np.random.rand(3)',
    'order = np.random.permutation(20)',
    'score = float(order[:5].mean())',
  ],
  stages: `def shuffle():
    np.random.seed(7)
    return np.random.permutation(20)`,
  run: `order = pipeline.shuffle()
return Result({"score": float(order[:5].mean())})`,
  boundaries: [{ key: 'shuffle.order', statement: 2, name: 'order', function: 'shuffle', result: null }],
  metrics: [{ key: 'score', statement: 3, variable: 'score' }],
  random: [2],
  seedBefore: [2],
};

describe('the two comparisons of the proof', () => {
  const { sandbox } = testSandbox();
  let environment = '';

  beforeAll(async () => {
    if ((await sandbox.status()).kind === 'absent') return;
    const installed = await sandbox.install({ requirements: ['numpy'] });
    if (installed.kind === 'failed') throw new Error(installed.reason);
    environment = installed.environment;
  });

  async function prove(given: HandMade, said: string[] = []): Promise<Parity> {
    const made = await handMade(given);
    try {
      const limits = { seconds: 60, memory: 512 };
      const bench: Bench = {
        sandbox,
        environment,
        source: made.source,
        limits,
        say: (text) => said.push(text),
      };
      const libraries = ['random', 'numpy'];
      const { observation } = await runNotebook(bench, {
        name: 'observe',
        statements: made.watched,
        libraries,
      });
      const { plan, extraction, tree } = made;
      return await compareRuns(bench, { plan, extraction, tree, observation });
    } finally {
      made.remove();
    }
  }
  const verdicts = (parity: Parity): Record<string, string> =>
    Object.fromEntries(Object.entries(parity.findings).map(([id, { verdict }]) => [id, verdict]));
  const statementsWith = (changes: Record<number, string>): string[] =>
    RIGHT.statements.map((text, index) => changes[index] ?? text);

  engineTest('a right package is the same at every boundary and metric', async () => {
    const parity = await prove(RIGHT);
    expect(parity).toMatchObject({ parity: 'same', notes: [] });
    expect(Object.values(verdicts(parity))).toEqual(Array<string>(7).fill('same'));
  });

  engineTest('values that differ in their last digits are close', async () => {
    const run = RIGHT.run.replace('weights = pipeline.fit(x, y)', 'weights = pipeline.fit(x, y)');
    const stages = RIGHT.stages.replace(
      'data - data.mean(axis=0)',
      '(data - data.mean(axis=0)) * (1 + 1e-12)',
    );
    const parity = await prove({ ...RIGHT, run, stages });
    expect(parity.parity).toBe('close');
    expect(verdicts(parity)).toMatchObject({ 'boundary:load.data': 'same', 'boundary:scale.data': 'close' });
  });

  engineTest('a package with another value is different, at the first boundary and element', async () => {
    const stages = RIGHT.stages.replace('data.mean(axis=0)', 'data.mean(axis=0) * (np.arange(4) < 3)');
    const parity = await prove({ ...RIGHT, stages });
    expect(parity.parity).toBe('different');
    const first = parity.subjects.find(
      ({ key, kind }) => parity.findings[`${kind}:${key}`]?.verdict === 'different',
    );
    expect(first?.key).toBe('scale.data');
    expect(parity.findings['boundary:scale.data']?.path).toMatch(/0.*3/);
    expect(verdicts(parity)['boundary:split.x']).toBe('same');
  });

  engineTest('a package that returns its values in another order is different', async () => {
    const parity = await prove({
      ...RIGHT,
      stages: RIGHT.stages.replace('data[:, :3], data[:, 3]', 'data[::-1, :3], data[::-1, 3]'),
    });
    expect(parity.parity).toBe('different');
  });

  engineTest('a package with another metric only is different', async () => {
    const parity = await prove({ ...RIGHT, run: RIGHT.run.replace('y.std()', 'y.std(ddof=1)') });
    expect(parity.parity).toBe('different');
    expect(verdicts(parity)).toMatchObject({ 'metric:error': 'same', 'metric:spread': 'different' });
  });

  engineTest('a boundary that the package never comes to is different, not skipped', async () => {
    const run = RIGHT.run.replace(
      'weights = pipeline.fit(x, y)',
      'import numpy as np\nweights = np.linalg.lstsq(x, y, rcond=None)[0]',
    );
    const parity = await prove({ ...RIGHT, run });
    expect(parity.parity).toBe('different');
    expect(parity.findings['boundary:fit.weights']).toMatchObject({
      verdict: 'different',
      candidate: 'missing',
    });
  });

  engineTest('a metric that the package does not give is different', async () => {
    const parity = await prove({ ...RIGHT, run: RIGHT.run.replace(', "spread": float(y.std())', '') });
    expect(parity.parity).toBe('different');
  });

  engineTest('a package that stops is different, and says where', async () => {
    const parity = await prove({
      ...RIGHT,
      stages: RIGHT.stages.replace('return data[:, :3]', 'return data[:, "3"]'),
    });
    expect(parity.parity).toBe('different');
    expect(parity.findings['boundary:split.x']?.candidate).toMatch(/IndexError.*src\/pipeline\.py:\d+/);
  });

  engineTest('a statement that was wrongly dropped on both sides is different', async () => {
    // Neither the kept statements nor the package centre the data: only the whole notebook knows.
    const statements = statementsWith({ 3: 'drop: data -= data.mean(axis=0)' });
    const boundaries = RIGHT.boundaries.filter(({ key }) => key !== 'scale.data');
    const run = RIGHT.run.replace('pipeline.scale(pipeline.load())', 'pipeline.load()');
    const parity = await prove({ ...RIGHT, statements, boundaries, run });
    expect(parity.parity).toBe('different');
    expect(verdicts(parity)).toMatchObject({ 'boundary:load.data': 'same', 'boundary:split.x': 'different' });
    expect(parity.findings['boundary:split.x']).toMatchObject({ dropped: true, candidate: '0.0' });
  });

  engineTest('a dropped statement that the kept ones need is different', async () => {
    const statements = statementsWith({
      3: 'drop: centre = data.mean(axis=0)',
      4: 'x, y = (data - centre)[:, :3], (data - centre)[:, 3]',
    });
    const boundaries = RIGHT.boundaries.filter(({ key }) => key !== 'scale.data');
    const parity = await prove({ ...RIGHT, statements, boundaries });
    expect(parity.parity).toBe('different');
    expect(parity.notes.join(' ')).toMatch(/NameError.*centre.*dropped/);
  });

  engineTest('what only prepares the run is run, although the package has none of it', async () => {
    const parity = await prove({
      statements: [
        'import os',
        "prepare: os.makedirs('made/below')",
        "prepare: os.chdir('made')",
        'found = float(len(os.listdir())) + 0.5',
      ],
      stages: 'def find():\n    return 1.5',
      run: 'found = pipeline.find()\nreturn Result({"found": found})',
      boundaries: [{ key: 'find.found', statement: 3, name: 'found', function: 'find', result: null }],
      metrics: [{ key: 'found', statement: 3, variable: 'found' }],
    });
    expect(verdicts(parity)).toEqual({ 'boundary:find.found': 'same', 'metric:found': 'same' });
  });

  engineTest('a notebook that draws is compared with the seeds of the package', async () => {
    const parity = await prove(DRAWING);
    expect(parity.parity).toBe('same');
    expect(parity.notes.join(' ')).toContain('seed lines');
  });

  engineTest('a package that seeds at another place is different', async () => {
    const stages = DRAWING.stages.replace('np.random.seed(7)', 'np.random.seed(7)\n    np.random.rand(3)');
    expect((await prove({ ...DRAWING, stages })).parity).toBe('different');
  });

  engineTest('a dropped draw between two kept ones of one seed is different', async () => {
    const given: HandMade = {
      ...DRAWING,
      statements: [
        'import numpy as np',
        'order = np.random.permutation(20)',
        'drop: np.random.rand(3)',
        'late = np.random.permutation(20)',
        'score = float((order - late)[:5].mean())',
      ],
      stages: `${DRAWING.stages}\n\n\ndef again():\n    return np.random.permutation(20)`,
      run: 'order = pipeline.shuffle()\nlate = pipeline.again()\nreturn Result({"score": float((order - late)[:5].mean())})',
      boundaries: [
        { key: 'shuffle.order', statement: 1, name: 'order', function: 'shuffle', result: null },
        { key: 'again.late', statement: 3, name: 'late', function: 'again', result: null },
      ],
      metrics: [{ key: 'score', statement: 4, variable: 'score' }],
      random: [1, 3],
      seedBefore: [1],
    };
    const parity = await prove(given);
    expect(parity.parity).toBe('different');
    expect(verdicts(parity)).toMatchObject({
      'boundary:shuffle.order': 'same',
      'boundary:again.late': 'different',
    });
  });

  engineTest('values that change from run to run are not compared, and nobody is blamed', async () => {
    const given: HandMade = {
      ...RIGHT,
      statements: [...RIGHT.statements, 'import os', 'token = int.from_bytes(os.urandom(4))'],
      stages: `${RIGHT.stages}\n\n\ndef draw():\n    import os\n    return int.from_bytes(os.urandom(4))`,
      run: RIGHT.run.replace('return', 'pipeline.draw()\nreturn'),
      boundaries: [
        ...RIGHT.boundaries,
        { key: 'draw.token', statement: 9, name: 'token', function: 'draw', result: null },
      ],
    };
    const parity = await prove(given);
    expect(parity.parity).toBe('same');
    expect(verdicts(parity)['boundary:draw.token']).toBe('not-run');
    expect(parity.notes.join(' ')).toMatch(/Not reproducible.*draw\.token/);
  });

  engineTest(
    'a package that is right only in the run that is looked at closely is not called right',
    async () => {
      const stages = RIGHT.stages.replace(
        'return np.linalg',
        "import json\n    dumped = json.load(open('/work/job.json'))['dump'] != {}\n    return (0 if dumped else 1e-3) + np.linalg",
      );
      // The metrics do not hang on it.
      const run = RIGHT.run.replace('x @ weights', 'x @ np.linalg.lstsq(x, y, rcond=None)[0]');
      const parity = await prove({ ...RIGHT, stages, run: `import numpy as np\n${run}` });
      expect(parity).toMatchObject({ parity: 'not-run', notRun: { layer: 'not_comparable' } });
      expect(verdicts(parity)['boundary:fit.weights']).toBe('not-run');
      expect(parity.notes.join(' ')).toMatch(/two equal runs of the package differ.*fit\.weights/);
    },
  );

  engineTest('when no metric can be compared, nothing is proved', async () => {
    const given: HandMade = {
      ...RIGHT,
      statements: [
        ...RIGHT.statements.slice(0, 6),
        'import os',
        'luck = float(int.from_bytes(os.urandom(4)))',
      ],
      run: `${RIGHT.run.split('\n').slice(0, 3).join('\n')}\nimport os\nreturn Result({"luck": float(int.from_bytes(os.urandom(4)))})`,
      metrics: [{ key: 'luck', statement: 7, variable: 'luck' }],
    };
    const parity = await prove(given);
    expect(parity).toMatchObject({ parity: 'not-run', notRun: { layer: 'not_comparable' } });
  });

  engineTest(
    'a notebook that stops before the last kept statement proves nothing, and says why',
    async () => {
      const parity = await prove({
        ...RIGHT,
        statements: statementsWith({ 1: "data = np.load('absent.npy')" }),
      });
      expect(parity).toMatchObject({ parity: 'not-run', notRun: { layer: 'missing_data' } });
      expect(parity.notRun?.message).toMatch(/cell 1, line 1: FileNotFoundError: .*absent\.npy/);
    },
  );

  engineTest('a dropped cell that fails does not stand in the way', async () => {
    const parity = await prove({ ...RIGHT, statements: statementsWith({ 2: 'drop: undefined_name' }) });
    expect(parity.parity).toBe('same');
  });
});
