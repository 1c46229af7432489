import { beforeAll, describe, expect, test } from '@jest/globals';
import type { AgentRole } from '../../src/agents/agent.ts';
import { Gate } from '../../src/gate/judge.ts';
import type { FileTree } from '../../src/lib/file-tree.ts';
import { edited, GUARD, makePackage } from './made-package.ts';

const LOADER = 'src/data/loader.py';
const EVALUATE = 'src/evaluation/evaluate.py';
const DATA_TEST = 'tests/test_data.py';
const MORE = 'tests/test_more.py';

let compiled: FileTree = {};
let gate: Gate;
beforeAll(async () => {
  compiled = await makePackage();
  gate = new Gate({ compiled, guard: GUARD });
});

type Change = (tree: FileTree) => FileTree;

/** What the gate says, one line for each file; and that it did what it says. */
function verdicts(change: Change, step = 'harden', role: AgentRole = 'build'): string[] {
  const proposed = change(compiled);
  const { tree, files } = gate.judge(compiled, proposed, { step, role });
  for (const { path, kept } of files) expect(tree[path] !== compiled[path]).toBe(kept);
  const named = new Set(files.filter(({ kept }) => kept).map(({ path }) => path));
  for (const path of Object.keys({ ...tree, ...compiled }))
    if (!named.has(path)) expect([path, tree[path]]).toEqual([path, compiled[path]]);
  return files.map(
    ({ path, kept, because }) => `${kept ? 'kept' : 'dropped'} ${path}: ${because.join('; ')}`,
  );
}

/** A file with one function around these lines. */
const code = (lines: string, imports = '', head = 'def test_more() -> None:'): string =>
  `"""More."""\n\nfrom __future__ import annotations\n\n${imports}${imports === '' ? '' : '\n'}\n\n${head}\n    """More."""\n${lines
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('')}`;
const adding =
  (path: string, text: string): Change =>
  (tree) => ({ ...tree, [path]: text });
const editing =
  (path: string, old: string, text: string): Change =>
  (tree) =>
    edited(tree, path, old, text);

describe('is kept', () => {
  test.each<[string, Change, string]>([
    [
      'a better docstring',
      editing(
        LOADER,
        '"""Clean the data (cells 9 and 10).',
        '"""Fill gaps, then add features (cells 9, 10).',
      ),
      'kept src/data/loader.py: words of `clean_data`',
    ],
    [
      'a renamed local',
      (tree) => ({ ...tree, [LOADER]: (tree[LOADER] ?? '').replaceAll('df_path', 'table_path') }),
      'kept src/data/loader.py: words of `load_data`',
    ],
    [
      'a better message',
      editing(LOADER, 'f"data file not found: {input_path} (set', 'f"there is no file {input_path} (set'),
      'kept src/data/loader.py: words of `require_file`',
    ],
    [
      'a precise annotation',
      editing(
        LOADER,
        'def add_features(frame: pd.DataFrame, comfort: int) -> Any:  # noqa: ANN401',
        'def add_features(frame: pd.DataFrame, comfort: int) -> pd.DataFrame:',
      ),
      'kept src/data/loader.py: words of `add_features`',
    ],
    [
      'a check with an error that says what to do',
      editing(
        LOADER,
        '    df = df.drop(columns=["day"])',
        '    if "day" not in df.columns:\n        raise SchemaError("the column day is missing: look at data.path")\n    df = df.drop(columns=["day"])',
      ),
      'kept src/data/loader.py: adds a check to `clean_data`',
    ],
    [
      'a test in a file of its own, of pure functions and fixtures',
      adding(
        MORE,
        code(
          'frame = pd.DataFrame({"temperature": [20.0], "wind": [comfort]})\nassert "discomfort" in add_features(frame, comfort=comfort).columns\nassert result.metrics["r2"] > 0',
          'import pandas as pd\nimport pytest\n\nfrom src.data.loader import add_features\nfrom src.training.train import TrainingResult\n',
          '@pytest.mark.parametrize("comfort", [20, 25])\ndef test_more(comfort: int, result: TrainingResult) -> None:',
        ),
      ),
      'kept tests/test_more.py: a new file',
    ],
    [
      'a test beside the others',
      (tree) => ({
        ...tree,
        [DATA_TEST]: `${tree[DATA_TEST] ?? ''}\n\ndef test_the_seed_is_a_number() -> None:\n    """The seed is a number."""\n    assert isinstance(load_config().seed, int)\n`,
      }),
      'kept tests/test_data.py: adds `test_the_seed_is_a_number`',
    ],
    [
      'an assertion in a test of the compiler',
      editing(
        DATA_TEST,
        '    with pytest.raises(SchemaError, match="absent.csv"):',
        '    assert key.startswith("data.")\n    with pytest.raises(SchemaError, match="absent.csv"):',
      ),
      'kept tests/test_data.py: adds an assertion to `test_a_missing_file_is_named`',
    ],
    [
      'a summary in the plan',
      adding('EXTRACTION_PLAN.md', 'PLAN\nThe notebook predicts rentals from the weather.\n'),
      'kept EXTRACTION_PLAN.md: adds lines',
    ],
  ])('%s', (_, change, expected) => {
    const planned: Change = (tree) => {
      const made = change(tree);
      const plan = tree['EXTRACTION_PLAN.md'] ?? '';
      return {
        ...made,
        'EXTRACTION_PLAN.md': (made['EXTRACTION_PLAN.md'] ?? '').replace('PLAN\n', () => plan),
      };
    };
    expect(verdicts(planned)).toEqual([expected]);
  });
});

