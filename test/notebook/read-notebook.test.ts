import { describe, expect, test } from '@jest/globals';
import { MAX_CELLS, MAX_CODE_BYTES, MAX_PROSE } from '../../src/notebook/limits.ts';
import { readNotebook } from '../../src/notebook/read-notebook.ts';

const code = (source: unknown, more: object = {}) => ({ cell_type: 'code', source, ...more });

function read(file: unknown) {
  return readNotebook(typeof file === 'string' ? file : JSON.stringify(file), 'a/b.ipynb', 'f00');
}

function refusal(file: unknown) {
  const reading = read(file);
  if (!('refused' in reading)) throw new Error('it was not refused');
  expect(reading.refused).toMatchObject({ severity: 'refused', file: 'a/b.ipynb' });
  expect(reading.refused.help).not.toBe('');
  return reading.refused;
}

function accepted(file: unknown) {
  const reading = read(file);
  if ('refused' in reading) throw new Error(`refused: ${reading.refused.message}`);
  return reading;
}

const book = (cells: unknown[], metadata: object = {}) => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata,
  cells,
});

describe('a good notebook', () => {
  test('keeps cells, tags and counts; drops outputs and metadata', () => {
    const { notebook, diagnostics } = accepted(
      book([
        { cell_type: 'markdown', source: ['# Title\n', 'text'], metadata: { secret: 1 } },
        code(['x = 1\n', 'x'], {
          execution_count: 7,
          metadata: { tags: ['parameters', 3, 'parameters'] },
          outputs: [{ data: { 'image/png': 'AAAA' } }],
        }),
        { cell_type: 'raw', source: 'raw' },
      ]),
    );
    expect(diagnostics).toEqual([]);
    expect(notebook).toEqual({
      path: 'a/b.ipynb',
      sha256: 'f00',
      format: 4,
      language: 'python',
      cells: [
        {
          index: 0,
          kind: 'markdown',
          source: '# Title\ntext',
          code: '',
          magics: [],
          executionCount: null,
          tags: [],
        },
        {
          index: 1,
          kind: 'code',
          source: 'x = 1\nx',
          code: 'x = 1\nx',
          magics: [],
          executionCount: 7,
          tags: ['parameters'],
        },
        { index: 2, kind: 'raw', source: 'raw', code: '', magics: [], executionCount: null, tags: [] },
      ],
    });
  });

  test('nbformat 3: worksheets, input, prompt numbers and headings', () => {
    const { notebook } = accepted({
      nbformat: 3,
      metadata: { name: 'old' },
      worksheets: [
        { cells: [{ cell_type: 'heading', level: 2, source: 'Data' }] },
        { cells: [{ cell_type: 'code', language: 'python', input: ['a = 1'], prompt_number: 3 }] },
      ],
    });
    expect(notebook.cells.map(({ kind, source, executionCount }) => [kind, source, executionCount])).toEqual([
      ['markdown', '## Data', null],
      ['code', 'a = 1', 3],
    ]);
  });

  test.each(['\uFEFF', ' \n'])('may start with %j', (start) => {
    expect(accepted(start + JSON.stringify(book([code('x')]))).notebook.cells).toHaveLength(1);
  });

  test('line ends become \\n and a line keeps its number', () => {
    expect(accepted(book([code('a\r\nb\rc')])).notebook.cells[0]?.code).toBe('a\nb\nc');
  });

  test('embedded images and endless prose are cut', () => {
    const image = `![](data:image/png;base64,${'A'.repeat(5000)}) after`;
    const { cells } = accepted(
      book([
        { cell_type: 'markdown', source: image },
        { cell_type: 'markdown', source: 'x'.repeat(1e6) },
        code('x'),
      ]),
    ).notebook;
    expect(cells[0]?.source).toBe('![](data:) after');
    expect(cells[1]?.source).toHaveLength(MAX_PROSE);
  });
});

