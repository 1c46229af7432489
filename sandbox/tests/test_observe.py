"""What a run of a notebook shows."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from conftest import PARENT


def only(result, place=-1):
    return result["statements"][place]


def test_records(commands):
    result = commands.observe(["import numpy as np", {"code": "x = np.arange(3)", "watch": ["x"]}])
    record = only(result)
    assert record["outcome"] == "ran"
    assert record["values"]["x"]["shape"] == [3]
    assert len(record["values"]["x"]["digest"]) == 64
    assert result["state"] == "complete"
    assert "numpy" in result["versions"]
    assert "torch" not in result["versions"]
    lines = (commands.folder / "out.json.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines[1:]] == result["statements"]


@pytest.mark.parametrize(
    ("before", "code", "mutated"),
    [
        ("a = [1]", "a.append(2)", ["a"]),
        ("import numpy as np; a = np.zeros(3)", "a[1] = 1", ["a"]),
        ("import numpy as np; a = np.zeros(3)", "b = a + 1", []),
        ("import numpy as np; a = np.zeros(3)", "a += 1", ["a"]),
        ("import numpy as np; a = np.zeros(3)", "a = a + 1", []),
        ("import pandas as pd; a = pd.DataFrame({'x': [1, 2]})", "a['x'] = a['x'] * 2", ["a"]),
        ("import pandas as pd; a = pd.DataFrame({'x': [1, 2]})", "a.head()", []),
        ("a = {'k': [1]}", "for v in a.values(): v.append(1)", ["a"]),
        ("a = 1\ndef f():\n    global a\n    a = 2", "f()", ["a"]),
        ("a = iter([1, 2])", "next(a)", ["a"]),
    ],
)
def test_mutation(commands, before, code, mutated):
    result = commands.observe([before], [{"code": code, "mayMutate": ["a"]}])
    assert only(result)["mutated"] == mutated


def test_fit_mutates_and_predict_does_not(commands):
    setup = "from sklearn.linear_model import LinearRegression\nm = LinearRegression()"
    result = commands.observe(
        [setup],
        [{"code": "m.fit([[1], [2]], [1, 2])", "mayMutate": ["m"]}],
        [{"code": "m.predict([[1]])", "mayMutate": ["m"]}],
    )
    assert [record["mutated"] for record in result["statements"]] == [[], ["m"], []]


def test_random(commands):
    result = commands.observe(
        ["import random", "import numpy as np", "import torch"],
        ["random.random()"],
        ["np.random.rand()"],
        ["torch.rand(1)"],
        ["np.random.default_rng(0).normal()"],
        ["np.random.seed(1)"],
        ["random.random(); np.random.rand()"],
    )
    moved = [record["random"] for record in result["statements"]]
    assert moved == [
        [],
        [],
        [],
        ["random"],
        ["numpy"],
        ["torch"],
        [],
        ["numpy"],
        ["random", "numpy"],
    ]


def test_random_of_a_library_loaded_in_the_statement(commands):
    code = "def f():\n    import numpy, torch\n    numpy.random.seed(0); torch.manual_seed(0)\nf()"
    assert only(commands.observe([code]))["random"] == ["numpy", "torch"]


def test_watching_does_not_move_the_generators(commands):
    cells = [
        ["import numpy as np; np.random.seed(0)"],
        ["a = np.random.rand(3)"],
        ["b = np.random.rand(3)"],
    ]
    plain = commands.observe(*cells, [{"code": "c = a + b", "watch": ["c"]}])
    watched = commands.observe(
        cells[0],
        [{"code": cells[1][0], "watch": ["a"], "mayMutate": ["np"]}],
        [{"code": cells[2][0], "watch": ["a", "b"], "mayMutate": ["a"]}],
        [{"code": "c = a + b", "watch": ["c"]}],
    )
    assert only(plain)["values"] == only(watched)["values"]


def test_an_injected_seed(commands):
    code = "import random, numpy as np, torch"
    draw = {"code": "x = (random.random(), np.random.rand(), torch.rand(1))", "watch": ["x"]}
    result = commands.observe([code], [{**draw, "seed": 3}], [draw], [{**draw, "seed": 3}])
    digests = [record["values"]["x"]["digest"] for record in result["statements"][1:]]
    assert digests[0] == digests[2] != digests[1]
    assert only(commands.observe([code], [{"code": "pass", "seed": 3}]))["random"] == []


def test_expressions(commands):
    key = {"key": "k", "line": 2, "column": 8, "endLine": 2, "endColumn": 13}
    result = commands.observe(
        [{"code": "for i in range(200):\n    x = i * 2", "expressions": [key]}],
        [{"code": "def f(i):\n    x = (i * 2)\n    return x", "expressions": [key]}],
        ["f(21)"],
    )
    assert result["statements"][0]["expressions"]["k"]["value"] == 398
    # A function's expression belongs to the statement in which it was evaluated.
    assert result["statements"][1]["expressions"] == {}


def test_an_expression_in_a_function(commands):
    key = {"key": "k", "line": 2, "column": 11, "endLine": 2, "endColumn": 16}
    result = commands.observe(
        [{"code": "def f(i):\n    return i * 2", "expressions": [key]}, "f(21)"]
    )
    assert only(result)["expressions"]["k"]["value"] == 42


ERRORS = [
    ("import not_there", "missing_module", "not_there"),
    ("from . import thing", "local_module", None),
    ("import sibling_in_folder", "local_module", "sibling_in_folder"),
    ("open('a/missing.csv')", "missing_data", "a/missing.csv"),
    ("import pandas as pd; pd.read_csv('missing.csv')", "missing_data", "missing.csv"),
    ("import numpy as np; np.loadtxt('missing.txt')", "missing_data", "missing.txt"),
    ("import numpy as np; np.float", "removed_api", "numpy.float"),
    ("from sklearn.datasets import load_nothing", "removed_api", "sklearn.datasets.load_nothing"),
    (
        "import pandas as pd; pd.DataFrame({'a': [1]}).append(1)",
        "removed_api",
        "pandas.DataFrame.append",
    ),
    (
        "from sklearn.linear_model import LinearRegression as L; L(normalize=True)",
        "removed_api",
        "LinearRegression.__init__(normalize)",
    ),
    (
        "from sklearn import linear_model; linear_model.Ridge(normalize=True)",
        "removed_api",
        "Ridge.__init__(normalize)",
    ),
    (
        "import sklearn.metrics as m; m.mean_squared_error([1], [2], squared=False)",
        "removed_api",
        "sklearn(squared)",
    ),
    ("import pandas as pd; pd.DataFrame({'a': [1]}).drop('a', 1)", "removed_api", "DataFrame.drop()"),
    ("from pandas.tools.plotting import lag_plot", "removed_api", "pandas.tools"),
    ("from sklearn.cross_validation import KFold", "removed_api", "sklearn.cross_validation"),
    ("from sklearn.datasets import load_boston", "removed_api", "sklearn.datasets.load_boston"),
    ("import numpy as np; np.Inf", "removed_api", "numpy.Inf"),
    (
        "from sklearn.feature_extraction.text import CountVectorizer as C; C().get_feature_names()",
        "removed_api",
        "sklearn.feature_extraction.text.CountVectorizer.get_feature_names",
    ),
    ("import urllib2", "removed_api", "urllib2"),
    # What the author of the notebook has to answer for.
    ("def f(): pass\nf(a=1)", "other", None),
    ("def f(): pass\nf(1)", "other", None),
    ("(lambda: 1)(2)", "other", None),
    ("class A:\n    def f(self): pass\nA().f(1)", "other", None),
    ("import torch\nclass N(torch.nn.Module): pass\nN().layer", "other", None),
    ("from sklearn.svm import SVC; SVC().feature_importances_", "other", None),
    ("None.shape", "other", None),
    ("import pandas as pd; pd.DataFrame({'a': ['x']})['a'].astype(float)", "other", None),
    ("{}['a']", "other", None),
    # What the sandbox does not have.
    ("import torch; torch.zeros(1).cuda()", "gpu", None),
    ("raise RuntimeError('No CUDA GPUs are available')", "gpu", None),
    (
        "import torch, io\nclass A: pass\nb = io.BytesIO(); torch.save(A(), b); b.seek(0); torch.load(b)",
        "other",
        None,
    ),
    ("import os; os.environ['KAGGLE_KEY']", "credentials", "KAGGLE_KEY"),
    ("import os; os.environ['NOT_THERE']", "other", None),
    ("raise RuntimeError('no display name and no $DISPLAY environment variable')", "display", None),
    ("raise ImportError('libGL.so.1: cannot open shared object file')", "system_binary", "libGL.so.1"),
    ("import pandas as pd; pd.DataFrame({'a': [1]}).Age", "other", None),
    ("print(undefined)", "hidden_state", "undefined"),
    ("import urllib.error; raise urllib.error.URLError('x')", "network", None),
    ("import socket; raise socket.gaierror(-2, 'Name or service not known')", "network", None),
    ("import subprocess; subprocess.run(['not-there'])", "system_binary", "not-there"),
    ("input('name? ')", "input", None),
    ("import getpass; getpass.getpass()", "input", None),
    ("raise MemoryError", "out_of_memory", None),
    ("1 / 0", "other", None),
    ("raise SystemExit(3)", "other", None),
    ("raise KeyboardInterrupt", "other", None),
    ("x = = 1", "other", None),
]


@pytest.mark.parametrize("case", ERRORS, ids=[case[0][:40] for case in ERRORS])
def test_errors(commands, case):
    code, layer, subject = case
    folder = commands.tree / "lib"
    folder.mkdir()
    (folder / "sibling_in_folder.py").write_text("")
    result = commands.observe(["a = 1", {"code": code, "line": 5}, "b = 1"], ["c = 1"])
    outcomes = [record["outcome"] for record in result["statements"]]
    assert outcomes == ["ran", "failed", "skipped", "ran"]
    error = result["statements"][1]["error"]
    assert error["layer"] == layer
    if subject:
        assert error["subject"] == subject
    assert error["line"] == 5 + code.count("\n")
    assert result["state"] == "partial"


def test_the_line_is_the_innermost_of_the_cell(commands):
    code = "def f():\n    x = 1\n    return x / 0"
    result = commands.observe([{"code": code, "line": 3}, "f()"])
    assert only(result)["error"]["line"] == 5
    result = commands.observe([{"code": code, "line": 3}], ["", "f()"])
    assert only(result)["error"]["line"] == 2


def test_files(commands):
    (commands.tree / "data").mkdir()
    (commands.tree / "data" / "a.csv").write_text("a\n1\n")
    result = commands.observe(
        ["import pandas as pd, torch"],
        ["df = pd.read_csv('data/a.csv')"],
        ["df.to_csv('b.csv')"],
        ["torch.save({}, 'c.pt')"],
        ["import matplotlib.pyplot as plt; plt.plot([1]); plt.savefig('d.png')"],
    )
    seen = [(record["reads"], record["writes"]) for record in result["statements"]]
    assert seen == [
        ([], []),
        (["data/a.csv"], []),
        ([], ["b.csv"]),
        ([], ["c.pt"]),
        ([], ["d.png"]),
    ]


def test_printed_text_is_kept_in_part(commands):
    result = commands.observe(["print('a')", "print('b' * 5000)", "pass"])
    assert [len(record["stdout"]) for record in result["statements"]] == [2, 2000, 0]


def test_what_a_notebook_expects_of_jupyter(commands):
    cells = [
        "display(1)",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "from IPython.display import display, HTML, clear_output; display(HTML('a'))",
        "import IPython; IPython.get_ipython().system('ls')",
        "import asyncio; await asyncio.sleep(0)",
        "import matplotlib.pyplot as plt; plt.plot([1]); plt.show()",
        "import inspect\ndef f():\n    return 7\nassert 'return 7' in inspect.getsource(f)",
        "class A: pass\nimport pickle; pickle.loads(pickle.dumps(A()))",
        "assert __name__ == '__main__'",
    ]
    result = commands.observe(*[[cell] for cell in cells])
    assert [record.get("error") for record in result["statements"]] == [None] * len(cells)


def test_dumps(commands):
    dump = {"folder": str(commands.folder / "dump"), "values": {"0": ["y", "x"]}}
    commands.observe([{"code": "x = [1.5]; y = object", "watch": ["x"]}], dump=dump)
    assert sorted(path.name for path in (commands.folder / "dump").iterdir()) == [
        "0-0.zip",
        "0-1.zip",
    ]


def test_a_kill_leaves_the_records(commands, tmp_path):
    job = {
        "folder": str(commands.tree),
        "root": str(commands.tree),
        "statements": [
            {"id": 0, "cell": 0, "line": 1, "code": "a = 1", "watch": ["a"]},
            {"id": 1, "cell": 1, "line": 1, "code": "import time; time.sleep(60)"},
        ],
    }
    (tmp_path / "job.json").write_text(json.dumps(job))
    lines = tmp_path / "out.json.jsonl"
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "architect_sandbox",
            "observe",
            str(tmp_path / "job.json"),
            str(tmp_path / "out.json"),
        ],
        cwd=PARENT,
    )
    try:
        for _ in range(300):
            if lines.exists() and lines.read_text().count("\n") == 2:
                break
            time.sleep(0.1)
    finally:
        process.kill()
        process.wait()
    records = [json.loads(line) for line in lines.read_text().splitlines()]
    assert records[1]["values"]["a"]["value"] == 1
    assert not (tmp_path / "out.json").exists()