describe('is dropped', () => {
  test.each<[string, Change, string | RegExp]>([
    [
      'a wildcard import',
      editing(LOADER, 'import pandas as pd', 'import pandas as pd\nfrom numpy import *'),
      /wildcard import/,
    ],
    [
      'a metric that is changed',
      editing(
        EVALUATE,
        'mae = mean_absolute_error(y_test, y_pred)',
        'mae = 0.5 * mean_absolute_error(y_test, y_pred)',
      ),
      '`evaluate_predictions` does something else than before',
    ],
    [
      'a value that is written down instead of computed',
      editing(EVALUATE, '    return mae, rmse, r2', '    return 1.0, 1.0, 1.0'),
      '`evaluate_predictions` does something else than before',
    ],
    [
      'a step that is added to the data',
      editing(
        LOADER,
        '    df = df.drop(columns=["day"])',
        '    df = df.head(1000)\n    df = df.drop(columns=["day"])',
      ),
      '`clean_data` does more than before',
    ],
    [
      'a function that is gone',
      (tree) => ({
        ...tree,
        [LOADER]: (tree[LOADER] ?? '').slice(0, (tree[LOADER] ?? '').indexOf('def prepare_data')),
      }),
      '`prepare_data` is gone',
    ],
    [
      'a function that takes the place of another',
      (tree) => ({
        ...tree,
        [LOADER]: `${tree[LOADER] ?? ''}\n\ndef clean_data(df: Any, comfort: int) -> Any:  # noqa: ANN401\n    """Other."""\n    return df\n`,
      }),
      '`clean_data` is a name already',
    ],
    [
      'a function that takes the name of a builtin',
      (tree) => ({
        ...tree,
        [EVALUATE]: `${tree[EVALUATE] ?? ''}\n\ndef float(value: object) -> int:\n    """Other."""\n    return 1\n`,
      }),
      '`float` is a name already',
    ],
    [
      'code that runs when a module is imported',
      (tree) => ({ ...tree, [LOADER]: `${tree[LOADER] ?? ''}\n\npd.options.mode.copy_on_write = True\n` }),
      'only imports, functions, classes and constants',
    ],
    [
      'an assignment in a check',
      editing(
        LOADER,
        '    df = df.drop(columns=["day"])',
        '    if (df := None) is None:\n        raise SchemaError("x")\n    df = df.drop(columns=["day"])',
      ),
      'it has `:=`',
    ],
    [
      'a message that does something',
      editing(LOADER, '{input_path} (set', '{input_path.unlink()} (set'),
      'a message computes something new',
    ],
    [
      'a mark that silences a tool',
      editing(LOADER, '    return frame\n', '    return frame  # noqa\n'),
      'silences a tool',
    ],
    [
      'a wider mark in place of a narrow one',
      (tree) => ({ ...tree, [LOADER]: (tree[LOADER] ?? '').replace('# noqa: ANN401', '# noqa') }),
      'silences a tool',
    ],
    [
      'a line that says how a file is encoded',
      (tree) => ({ ...tree, [LOADER]: `# -*- coding: utf-7 -*-\n${tree[LOADER] ?? ''}` }),
      'an encoding',
    ],
    [
      'an annotation in quotes',
      editing(LOADER, 'def clean_data(df: pd.DataFrame,', 'def clean_data(df: "__import__(\'os\')",'),
      'a quoted annotation',
    ],
    ['text that is no Python', adding(MORE, 'def test_more(:\n'), 'it is no Python'],
    [
      'a style that ruff refuses',
      adding('src/data/more.py', '"""More."""\n\n\ndef more(value):\n    return value\n'),
      'ruff ANN',
    ],
    [
      'a library that is not there',
      adding(MORE, code('assert faker.Faker()', 'import faker\n')),
      '`faker`, a new dependency',
    ],
    [
      'a secret',
      adding('src/data/more.py', '"""More."""\n\nKEY = "ghp_9fK2mQ7xWb4TzR8vLc3NpY6hJd1sGa5eUo0X"\n'),
      'secret',
    ],
    ['characters that cannot be seen', adding('TEXT.md', 'plain\u{e0041}\n'), 'cannot be seen'],
    [
      'what the team warns of',
      (tree) => ({
        ...tree,
        [LOADER]: `${tree[LOADER] ?? ''}\n\ndef order(names: list[str]) -> list[str]:\n    """Order.\n\n    Args:\n        names: Names.\n\n    Returns:\n        Them in order.\n    """\n    return sorted(names)\n`,
      }),
      'Sort with pandas',
    ],
    ['a link in a text', adding('TEXT.md', 'See [this](x.md).\n'), 'a link or an image'],
    ['a mention in a text', adding('TEXT.md', 'Thanks @someone\n'), 'a mention'],
    [
      'a changed line of the plan',
      (tree) => ({
        ...tree,
        'EXTRACTION_PLAN.md': (tree['EXTRACTION_PLAN.md'] ?? '').replace('kept', 'dropped'),
      }),
      'is gone or changed',
    ],
  ])('%s', (_, change, expected) => {
    const [only, ...more] = verdicts(change);
    expect(more).toEqual([]);
    expect(only).toMatch(/^dropped /);
    expect(only).toMatch(expected);
  });
});