describe('refused', () => {
  test.each([
    ['', 'not_json', undefined],
    ['{"a":\n [1,}', 'not_json', 2],
    ['{"cells": [\n{}', 'not_json', 2],
    ['{"a": "\n"}', 'not_json', 1],
    [`{"a": [1, 2\n, tru]}`, 'not_json', 2],
    ['[1]]', 'not_json', 1],
    ['['.repeat(200_000), 'not_json', 1],
    ['[]', 'not_a_notebook', undefined],
    ['null', 'not_a_notebook', undefined],
    ['{"__proto__": {"nbformat": 4, "cells": []}}', 'not_a_notebook', undefined],
    ['{"nbformat": "4", "cells": []}', 'not_a_notebook', undefined],
    ['{"nbformat": 4, "cells": {}}', 'not_a_notebook', undefined],
    ['{"nbformat": 3, "worksheets": [1]}', 'not_a_notebook', undefined],
    ['{"nbformat": 2, "worksheets": []}', 'old_notebook_format', undefined],
    ['{"nbformat": 1}', 'old_notebook_format', undefined],
    ['{"nbformat": 4, "cells": []}', 'no_code', undefined],
  ])('%.30s', (text, name, line) => {
    const { code: found, line: at } = refusal(text);
    expect(found).toBe(name);
    expect(at).toBe(line);
  });

  test('names the place where the JSON breaks', () => {
    expect(refusal('{\n  "a": 1,\n  "b": [1 2]\n}').message).toBe(
      'The file is not JSON: see line 3, column 11.',
    );
    expect(refusal('{\n  "a": 1').message).toBe('The file is not JSON: it ends too early, line 2, column 9.');
  });

  test('a conflict and a pointer of Git LFS get their own words', () => {
    expect(refusal('{\n<<<<<<< HEAD\n "a": 1').message).toBe('The file has a merge conflict at line 2.');
    expect(refusal('version https://git-lfs.github.com/spec/v1\noid sha256:1').message).toMatch(/Git LFS/);
  });

  test('cells without code', () => {
    expect(refusal(book([{ cell_type: 'markdown', source: 'x' }, code(' \n')])).code).toBe('no_code');
  });

  test.each([
    [{ kernelspec: { name: 'ir', language: 'R' } }, 'R'],
    [{ kernelspec: { name: 'ir' } }, 'R'],
    [{ kernelspec: { name: 'julia-1.10' } }, 'julia'],
    [{ language_info: { name: 'scala' }, kernelspec: { name: 'python3' } }, 'scala'],
  ])('another language: %j', (metadata, language) => {
    const { code: found, message } = refusal(book([code('x <- 1')], metadata));
    expect(found).toBe('not_python');
    expect(message).toContain(language);
  });

  test('too much code, not too much output', () => {
    expect(refusal(book([code('x'.repeat(MAX_CODE_BYTES)), code('y')])).code).toBe('too_much_code');
    const outputs = [{ text: 'o'.repeat(MAX_CODE_BYTES * 10) }];
    expect(accepted(book([code('x = 1', { outputs })])).notebook.cells[0]?.source).toBe('x = 1');
  });

  test('too many cells', () => {
    expect(refusal(book(Array.from({ length: MAX_CELLS + 1 }, () => code('')))).code).toBe('too_many_cells');
  });
});

describe('hostile JSON', () => {
  test.each([
    [{ kernelspec: { name: 'python3', language: 'python' } }],
    [{ kernelspec: { name: 'conda-env-ml-py' } }],
    [{ language_info: { name: 'ipython' } }],
    [{ kernelspec: 3, language_info: ['R'] }],
    [{}],
  ])('metadata %j is Python', (metadata) => {
    expect(accepted(book([code('x')], metadata)).notebook.language).toBe('python');
  });

  test.each([
    [1, 'broken_cell'],
    [null, 'broken_cell'],
    [['x'], 'broken_cell'],
    [{}, 'unknown_cell_type'],
    [{ cell_type: 'constructor', source: 'x' }, 'unknown_cell_type'],
    [code({ a: 1 }), 'broken_cell'],
    [code(['a = 1', 2, null]), 'broken_cell'],
    [code('a\0b'), 'nul_characters'],
  ])('cell %j is named', (cell, name) => {
    const { notebook, diagnostics } = accepted(book([code('x = 1'), cell]));
    expect(notebook.cells).toHaveLength(2);
    expect(diagnostics).toMatchObject([{ code: name, cell: 1, file: 'a/b.ipynb' }]);
    expect(diagnostics[0]?.message).toContain('Cell 1');
  });

  test('odd values of known fields', () => {
    const { notebook } = accepted(
      book([
        code('x', { execution_count: 'many', metadata: null }),
        code('y', { execution_count: -1, metadata: { tags: 'parameters' } }),
        code('\ud800', { id: 'same' }),
        code('__proto__', { id: 'same' }),
      ]),
    );
    expect(notebook.cells.map((cell) => cell.executionCount)).toEqual([null, null, null, null]);
    expect(notebook.cells.map((cell) => cell.tags)).toEqual([[], [], [], []]);
    expect(notebook.cells[2]?.source).toBe('\ufffd');
  });

  test('a source of very many lines', () => {
    const lines = Array.from({ length: 50_000 }, () => 'x\n');
    expect(accepted(book([code(lines)])).notebook.cells[0]?.code.split('\n')).toHaveLength(50_001);
  });
});

describe('diagnostics of cells', () => {
  const codes = (source: string, more: object = {}) =>
    accepted(book([code('x = 1'), code(source, more)])).diagnostics.map((item) => [
      item.code,
      item.cell,
      item.line,
    ]);

  test.each([
    ['%%bash\nls', [['foreign_cell', 1, 1]]],
    ['%%time\nx', []],
    ['%%time\n', []],
    ['%matplotlib inline\n!pip install x', []],
    ['x\n!wget http://data', [['shell_command', 1, 2]]],
    ['%run other.ipynb', [['code_from_elsewhere', 1, 1]]],
    ['files = !ls', [['magic_assignment', 1, 1]]],
    ['r = %time f()', []],
  ])('%j', (source, expected) => {
    expect(codes(source)).toEqual(expected);
  });

  test('a cell of another language in a notebook of several', () => {
    expect(codes('SELECT 1', { metadata: { vscode: { languageId: 'sql' } } })).toEqual([
      ['foreign_cell', 1, undefined],
    ]);
  });

  test('Python 2 and formats of the future', () => {
    const old = accepted(book([code('x')], { language_info: { name: 'python', version: '2.7.9' } }));
    expect(old.diagnostics).toMatchObject([{ code: 'python_2', severity: 'todo' }]);
    expect(accepted({ ...book([code('x')]), nbformat: 5 }).diagnostics).toMatchObject([
      { code: 'newer_notebook_format' },
    ]);
  });
});
