/**
 * How long each step takes as notebooks grow: generated notebooks, no container, no disk. Processor time, because a machine
 * that does other work too would show in any other.
 */
import { parseArgs } from 'node:util';
import { readNotebook } from '../src/notebook/read-notebook.ts';
import type { Observation } from '../src/notebook/observation.ts';
import { loadPython } from '../src/python/load-parser.ts';
import { analyse, watchPlan } from '../src/steps/1-extract/extract.ts';
import { structure } from '../src/steps/2-structure/structure.ts';
import { harden } from '../src/steps/3-harden/harden.ts';
import { writeTests } from '../src/steps/4-test/write-tests.ts';

const SIZES = [50, 200, 800, 3200];
/** A step whose time grows faster than this power of the number of statements is named. */
const LINEAR = 1.25;
/** Shorter times are measured again, in milliseconds: the clock and the compiler of the engine say more than the step. */
const SHORT = 200;
/** Longer ones are not. */
const LONG = 3000;
const STEPS = ['read', 'analyse', 'structure', 'harden', 'test'] as const;
type StepName = (typeof STEPS)[number];

interface Measurement {
  statements: number;
  milliseconds: Record<StepName, number>;
}

/**
 * A notebook of about so many statements: mostly columns of one table made from others, with what people do in between:
 * a function, a loop, a look, a plot; at its end a split, a model and its metrics.
 */
export function generateNotebook(statements: number): string {
  const cells = [
    'import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt',
    'from sklearn.ensemble import RandomForestRegressor\nfrom sklearn.metrics import r2_score\nfrom sklearn.model_selection import train_test_split',
    "df = pd.read_csv('data.csv')",
  ];
  const last = [
    "y = df['target']\nX = df.drop(columns=['target'])\nX_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=1)",
    'model = RandomForestRegressor(n_estimators=50, max_depth=6, random_state=1)\nmodel.fit(X_train, y_train)',
    "score = r2_score(y_test, model.predict(X_test))\nprint('r2', score)",
  ];
  for (let made = 15, cell = 0; made < statements; cell += 1) {
    const [text, count] = middleCell(cell);
    cells.push(text);
    made += count;
  }
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [...cells, ...last].map((source) => ({
      cell_type: 'code',
      source,
      metadata: {},
      outputs: [],
      execution_count: null,
    })),
  });
}

function middleCell(cell: number): [text: string, statements: number] {
  const from = (back: number): string => (cell > back ? `f${cell - back}` : 'a');
  switch (cell % 8) {
    case 0:
      return [`df['f${cell}'] = df['a'] * ${cell + 2}\ndf['f${cell}'] = df['f${cell}'].fillna(0)`, 2];
    case 1:
      return [`def scale_${cell}(x):\n    return x / ${cell}\ndf['f${cell}'] = scale_${cell}(df['a'])`, 2];
    case 2:
      return [`plt.hist(df['${from(2)}'])\nplt.title('f${cell}')\nplt.show()`, 3];
    case 3:
      return [`mean_${cell} = df['a'].mean()\ndf['f${cell}'] = df['a'] - mean_${cell}`, 2];
    case 4:
      return [`df.head()\nprint('rows', len(df), df['a'].min())`, 2];
    case 5:
      return [`total_${cell} = 0\nfor i in range(5):\n    total_${cell} += df['a'].iloc[i]`, 2];
    case 6:
      return [`df['f${cell}'] = np.where(df['a'] > ${cell}, 1, 0)`, 1];
    default:
      return [`tmp = df[df['a'] > ${cell}]\ntmp = tmp.reset_index(drop=True)\ntmp.describe()`, 3];
  }
}

const NOT_RUN: Observation = { state: 'none', versions: {}, statements: [], seconds: 0 };

function measure(size: number): Measurement {
  const text = generateNotebook(size);
  const milliseconds = {} as Record<StepName, number>;
  const timed = <T>(name: StepName, work: () => T): T => {
    let best = Infinity;
    let total = 0;
    let rounds = 0;
    let result: T;
    do {
      const start = process.cpuUsage();
      result = work();
      const { user, system } = process.cpuUsage(start);
      best = Math.min(best, (user + system) / 1000);
      total += (user + system) / 1000;
      rounds += 1;
    } while (total < SHORT || (rounds < 3 && total < LONG));
    milliseconds[name] = best;
    return result;
  };
  const notebook = timed('read', () => {
    const reading = readNotebook(text, 'bench.ipynb', '');
    if ('refused' in reading) throw new Error(reading.refused.message);
    return reading.notebook;
  });
  const extraction = timed('analyse', () => analyse(notebook, [{ path: 'data.csv' }], NOT_RUN, {}));
  const layout = timed('structure', () => structure(extraction));
  const { plan } = timed('harden', () => harden(extraction, layout, { name: 'bench', root: '.' }));
  timed('test', () => writeTests(plan));
  return { statements: watchPlan(notebook).length, milliseconds };
}

/** The power of the number of statements that the time grows with: from the two largest sizes, where it shows. */
function exponent(runs: readonly Measurement[], step: StepName): number {
  const [small, large] = runs.slice(-2);
  if (small === undefined || large === undefined) return 1;
  const times = Math.log(large.milliseconds[step] / small.milliseconds[step]);
  return times / Math.log(large.statements / small.statements);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, sizes: { type: 'string' } },
});
const sizes = values.sizes?.split(',').map(Number) ?? SIZES;
await loadPython();
// The first call of everything loads and compiles it: that is no property of a notebook.
measure(sizes[0] ?? 50);
const runs = sizes.map((size) => {
  const run = measure(size);
  if (!values.json) process.stderr.write(`measured ${run.statements} statements\n`);
  return run;
});
const steps = STEPS.map((step) => ({
  step,
  milliseconds: runs.map((run) => rounded(run.milliseconds[step], 2)),
  perStatement: runs.map((run) => rounded(run.milliseconds[step] / run.statements, 4)),
  exponent: rounded(exponent(runs, step), 2),
}));
const superlinear = steps.filter((one) => one.exponent > LINEAR).map(({ step }) => step);

if (values.json) {
  const statements = runs.map((run) => run.statements);
  process.stdout.write(`${JSON.stringify({ statements, steps, superlinear })}\n`);
} else {
  const row = (cells: (string | number)[]): string =>
    cells.map((cell, index) => (index === 0 ? String(cell).padEnd(12) : String(cell).padStart(12))).join('');
  const lines = [
    row(['statements', ...runs.map((run) => run.statements), 'exponent']),
    ...steps.map((one) =>
      row([one.step, ...one.perStatement.map((value) => value.toFixed(3)), one.exponent.toFixed(2)]),
    ),
    '',
    'Milliseconds of processor time for each statement; it grows with the number of statements to the power of the exponent,',
    'between the two largest notebooks.',
    superlinear.length === 0
      ? 'No step grows faster than its notebook.'
      : `Faster than the notebook grow: ${superlinear.join(', ')}.`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