describe('what code of a model reaches', () => {
  test.each([
    [
      'a download',
      'urllib.request.urlopen("http://x")',
      'import urllib.request\n',
      'which reaches the network',
    ],
    [
      'requests',
      'assert requests.get("http://x", timeout=1)',
      'import requests\n',
      'which reaches the network',
    ],
    ['a socket by another name', 'assert s.socket()', 'import socket as s\n', 'which reaches the network'],
    ['an import in a function', 'import socket\nassert socket.socket()', '', 'which reaches the network'],
    ['a shell', 'assert os.system("x") == 0', 'import os\n', 'which reaches other programs'],
    ['a process', 'subprocess.run(["x"], check=True)', 'import subprocess\n', 'which reaches other programs'],
    ['code that is text', 'assert eval("1")', '', 'which reaches code that is text'],
    [
      'code that is text, in letters that look alike',
      'assert ｅval("1")',
      '',
      'which reaches code that is text',
    ],
    [
      'an import by name',
      'assert importlib.import_module("os")',
      'import importlib\n',
      'which reaches code that is text',
    ],
    ['an import by the builtin', 'assert __import__("os")', '', 'which reaches code that is text'],
    ['a foreign function', 'assert ctypes.CDLL(None)', 'import ctypes\n', 'which reaches code that is text'],
    ['a pickle', 'assert pickle.loads(b"x")', 'import pickle\n', 'which reaches code that is text'],
    ['a file', 'assert open("/etc/passwd")', '', 'which reaches files'],
    ['a file by a path', 'tmp_path.joinpath("x").write_text("x")', '', '`write_text`'],
    [
      'a file by a table',
      'pd.DataFrame().to_csv("x")',
      'import pandas as pd\n',
      '`pandas.DataFrame.to_csv`|`to_csv`',
    ],
    [
      'a table from an address',
      'assert pd.read_csv("http://x")',
      'import pandas as pd\n',
      '`pandas.read_csv`',
    ],
    ['a file that is renamed', 'tmp_path.rename("/x")', '', '`rename` otherwise than'],
    ['a library of a library', 'assert np.testing.sys', 'import numpy as np\n', '`numpy.testing.sys`'],
    ['a module as a value', 'm = np\nassert m', 'import numpy as np\n', 'hands on the module'],
    ['what lies behind an object', 'assert (1).__class__.__mro__', '', '`__class__`'],
    ['an attribute by its name', 'assert getattr(tmp_path, "x")', '', '`getattr`'],
    ['a file that a model saves', 'result.model.save_model("/x")', '', '`save_model`'],
    ['a mark that evaluates a text', 'assert pytest.mark', 'import pytest\n', '`pytest.mark`'],
    [
      'a saved model, which runs when it is read',
      'assert load_model("x")',
      'from src.models.model import load_model\n',
      '`src.models.model.load_model`',
    ],
    ['all names', 'assert globals()', '', '`globals`'],
    [
      'a training that writes',
      'assert train.main(["tracking.uri=http://x"]) == 0',
      'from src.training import train\n',
      '`src.training.train.main`, which writes files',
    ],
    [
      'a library of the package',
      'train.mlflow.log_artifact("x")',
      'from src.training import train\n',
      'there is no `src.training.train.mlflow',
    ],
    ['a fixture that changes the program', 'monkeypatch.undo()', '', '`monkeypatch`'],
    [
      'a function of the package that is replaced',
      'train.run = None',
      'from src.training import train\n',
      'changes `train`',
    ],
    ['a name of another function', 'global x\nassert True', '', '`global`'],
  ])('%s is refused', (name, lines, imports, expected) => {
    const fixture = /fixture/.test(name) ? 'monkeypatch: object' : 'tmp_path: Path';
    const used = lines.includes('tmp_path') ? fixture : '';
    const parameters = lines.includes('result.')
      ? 'result: object'
      : lines.includes('monkeypatch')
        ? 'monkeypatch: object'
        : used.replace('Path', 'object');
    const found = verdicts(
      adding(MORE, code(lines, imports, `def test_more(${parameters}) -> None:`)),
      'test',
      'test',
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^dropped /);
    expect(found[0]).toMatch(new RegExp(expected));
  });
});

