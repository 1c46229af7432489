import { readNotebook } from '../../src/notebook/read-notebook.ts';
import { loadPython } from '../../src/python/load-parser.ts';
import { analyse } from '../../src/steps/1-extract/extract.ts';
import type { Extraction } from '../../src/steps/1-extract/extraction.ts';
import type { Layout } from '../../src/steps/2-structure/layout.ts';
import type { PackagePlan } from '../../src/steps/2-structure/plan.ts';
import { structure } from '../../src/steps/2-structure/structure.ts';
import { harden } from '../../src/steps/3-harden/harden.ts';

export interface Compiled {
  extraction: Extraction;
  layout: Layout;
  plan: PackagePlan;
  tree: Record<string, string>;
}

/** Compiles a notebook, given as the code of its cells, without running it. */
export async function compileCells(cells: string[], files: string[] = []): Promise<Compiled> {
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
  const nothing = { state: 'none', versions: {}, statements: [], seconds: 0 } as const;
  const extraction = analyse(
    read.notebook,
    files.map((path) => ({ path })),
    { ...nothing, statements: [] },
    {},
  );
  const layout = structure(extraction);
  const { tree, plan } = harden(extraction, layout, { name: 'demo', root: '.' });
  return { extraction, layout, plan, tree };
}
