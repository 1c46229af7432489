import { readNotebook } from '../../src/notebook/read-notebook.ts';
import { loadPython } from '../../src/python/load-parser.ts';
import type { StatementRecord, ValueFacts } from '../../src/notebook/observation.ts';
import { analyse, watchPlan } from '../../src/steps/1-extract/extract.ts';
import type { Extraction } from '../../src/steps/1-extract/extraction.ts';
import type { Layout } from '../../src/steps/2-structure/layout.ts';
import type { PackagePlan } from '../../src/steps/2-structure/plan.ts';
import { structure } from '../../src/steps/2-structure/structure.ts';
import { harden } from '../../src/steps/3-harden/harden.ts';

const RAN: Omit<StatementRecord, 'id' | 'values'> = {
  outcome: 'ran',
  seconds: 0,
  mutated: [],
  random: [],
  expressions: {},
  reads: [],
  writes: [],
  stdout: '',
};

export interface Compiled {
  extraction: Extraction;
  layout: Layout;
  plan: PackagePlan;
  tree: Record<string, string>;
}

/**
 * Compiles a notebook, given as the code of its cells, without running it.
 *
 * @param seen - What a run would have shown of each name, wherever it is bound.
 */
export async function compileCells(
  cells: string[],
  files: string[] = [],
  seen: Record<string, ValueFacts> = {},
): Promise<Compiled> {
  await loadPython();
  const text = JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'python3', language: 'python', display_name: 'Python 3' } },
    cells: cells.map((source, index) => ({
      cell_type: 'code',
      id: `c${index}`,
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
  });
  const read = readNotebook(text, 'notebook.ipynb', 'a'.repeat(64));
  if ('refused' in read) throw new Error(JSON.stringify(read));
  const ran = Object.keys(seen).length > 0;
  const statements = ran ? watchPlan(read.notebook).map(({ id }) => ({ ...RAN, id, values: seen })) : [];
  const extraction = analyse(
    read.notebook,
    files.map((path) => ({ path })),
    { state: ran ? 'complete' : 'none', versions: {}, statements, seconds: 0 },
    {},
  );
  const layout = structure(extraction);
  const { tree, plan } = harden(extraction, layout, { name: 'demo', root: '.' });
  return { extraction, layout, plan, tree };
}