describe('a check or a log line that is added to a function only looks', () => {
  const before = '    df = df.drop(columns=["day"])';
  const adding = (lines: string): string[] => verdicts(editing(LOADER, before, `${lines}\n${before}`));

  test.each([
    '    if df["day"].isna().any():\n        raise SchemaError("a day is missing")',
    '    if not pd.api.types.is_numeric_dtype(df["wind"]) or len(df) < 2:\n        raise SchemaError(f"wind is {df.dtypes}")',
    '    if set(df.columns).isdisjoint({"day"}):\n        raise ValueError(f"no day in {list(df.columns)}")',
    '    logger.info("rows", rows=len(df), missing=df["wind"].isna().sum())',
  ])('%j is kept', (lines) => expect(adding(lines)).toEqual([expect.stringMatching(/^kept /)]));

  test.each([
    [
      '    if len(df) > 10**6 and df.drop(df.index, inplace=True) is None:\n        raise SchemaError("x")',
      '`drop`',
    ],
    ['    if df.pop("wind") is None:\n        raise SchemaError("x")', '`pop`'],
    ['    if add_features(df, comfort) is None:\n        raise SchemaError("x")', '`add_features`'],
    ['    logger.info("x", first=next(iter(df)))', '`next`'],
    ['    if np.fill_diagonal(df.to_numpy(), 0):\n        raise SchemaError("x")', '`'],
  ])('%j is dropped', (lines, name) => {
    const [found] = adding(lines);
    expect(found).toMatch(/^dropped /);
    expect(found).toContain(name);
  });
});

describe('a test of the compiler', () => {
  test.each<[string, Change]>([
    [
      'is not weakened',
      editing(
        DATA_TEST,
        '    with pytest.raises(SchemaError, match="absent.csv"):\n        prepare_data(config)',
        '    assert config is not None',
      ),
    ],
    [
      'is not taken away',
      (tree) => ({
        ...tree,
        [DATA_TEST]: (tree[DATA_TEST] ?? '').slice(
          0,
          (tree[DATA_TEST] ?? '').indexOf('def test_load_config_proposes'),
        ),
      }),
    ],
    [
      'is not skipped',
      editing(
        DATA_TEST,
        '    config = load_config(overrides=[f"{key}',
        '    pytest.skip("later")\n    config = load_config(overrides=[f"{key}',
      ),
    ],
    [
      'is not marked',
      editing(
        DATA_TEST,
        'def test_load_config_refuses_a_missing_file',
        '@pytest.mark.skip\ndef test_load_config_refuses_a_missing_file',
      ),
    ],
    [
      'is not left early',
      editing(
        DATA_TEST,
        '    config = load_config(overrides=[f"{key}',
        '    if key:\n        return\n    config = load_config(overrides=[f"{key}',
      ),
    ],
    ['does not get fewer cases', editing(DATA_TEST, ', ("colour=red", "colour"), ("seed", "seed")]', ']')],
    [
      'gets no fixture that runs by itself',
      (tree) => ({
        ...tree,
        [DATA_TEST]: `${tree[DATA_TEST] ?? ''}\n\n@pytest.fixture(autouse=True)\ndef quiet() -> None:\n    """Quiet."""\n`,
      }),
    ],
  ])('%s', (_, change) => {
    const found = verdicts(change, 'test', 'test');
    expect(found).toEqual([expect.stringMatching(/^dropped tests\/test_data\.py: /)]);
  });
});

