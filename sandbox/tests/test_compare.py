"""The verdict on two dumps, and the place that it names."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import torch
from conftest import PARENT
from sklearn.linear_model import LogisticRegression

from architect_sandbox.compare import run
from architect_sandbox.dump import write_dump
from architect_sandbox.encode import Encoder


def compare(tmp_path, one, other):
    paths = []
    for name, value in (("a", one), ("b", other)):
        paths.append(str(tmp_path / f"{name}.zip"))
        assert write_dump(paths[-1], Encoder().node(value))
    pair = {"name": "x", "reference": paths[0], "candidate": paths[1]}
    result = run({"pairs": [pair]}, "")["results"][0]
    json.dumps(result, allow_nan=False)
    return result


def table(**changes):
    return pd.DataFrame(
        {"a": [1, 2, 3], "b": [0.5, np.nan, 1e-30], "s": ["x", None, "z"], **changes}
    )


def categories(values, known):
    return pd.Series(pd.Categorical(values, known))


def records(names):
    return np.array([(1, 2)], [(name, int) for name in names])


def two_levels(number):
    return pd.MultiIndex.from_tuples([("a", number)])


def fitted(c):
    x = np.random.default_rng(0).normal(size=(30, 2))
    return LogisticRegression(C=c).fit(x, np.arange(30) % 2)


SAME = [
    1,
    "a",
    None,
    float("nan"),
    float("inf"),
    -0.0,
    [1, "a", 2.5, None],
    {"a": [1, {"b": np.zeros((2, 2))}]},
    np.array([np.nan, -0.0, np.inf]),
    np.array([1 + 2j]),
    np.arange(3, dtype="float16"),
    np.array(3.0),
    np.zeros((0, 3)),
    np.array(["a", "b"]),
    table(),
    categories(["a", None], ["a", "b"]),
    sp.eye(3).tocsr(),
    torch.ones(2, 2),
    torch.nn.Linear(2, 2),
    fitted(1.0),
]


@pytest.mark.parametrize("value", SAME, ids=[f"{place}" for place in range(len(SAME))])
def test_same(tmp_path, value):
    result = compare(tmp_path, value, value)
    assert (result["verdict"], result["path"], result["maxRelative"]) == ("same", "", None)


CLOSE = [
    (1.0, 1.0 + 1e-9, ""),
    (0.0, -0.0, ""),
    ([1.0, 2.0], [1.0, 2.0 + 1e-9], "[1]"),
    (np.array([1.0, 2.0]), np.array([1.0, 2.0 + 1e-9]), "row 1"),
    (np.array([0.0]), np.array([-0.0]), "row 0"),
    # Far apart in proportion, yet rounding at the scale of the column.
    (np.array([1.0, 0.0]), np.array([1.0, 1e-15]), "row 1"),
    (np.array([[1.0, 2.0]]), np.array([[1.0, 2.0 + 1e-9]]), "[0, 1]"),
    (table(), table(b=[0.5 + 1e-9, np.nan, 1e-30]), "column 'b' row 0"),
    ({"a": {"b": 1.0}}, {"a": {"b": 1.0 + 1e-9}}, "['a']['b']"),
]


@pytest.mark.parametrize("case", CLOSE, ids=[case[2] or str(case[0]) for case in CLOSE])
def test_close(tmp_path, case):
    result = compare(tmp_path, case[0], case[1])
    assert (result["verdict"], result["path"]) == ("close", case[2])


DIFFERENT = [
    (1, 2, "", "1", "2"),
    (1, 1.0, "", "1", "1.0"),
    (1.0, 1.001, "", "1.0", "1.001"),
    (1.0, float("nan"), "", "1.0", "nan"),
    (float("inf"), float("-inf"), "", "inf", "-inf"),
    ("a", "b", "", "'a'", "'b'"),
    ([1, 2], [1, 3], "[1]", "2", "3"),
    ([1, 2], [1], "length", "2", "1"),
    ([1], (1,), "", "list of 1", "tuple of 1"),
    ({"a": 1}, {"b": 1}, "['a']", "1", "absent"),
    ({"a": 1}, {"a": 1, "b": 2}, "['b']", "absent", "2"),
    (np.zeros(2), np.zeros(3), "shape", "(2,)", "(3,)"),
    (np.zeros(2), np.zeros(2, int), "dtype", "float64", "int64"),
    (np.array([1, 2]), np.array([1, 3]), "row 1", "2", "3"),
    (np.array([1.0, np.nan]), np.array([1.0, 2.0]), "row 1", "nan", "2.0"),
    (np.array([1.0, 0.0]), np.array([1.0, 1e-11]), "row 1", "0.0", "1e-11"),
    (np.array([True]), np.array([False]), "row 0", "True", "False"),
    (np.array([1.0], "f4"), np.array([1.0]), "dtype", "float32", "float64"),
    # Each column has its own scale.
    (np.array([[1e9, 1e-4]]), np.array([[1e9, 2e-4]]), "[0, 1]", "0.0001", "0.0002"),
    (np.eye(2)[None] * 1e9, np.eye(2)[None] * 1e9 + 1, "[0, 0, 1]", "0.0", "1.0"),
    ({"a", "b"}, {"a", "c"}, "member", "'b'", "absent"),
    (np.array([["a", None]], object), np.array([["a", "b"]], object), "[0, 1]", "None", "'b'"),
    (pd.Series(["a"], dtype=object), categories(["a"], ["a"]), "", "array of object", "category"),
    (records("ab"), records("ba"), "fields[0]", "'a'", "'b'"),
    (two_levels(1), two_levels(2), "level 1 row 0", "1", "2"),
    (np.matrix([1]), np.array([[1]]), "", "numpy.matrix", "array of int64"),
    (sp.csr_matrix((1, 1)), sp.csr_array((1, 1)), "kind", "'matrix'", "'array'"),
    (table(), table()[["b", "a", "s"]], "columns[0]", "'a'", "'b'"),
    (table(), table().iloc[[1, 0, 2]], "index row 0", "0", "1"),
    (table(), table().iloc[[1, 0, 2]].reset_index(drop=True), "column 'a' row 0", "1", "2"),
    (table(), table(a=[1.0, 2.0, 3.0]), "column 'a' dtype", "int64", "float64"),
    (table(), table(s=["x", None, "y"]), "column 's' row 2", "'z'", "'y'"),
    (table(), table(s=["x", "w", "z"]), "column 's' row 1", "None", "'w'"),
    (categories(["a"], ["a", "b"]), categories(["a"], ["a", "c"]), "categories[1]", "'b'", "'c'"),
    (categories(["a"], ["a", "b"]), categories(["b"], ["a", "b"]), "codes row 0", "0", "1"),
    (torch.ones(2), torch.zeros(2), "row 0", "1.0", "0.0"),
    (fitted(1.0), fitted(2.0), "C", "1.0", "2.0"),
]


@pytest.mark.parametrize("case", DIFFERENT, ids=[f"{n}-{c[2]}" for n, c in enumerate(DIFFERENT)])
def test_different(tmp_path, case):
    result = compare(tmp_path, case[0], case[1])
    found = result["verdict"], result["path"], result["reference"], result["candidate"]
    assert found == ("different", *case[2:])


def test_the_largest_relative_difference(tmp_path):
    result = compare(tmp_path, np.array([1.0, 4.0]), np.array([1.0 + 1e-9, 4.0 + 2e-6]))
    assert result["verdict"] == "close"
    assert result["path"] == "row 0"
    assert result["maxRelative"] == pytest.approx(5e-7, rel=1e-3)


def test_long_arrays(tmp_path):
    one = np.random.default_rng(0).normal(size=1_500_000)
    other = one.copy()
    other[1_400_000] += 1
    assert compare(tmp_path, one, other)["path"] == "row 1400000"


def test_missing_and_spoilt(tmp_path):
    good, bad, squeezed = (str(tmp_path / name) for name in ("good.zip", "bad.zip", "s.zip"))
    write_dump(good, Encoder().node([1]))
    (tmp_path / "bad.zip").write_text("no")
    with zipfile.ZipFile(squeezed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("value.json", "1")
    deep = str(tmp_path / "deep.zip")
    with zipfile.ZipFile(deep, "w") as archive:
        archive.writestr("value.json", '{"kind":' * 100_000)
    odd = str(tmp_path / "odd.zip")
    with zipfile.ZipFile(odd, "w") as archive:
        archive.writestr("value.json", '{"kind":"array","dtype":"f","file":"../x"}')
    for candidate in (None, bad, squeezed, deep, str(tmp_path / "none.zip")):
        pair = {"name": "x", "reference": good, "candidate": candidate}
        assert run({"pairs": [pair]}, "")["results"][0]["verdict"] == "missing"
    pair = {"name": "x", "reference": odd, "candidate": odd}
    assert run({"pairs": [pair]}, "")["results"][0]["verdict"] == "missing"


def test_the_comparer_loads_no_foreign_code(tmp_path):
    code = (
        "import sys; from architect_sandbox import compare; "
        "print([n for n in ('numpy', 'pandas', 'torch', 'pickle') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PARENT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_value_without_content_leaves_no_dump(tmp_path):
    from architect_sandbox.content import Group

    def fail():
        raise ValueError

    assert not write_dump(str(tmp_path / "x.zip"), Group("list", "", [(None, fail)]))
    assert list(tmp_path.iterdir()) == []
