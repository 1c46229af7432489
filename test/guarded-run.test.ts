import { beforeAll, describe, expect, test } from '@jest/globals';
import { outcomeJson, refusal } from '../src/config/output.ts';
import { guardrailPolicy, readRepositoryConfig } from '../src/config/repository-config.ts';
import type { FileTree } from '../src/lib/file-tree.ts';
import { sha256 } from '../src/lib/text.ts';
import { readNotebook } from '../src/notebook/read-notebook.ts';
import { type Outcome, productionize } from '../src/pipeline.ts';
import { loadPython } from '../src/python/load-parser.ts';
import { visibleSource } from '../src/python/visible-source.ts';
import { directStep } from '../src/runs/step.ts';

beforeAll(loadPython);

const CELLS = [
  'import numpy as np\nfrom sklearn.linear_model import LogisticRegression\nfrom sklearn.model_selection import train_test_split',
  'def load(user):\n    rng = np.random.RandomState(len(user))\n    return rng.normal(size=(120, 3))\nX = load("ann")\ny = (X[:, 0] > 0).astype(int)',
  'X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1)',
  'model = LogisticRegression(C=0.5)\nmodel.fit(X_train, y_train)',
  'accuracy = model.score(X_test, y_test)\nprint(accuracy)',
];

const notebook = (cells: string[]): string =>
  JSON.stringify({
    ...{ nbformat: 4, nbformat_minor: 5, metadata: {} },
    cells: cells.map((source) => ({ cell_type: 'code', source, metadata: {}, outputs: [] })),
  });

/** A run without an engine; `published` stays undefined where nothing may be written. */
async function run(
  cells: string[],
  files: Record<string, string> = {},
): Promise<{ outcome: Outcome; published: FileTree | undefined }> {
  const { config, diagnostics } = readRepositoryConfig(files);
  let published: FileTree | undefined;
  const text = notebook(cells);
  const source = { root: '/repository', path: 'n.ipynb', text, files: [], notes: [] };
  const repo = {
    checkout: async () => source,
    root: '../..',
    folder: 'productionized/n',
    publish: async (tree: FileTree) => {
      published = tree;
      return 'productionized/n';
    },
  };
  const guard = { policy: guardrailPolicy(config), folder: repo.folder, entries: {}, ours: [] };
  const request = { target: null, limits: config.limits, guard, diagnostics };
  const outcome = await productionize(request, { repo, sandbox: null, say: () => undefined }, directStep);
  return { outcome, published };
}

const protecting = (pattern: string): Record<string, string> => ({
  '.architect.yaml': `guardrails: {protected_files: ["${pattern}"]}\n`,
});

describe('a run under guardrails', () => {
  test.each([
    ['harden', '**/loader.py'],
    ['test', 'conftest.py'],
    ['pipeline-config', 'Makefile'],
    ['verify', 'reference.json'],
    ['report', 'REPORT.md'],
  ])('ends where what %s writes is protected', async (_step, pattern) => {
    const { outcome, published } = await run(CELLS, protecting(pattern));
    expect(published).toBeUndefined();
    expect(outcome.kind).toBe('refused');
    expect(outcome.diagnostics).toMatchObject([{ code: 'guardrail_protected_file', severity: 'refused' }]);
    expect(refusal(outcome.diagnostics, 'n.ipynb')).toContain(`is protected by the pattern \`${pattern}\``);
  });

  test('names the cell of a secret that would go into the package, and does not repeat it', async () => {
    const cells = CELLS.map((cell) =>
      cell.replace('load(user)', 'load(password)').replace('load("ann")', 'load(password="hunter2secret")'),
    );
    const { outcome, published } = await run(cells);
    expect(published).toBeUndefined();
    expect(outcome.diagnostics).toMatchObject([{ code: 'guardrail_secret', severity: 'refused', cell: 1 }]);
    expect(outcome.diagnostics[0]?.message).toMatch(
      /^productionized\/n\/src\/data\/loader\.py:\d+ \(from cell 1\): /,
    );
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });

  test('a secret in a cell that is dropped goes nowhere, and ends nothing', async () => {
    const { published } = await run([...CELLS, 'api_key = "k3y-of-the-team"\nprint(len(api_key))']);
    expect(JSON.stringify(published)).not.toContain('k3y-of');
    expect(Object.keys(published ?? {})).toContain('REPORT.md');
  });

  test('warnings and what is not honoured stand in the report and in the JSON', async () => {
    const { outcome, published } = await run(CELLS, {
      '.architect.yaml':
        'guardrails:\n  code_rules: [{pattern: "RandomState", message: "No legacy | generators", severity: warn}]\n',
      '.architect.md': '## Prohibited\n- No mutable globals\n',
    });
    const report = published?.['REPORT.md'] ?? '';
    expect(report).toContain('| guardrails | one warning, listed below |');
    expect(report).toMatch(
      /\| `productionized\/n\/src\/data\/loader\.py:\d+` \| No legacy \\\| generators \|/,
    );
    expect(report).toMatch(
      /^- 1 line of \.architect\.md can be honoured only by a model: line 2 \(No mutable globals\)/m,
    );
    expect(outcomeJson(outcome, {}).diagnostics).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'guardrail_code_rule', severity: 'note', cell: 1 }),
        expect.objectContaining({ code: 'conventions_need_model', severity: 'note' }),
      ]),
    );
  });
});

describe('characters of a notebook that cannot be seen', () => {
  test.each([
    ['x = "a\u200bb"  # c\u202ed', 'x = "a\\u200bb"  # cd'],
    ["x = f'{y!r}\u{e0041}'", "x = f'{y!r}\\U000e0041'"],
    ['x\u200b = 1', 'x = 1'],
    ['x = f\'{d["k\ufeff"]}\'', 'x = f\'{d["k\\ufeff"]}\''],
    ['x = r"a\u200bb"', 'x = r"a\u200bb"'],
    ['x = "é 日本 😀"\n\ty', 'x = "é 日本 😀"\n\ty'],
  ])('%j', (code, expected) => expect(visibleSource(code).code).toBe(expected));

  test('are told', () => {
    const text = notebook(['x = "\u2764\ufe0f"  # \u200b']);
    const reading = readNotebook(text, 'n.ipynb', sha256(text));
    if ('refused' in reading) throw new Error(reading.refused.message);
    expect(reading.notebook.cells[0]?.code).toBe('x = "\u2764\\ufe0f"  # ');
    expect(reading.diagnostics.map(({ message }) => message)).toEqual([
      'Cell 0: characters that cannot be seen were removed from its code (U+200B).',
      'Cell 0: characters of its strings that cannot be seen are written as escapes (U+FE0F).',
    ]);
  });
});
