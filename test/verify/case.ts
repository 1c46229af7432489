import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileTree } from '../../src/lib/file-tree.ts';
import type { Source } from '../../src/lib/source.ts';
import { loadPython } from '../../src/python/load-parser.ts';
import { readStatements } from '../../src/python/read-statements.ts';
import { checkoutWorkingTree } from '../../src/runs/working-tree.ts';
import type { AnalysedStatement, Extraction, Metric } from '../../src/steps/1-extract/extraction.ts';
import type { Boundary, MetricPlan, PackagePlan } from '../../src/steps/2-structure/plan.ts';
import type { WatchedStatement } from '../../src/verify/notebook-run.ts';

/** A notebook, one statement in each cell, with a package that was made from it by hand. */
export interface HandMade {
  /** `drop: ` before a statement leaves it out of the package; `prepare: ` does too, but the kept ones need it. */
  statements: string[];
  /** Body of `src/pipeline.py`. */
  stages: string;
  /** Body of `run`, after `from src import pipeline`. */
  run: string;
  /** Files of the package instead of these two. */
  package?: FileTree;
  /** Function (of `src.pipeline` where no module stands before it) and position in its result → statement and name. */
  boundaries: { key: string; statement: number; name: string; function: string; result: number | null }[];
  /** Key → statement, and the variable or the expression in it. */
  metrics: { key: string; statement: number; variable?: string; expression?: string }[];
  /** Statements that move a global generator. */
  random?: number[];
  seedBefore?: number[];
}

/** What the comparison is asked. */
export interface MadeCase {
  source: Source;
  plan: PackagePlan;
  extraction: Extraction;
  tree: FileTree;
  watched: WatchedStatement[];
  remove: () => void;
}

/** Writes the notebook and builds the facts that the steps would find. */
export async function handMade(given: HandMade): Promise<MadeCase> {
  await loadPython();
  const folder = mkdtempSync(join(tmpdir(), 'architect-verify-'));
  const texts = given.statements.map((text) => text.replace(/^(drop|prepare): /, ''));
  const cells = texts.map((source) => ({
    cell_type: 'code',
    source,
    metadata: {},
    outputs: [],
    execution_count: null,
  }));
  const notebook = join(folder, 'small.ipynb');
  writeFileSync(notebook, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
  const { statements } = readStatements(texts.map((code, index) => ({ index, code })));
  const analysed = statements.map((statement, index): AnalysedStatement => ({
    ...statement,
    stage: 'data',
    kept: !/^(drop|prepare): /.test(given.statements[index] ?? ''),
    ...(given.statements[index]?.startsWith('prepare: ') === true ? { auxiliary: true as const } : {}),
    reason: 'as the case says',
    reaches: {},
    mutates: [],
    random: given.random?.includes(index) === true ? ['numpy'] : [],
    values: {},
  }));
  const tree: FileTree = {
    'src/__init__.py': '',
    'src/config.py': 'def load_config(overrides=()):\n    return None\n',
    'src/pipeline.py': `import numpy as np\n\n\n${given.stages}\n`,
    'src/training/__init__.py': '',
    'src/training/train.py': `from dataclasses import dataclass\n\nfrom src import pipeline\n\n\n@dataclass\nclass Result:\n    metrics: dict\n\n\ndef run(config):\n${indent(given.run)}\n`,
    ...given.package,
  };
  return {
    source: checkoutWorkingTree(notebook),
    plan: planOf(given),
    extraction: extractionOf(given, analysed),
    tree,
    watched: analysed.map((statement) => ({
      id: statement.id,
      cell: statement.cell,
      line: statement.line,
      code: statement.text,
      watch: statement.defines,
      mayMutate: [],
      expressions: [],
      isCellEnd: true,
    })),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

function planOf(given: HandMade): PackagePlan {
  const boundaries = given.boundaries.map((boundary): Boundary => ({
    ...boundary,
    function: boundary.function.includes(':') ? boundary.function : `src.pipeline:${boundary.function}`,
    occurrence: 0,
  }));
  const metrics = given.metrics.map((metric): MetricPlan => ({
    key: metric.key,
    cell: metric.statement,
    stage: 'evaluation',
    statement: metric.statement,
    variable: metric.variable ?? null,
    unitInterval: false,
    better: 'unknown',
  }));
  return {
    name: 'small',
    notebook: { path: 'small.ipynb', file: 'small.ipynb', sha256: '' },
    root: '../..',
    seed: { value: 7, cells: [], added: false, torch: false },
    requirements: ['numpy'],
    config: [],
    functions: [],
    data: [],
    result: [],
    fitted: [],
    target: null,
    metrics,
    inputs: [],
    artifacts: [],
    boundaries,
    seedBefore: given.seedBefore ?? [],
    serving: { kind: 'model_input', reason: 'hand-made' },
    entryPoints: [{ name: 'train', module: 'src.training.train', keys: [] }],
  };
}

function extractionOf(given: HandMade, statements: AnalysedStatement[]): Extraction {
  const metrics = given.metrics.map((metric): Metric => {
    const text = statements[metric.statement]?.text ?? '';
    const start = metric.expression === undefined ? -1 : text.indexOf(metric.expression);
    const span = metric.expression === undefined ? null : { start, end: start + metric.expression.length };
    return {
      key: metric.key,
      statement: metric.statement,
      cell: metric.statement,
      line: 1,
      variable: metric.variable ?? null,
      span,
      function: null,
      text: metric.expression ?? metric.variable ?? '',
      kind: 'held_out',
    };
  });
  return {
    notebook: { path: 'small.ipynb', sha256: '', title: null },
    observed: 'complete',
    statements,
    cells: [],
    target: null,
    candidates: [],
    metrics,
    inputs: [],
    outputs: [],
    hyperparameters: [],
    findings: [],
    diagnostics: [],
    seed: { value: 7, cells: [], added: false },
    distributions: { notebook: ['numpy'], kept: ['numpy'] },
    localModules: [],
  };
}
