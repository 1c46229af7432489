import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { FileTree } from '../../src/lib/file-tree.ts';
import { readCase } from '../golden.ts';
import type { HandMade } from './case.ts';

/** What the comparison must say of a package: a verdict, or that it is different, and where first. */
type Expected = { verdict: 'same' | 'close' | 'not-run' } | { first: string; at: string };
const Change = { replace: z.string().optional(), by: z.string().optional() };
const Settings = z.strictObject({
  /** The model that the package is about. */
  target: z.string().optional(),
  packages: z.record(
    z.string(),
    z.union([
      z.strictObject({ verdict: z.enum(['same', 'close', 'not-run']), ...Change }),
      z.strictObject({ first: z.string(), at: z.string(), ...Change }),
    ]),
  ),
});

/** One notebook, with packages of which it is known whether they are right. */
export interface PairedNotebook {
  name: string;
  description: string;
  /** Cells of one statement each, with marks in a first line `#: …`. */
  cells: { text: string; marks: string[] }[];
  target: string | undefined;
  packages: { name: string; text: string; expected: Expected }[];
}

/** One notebook beside one package. */
export interface Pair {
  /** Prefix of its boundaries and metrics in the batch. */
  id: string;
  target: string | undefined;
  expected: Expected;
}

/** Reads `fixtures/parity`. */
export function readPairs(folder: string): PairedNotebook[] {
  return readdirSync(folder)
    .sort()
    .map((name) => readPairedNotebook(join(folder, name)));
}

function readPairedNotebook(folder: string): PairedNotebook {
  const { name, description, settings } = readCase(folder);
  const { target, packages } = Settings.parse(settings);
  const right = readFileSync(join(folder, 'package.py'), 'utf8');
  return {
    name,
    description,
    target,
    cells: readFileSync(join(folder, 'notebook.py'), 'utf8')
      .trimEnd()
      .split('\n\n')
      .map((cell) => {
        const [, marks, text] = /^(?:#: (.*)\n)?([^]*)$/.exec(cell) ?? [];
        return { text: text ?? '', marks: marks === undefined ? [] : marks.split(', ') };
      }),
    packages: Object.entries(packages).map(([key, { replace, by, ...expected }]) => ({
      name: key,
      text: replace === undefined ? right : changed(right, replace, by ?? '', `${name}: ${key}`),
      expected,
    })),
  };
}

function changed(text: string, from: string, to: string, where: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`${where}: ${JSON.stringify(from)} must stand once in package.py`);
  return parts.join(to);
}

/** Several notebooks as one, and all their packages as modules of one, so that one run of each decides about all pairs. */
export function batch(notebooks: readonly PairedNotebook[]): { made: HandMade; pairs: Pair[] } {
  const made: HandMade = {
    statements: [],
    stages: '',
    run: 'pass',
    package: {},
    boundaries: [],
    metrics: [],
    random: [],
    seedBefore: [],
  };
  const modules: string[] = [];
  const pairs: Pair[] = [];
  for (const notebook of notebooks) {
    const start = made.statements.length;
    made.statements.push(
      ...notebook.cells.map(({ text, marks }) => (marks.includes('dropped') ? `drop: ${text}` : text)),
    );
    notebook.cells.forEach(({ marks }, index) => {
      if (marks.includes('draws')) made.random?.push(start + index);
      if (marks.includes('seeded')) made.seedBefore?.push(start + index);
    });
    for (const one of notebook.packages) {
      const id = `${notebook.name}/${one.name}`;
      const module = id.replaceAll(/\W/g, '_');
      modules.push(`    "${id}": ${module},`);
      Object.assign(made.package ?? {}, { [`src/${module}.py`]: one.text });
      addSubjects(made, notebook, { id, module, start });
      pairs.push({ id, target: notebook.target, expected: one.expected });
    }
  }
  Object.assign(made.package ?? {}, runAll(modules));
  return { made, pairs };
}

function addSubjects(
  made: HandMade,
  notebook: PairedNotebook,
  { id, module, start }: { id: string; module: string; start: number },
): void {
  const all = notebook.cells.flatMap(({ marks }, index) =>
    marks.map((mark) => ({ mark, statement: start + index })),
  );
  const calls = all.filter(({ mark }) => mark.includes('.'));
  for (const { mark, statement } of calls) {
    const [called = '', name = ''] = mark.split('.');
    const results = calls.filter((call) => call.mark.startsWith(`${called}.`)).map((call) => call.mark);
    made.boundaries.push({
      key: `${id}:${mark}`,
      statement,
      name,
      function: `src.${module}:${called}`,
      result: results.length === 1 ? null : results.indexOf(mark),
    });
  }
  for (const { mark, statement } of all) {
    if (/^(dropped|draws|seeded)$/.test(mark) || mark.includes('.')) continue;
    made.metrics.push({ key: `${id}:${mark}`, statement, variable: mark });
  }
}

function runAll(modules: readonly string[]): FileTree {
  const names = modules.map((line) => line.replace(/.*: (\w+),$/, '$1'));
  return {
    'src/training/train.py': [
      `from src import (\n${names.map((name) => `    ${name},`).join('\n')}\n)`,
      `MODULES = {\n${modules.join('\n')}\n}`,
      'class Result:\n    def __init__(self, metrics):\n        self.metrics = metrics',
      'def run(config):\n    return Result(\n        {f"{key}:{name}": value for key, module in MODULES.items() for name, value in module.run().items()}\n    )\n',
    ].join('\n\n\n'),
  };
}