describe('where a proposal writes', () => {
  const places = (paths: string[], step: string, role: AgentRole): string[] =>
    verdicts(
      (tree) => ({ ...tree, ...Object.fromEntries(paths.map((path) => [path, 'x = 1\n'])) }),
      step,
      role,
    );

  test('nothing outside, nothing through links, nothing that the compiler owns', () => {
    const paths = [
      ...[
        '../evil.py',
        '/evil.py',
        '.github/workflows/x.yml',
        '.git/hooks/x',
        'rentals.ipynb',
        'docs/a.md',
        'NOTES.md',
      ],
      ...[
        'tests/golden/test_a.py',
        'tests/conftest.py',
        'tests/reference.json',
        'tests/test_parity.py',
        'tests/reference.py',
      ],
      ...[
        'Makefile',
        'MLproject',
        'pyproject.toml',
        'requirements.txt',
        'configs/default.yaml',
        'numpy.py',
        'sitecustomize.py',
      ],
      ...['tests/data/conftest.py', 'src/data/run.sh', 'AGENTS.md'],
    ];
    const found = places(paths, 'harden', 'build');
    expect(found).toHaveLength(paths.length);
    for (const line of found) expect(line).toMatch(/^dropped /);
    const reason = (path: string): string => found.find((line) => line.startsWith(`dropped ${path}:`)) ?? '';
    expect(reason('.github/workflows/x.yml')).toContain('nothing is written to git or to GitHub itself');
    expect(reason('docs/a.md')).toContain('is a link; nothing is written through it');
    expect(reason('NOTES.md')).toContain('Architect did not write it');
    expect(reason('tests/golden/test_a.py')).toContain('is protected by the pattern');
    expect(reason('tests/test_parity.py')).toContain('it holds the proof');
    expect(reason('pyproject.toml')).toContain('made from the configuration');
  });

  test('no package takes the place of a module', () => {
    const found = places(['src/data/loader/__init__.py', 'src/data.py'], 'harden', 'build');
    expect(found).toEqual([
      'dropped src/data.py: there is a folder src/data/ already',
      'dropped src/data/loader/__init__.py: it takes the place of src/data/loader.py',
    ]);
  });

  test('a test agent and the step `test` write only tests, a review agent nothing', () => {
    const change = editing(LOADER, '"""Clean the data', '"""Tidy the data');
    expect(verdicts(change, 'test', 'build')).toEqual([
      'dropped src/data/loader.py: the step `test` writes only tests/',
    ]);
    expect(verdicts(change, 'harden', 'test')).toEqual([
      'dropped src/data/loader.py: a test agent writes only tests/',
    ]);
    expect(verdicts(change, 'harden', 'review')).toEqual([
      'dropped src/data/loader.py: a review agent writes nothing',
    ]);
  });

  test('no file is taken away', () => {
    const without: Change = ({ MLproject: _, ...tree }) => tree;
    expect(verdicts(without)).toEqual(['dropped MLproject: no file is taken away']);
  });

  test('what needs a file that is dropped is dropped with it', () => {
    const good =
      '"""More."""\n\n\ndef double(value: float) -> float:\n    """Double.\n\n    Args:\n        value: Number.\n\n    Returns:\n        Twice as much.\n    """\n    return 2 * value\n';
    const using = code('assert double(1) == 2', 'from src.data.more import double\n');
    const both =
      (text: string): Change =>
      (tree) => ({ ...tree, 'src/data/more.py': text, [MORE]: using });
    expect(verdicts(both(good))).toEqual([
      'kept src/data/more.py: a new file',
      'kept tests/test_more.py: a new file',
    ]);
    const bad = verdicts(both(`${good}\nTOKEN = "ghp_9fK2mQ7xWb4TzR8vLc3NpY6hJd1sGa5eUo0X"\n`));
    expect(bad).toHaveLength(2);
    expect(bad[1]).toContain('there is no `src.data.more.double` in the package');
  });
});
